"""Shrunk scores and ranks with their ranges (scoring.md 3.3), exact throughout."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from audit.scoring import exact
from audit.scoring.display import half_away
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS


@dataclass(frozen=True, slots=True)
class Mean:
    """A branch's mean over n visits of one wave."""

    branch: str
    n: int
    mean: Fraction


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A branch's reliability, shrunk score, and the squared standard error of that score."""

    reliability: Fraction
    score: Fraction
    error: Fraction


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in the table, None if branches cannot be told apart, and the range it may really be in."""

    rank: int | None
    low: int
    high: int


def between_variance(means: Sequence[Mean], variance: Fraction) -> Fraction:
    """How much branches really differ, by moments; at least two branches."""
    visits = sum(mean.n for mean in means)
    centre = exact.total(mean.n * mean.mean for mean in means) / visits
    spread = exact.total(mean.n * (mean.mean - centre) ** 2 for mean in means) / (len(means) - 1)
    size = (visits - Fraction(sum(mean.n**2 for mean in means), visits)) / (len(means) - 1)
    return max(Fraction(0), (spread - variance) / size)


def shrink(means: Sequence[Mean], variance: Fraction, between: Fraction) -> list[Shrunk]:
    """Pull each mean towards the centre, the more the fewer visits it rests on."""
    if not variance:
        return [Shrunk(Fraction(1), mean.mean, Fraction(0)) for mean in means]
    weights = [1 / (between + variance / mean.n) for mean in means]
    pulls = (mean.mean * weight for mean, weight in zip(means, weights, strict=True))
    centre = exact.total(pulls) / exact.total(weights)
    rows = []
    for mean, weight in zip(means, weights, strict=True):
        reliability = between * weight
        score = centre + reliability * (mean.mean - centre)
        rows.append(Shrunk(reliability, score, reliability * variance / mean.n))
    return rows


def ranks(means: Sequence[Mean], shrunk: Sequence[Shrunk], between: Fraction) -> dict[str, Rank]:
    """Ranks by branch, of those with enough visits, if there are enough of those."""
    ranked = {mean.branch: row for mean, row in zip(means, shrunk, strict=True) if mean.n >= MIN_VISITS}
    if len(ranked) < MIN_BRANCHES:
        return {}
    shown = sorted(-half_away(row.score * 10) for row in ranked.values())
    # Branches with equally many visits have equal errors; among them "above" only depends on the score.
    groups: dict[Fraction, list[Fraction]] = {}
    for row in ranked.values():
        groups.setdefault(row.error, []).append(row.score)
    for scores in groups.values():
        scores.sort()
    places = {}
    for branch, row in ranked.items():
        above = below = 0
        for error, scores in groups.items():
            noise = error + row.error
            above += len(scores) - _first_above(scores, row.score, noise)
            below += _last_below(scores, row.score, noise)
        place = 1 + bisect_left(shown, -half_away(row.score * 10))
        places[branch] = Rank(place if between else None, 1 + above, len(ranked) - below)
    return places


def _first_above(scores: list[Fraction], score: Fraction, noise: Fraction) -> int:
    """Where, in ascending scores, those begin that are more than one standard error above a score."""
    return bisect_left(scores, True, key=lambda other: other > score and (other - score) ** 2 > noise)


def _last_below(scores: list[Fraction], score: Fraction, noise: Fraction) -> int:
    """How many of the ascending scores are more than one standard error below a score."""
    return bisect_right(scores, False, key=lambda other: not (other < score and (score - other) ** 2 > noise))
