"""Scorecards put straight into the database: only the figures that a comparison reads."""

import itertools
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.review.cells import settle
from audit.review.lines import ScorecardSection
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.review.scorecards import stored
from audit.scoring import exact
from audit.visits.lifecycle import State
from audit.waves.models import Wave
from tests import factories

Number = Fraction | int | str
_numbers = itertools.count(1)


def card(
    wave: Wave,
    branch: Branch,
    shopper: Person,
    score: Number | None,
    factors: Mapping[str, Number | None] | None = None,
    questions: Mapping[str, tuple[Number | None, Number, Number]] | None = None,
    sections: Mapping[str, Number | None] | None = None,
    **values: Any,
) -> Scorecard:
    """A released scorecard of a new visit; without a score it is not scorable. Flushes.

    `questions` by id: credit, possible, lost.
    """
    visit = factories.visit(wave, branch, shopper, State.RELEASED)
    before = _decimal(score)
    made = Scorecard(
        **{
            "number": f"T-{next(_numbers)}",
            "visit_id": visit.id,
            "client_id": wave.client_id,
            "wave_id": wave.id,
            "branch_id": branch.id,
            "version_id": wave.version_id,
            "status": "not_scorable" if before is None else "scored",
            "overall": before,
            "before_knockouts": before,
            "visited_on": date(2026, 11, 14),
            "daypart": "morning",
            "result": {},
            "answers": {},
            "photos": [],
            "context": {},
            "made_at": factories.AT,
            "made_by_id": shopper.id,
            "released_at": factories.AT,
            **values,
        }
    )
    db.session.add(made)
    db.session.flush()
    for name, part in (factors or {}).items():
        db.session.add(
            ScorecardFactor(scorecard_id=made.id, factor_id=name, possible=20, score=_decimal(part))
        )
    for name, part in (sections or {}).items():
        db.session.add(
            ScorecardSection(scorecard_id=made.id, section_id=name, possible=20, score=_decimal(part))
        )
    for name, (credit, possible, lost) in (questions or {}).items():
        db.session.add(
            ScorecardQuestion(
                scorecard_id=made.id,
                question_id=name,
                state="na" if credit is None else "answered",
                credit=_decimal(credit),
                possible=_decimal(possible),
                lost=_decimal(lost),
            )
        )
    db.session.flush()
    if made.released_at is not None:
        settle([made])
    return made


def _decimal(value: Number | None) -> Any:
    """As the review room stores it: thirty decimals."""
    return None if value is None else stored(exact.text(Fraction(value)))
