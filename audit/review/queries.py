"""Scorecards by person, and the editor's queue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, false, func, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.branches.queries import branches_for, clients_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.review.models import Scorecard
from audit.visits.lifecycle import State
from audit.visits.models import Photo, ReturnNote, Submission, Visit, VisitEvent
from audit.visits.queries import visits_for
from audit.waves.models import Wave

ESCALATED_AFTER = timedelta(hours=48)
PAGE = 100
STATES = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED, State.REJECTED)
SORTS: dict[str, Any] = {
    "submitted": Visit.submitted_at,
    "branch": Branch.name,
    "client": Client.name,
    "wave": Wave.name,
    "shopper": Person.name,
}


def scorecards_for(person: Person) -> Select[Scorecard]:
    """All editions in the person's scope: the agency sees all of them, the client what was released."""
    query = select(Scorecard)
    if not person.active:
        return query.where(false())
    if person.is_agency:
        return query
    reached = branches_for(person).with_only_columns(Branch.id)
    return query.where(Scorecard.released_at.is_not(None), Scorecard.branch_id.in_(reached))


def scorecard_for(person: Person, scorecard_id: int) -> Scorecard:
    """One scorecard; NotFound when it is out of scope."""
    card = db.session.scalar(scorecards_for(person).where(Scorecard.id == scorecard_id))
    if card is None:
        raise NotFound(_("There is no such scorecard, or it is not yours."))
    return card


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to; the longest waiting come first unless sorted otherwise."""

    state: State = State.SUBMITTED
    client_id: int | None = None
    wave_id: int | None = None
    sort: str = "submitted"


@dataclass(frozen=True)
class QueueRow:
    """One visit of the queue; `waited` since its latest submission, `number` of its scorecard once made."""

    visit: Visit
    photos: int
    unreadable: int
    number: str | None
    waited: timedelta
    is_late: bool


def queue_page(
    person: Person, wanted: QueueFilter, page: int, at: datetime
) -> tuple[list[QueueRow], int, int]:
    """One page (from 1), how many visits there are, and how many of them wait for more than 48 hours."""
    narrowed = _narrowed(person, wanted)
    late_before = at - ESCALATED_AFTER
    late_ones = func.count(case((Visit.submitted_at < late_before, 1)))
    total, late = db.session.execute(narrowed.with_only_columns(func.count(), late_ones)).one()
    key = wanted.sort.removeprefix("-")
    column = SORTS.get(key, Visit.submitted_at)
    order = column.desc() if wanted.sort.startswith("-") else column.asc()
    parts = (
        joinedload(Visit.branch),
        joinedload(Visit.client),
        joinedload(Visit.wave),
        joinedload(Visit.shopper),
    )
    query = (
        narrowed.join(Branch, Branch.id == Visit.branch_id)
        .join(Client, Client.id == Visit.client_id)
        .join(Wave, Wave.id == Visit.wave_id)
        .outerjoin(Person, Person.id == Visit.shopper_id)
        .options(*parts)
        .order_by(order, Visit.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    visits = list(db.session.scalars(query))
    return _rows(visits, late_before, at), total, late if wanted.state == State.SUBMITTED else 0


def _narrowed(person: Person, wanted: QueueFilter) -> Select[Visit]:
    query = visits_for(person).where(Visit.state == wanted.state)
    if wanted.client_id is not None:
        query = query.where(Visit.client_id == wanted.client_id)
    if wanted.wave_id is not None:
        query = query.where(Visit.wave_id == wanted.wave_id)
    return query


def _rows(visits: list[Visit], late_before: datetime, at: datetime) -> list[QueueRow]:
    ids = [visit.id for visit in visits]
    photos = _photo_counts(ids)
    numbers = _numbers(ids)
    rows = []
    for visit in visits:
        since = visit.submitted_at or at
        is_late = visit.state == State.SUBMITTED and since < late_before
        count, unreadable = photos.get(visit.id, (0, 0))
        rows.append(QueueRow(visit, count, unreadable, numbers.get(visit.id), at - since, is_late))
    return rows


def _photo_counts(visit_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    query = (
        select(Photo.visit_id, func.count(), func.count(case((Photo.state == "unreadable", 1))))
        .where(Photo.visit_id.in_(visit_ids), Photo.removed_at.is_(None))
        .group_by(Photo.visit_id)
    )
    return {visit: (count, unreadable) for visit, count, unreadable in db.session.execute(query)}


def _numbers(visit_ids: Collection[int]) -> dict[int, str]:
    query = select(Scorecard.visit_id, Scorecard.number).where(
        Scorecard.visit_id.in_(visit_ids), Scorecard.is_current
    )
    return {row.visit_id: row.number for row in db.session.execute(query)}


def filter_clients(person: Person) -> list[Client]:
    """The clients to choose among, by name."""
    return list(db.session.scalars(clients_for(person).order_by(Client.name)))


def filter_waves(person: Person, client_id: int | None) -> list[Wave]:
    """The waves to choose among, newest first: those with something that was ever submitted."""
    sent = visits_for(person).where(Visit.state.in_(STATES))
    if client_id is not None:
        sent = sent.where(Visit.client_id == client_id)
    ids = sent.with_only_columns(Visit.wave_id)
    query = select(Wave).where(Wave.id.in_(ids)).options(joinedload(Wave.client))
    return list(db.session.scalars(query.order_by(Wave.starts_on.desc(), Wave.id.desc())))


def next_waiting(person: Person, wanted: QueueFilter, after: int) -> int | None:
    """The id of the longest waiting visit of the queue other than `after`; None when all is done."""
    query = _narrowed(person, wanted).where(Visit.id != after, Visit.state == State.SUBMITTED)
    first = query.order_by(Visit.submitted_at, Visit.id).limit(1)
    return db.session.scalar(first.with_only_columns(Visit.id))


def submissions_of(visit: Visit) -> tuple[list[Submission], list[Submission]]:
    """What was accepted, round by round, and what came in beside it ("conflict")."""
    query = (
        select(Submission).where(Submission.visit_id == visit.id).order_by(Submission.round, Submission.at)
    )
    found = list(db.session.scalars(query))
    accepted = [one for one in found if one.status == "accepted"]
    return accepted, [one for one in found if one.status == "conflict"]


def notes_of(visit: Visit) -> list[ReturnNote]:
    """What was asked at each return, with who asked."""
    query = select(ReturnNote).where(ReturnNote.visit_id == visit.id).options(joinedload(ReturnNote.by))
    return list(db.session.scalars(query.order_by(ReturnNote.round, ReturnNote.id)))


def events_of(visit: Visit) -> list[VisitEvent]:
    """Every step of the visit with who took it, first to last."""
    query = select(VisitEvent).where(VisitEvent.visit_id == visit.id).options(joinedload(VisitEvent.by))
    return list(db.session.scalars(query.order_by(VisitEvent.id)))


def scorecard_of(visit: Visit) -> Scorecard | None:
    """The visit's current scorecard, None before approval."""
    query = select(Scorecard).where(Scorecard.visit_id == visit.id, Scorecard.is_current)
    return db.session.scalar(query)
