"""The editor's queue: what waits, who works on it, what the clock calls for, what signs it carries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.branches.queries import clients_for
from audit.db import db
from audit.review.layers import Alarm, Flag
from audit.review.models import Scorecard
from audit.review.queue_marks import asks_for_yes, brought_back, carries, comes_first, is_late
from audit.visits.lifecycle import Action, State
from audit.visits.models import Photo, Visit, VisitEvent
from audit.visits.queries import visits_for
from audit.waves.models import Wave

PAGE = 100
STATES = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED, State.REJECTED)
DECISIONS = (Action.RETURN, Action.APPROVE, Action.REJECT)
SORTS: dict[str, Any] = {
    "submitted": Visit.submitted_at,
    "branch": Branch.name,
    "client": Client.name,
    "wave": Wave.name,
    "shopper": Person.name,
}


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to. Late ones come first, then alarms and strong flags, then the longest waiting.

    Sorted otherwise, late ones still come first.
    """

    state: State = State.SUBMITTED
    client_id: int | None = None
    wave_id: int | None = None
    flag: str = ""  # a code of scoring.md 5.2, found in the latest round
    editor_id: int | None = None  # who has it, or who decided last
    is_free: bool = False  # nobody has it
    level: str = ""  # of `queue_marks.LEVELS`: an alarm not settled, a flag of this level in the latest round
    asks: bool = False  # a correction of it waits for a yes
    sort: str = "submitted"


@dataclass(frozen=True)
class Signs:
    """How many flags of each level the latest submission carries, and alarms that nobody has settled."""

    strong: int = 0
    review: int = 0
    info: int = 0
    alarms: int = 0

    @property
    def total(self) -> int:
        """All flags."""
        return self.strong + self.review + self.info


@dataclass(frozen=True)
class QueueRow:
    """One visit of the queue; `waited` since it came in or back last, `number` of its scorecard once made."""

    visit: Visit
    photos: int
    unreadable: int
    number: str | None
    waited: timedelta
    is_late: bool
    signs: Signs = field(default_factory=Signs)
    before: str = ""  # who returned it last
    asks: bool = False  # a correction waits for the shopper's or a second editor's yes


