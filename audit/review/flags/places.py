"""Flags of place: far from the branch, no position, an impossible trip."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from audit.branches.models import Branch
from audit.db import db
from audit.review.flags.facts import Facts, Fix, fixes, metres, started_at
from audit.review.flags.rules import Found, Level, found
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Submission, Visit

_THERE = (
    State.SUBMITTED,
    State.RETURNED,
    State.APPROVED,
    State.RELEASED,
    State.REJECTED,
    State.ABORTED,
)
SHORTEST = timedelta(minutes=1)  # arrivals are told to the minute


def look(facts: Facts) -> Iterator[Found]:
    """All of them."""
    if not facts.has_place:
        return
    yield from _far(facts)
    yield from _no_fix(facts)
    yield from _impossible_trip(facts)


def _far(facts: Facts) -> Iterator[Found]:
    home = branch_fix(facts.visit.branch)
    nearest = nearest_of(facts.fixes, home, facts.limits["no_fix_metres"])
    if home is None or nearest is None:
        return
    away, accuracy = metres(nearest, home), nearest.accuracy or 0.0
    very = facts.limits["very_far_metres"]
    if away - accuracy > facts.limits["far_metres"]:
        level: Level = "strong" if away - accuracy > very else "review"
        data = {"metres": round(away), "accuracy": round(accuracy), "limit": facts.limits["far_metres"]}
        yield Found("far", level, data=data)


def branch_fix(branch: Branch) -> Fix | None:
    """Where the branch is, if that is known."""
    if branch.latitude is None or branch.longitude is None:
        return None
    return Fix(branch.latitude, branch.longitude)


def nearest_of(told: Sequence[Fix], home: Fix | None, coarse: int) -> Fix | None:
    """The position that speaks best for the shopper: the form may have been started on the way.

    Those no worse than `coarse` metres where there are any; without a branch's position the first one.
    """
    usable = [one for one in told if (one.accuracy or 0) <= coarse] or list(told)
    if not usable or home is None:
        return usable[0] if usable else None
    return min(usable, key=lambda one: metres(one, home) - (one.accuracy or 0))


def _no_fix(facts: Facts) -> Iterator[Found]:
    best = min((one.accuracy or 0 for one in facts.fixes), default=None)
    if best is None or best > facts.limits["no_fix_metres"]:
        accuracy = None if best is None else round(best)
        yield found("no_fix", accuracy=accuracy, limit=facts.limits["no_fix_metres"])


def _impossible_trip(facts: Facts) -> Iterator[Found]:
    came, here = facts.presence.came, _check_in(facts.visit, facts.fixes, facts.limits["no_fix_metres"])
    if came is None or here is None:
        return
    worst: Found | None = None
    for other in _neighbours(facts.visit, came):
        told = _fixes_of(other)
        there, moment = _check_in(other, told, facts.limits["no_fix_metres"]), check_in_time(other)
        if there is None or moment is None:
            continue
        away = max(0.0, metres(here, there) - (here.accuracy or 0) - (there.accuracy or 0))
        took = max(abs(came - moment), SHORTEST)
        speed = away / 1000 / (took.total_seconds() / 3600)
        if speed > facts.limits["trip_speed"] and (worst is None or speed > worst.data["exact"]):
            worst = found(
                "impossible_trip",
                exact=round(speed, 3),
                metres=round(away),
                seconds=int(took.total_seconds()),
                limit=facts.limits["trip_speed"],
                visit=other.id,
                branch=other.branch.name,
            )
    if worst is not None:
        yield worst


def check_in_time(visit: Visit) -> datetime | None:
    """When the shopper came."""
    return visit.visited_at or visit.started_at


def _check_in(visit: Visit, told: Sequence[Fix], coarse: int) -> Fix | None:
    home = branch_fix(visit.branch)
    return nearest_of(told, home, coarse) or home


def _neighbours(visit: Visit, came: datetime) -> list[Visit]:
    """The shopper's visits before and after this one, by the time of coming."""
    moment = func.coalesce(Visit.visited_at, Visit.started_at)
    own = (
        select(Visit)
        .where(Visit.shopper_id == visit.shopper_id, Visit.id != visit.id)
        .where(Visit.state.in_(_THERE), moment.is_not(None))
        .options(joinedload(Visit.branch))
        .limit(1)
    )
    before = own.where(moment <= came).order_by(moment.desc(), Visit.id.desc())
    after = own.where(moment > came).order_by(moment, Visit.id)
    return [*db.session.scalars(before), *db.session.scalars(after)]


def _fixes_of(visit: Visit) -> list[Fix]:
    query = select(Submission).where(Submission.visit_id == visit.id, Submission.status == "accepted")
    first = db.session.scalar(query.order_by(Submission.round).limit(1))
    if first is None:
        return started_at(visit)
    return fixes(visit, first, db.session.scalars(select(Photo).where(Photo.visit_id == visit.id)))
