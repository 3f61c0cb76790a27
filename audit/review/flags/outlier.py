"""The flag of an unusual score, by the one yardstick of the client's network (scoring.md 3.1 and 5.2)."""

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt

from sqlalchemy import select

from audit.db import db
from audit.review.flags.facts import Facts
from audit.review.flags.rules import Found, found
from audit.review.models import Scorecard
from audit.scoring import exact
from audit.scoring.inputs import Visit as Scored
from audit.scoring.yardstick import mean, measure


def look(facts: Facts) -> Iterator[Found]:
    """A score further than so many times s·√(1 + 1/k) from the mean of the k other visits of branch and wave."""
    if facts.result["status"] != "scored":
        return
    score = exact.number(facts.result["before_knockouts"])
    others = _approved(facts)
    cell = (str(facts.visit.branch_id), str(facts.visit.wave_id))
    near = [one.score for one in others if (one.branch, one.wave) == cell]
    variance = measure(others).usable
    if score is None or variance is None or len(near) < facts.limits["outlier_others"]:
        return
    away, times = score - mean(near), facts.limits["outlier_times"]
    widest = times**2 * variance * (1 + Fraction(1, len(near)))
    if away**2 > widest:
        yield found(
            "outlier",
            score=exact.text(score),
            mean=exact.text(mean(near)),
            visits=len(near),
            limit=f"{sqrt(widest):.6f}",
        )


def _approved(facts: Facts) -> list[Scored]:
    """The client's other scored visits with this version of the checklist."""
    query = select(Scorecard.branch_id, Scorecard.wave_id, Scorecard.before_knockouts).where(
        Scorecard.client_id == facts.visit.client_id,
        Scorecard.version_id == facts.visit.version_id,
        Scorecard.visit_id != facts.visit.id,
        Scorecard.is_current,
        Scorecard.before_knockouts.is_not(None),
        Scorecard.status == "scored",
    )
    rows = db.session.execute(query)
    return [Scored(str(branch), str(wave), Fraction(str(score))) for branch, wave, score in rows]
