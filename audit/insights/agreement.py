"""How alike the visits to one branch are, question by question (scoring.md 3.5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights.figures import released
from audit.review.models import Scorecard, ScorecardQuestion
from audit.scoring.agreement import agreement_of
from audit.waves.models import Wave

Credits = Sequence[Mapping[str, Decimal]]  # of each visit, by question


@dataclass(frozen=True)
class Split:
    """A question whose visits disagree: how many met it, partly, not; `alike` of the `pairs` of visits agree."""

    question_id: str
    met: int
    partly: int
    missed: int
    alike: int
    pairs: int

    @property
    def n(self) -> int:
        """Visits with a credit."""
        return self.met + self.partly + self.missed


@dataclass(frozen=True)
class Stability:
    """The mean share of visit pairs that agree over `questions` asked at least twice; None without any."""

    share: Fraction | None = None
    questions: int = 0
    splits: list[Split] = field(default_factory=list)  # those that disagree most first, then by id


def stability_of(person: Person, branch: Branch, wave: Wave) -> Stability:
    """Of the branch's released visits in the wave."""
    visits = _credits(person, branch, wave)
    found = agreement_of(visits)
    apart = sorted((share, question_id) for question_id, share in found.by_question.items() if share < 1)
    splits = [
        _split(question_id, share, [visit[question_id] for visit in visits if question_id in visit])
        for share, question_id in apart
    ]
    return Stability(found.share, len(found.by_question), splits)


def _credits(person: Person, branch: Branch, wave: Wave) -> Credits:
    cards = released(person).where(Scorecard.branch_id == branch.id, Scorecard.wave_id == wave.id)
    ids = cards.where(Scorecard.status == "scored").with_only_columns(Scorecard.id)
    line = ScorecardQuestion
    query = select(line.scorecard_id, line.question_id, line.credit)
    query = query.where(line.scorecard_id.in_(ids))
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for card_id, question_id, credit in db.session.execute(query):
        if credit is not None:
            found[card_id][question_id] = credit
    return list(found.values())


def _split(question_id: str, share: Fraction, known: Sequence[Decimal]) -> Split:
    met, missed = sum(credit == 1 for credit in known), sum(credit == 0 for credit in known)
    pairs = len(known) * (len(known) - 1) // 2
    return Split(question_id, met, len(known) - met - missed, missed, int(share * pairs), pairs)
