"""Which waves a person may know of, and how far their visits have come."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Date, DateTime, Select, String, and_, case, column, false, func, or_, select, table
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Client
from audit.branches.queries import clients_for
from audit.checklists.models import Version
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.waves.models import Wave, WaveState

# Visits stand above this room; here they are only counted.
_visit = table(
    "visit",
    column("wave_id"),
    column("state", String),
    column("submit_by", DateTime(timezone=True)),
    column("opens_on", Date),
    column("closes_on", Date),
)
PAGE = 30
NOT_TAKEN = ("planned", "offered")
WITH_SHOPPER = ("accepted", "in_progress", "returned")
UNFINISHED = (*NOT_TAKEN, *WITH_SHOPPER, "submitted")


def waves_for(person: Person) -> Select[Wave]:
    """Every wave for the agency; the client's people those of their clients once open; none for shoppers."""
    if not person.active:
        return select(Wave).where(false())
    if person.is_agency:
        return select(Wave)
    own = clients_for(person).with_only_columns(Client.id)
    return select(Wave).where(Wave.client_id.in_(own), Wave.state != WaveState.PLANNING)


def wave_for(person: Person, wave_id: int, *, lock: bool = False) -> Wave:
    """One wave with client and version; NotFound when it is out of scope. `lock` holds it to the commit."""
    query = waves_for(person).where(Wave.id == wave_id)
    if lock:
        query = query.with_for_update(of=Wave).execution_options(populate_existing=True)
    else:
        query = query.options(joinedload(Wave.client), joinedload(Wave.version).joinedload(Version.checklist))
    wave = db.session.scalar(query)
    if wave is None:
        raise NotFound(_("There is no such wave."))
    return wave


@dataclass
class Progress:
    """How far a wave's visits have come: numbers by state, and how many are late."""

    states: dict[str, int] = field(default_factory=dict)
    late: int = 0

    def of(self, *states: str) -> int:
        """How many visits are in one of the states."""
        return sum(self.states.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """All visits that were not cancelled."""
        return sum(count for state, count in self.states.items() if state != "cancelled")


def progress_of(wave_ids: list[int], at: datetime, today: date) -> dict[int, Progress]:
    """The progress of each wave, in one query. Late: past the deadline, or not taken in the window."""
    late = or_(
        and_(_visit.c.state.in_(WITH_SHOPPER), _visit.c.submit_by < at),
        and_(_visit.c.state.in_(NOT_TAKEN), _visit.c.closes_on < today),
    )
    query = select(_visit.c.wave_id, _visit.c.state, func.count(), func.count().filter(late))
    query = query.where(_visit.c.wave_id.in_(wave_ids)).group_by(_visit.c.wave_id, _visit.c.state)
    found = {wave_id: Progress() for wave_id in wave_ids}
    for wave_id, state, count, behind in db.session.execute(query):
        found[wave_id].states[state] = count
        found[wave_id].late += behind
    return found


def page_for(person: Person, state: str, client_id: int | None, page: int) -> tuple[list[Wave], int]:
    """One page (from 1) of the waves of a state ("" means all) and client, and how many there are.

    Open ones come first, then those in planning; in each the newest first.
    """
    query = waves_for(person)
    if state:
        query = query.where(Wave.state == state)
    if client_id is not None:
        query = query.where(Wave.client_id == client_id)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = case({WaveState.OPEN: 0, WaveState.PLANNING: 1}, value=Wave.state, else_=2)
    parts = (joinedload(Wave.client), joinedload(Wave.version).joinedload(Version.checklist))
    query = query.options(*parts).order_by(order, Wave.starts_on.desc(), Wave.id.desc())
    return list(db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))), total


def window_of_visits(wave: Wave) -> tuple[date, date] | None:
    """The first and last day of the wave's visits that were not cancelled; None without visits."""
    query = select(func.min(_visit.c.opens_on), func.max(_visit.c.closes_on))
    first, last = db.session.execute(
        query.where(_visit.c.wave_id == wave.id, _visit.c.state != "cancelled")
    ).one()
    return None if first is None else (first, last)


def has_visits(wave: Wave) -> bool:
    """Whether anything was planned in the wave, cancelled or not: such visits keep client and version."""
    return bool(db.session.scalar(select(func.count()).where(_visit.c.wave_id == wave.id)))


def unfinished(wave: Wave) -> int:
    """How many visits still wait for somebody."""
    query = select(func.count()).where(_visit.c.wave_id == wave.id, _visit.c.state.in_(UNFINISHED))
    return db.session.scalar(query) or 0
