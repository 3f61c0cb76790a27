"""What a scorecard is compared with on the day of its release: network, trend, number of visits.

Only approved visits of one checklist version count, each by its score before knock-outs (scoring.md 3).
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from audit.db import db
from audit.review.course import Course, approved_cells, course_of, text
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
    cells = approved_cells(wave.id, version_id)
    course = course_of(wave, cells, branch_ids)
    visits = {cell.branch: cell.n for cell in cells}
    if course.network is None:
        return Figures(None, course, visits)
    network = {"visits": sum(visits.values()), "branches": len(visits), "mean": course.network}
    return Figures({**network, "factors": _network_factors(wave.id, version_id)}, course, visits)


def _network_factors(wave_id: int, version_id: int) -> dict[str, Document]:
    own = (
        select(
            ScorecardFactor.factor_id,
            func.avg(ScorecardFactor.score).label("mean"),
            func.count(ScorecardFactor.score).label("n"),
        )
        .join(Scorecard, Scorecard.id == ScorecardFactor.scorecard_id)
        .where(Scorecard.wave_id == wave_id, Scorecard.version_id == version_id)
        .where(Scorecard.is_current, Scorecard.status == "scored", ScorecardFactor.score.is_not(None))
        .group_by(ScorecardFactor.factor_id, Scorecard.branch_id)
        .subquery()
    )
    query = select(own.c.factor_id, func.avg(own.c.mean), func.sum(own.c.n)).group_by(own.c.factor_id)
    found = sorted(db.session.execute(query))
    return {factor: {"mean": text(Fraction(mean)), "n": int(n)} for factor, mean, n in found}
