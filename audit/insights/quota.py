"""Planned and done visits of a wave by region, format, channel, daypart and day type."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, case, func, select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.names import plain
from audit.db import db
from audit.insights.coverage import DONE, NOT_PLANNED
from audit.review.scorecards import AFTERNOON, NOON
from audit.visits.models import Visit
from audit.visits.queries import visits_for
from audit.waves.models import Wave

DAYPARTS: Final = ("morning", "noon", "evening")
DAY_TYPES: Final = ("weekdays", "weekend")
SATURDAY = 6


@dataclass(frozen=True)
class Share:
    """One part of the plan; `planned` None where visits are not planned by it."""

    key: Any
    planned: int | None
    done: int


@dataclass(frozen=True)
class Quota:
    """The parts by region id, format, channel, daypart and day type; branches with a visit, and all visits."""

    branches: int
    planned: int
    done: int
    regions: Sequence[Share]
    formats: Sequence[Share]
    channels: Sequence[Share]
    dayparts: Sequence[Share]
    day_types: Sequence[Share]


def quota_of(person: Person, wave: Wave) -> Quota:
    """The wave's visits that were neither cancelled nor without a result; two queries."""
    rows = db.session.execute(_counts(person, wave)).all()
    times = _times(person, wave)
    visited = select(func.count(Visit.branch_id.distinct())).where(
        Visit.wave_id == wave.id, Visit.state.not_in(NOT_PLANNED)
    )
    return Quota(
        branches=db.session.scalar(visited) or 0,
        planned=sum(row.planned for row in rows),
        done=sum(row.done for row in rows),
        regions=_shares(rows, lambda row: row.region_id),
        formats=_shares(rows, lambda row: row.format),
        channels=_shares(rows, lambda row: row.channel),
        dayparts=[Share(key, None, times[key]) for key in DAYPARTS],
        day_types=[Share(key, None, times[key]) for key in DAY_TYPES],
    )


def existing_branches(wave: Wave) -> int:
    """How many branches there are to visit: the active ones of the client."""
    query = select(func.count()).select_from(Branch)
    return db.session.scalar(query.where(Branch.client_id == wave.client_id, Branch.active)) or 0


def _counts(person: Person, wave: Wave) -> Any:
    keys = (Branch.region_id, Branch.format, Branch.channel)
    done = func.count(case((Visit.state.in_(DONE), 1)))
    query = visits_for(person).join(Branch, Branch.id == Visit.branch_id).where(Visit.wave_id == wave.id)
    query = query.where(Visit.state.not_in(NOT_PLANNED)).order_by(None)
    return query.with_only_columns(*keys, func.count().label("planned"), done.label("done")).group_by(*keys)


def _times(person: Person, wave: Wave) -> Counter[str]:
    """Done visits by daypart and day type, by the branch's clock."""
    there = func.coalesce(Visit.visited_at, Visit.started_at, Visit.submitted_at)
    local = func.timezone(Branch.timezone, there)
    hour, weekday = func.extract("hour", local), func.extract("isodow", local)
    part = case((hour < NOON, "morning"), (hour < AFTERNOON, "noon"), else_="evening")
    kind = case((weekday >= SATURDAY, "weekend"), else_="weekdays")
    query = visits_for(person).join(Branch, Branch.id == Visit.branch_id)
    query = query.where(Visit.wave_id == wave.id, Visit.state.in_(DONE)).order_by(None)
    grouped = query.with_only_columns(part.label("part"), kind.label("kind"), func.count().label("done"))
    found: Counter[str] = Counter()
    for row in db.session.execute(grouped.group_by("part", "kind")):
        found[row.part] += row.done
        found[row.kind] += row.done
    return found


def _shares(rows: Iterable[Row[Any]], key: Callable[[Any], Any]) -> list[Share]:
    planned: Counter[Any] = Counter()
    done: Counter[Any] = Counter()
    for row in rows:
        planned[key(row)] += row.planned
        done[key(row)] += row.done
    return [
        Share(name, planned[name], done[name]) for name in sorted(planned, key=lambda one: plain(str(one)))
    ]
