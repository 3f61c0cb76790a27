"""NPS, CSAT, shares of yes and drivers of a wave, with their smallest numbers (scoring.md 3.6 and 3.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit.accounts.models import Person
from audit.checklists.published import published
from audit.insights import drivers_queries as queries
from audit.insights import rated
from audit.insights.selection import Selection
from audit.insights.titles import Asked, questions_of
from audit.review import comparable
from audit.scoring.drivers import Driver, Side, drivers_of
from audit.scoring.shares import PASSIVE, PROMOTER, Nps, Share, nps_of, share_of
from audit.waves.models import Wave

SATISFIED = 4  # of 1–5


@dataclass(frozen=True)
class NpsLine:
    """The balance of one 0–10 rating."""

    asked: Asked
    nps: Nps


@dataclass(frozen=True)
class ShareLine:
    """The share of 4 and 5, or of yes, in the answers to one question."""

    asked: Asked
    share: Share


@dataclass(frozen=True)
class DriverLine:
    """A question beside the outcome: its means with full credit and with less (None without visits)."""

    asked: Asked
    driver: Driver
    full: Fraction | None
    less: Fraction | None
    met: Share  # how often the credit was full


@dataclass(frozen=True)
class Ratings:
    """What visits came to in the shoppers' own words."""

    nps: Sequence[NpsLine]
    csat: Sequence[ShareLine]
    yes: Sequence[ShareLine]


@dataclass(frozen=True)
class Drivers:
    """The questions beside one outcome over `visits` in `waves`; what is clear and large comes first."""

    outcome: Asked
    ends: tuple[int, int]
    visits: int
    waves: Sequence[Wave]
    lines: Sequence[DriverLine]

    @property
    def tested(self) -> bool:
        """Whether anything can be said of any question."""
        return any(line.driver.gap is not None for line in self.lines)


def ratings_of(person: Person, selection: Selection) -> Ratings:
    """NPS, CSAT and shares of yes over the visits of person and filter."""
    document = published(selection.wave.version).document
    asked = questions_of(selection.wave.version)
    nps, csat = rated.nps_questions(document), rated.csat_questions(document)
    counts = queries.ratings(person, selection, [*nps, *csat])
    answers = queries.answered(person, selection)
    yes = []
    for question in rated.yes_no_questions(document):
        part = answers.get(question["id"])
        met, n = (part.met, part.n) if part else (0, 0)
        share = share_of(met if question.get("good", "yes") == "yes" else n - met, n)
        yes.append(ShareLine(asked[question["id"]], share))
    return Ratings(
        [NpsLine(asked[one["id"]], _nps(counts[one["id"]])) for one in nps],
        [ShareLine(asked[one["id"]], _satisfied(counts[one["id"]])) for one in csat],
        yes,
    )


def outcomes(wave: Wave) -> list[Asked]:
    """The outcomes that drivers can be asked for; an NPS question comes first."""
    document, asked = published(wave.version).document, questions_of(wave.version)
    first = {question["id"] for question in rated.nps_questions(document)}
    found = [asked[question["id"]] for question in rated.outcomes(document)]
    return sorted(found, key=lambda one: one.id not in first)


def drivers_over(person: Person, selection: Selection, outcome_id: str, *, pooled: bool) -> Drivers:
    """The drivers of one outcome over the visits of person and filter, with earlier waves if `pooled`."""
    known, asked = published(selection.wave.version), questions_of(selection.wave.version)
    outcome = known.questions[outcome_id]
    waves = comparable.pooled(selection.wave) if pooled else [selection.wave]
    ids = [wave.id for wave in waves]
    told = queries.ratings(person, selection, [outcome], ids)[outcome_id]
    names = [question["id"] for question in rated.driver_questions(known.document)]
    met = queries.beside(person, selection, outcome, names, ids) if told else {}
    return Drivers(
        asked[outcome_id],
        (outcome["min"], outcome["max"]),
        sum(told.values()),
        waves,
        _lines(asked, met),
    )


def _lines(asked: Mapping[str, Asked], met: Mapping[str, queries.Met]) -> list[DriverLine]:
    sides = {name: (_side(one.full), _side(one.less)) for name, one in met.items() if name in asked}
    lines = [_line(asked[driver.question], driver, *sides[driver.question]) for driver in drivers_of(sides)]
    return sorted(lines, key=_rank)


def _line(asked: Asked, driver: Driver, full: Side, less: Side) -> DriverLine:
    return DriverLine(asked, driver, _mean(full), _mean(less), share_of(full.n, full.n + less.n))


def _rank(line: DriverLine) -> tuple[bool, bool, Fraction, int]:
    gap = line.driver.gap
    return gap is None, not line.driver.clear, -abs(gap or Fraction(0)), line.asked.number


def _side(counts: Mapping[int, int]) -> Side:
    return Side(
        sum(counts.values()),
        Fraction(sum(value * count for value, count in counts.items())),
        Fraction(sum(value * value * count for value, count in counts.items())),
    )


def _mean(side: Side) -> Fraction | None:
    return side.total / side.n if side.n else None


def _nps(counts: Mapping[int, int]) -> Nps:
    promoters = sum(count for value, count in counts.items() if value >= PROMOTER)
    passives = sum(count for value, count in counts.items() if PASSIVE <= value < PROMOTER)
    return nps_of(promoters, passives, sum(counts.values()) - promoters - passives)


def _satisfied(counts: Mapping[int, int]) -> Share:
    return share_of(sum(count for value, count in counts.items() if value >= SATISFIED), sum(counts.values()))
