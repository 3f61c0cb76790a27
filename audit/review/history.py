"""Earlier visits of a branch, beside the one that is looked at."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from audit.db import db
from audit.review.layers import Flag
from audit.review.models import Scorecard
from audit.review.scorecards import when
from audit.visits.models import Visit
from audit.waves.models import Wave

LAST = 6


@dataclass(frozen=True)
class Past:
    """One earlier visit with its current score (None: not scorable) and how many flags it carried."""

    visit_id: int
    visited_on: date
    wave: str
    number: str
    score: Decimal | None
    knockouts: int
    is_released: bool
    flags: int
    shopper_id: int | None


def past_of(visit: Visit) -> list[Past]:
    """The last approved or released visits of the same branch, newest first: of no later day, without this one.

    Where nothing was done yet, those until the end of its window.
    """
    until = visit.closes_on
    if visit.visited_at or visit.started_at or visit.submitted_at:
        until = when(visit, visit.branch.timezone)[0]
    flags = (
        select(func.count())
        .select_from(Flag)
        .where(Flag.visit_id == Visit.id, Flag.round == Visit.round - 1)
        .correlate(Visit)
        .scalar_subquery()
    )
    query = (
        select(
            Visit.id,
            Scorecard.visited_on,
            Wave.name,
            Scorecard.number,
            Scorecard.overall,
            Scorecard.knockouts,
            Scorecard.released_at.is_not(None),
            flags,
            Visit.shopper_id,
        )
        .join(Visit, Visit.id == Scorecard.visit_id)
        .join(Wave, Wave.id == Scorecard.wave_id)
        .where(Scorecard.branch_id == visit.branch_id, Scorecard.is_current, Scorecard.visit_id != visit.id)
        .where(Scorecard.visited_on <= until)
        .order_by(Scorecard.visited_on.desc(), Scorecard.id.desc())
        .limit(LAST)
    )
    return [Past(*row) for row in db.session.execute(query)]
