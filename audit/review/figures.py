"""What a scorecard is compared with on the day of its release: network, trend, number of visits.

Only approved visits of one checklist version count, each by its score before knock-outs (scoring.md 3).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from audit.db import db
from audit.review.models import Scorecard, ScorecardFactor
from audit.waves.models import Wave

WAVES_OF_TREND = 6
LEAST_BRANCHES = 2  # a network of one branch would only repeat the branch's own figure
Document = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """The comparison figures of one wave and version, numbers as decimal text."""

    network: Document | None  # {"visits", "branches", "mean", "factors": {id: {"mean", "n"}}}
    trends: dict[int, list[Document]]  # branch id -> [{"wave", "mean", "n"}], oldest first
    visits: dict[int, int]  # branch id -> scored visits in this wave


def figures_of(wave: Wave, version_id: int, branch_ids: Collection[int]) -> Figures:
    """The figures for releasing scorecards of these branches: a handful of queries however many there are."""
    counts = _branch_counts(wave.id, version_id)
    return Figures(_network(wave.id, version_id, counts), _trends(wave, version_id, branch_ids), counts)


def _counted(wave_id: int, version_id: int) -> ColumnElement[bool]:
    return and_(
        Scorecard.wave_id == wave_id,
        Scorecard.version_id == version_id,
        Scorecard.is_current,
        Scorecard.status == "scored",
    )


def _branch_counts(wave_id: int, version_id: int) -> dict[int, int]:
    query = select(Scorecard.branch_id, func.count()).where(_counted(wave_id, version_id))
    return dict(db.session.execute(query.group_by(Scorecard.branch_id)).all())


def _network(wave_id: int, version_id: int, counts: dict[int, int]) -> Document | None:
    """Every branch counts the same, however often it was visited."""
    if len(counts) < LEAST_BRANCHES:
        return None
    own = select(func.avg(Scorecard.before_knockouts).label("mean")).where(_counted(wave_id, version_id))
    means = own.group_by(Scorecard.branch_id).subquery()
    mean = db.session.scalar(select(func.avg(means.c.mean)))
    if mean is None:
        return None
    return {
        "visits": sum(counts.values()),
        "branches": len(counts),
        "mean": text(mean),
        "factors": _network_factors(wave_id, version_id),
    }


def _network_factors(wave_id: int, version_id: int) -> dict[str, Document]:
    own = (
        select(
            ScorecardFactor.factor_id,
            func.avg(ScorecardFactor.score).label("mean"),
            func.count(ScorecardFactor.score).label("n"),
        )
        .join(Scorecard, Scorecard.id == ScorecardFactor.scorecard_id)
        .where(_counted(wave_id, version_id), ScorecardFactor.score.is_not(None))
        .group_by(ScorecardFactor.factor_id, Scorecard.branch_id)
        .subquery()
    )
    query = select(own.c.factor_id, func.avg(own.c.mean), func.sum(own.c.n)).group_by(own.c.factor_id)
    found = sorted(db.session.execute(query))
    return {factor: {"mean": text(mean), "n": int(n)} for factor, mean, n in found}


def _trends(wave: Wave, version_id: int, branch_ids: Collection[int]) -> dict[int, list[Document]]:
    """Each branch's last waves up to this one."""
    query = (
        select(Scorecard.branch_id, Wave.name, func.avg(Scorecard.before_knockouts), func.count(Scorecard.id))
        .join(Wave, Wave.id == Scorecard.wave_id)
        .where(Scorecard.branch_id.in_(branch_ids), Scorecard.version_id == version_id)
        .where(Scorecard.is_current, Scorecard.status == "scored")
        .where(tuple_(Wave.starts_on, Wave.id) <= (wave.starts_on, wave.id))
        .group_by(Scorecard.branch_id, Wave.id)
        .order_by(Wave.starts_on, Wave.id)
    )
    found: dict[int, list[Document]] = defaultdict(list)
    for branch_id, name, mean, count in db.session.execute(query):
        found[branch_id].append({"wave": name, "mean": text(mean), "n": count})
    return {branch_id: last(points) for branch_id, points in found.items()}


def last(points: Sequence[Document]) -> list[Document]:
    """The newest waves, oldest first."""
    return list(points[-WAVES_OF_TREND:])


def text(mean: Decimal) -> str:
    """A mean of the database with twenty decimals, before any rounding for people (decision 0003)."""
    return f"{mean.quantize(Decimal(1).scaleb(-20), rounding=ROUND_HALF_UP):f}"
