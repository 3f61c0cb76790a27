"""The plan of a wave as the admin reads it: visits with branch and shopper, and who may be offered one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from audit.accounts.models import Grant, Person, RoleName
from audit.accounts.queries import people_for
from audit.branches.models import Branch, Region
from audit.branches.names import plain
from audit.branches.queries import Node, below, branches_for, tree_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.visits.lifecycle import State
from audit.visits.models import Visit, VisitEvent
from audit.visits.queries import visits_for
from audit.waves.models import Wave
from audit.waves.queries import NOT_TAKEN, WITH_SHOPPER

PAGE = 100
LATE = "late"
SORTS = {
    "branch": Branch.code,
    "region": Region.name,
    "state": Visit.state,
    "shopper": Person.name,
    "window": Visit.opens_on,
    "fee": Visit.fee,
    "deadline": Visit.submit_by,
}


@dataclass(frozen=True)
class PlanFilter:
    """What the table of a wave's visits is narrowed to."""

    state: str = ""  # a state, "late", or all of them
    region_id: int | None = None
    shopper_id: int | None = None
    sort: str = "branch"


def plan_page(
    person: Person, wave: Wave, wanted: PlanFilter, page: int, at: datetime, today: date
) -> tuple[list[Visit], int]:
    """One page (from 1) of the wave's visits with branch, region and shopper, and how many there are."""
    query = visits_for(person).where(Visit.wave_id == wave.id)
    query = query.join(Visit.branch).join(Branch.region).outerjoin(Visit.shopper)
    query = _narrowed(query, wave, wanted, at, today)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = SORTS.get(wanted.sort.removeprefix("-"), Branch.code)
    order = column.desc() if wanted.sort.startswith("-") else column.asc()
    parts = (contains_eager(Visit.branch).contains_eager(Branch.region), contains_eager(Visit.shopper))
    query = query.options(*parts).order_by(order, Branch.code, Visit.id)
    return list(db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).unique()), total


def _narrowed(
    query: Select[Visit], wave: Wave, wanted: PlanFilter, at: datetime, today: date
) -> Select[Visit]:
    if wanted.state == LATE:
        past_deadline = and_(Visit.state.in_(WITH_SHOPPER), Visit.submit_by < at)
        query = query.where(or_(past_deadline, and_(Visit.state.in_(NOT_TAKEN), Visit.closes_on < today)))
    elif wanted.state:
        query = query.where(Visit.state == wanted.state)
    if wanted.region_id is not None:
        query = query.where(Branch.region_id.in_(below(wave.client_id, {wanted.region_id})))
    if wanted.shopper_id is not None:
        query = query.where(Visit.shopper_id == wanted.shopper_id)
    return query


def is_late(visit: Visit, at: datetime, today: date) -> bool:
    """Whether a visit is past its deadline, or was not taken while its window lasted."""
    if visit.state in WITH_SHOPPER:
        return visit.submit_by < at
    return visit.state in NOT_TAKEN and visit.closes_on < today


def planned_visit_for(person: Person, wave_id: int, visit_id: int, *, lock: bool = False) -> Visit:
    """A visit of a wave with wave, branch and shopper; NotFound when there is none in scope."""
    query = visits_for(person).where(Visit.id == visit_id, Visit.wave_id == wave_id)
    if lock:
        query = query.with_for_update(of=Visit).execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(Visit.wave), joinedload(Visit.branch), joinedload(Visit.shopper))
    visit = db.session.scalar(query)
    if visit is None:
        raise NotFound(_("There is no such visit."))
    return visit


def ethics_recorder(wave: Wave) -> Person | None:
    """Who recorded that the staff was told."""
    return db.session.get(Person, wave.ethics_by_id) if wave.ethics_by_id is not None else None


def shoppers_for(person: Person) -> list[Person]:
    """The active shoppers by name, for an admin; nobody for others."""
    holds = exists().where(Grant.person_id == Person.id, Grant.role == RoleName.SHOPPER)
    found = db.session.scalars(people_for(person).where(Person.active, holds))
    return sorted(found, key=lambda person: (plain(person.name), person.id))


def shoppers_of(wave: Wave) -> list[Person]:
    """The people who have or had visits of the wave, by name."""
    found = db.session.scalars(
        select(Person).where(Person.id.in_(select(Visit.shopper_id).where(Visit.wave_id == wave.id)))
    )
    return sorted(found, key=lambda person: (plain(person.name), person.id))


@dataclass(frozen=True)
class Pick:
    """A branch that may be planned, and how many visits of the wave it already has."""

    branch: Branch
    planned: int


def picks_by_region(person: Person, wave: Wave) -> list[tuple[Node, list[Pick]]]:
    """The active branches of the wave's client by region and code, with their visits in this wave."""
    counted = select(func.count()).where(
        Visit.branch_id == Branch.id, Visit.wave_id == wave.id, Visit.state != State.CANCELLED
    )
    query = branches_for(person).where(Branch.client_id == wave.client_id, Branch.active)
    query = query.add_columns(counted.correlate(Branch).scalar_subquery())
    picks: dict[int, list[Pick]] = {}
    found: Iterable[Any] = db.session.execute(query.order_by(Branch.code))
    for branch, planned in found:
        picks.setdefault(branch.region_id, []).append(Pick(branch, planned))
    return [
        (node, picks[node.region.id])
        for node in tree_for(person, wave.client_id)
        if node.own and node.region.id in picks
    ]


def events_of(visit: Visit) -> list[VisitEvent]:
    """The visit's trail, the oldest first, with who did it."""
    query = select(VisitEvent).where(VisitEvent.visit_id == visit.id).options(joinedload(VisitEvent.by))
    return list(db.session.scalars(query.order_by(VisitEvent.id)))
