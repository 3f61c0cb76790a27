"""How alike the visits to one branch are, question by question (scoring.md 3.5)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights.figures import released
from audit.review.models import Scorecard, ScorecardQuestion
from audit.waves.models import Wave

Credits = Mapping[str, Sequence[Decimal]]  # by question, one of each visit that has one


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


def credits_of(person: Person, branch: Branch, wave: Wave) -> dict[str, list[Decimal]]:
    """The credits of the branch's released visits in the wave; one query."""
    cards = released(person).where(Scorecard.branch_id == branch.id, Scorecard.wave_id == wave.id)
    ids = cards.where(Scorecard.status == "scored").with_only_columns(Scorecard.id)
    line = ScorecardQuestion
    query = select(line.question_id, line.credit).where(line.scorecard_id.in_(ids), line.credit.is_not(None))
    found: dict[str, list[Decimal]] = defaultdict(list)
    for question_id, credit in db.session.execute(query):
        found[question_id].append(credit)
    return dict(found)


def splits_of(credits: Credits) -> list[Split]:
    """The questions in which visits disagree, those that disagree most first, then by id."""
    found = [_split(question_id, known) for question_id, known in credits.items() if len(set(known)) > 1]
    return sorted(found, key=lambda one: (one.alike / one.pairs, one.question_id))


def _split(question_id: str, known: Sequence[Decimal]) -> Split:
    same = sum(count * (count - 1) // 2 for count in Counter(known).values())
    met, missed = sum(credit == 1 for credit in known), sum(credit == 0 for credit in known)
    pairs = len(known) * (len(known) - 1) // 2
    return Split(question_id, met, len(known) - met - missed, missed, same, pairs)
