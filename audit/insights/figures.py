"""The released scorecards that count, and their factors' scores beside them."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.sql.selectable import LateralFromClause

from audit.accounts.models import Person
from audit.review.models import Scorecard, ScorecardFactor
from audit.review.queries import scorecards_for


def released(person: Person) -> Select[Scorecard]:
    """The released scorecards in the person's scope, each visit once."""
    return scorecards_for(person).where(Scorecard.released_at.is_not(None), Scorecard.is_current)


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