def queue_page(
    person: Person, wanted: QueueFilter, page: int, at: datetime
) -> tuple[list[QueueRow], int, int]:
    """One page (from 1), how many visits there are, and how many of them have waited for too long."""
    late = is_late(at)
    narrowed = _narrowed(person, wanted).join(Client, Client.id == Visit.client_id)
    total, urgent = db.session.execute(
        narrowed.with_only_columns(func.count(), func.count(case((late, 1))))
    ).one()
    key = wanted.sort.removeprefix("-")
    column = SORTS.get(key, Visit.submitted_at)
    order = [column.desc() if wanted.sort.startswith("-") else column.asc()]
    if wanted.sort == "submitted":
        order.insert(0, comes_first().desc())
    parts = (
        joinedload(Visit.branch),
        joinedload(Visit.client),
        joinedload(Visit.wave),
        joinedload(Visit.shopper),
        joinedload(Visit.claimed_by),
    )
    query = (
        narrowed.join(Branch, Branch.id == Visit.branch_id)
        .join(Wave, Wave.id == Visit.wave_id)
        .outerjoin(Person, Person.id == Visit.shopper_id)
        .options(*parts)
        .order_by(late.desc(), *order, Visit.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return _rows(list(db.session.scalars(query)), at), total, urgent


def _narrowed(person: Person, wanted: QueueFilter) -> Select[Visit]:
    query = visits_for(person).where(Visit.state == wanted.state)
    if wanted.client_id is not None:
        query = query.where(Visit.client_id == wanted.client_id)
    if wanted.wave_id is not None:
        query = query.where(Visit.wave_id == wanted.wave_id)
    if wanted.flag:
        query = query.where(
            exists().where(Flag.visit_id == Visit.id, Flag.round == Visit.round - 1, Flag.code == wanted.flag)
        )
    if wanted.level:
        query = query.where(carries(wanted.level))
    if wanted.asks:
        query = query.where(asks_for_yes())
    if wanted.is_free:
        query = query.where(Visit.claimed_by_id.is_(None))
    if wanted.editor_id is not None:
        query = query.where(_is_of(wanted.editor_id, wanted.state))
    return query


def _is_of(editor_id: int, state: State) -> ColumnElement[bool]:
    """Whether an editor has it; of what is decided, whether the latest decision was theirs."""
    if state == State.SUBMITTED:
        return Visit.claimed_by_id == editor_id
    last = (
        select(VisitEvent.by_id)
        .where(VisitEvent.visit_id == Visit.id, VisitEvent.action.in_(DECISIONS))
        .order_by(VisitEvent.id.desc())
        .limit(1)
        .correlate(Visit)
        .scalar_subquery()
    )
    return last == editor_id


def _rows(visits: list[Visit], at: datetime) -> list[QueueRow]:
    ids = [visit.id for visit in visits]
    photos, numbers, signs, before = _photo_counts(ids), _numbers(ids), signs_of(ids), _returned_by(ids)
    back = brought_back(ids)
    asking = set(db.session.scalars(select(Visit.id).where(Visit.id.in_(ids), asks_for_yes())))
    rows = []
    for visit in visits:
        waited = at - (back.get(visit.id) or visit.submitted_at or at)
        urgent = visit.state == State.SUBMITTED and waited > timedelta(hours=visit.client.escalate_hours)
        count, unreadable = photos.get(visit.id, (0, 0))
        rows.append(
            QueueRow(
                visit=visit,
                photos=count,
                unreadable=unreadable,
                number=numbers.get(visit.id),
                waited=waited,
                is_late=urgent,
                signs=signs.get(visit.id, Signs()),
                before=before.get(visit.id, ""),
                asks=visit.id in asking,
            )
        )
    return rows


def signs_of(visit_ids: Collection[int]) -> Mapping[int, Signs]:
    """What stands out about the latest round of each visit; visits without signs are left out."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    flags = (
        select(Flag.visit_id, Flag.level, func.count())
        .join(Visit, (Visit.id == Flag.visit_id) & (Flag.round == Visit.round - 1))
        .where(Flag.visit_id.in_(visit_ids))
        .group_by(Flag.visit_id, Flag.level)
    )
    for visit_id, level, count in db.session.execute(flags):
        counts[visit_id][level] = count
    alarms = (
        select(Alarm.visit_id, func.count())
        .where(Alarm.visit_id.in_(visit_ids), Alarm.state == "raised")
        .group_by(Alarm.visit_id)
    )
    for visit_id, count in db.session.execute(alarms):
        counts[visit_id]["alarms"] = count
    return {visit_id: Signs(**found) for visit_id, found in counts.items()}


def _returned_by(visit_ids: Collection[int]) -> dict[int, str]:
    """Who returned each visit last: the one who knows it."""
    query = (
        select(VisitEvent.visit_id, Person.name)
        .join(Person, Person.id == VisitEvent.by_id)
        .where(VisitEvent.visit_id.in_(visit_ids), VisitEvent.action == Action.RETURN)
        .order_by(VisitEvent.id)
    )
    return dict(db.session.execute(query).all())


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
    return list(db.session.scalars(clients_for(person).order_by(Client.name, Client.id)))


def filter_waves(person: Person, client_id: int | None) -> list[Wave]:
    """The waves to choose among, newest first: those with something that was ever submitted."""
    sent = visits_for(person).where(Visit.state.in_(STATES))
    if client_id is not None:
        sent = sent.where(Visit.client_id == client_id)
    ids = sent.with_only_columns(Visit.wave_id)
    query = select(Wave).where(Wave.id.in_(ids)).options(joinedload(Wave.client))
    return list(db.session.scalars(query.order_by(Wave.starts_on.desc(), Wave.id.desc())))


def asking(person: Person) -> int:
    """How many submissions hold a correction that this person may say yes or no to as the second editor."""
    query = visits_for(person).where(Visit.state == State.SUBMITTED, asks_for_yes(made_by_others=person))
    return db.session.scalar(query.with_only_columns(func.count())) or 0


def next_waiting(person: Person, wanted: QueueFilter, after: int, at: datetime) -> int | None:
    """The next visit of this part of the queue that nobody else has: in the queue's order."""
    return db.session.scalar(waiting_for(person, wanted, after, at).with_only_columns(Visit.id))


def waiting_for(person: Person, wanted: QueueFilter, after: int, at: datetime) -> Select[Visit]:
    """The same as a query for the visit. What waits for the yes to this person's own correction is left out."""
    query = (
        _narrowed(person, wanted)
        .join(Client, Client.id == Visit.client_id)
        .where(Visit.id != after, Visit.state == State.SUBMITTED)
        .where(or_(Visit.claimed_by_id.is_(None), Visit.claimed_by_id == person.id))
        .where(Visit.shopper_id != person.id, ~asks_for_yes(made_by=person))
    )
    return query.order_by(is_late(at).desc(), comes_first().desc(), Visit.submitted_at, Visit.id).limit(1)
