"""The trail read: the steps of visits and everything else that happened, as one list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Integer,
    Select,
    String,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.db import db
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.visits.models import Visit, VisitEvent

PAGE = 100
PIECE = 1000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of the agency: days in the filter are its days
STEP = "visit."  # the kind of a step of a visit begins so, its action follows


@dataclass(frozen=True)
class Sought:
    """What the trail is narrowed to; days are the agency's, both inclusive."""

    kind: str = ""  # a kind, or a room with a dot at its end: "dispute."
    person: str = ""  # part of the name of who did it, or of whom it was about
    client_id: int | None = None
    visit_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """One thing that happened, with the names of what it names; `by` None is the clock."""

    at: datetime
    kind: str
    by_id: int | None
    by: str | None
    about_id: int | None
    about: str | None
    client: str | None
    visit_id: int | None
    branch: str | None
    scorecard_id: int | None
    number: str | None
    edition: int | None
    data: dict[str, Any]


def _steps(sought: Sought) -> Select[Any]:
    """Steps of visits that fit."""
    query = select(
        VisitEvent.at,
        VisitEvent.id,
        (literal(STEP) + VisitEvent.action).label("kind"),
        VisitEvent.by_id,
        cast(null(), Integer).label("client_id"),
        VisitEvent.visit_id,
        cast(null(), Integer).label("scorecard_id"),
        cast(null(), Integer).label("person_id"),
        (VisitEvent.data + func.jsonb_build_object("to", VisitEvent.to_state)).label("data"),
    )
    if sought.client_id is not None:
        query = query.where(VisitEvent.visit_id.in_(_visits_of(sought.client_id)))
    if sought.person:
        query = query.where(VisitEvent.by_id.in_(_named(sought.person)))
    if sought.kind and sought.kind != STEP:
        is_step = sought.kind.startswith(STEP)
        action = sought.kind.removeprefix(STEP)
        query = query.where(VisitEvent.action == action if is_step else false())
    return _fitting(query, VisitEvent, sought)


def _others(sought: Sought) -> Select[Any]:
    """What else happened and fits."""
    query = select(
        Entry.at,
        Entry.id,
        cast(Entry.kind, String).label("kind"),
        Entry.by_id,
        Entry.client_id,
        Entry.visit_id,
        Entry.scorecard_id,
        Entry.person_id,
        cast(Entry.data, JSONB),
    )
    if sought.client_id is not None:
        theirs = Entry.visit_id.in_(_visits_of(sought.client_id))
        query = query.where(or_(Entry.client_id == sought.client_id, theirs))
    if sought.person:
        people = _named(sought.person)
        query = query.where(or_(Entry.by_id.in_(people), Entry.person_id.in_(people)))
    if sought.kind.endswith("."):
        query = query.where(Entry.kind.startswith(sought.kind, autoescape=True))
    elif sought.kind:
        query = query.where(Entry.kind == sought.kind)
    return _fitting(query, Entry, sought)


def _visits_of(client_id: int) -> Select[Any]:
    return select(Visit.id).where(Visit.client_id == client_id)


def _named(name: str) -> Select[Any]:
    return select(Person.id).where(Person.name.icontains(name, autoescape=True))


def _fitting(query: Select[Any], table: Any, sought: Sought) -> Select[Any]:
    """Narrowed by what both kinds of rows have."""
    if sought.visit_id is not None:
        query = query.where(table.visit_id == sought.visit_id)
    if sought.since is not None:
        query = query.where(table.at >= _midnight(sought.since))
    if sought.until is not None and sought.until < date.max:
        query = query.where(table.at < _midnight(sought.until + timedelta(days=1)))
    return query


def _narrowed(reader: Person, sought: Sought, most: int | None = None) -> Select[Any]:
    """What fits, the newest first, with the names of what it names; at most the first `most`, found by index."""
    parts = []
    for part, table in ((_steps(sought), VisitEvent), (_others(sought), Entry)):
        found = part if reader.active and reader.is_agency else part.where(false())
        if most is not None:
            found = found.order_by(table.at.desc(), table.id.desc()).limit(most)
        parts.append(select(found.subquery()))
    happened = union_all(*parts).subquery("happened")
    doer, about = Person.__table__.alias("doer"), Person.__table__.alias("about")
    return (
        select(
            happened.c.at,
            happened.c.kind,
            happened.c.by_id,
            doer.c.name.label("by"),
            happened.c.person_id.label("about_id"),
            about.c.name.label("about"),
            Client.name.label("client"),
            happened.c.visit_id,
            Branch.name.label("branch"),
            happened.c.scorecard_id,
            Scorecard.number,
            Scorecard.edition,
            happened.c.data,
        )
        .select_from(happened)
        .outerjoin(doer, doer.c.id == happened.c.by_id)
        .outerjoin(about, about.c.id == happened.c.person_id)
        .outerjoin(Visit, Visit.id == happened.c.visit_id)
        .outerjoin(Branch, Branch.id == Visit.branch_id)
        .outerjoin(Client, Client.id == func.coalesce(happened.c.client_id, Visit.client_id))
        .outerjoin(Scorecard, Scorecard.id == happened.c.scorecard_id)
        .order_by(happened.c.at.desc(), happened.c.id.desc(), happened.c.kind)
    )


def _midnight(day: date) -> datetime:
    try:
        return datetime.combine(day, time(), ZONE).astimezone(UTC)
    except OverflowError:  # the first day that there is begins later in UTC
        return datetime.min.replace(tzinfo=UTC)


def trail_page(reader: Person, sought: Sought, page: int) -> tuple[list[Line], bool]:
    """The newest first, one page (from 1), and whether older ones follow. Empty for anybody but the agency."""
    query = _narrowed(reader, sought, page * PAGE + 1).limit(PAGE + 1).offset((page - 1) * PAGE)
    found = list(_lines(db.session.execute(query)))
    return found[:PAGE], len(found) > PAGE


def whole_trail(reader: Person, sought: Sought) -> Iterator[Line]:
    """Everything that fits, the newest first, read in pieces."""
    query = _narrowed(reader, sought).execution_options(yield_per=PIECE)
    yield from _lines(db.session.execute(query))


def visit_trail(reader: Person, visit: Visit) -> list[Line]:
    """Everything of one visit, first to last."""
    query = _narrowed(reader, Sought(visit_id=visit.id))
    return list(_lines(db.session.execute(query)))[::-1]


def _lines(rows: Iterable[Any]) -> Iterator[Line]:
    for row in rows:
        yield Line(**row._mapping)


def kinds(reader: Person) -> list[str]:
    """The kinds that have happened, steps of visits aside."""
    if not reader.is_agency:
        return []
    return list(db.session.scalars(select(Entry.kind).distinct().order_by(Entry.kind)))
