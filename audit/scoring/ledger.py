"""The ledger of one visit: 100 points dealt out, every lost one booked on one question (scoring.md 1.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from audit.scoring import exact
from audit.scoring.answers import Reading
from audit.scoring.document import Checklist, Knockout

ZERO = Fraction(0)
HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Fired:
    """A knock-out that fired: the question's place, and what it took off in visit points."""

    place: int
    knockout: Knockout
    drop: Fraction


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An answered adjustment: the question's place, what it asked for and what was applied."""

    place: int
    asked: Fraction
    applied: Fraction


@dataclass(frozen=True, slots=True)
class Ledger:
    """All sums of one visit; lists run in the checklist's order."""

    overall: Fraction
    before_knockouts: Fraction
    coverage: Fraction
    factor_possible: list[Fraction]
    factor_scores: list[Fraction | None]
    possible: list[Fraction]
    earned: list[Fraction]
    lost: list[Fraction]
    fired: list[Fired]
    adjustments: list[Adjustment]


def book(checklist: Checklist, readings: list[Reading]) -> Ledger | None:
    """Score a complete visit; None if nothing with weight applied."""
    taking_part = _answered_shares(checklist, readings)
    weights = [
        factor.share if part else 0 for factor, part in zip(checklist.factors, taking_part, strict=True)
    ]
    if not any(weights):
        return None
    worth = [Fraction(100 * weight, sum(weights)) for weight in weights]
    possible, earned = _points(checklist, readings, worth, taking_part)
    plain = _factor_scores(checklist, readings, taking_part)
    scores, fired = _factor_knockouts(checklist, readings, plain, worth)
    base = sum((share * score for share, score in zip(worth, scores, strict=True) if score), ZERO) / 100
    adjustments = _adjustments(checklist, readings, base)
    before = base + sum((adjustment.applied for adjustment in adjustments), ZERO)
    overall, on_visit = _cap(before, _firing(checklist, readings, "visit", None), Fraction(1))
    fired += on_visit
    lost = [points - gained for points, gained in zip(possible, earned, strict=True)]
    for one in fired:
        lost[one.place] += one.drop
    for adjustment in adjustments:
        lost[adjustment.place] -= adjustment.applied
    return Ledger(
        overall,
        before,
        _coverage(checklist, taking_part),
        worth,
        scores,
        possible,
        earned,
        lost,
        fired,
        adjustments,
    )


def _answered_shares(checklist: Checklist, readings: list[Reading]) -> list[int]:
    """For each factor, the shares of its answered questions."""
    sums = [0] * len(checklist.factors)
    for question, reading in zip(checklist.questions, readings, strict=True):
        if reading.state == "answered" and question.factor is not None:
            sums[question.factor] += question.share
    return sums


def _points(
    checklist: Checklist, readings: list[Reading], worth: list[Fraction], taking_part: list[int]
) -> tuple[list[Fraction], list[Fraction]]:
    """Possible and earned points of each question."""
    dealt: dict[tuple[int, int], Fraction] = {}
    possible, earned = [], []
    for question, reading in zip(checklist.questions, readings, strict=True):
        points = gained = ZERO
        if question.share and question.factor is not None and reading.state == "answered":
            key = (question.factor, question.share)
            if key not in dealt:
                dealt[key] = worth[question.factor] * question.share / taking_part[question.factor]
            points = dealt[key]
            gained = points if reading.credit == 1 else points * (reading.credit or ZERO)
        possible.append(points)
        earned.append(gained)
    return possible, earned


def _factor_scores(
    checklist: Checklist, readings: list[Reading], taking_part: list[int]
) -> list[Fraction | None]:
    """Each factor's score before knock-outs, None if inactive."""
    gained: list[list[Fraction]] = [[] for _ in checklist.factors]
    for question, reading in zip(checklist.questions, readings, strict=True):
        if question.share and question.factor is not None and reading.credit:
            gained[question.factor].append(question.share * reading.credit)
    return [
        100 * exact.total(credits) / part if part else None
        for credits, part in zip(gained, taking_part, strict=True)
    ]


def _firing(
    checklist: Checklist, readings: list[Reading], scope: str, factor: int | None
) -> list[tuple[int, Knockout]]:
    """The fired knock-outs of the visit or of one factor, in acting order: highest cap first."""
    firing = [
        (place, question.knockout)
        for place, (question, reading) in enumerate(zip(checklist.questions, readings, strict=True))
        if question.knockout is not None
        and question.knockout.scope == scope
        and (scope == "visit" or question.factor == factor)
        and reading.credit == 0
    ]
    return sorted(firing, key=lambda one: -one[1].cap)


def _factor_knockouts(
    checklist: Checklist, readings: list[Reading], scores: list[Fraction | None], worth: list[Fraction]
) -> tuple[list[Fraction | None], list[Fired]]:
    """Factor scores after their caps, and what each cap took off the visit."""
    capped: list[Fraction | None] = []
    fired: list[Fired] = []
    for factor, score in enumerate(scores):
        firing = _firing(checklist, readings, "factor", factor)
        after, own = _cap(ZERO if score is None else score, firing, worth[factor] / 100)
        capped.append(None if score is None else after)
        fired += own
    return capped, fired


def _cap(
    score: Fraction, firing: Iterable[tuple[int, Knockout]], points: Fraction
) -> tuple[Fraction, list[Fired]]:
    """Let knock-outs act one after another; `points` turns score points into visit points."""
    fired = []
    for place, knockout in firing:
        after = min(score, knockout.cap)
        fired.append(Fired(place, knockout, (score - after) * points))
        score = after
    return score, fired


def _adjustments(checklist: Checklist, readings: list[Reading], base: Fraction) -> list[Adjustment]:
    """Bonuses and penalties, scaled down so that base and all applied ones stay within 0…100."""
    asked = [
        (place, question.adjust * (reading.credit if question.adjust > 0 else 1 - reading.credit))
        for place, (question, reading) in enumerate(zip(checklist.questions, readings, strict=True))
        if question.adjust is not None and reading.credit is not None
    ]
    up = sum((points for _, points in asked if points > 0), ZERO)
    down = -sum((points for _, points in asked if points < 0), ZERO)
    result = base + up - down
    bonus = penalty = Fraction(1)
    if result > 100:
        bonus = (up - (result - 100)) / up
    elif result < 0:
        penalty = (down + result) / down
    return [Adjustment(place, points, points * (bonus if points > 0 else penalty)) for place, points in asked]


def _coverage(checklist: Checklist, taking_part: list[int]) -> Fraction:
    """The share of the checklist's weight that was assessed."""
    full = [
        (factor, part) for factor, part in zip(checklist.factors, taking_part, strict=True) if factor.full
    ]
    assessed = sum((Fraction(factor.share * part, factor.full) for factor, part in full), ZERO)
    return assessed / sum(factor.share for factor, _ in full)
