"""The figures of a wave by branch and the waves of a branch, from stored lines only. SQL makes the means.

Only released scorecards in their current edition count. All visits of a wave share its checklist version
(the waves room sees to that), so a mean never mixes versions. Scores are those before knock-outs.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.selectable import LateralFromClause

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.db import db
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.review.queries import scorecards_for
from audit.waves.models import Wave

_PAIR = (func.avg, func.count)


class Mean(NamedTuple):
    """A mean of `n` scores (0–100, thirty decimals); None without any."""

    value: Decimal | None
    n: int


class Line(NamedTuple):
    """One branch in one wave. `n` counts scored visits, `unscored` those without a score."""

    branch_id: int
    code: str
    name: str
    region_id: int
    search: str
    n: int
    unscored: int
    incidents: int
    mean: Decimal | None
    factors: tuple[Mean, ...]  # in the order asked for


class WaveLine(NamedTuple):
    """One wave of one branch."""

    wave: Wave
    n: int
    unscored: int
    incidents: int
    mean: Decimal | None


class QuestionLine(NamedTuple):
    """One question over some visits: asked with a credit `n` times, of which `met` with full credit.

    `lost` is the mean of the points lost a visit; over all questions these means add up to 100 − mean score.
    """

    question_id: str
    n: int
    met: int
    partly: int
    lost: Decimal


def released(person: Person) -> Select[Scorecard]:
    """The released scorecards in the person's scope, each visit once."""
    return scorecards_for(person).where(Scorecard.released_at.is_not(None), Scorecard.is_current)


def _counts() -> tuple[Any, ...]:
    scored = Scorecard.before_knockouts.is_not(None)
    return (
        func.count(Scorecard.before_knockouts).label("n"),
        func.count(case((~scored, 1))).label("unscored"),
        func.count(case((and_(scored, Scorecard.knockouts > 0), 1))).label("incidents"),
        func.avg(Scorecard.before_knockouts).label("mean"),
    )


def factor_scores(factor_ids: Sequence[str]) -> LateralFromClause:
    """Beside each scorecard of a query its score of each factor, as columns `score_0`, `score_1`, …

    Lateral, so that only the lines of the scorecards in question are read: joined plainly, the planner reads
    the whole history.
    """
    line = ScorecardFactor
    columns = [
        func.max(line.score).filter(line.factor_id == factor_id).label(f"score_{place}")
        for place, factor_id in enumerate(factor_ids)
    ]
    # The count keeps it a query where a checklist has no factors.
    return (
        select(func.count(), *columns).where(line.scorecard_id == Scorecard.id).correlate(Scorecard).lateral()
    )


def wave_lines(person: Person, wave: Wave, factor_ids: Sequence[str]) -> list[Line]:
    """Every branch in scope that is active or was visited in the wave; one query, in no order."""
    scores = factor_scores(factor_ids)
    parts = [call(scores.c[f"score_{place}"]) for place in range(len(factor_ids)) for call in _PAIR]
    cards = released(person).where(Scorecard.wave_id == wave.id).join(scores, true())
    own = cards.with_only_columns(Scorecard.branch_id, *_counts(), *parts).group_by(Scorecard.branch_id)
    found = own.subquery()
    branch_id, n, unscored, incidents, mean, *means = found.c
    query = (
        branches_for(person)
        .where(Branch.client_id == wave.client_id)
        .outerjoin(found, branch_id == Branch.id)
        .where(or_(Branch.active, branch_id.is_not(None)))
        .with_only_columns(Branch.id, Branch.code, Branch.name, Branch.region_id, Branch.search)
        .add_columns(*(func.coalesce(count, 0) for count in (n, unscored, incidents)), mean, *means)
    )
    return [Line._make((*row[:9], _pairs(row[9:]))) for row in db.session.execute(query)]


def _pairs(values: Sequence[Any]) -> tuple[Mean, ...]:
    return tuple(Mean(values[place], values[place + 1] or 0) for place in range(0, len(values), 2))


def branch_waves(person: Person, branch: Branch) -> list[WaveLine]:
    """The branch's waves with released visits, the newest first."""
    cards = released(person).where(Scorecard.branch_id == branch.id)
    own = cards.with_only_columns(Scorecard.wave_id, *_counts()).group_by(Scorecard.wave_id).subquery()
    query = (
        select(Wave, own.c.n, own.c.unscored, own.c.incidents, own.c.mean)
        .join(own, own.c.wave_id == Wave.id)
        .options(joinedload(Wave.version))
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    )
    return [WaveLine(*row) for row in db.session.execute(query)]


def question_lines(person: Person, branch: Branch, wave: Wave) -> list[QuestionLine]:
    """The questions that could gain or lose points at the branch in the wave, in no order."""
    cards = released(person).where(Scorecard.branch_id == branch.id, Scorecard.wave_id == wave.id)
    ids = cards.where(Scorecard.status == "scored").with_only_columns(Scorecard.id)
    line = ScorecardQuestion
    query = (
        select(
            line.question_id,
            func.count(line.credit),
            func.count(case((line.credit == 1, 1))),
            func.count(case((and_(line.credit > 0, line.credit < 1), 1))),
            func.avg(line.lost),
        )
        .where(line.scorecard_id.in_(ids))
        .group_by(line.question_id)
        .having(or_(func.bool_or(line.possible > 0), func.bool_or(line.lost != 0)))
    )
    return [QuestionLine(*row) for row in db.session.execute(query)]
