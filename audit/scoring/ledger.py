"""The ledger of one visit: 100 points dealt out, every lost one booked on one question (scoring.md 1.6).

Factors are few and use fractions. Questions are many: their points are integers over one common
denominator, the ledger's `unit`, which is as exact and several times faster.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from audit.scoring.answers import Reading
from audit.scoring.document import Checklist

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Fired:
    """A knock-out that fired: its question's place, and what it took off in visit points."""

    place: int
    drop: Fraction


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An answered adjustment: its question's place, what it asked for and what was applied."""

    place: int
    asked: Fraction
    applied: Fraction


@dataclass(frozen=True, slots=True)
class Points:
    """Points of each question, in form order, as integers over `unit`."""

    unit: int
    possible: list[int]
    earned: list[int]
    lost: list[int]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All sums of one visit; `worth` and `scores` are by factor, in the checklist's order."""

    overall: Fraction
    before_knockouts: Fraction
    coverage: Fraction
    worth: list[Fraction]
    scores: list[Fraction | None]
    points: Points
    fired: list[Fired]
    adjustments: list[Adjustment]


@dataclass(frozen=True, slots=True)
class _Answered:
    """The answered questions that carry weight: shares by factor, and credits over one denominator."""

    places: list[int]
    shares: list[int]
    credits: list[int]
    whole: int


def book(checklist: Checklist, readings: list[Reading]) -> Ledger | None:
    """Score a complete visit; None if nothing with weight applied."""
    answered = _answered(checklist, readings)
    active = sum(
        factor.share for factor, share in zip(checklist.factors, answered.shares, strict=True) if share
    )
    if not active:
        return None
    worth = [
        Fraction(100 * factor.share, active) if share else ZERO
        for factor, share in zip(checklist.factors, answered.shares, strict=True)
    ]
    scores = _scores(checklist, answered)
    scores, fired = _factor_knockouts(checklist, readings, scores, worth)
    base = sum((points * score for points, score in zip(worth, scores, strict=True) if score), ZERO) / 100
    adjustments = _adjustments(checklist, readings, base)
    before = sum((adjustment.applied for adjustment in adjustments), base)
    overall, on_visit = _cap(checklist, before, _firing(checklist, readings, None), Fraction(1))
    fired += on_visit
    points = _points(checklist, answered, active, fired, adjustments)
    coverage = _coverage(checklist, answered.shares)
    return Ledger(overall, before, coverage, worth, scores, points, fired, adjustments)


def _answered(checklist: Checklist, readings: list[Reading]) -> _Answered:
    places = []
    shares = [0] * len(checklist.factors)
    fractions = []
    for place, question in enumerate(checklist.questions):
        credit = readings[place].credit
        if question.share and question.factor is not None and credit is not None:
            places.append(place)
            shares[question.factor] += question.share
            fractions.append(credit)
    whole = lcm(*(credit.denominator for credit in fractions))
    credits = [credit.numerator * (whole // credit.denominator) for credit in fractions]
    return _Answered(places, shares, credits, whole)


def _scores(checklist: Checklist, answered: _Answered) -> list[Fraction | None]:
    """Each factor's score before knock-outs, None if inactive."""
    gained = [0] * len(checklist.factors)
    for place, credit in zip(answered.places, answered.credits, strict=True):
        question = checklist.questions[place]
        if question.factor is not None:
            gained[question.factor] += question.share * credit
    return [
        Fraction(100 * credits, share * answered.whole) if share else None
        for credits, share in zip(gained, answered.shares, strict=True)
    ]


def _firing(checklist: Checklist, readings: list[Reading], factor: int | None) -> list[int]:
    """The places of the fired knock-outs of a factor, or of the visit, in acting order."""
    places = checklist.visit_knockouts if factor is None else checklist.factors[factor].knockouts
    return [place for place in places if readings[place].credit == 0]


def _factor_knockouts(
    checklist: Checklist, readings: list[Reading], scores: list[Fraction | None], worth: list[Fraction]
) -> tuple[list[Fraction | None], list[Fired]]:
    """Factor scores after their caps, and what each cap took off the visit."""
    capped: list[Fraction | None] = []
    fired: list[Fired] = []
    for factor, score in enumerate(scores):
        firing = _firing(checklist, readings, factor)
        after, own = _cap(checklist, score or ZERO, firing, worth[factor] / 100)
        capped.append(None if score is None else after)
        fired += own
    return capped, fired


def _cap(
    checklist: Checklist, score: Fraction, firing: Iterable[int], points: Fraction
) -> tuple[Fraction, list[Fired]]:
    """Let knock-outs act one after another; `points` turns score points into visit points."""
    fired = []
    for place in firing:
        knockout = checklist.questions[place].knockout
        after = score if knockout is None else min(score, knockout.cap)
        fired.append(Fired(place, (score - after) * points))
        score = after
    return score, fired


def _adjustments(checklist: Checklist, readings: list[Reading], base: Fraction) -> list[Adjustment]:
    """Bonuses and penalties, scaled down so that base and all applied ones stay within 0…100."""
    asked = []
    for place in checklist.adjustments:
        adjust, credit = checklist.questions[place].adjust, readings[place].credit
        if adjust is not None and credit is not None:
            asked.append((place, adjust * (credit if adjust > 0 else 1 - credit)))
    up = sum((points for _, points in asked if points > 0), ZERO)
    down = -sum((points for _, points in asked if points < 0), ZERO)
    result = base + up - down
    bonus = penalty = Fraction(1)
    if result > 100:
        bonus = (up - (result - 100)) / up
    elif result < 0:
        penalty = (down + result) / down
    return [Adjustment(place, points, points * (bonus if points > 0 else penalty)) for place, points in asked]


def _points(
    checklist: Checklist,
    answered: _Answered,
    active: int,
    fired: list[Fired],
    adjustments: list[Adjustment],
) -> Points:
    """Deal out 100 points and book what was not earned."""
    booked = [(one.place, one.drop) for one in fired] + [(one.place, -one.applied) for one in adjustments]
    per_factor = active * lcm(*(share for share in answered.shares if share)) * answered.whole
    unit = lcm(per_factor, *(amount.denominator for _, amount in booked))
    count = len(checklist.questions)
    possible, earned, lost = [0] * count, [0] * count, [0] * count
    worth_of_share = [
        100 * factor.share * (unit // (active * share)) if share else 0
        for factor, share in zip(checklist.factors, answered.shares, strict=True)
    ]
    for place, credit in zip(answered.places, answered.credits, strict=True):
        question = checklist.questions[place]
        if question.factor is not None:
            possible[place] = worth_of_share[question.factor] * question.share
            earned[place] = possible[place] // answered.whole * credit
            lost[place] = possible[place] - earned[place]
    for place, amount in booked:
        lost[place] += amount.numerator * (unit // amount.denominator)
    return Points(unit, possible, earned, lost)


def _coverage(checklist: Checklist, shares: list[int]) -> Fraction:
    """The share of the checklist's weight that was assessed."""
    assessed = ZERO
    weight = 0
    for factor, share in zip(checklist.factors, shares, strict=True):
        if factor.full:
            assessed += Fraction(factor.share * share, factor.full)
            weight += factor.share
    return assessed / weight
