"""Who scores higher or lower than others at the same place (scoring.md 5.1): for the agency's eyes only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select

from audit.accounts.models import Person
from audit.db import db
from audit.insights import statistics
from audit.insights.figures import released
from audit.review import comparable
from audit.review.models import Scorecard
from audit.scoring.leniency import Part, ShopperFigures, leniency_of
from audit.visits.models import Visit
from audit.waves.models import Wave


@dataclass(frozen=True)
class ShopperRow:
    """One shopper with all scored visits in the waves, and what the comparison gives."""

    shopper_id: int
    name: str
    visits: int
    figures: ShopperFigures[int]


@dataclass(frozen=True)
class Leniency:
    """The wave and those pooled with it, newest first; `has_ranges`: whether anything can be said at all."""

    waves: Sequence[Wave]
    has_ranges: bool
    rows: Sequence[ShopperRow]

    @property
    def flagged(self) -> int:
        """How many stand out."""
        return sum(bool(row.figures.flag) for row in self.rows)


def leniency_in(person: Person, wave: Wave) -> Leniency:
    """Every shopper with a scored, released visit in the waves, by name. Scores are never corrected by it."""
    waves = comparable.pooled(wave)
    yardstick = statistics.of_wave(wave).yardstick
    parts = _parts(person, waves)
    visits = Counter[int]()
    for part in parts:
        visits[part.shopper] += part.n
    names = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(visits))).all())
    rows = [
        ShopperRow(row.shopper, names[row.shopper], visits[row.shopper], row)
        for row in leniency_of(parts, yardstick)
    ]
    rows.sort(key=lambda row: (row.name, row.shopper_id))
    return Leniency(waves, yardstick.usable is not None, rows)


def _parts(person: Person, waves: Sequence[Wave]) -> list[Part[int]]:
    """Sums by shopper and cell; one query."""
    score, keys = Scorecard.before_knockouts, (Visit.shopper_id, Scorecard.branch_id, Scorecard.wave_id)
    query = released(person).join(Visit, Visit.id == Scorecard.visit_id).order_by(None)
    query = query.where(Scorecard.wave_id.in_([wave.id for wave in waves]), score.is_not(None))
    grouped = query.with_only_columns(*keys, func.count(), func.sum(score)).group_by(*keys)
    return [
        Part(shopper_id, branch_id, wave_id, n, Fraction(total))
        for shopper_id, branch_id, wave_id, n, total in db.session.execute(grouped)
        if shopper_id is not None and total is not None  # erased people are nobody
    ]
