"""What a scorecard is compared with on the day of its release: network, trend, number of visits.

Only approved visits of one checklist version count, each by its score before knock-outs (scoring.md 3).
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from audit.db import db
from audit.review.course import LEAST_BRANCHES, Course, course_of, text
from audit.review.models import Scorecard, ScorecardFactor
from audit.waves.models import Wave

Document = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """The comparison figures of one wave and version, numbers as decimal text."""

    network: Document | None  # {"visits", "branches", "mean", "factors": {id: {"mean", "n"}}}
    course: Course
    visits: dict[int, int]  # branch id -> scored visits in this wave


def figures_of(wave: Wave, version_id: int, branch_ids: Collection[int]) -> Figures:
    """The figures for releasing scorecards of these branches: a handful of queries however many there are."""
    counts = _branch_counts(wave.id, version_id)
    return Figures(_network(wave.id, version_id, counts), course_of(wave, version_id, branch_ids), counts)


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
        "mean": text(Fraction(mean)),
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
    return {factor: {"mean": text(Fraction(mean)), "n": int(n)} for factor, mean, n in found}
