"""Writing the trail: in the caller's transaction, or apart where a request only reads."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from audit.db import db
from audit.trail.models import Entry

if TYPE_CHECKING:
    from audit.accounts.models import Person


def record(
    kind: str,
    by: "Person | None",
    at: datetime,
    *,
    client_id: int | None = None,
    visit_id: int | None = None,
    scorecard_id: int | None = None,
    person_id: int | None = None,
    **data: Any,
) -> None:
    """Add an entry to the caller's transaction: `kind` like "correction.made", `by` None for the clock."""
    db.session.add(
        Entry(
            kind=kind,
            by_id=by.id if by else None,
            at=at,
            client_id=client_id,
            visit_id=visit_id,
            scorecard_id=scorecard_id,
            person_id=person_id,
            data=data,
        )
    )


def record_apart(kind: str, by: "Person", at: datetime, **about: Any) -> None:
    """The same, committed at once by a connection of its own: for a GET, whose transaction only reads.

    Call it before the answer is made: what was handed out is in the trail, whatever happens next.
    """
    record_all_apart(by, at, [(kind, about)])


def record_all_apart(by: "Person", at: datetime, happened: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Several entries at once: each its kind and what it is about."""
    rows = [_row(kind, by, at, dict(about)) for kind, about in happened]
    with db.engine.begin() as connection:
        connection.execute(insert(Entry), rows)


def record_apart_daily(kind: str, by: "Person", at: datetime, zone: str, **about: Any) -> None:
    """The first of its sort by this person on this day of `zone`: the many photos of one page are one entry.

    `about` holds a visit_id.
    """
    row = _row(kind, by, at, dict(about))
    began = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone)).astimezone(UTC)
    known = select(Entry.id).where(
        Entry.visit_id == row["visit_id"],
        Entry.kind == kind,
        Entry.by_id == by.id,
        Entry.scorecard_id.is_not_distinct_from(row["scorecard_id"]),
        Entry.data == row["data"],
        Entry.at >= began,
    )
    if db.session.scalar(known.limit(1)) is not None:
        return
    # A page asks for its photos at once: they wait for each other here, the first time that day.
    turn = func.pg_advisory_xact_lock(func.hashtextextended(f"{kind}:{by.id}:{row['visit_id']}", 0))
    with db.engine.begin() as connection:
        connection.execute(select(turn))
        if connection.execute(known.limit(1)).first() is None:
            connection.execute(insert(Entry), [row])


def _row(kind: str, by: "Person", at: datetime, about: dict[str, Any]) -> dict[str, Any]:
    names = ("client_id", "visit_id", "scorecard_id", "person_id")
    row = {name: about.pop(name, None) for name in names}
    return {"kind": kind, "by_id": by.id, "at": at, "data": about, **row}
