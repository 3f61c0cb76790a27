"""Shrunk scores and ranks with their ranges (scoring.md 3.3): exact, in integers over one denominator."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import isqrt, lcm

from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS
from audit.scoring.sums import Key, Means


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Shrunk scores `above[place] / below`; reliability and squared standard error by number of visits."""

    above: list[int]
    below: int
    reliability: Mapping[int, Fraction]
    error: Mapping[int, Fraction]

    def tenths(self, place: int) -> int:
        """The score in tenths, a half away from zero."""
        above = self.above[place]
        nearest = (20 * abs(above) + self.below) // (2 * self.below)
        return nearest if above >= 0 else -nearest


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in the table, None if branches cannot be told apart, and the range it may really be in."""

    rank: int | None
    low: int
    high: int


def between_variance(means: Means[Key], variance: Fraction) -> Fraction:
    """How much branches really differ, by moments; at least two branches."""
    visits, others = sum(means.n), len(means.n) - 1
    rows = list(zip(means.n, means.above, strict=True))
    whole = sum(n * above for n, above in rows)
    spread = visits * sum(n * above * above for n, above in rows) - whole * whole
    size = Fraction(visits * visits - sum(n * n for n in means.n), visits * others)
    return max(Fraction(0), (Fraction(spread, visits * means.below**2 * others) - variance) / size)


def shrink(means: Means[Key], variance: Fraction, between: Fraction) -> Shrunk:
    """Pull each mean towards the centre, the more the fewer visits it rests on."""
    counts = sorted(set(means.n))
    if not variance:
        return Shrunk(
            means.above, means.below, dict.fromkeys(counts, Fraction(1)), dict.fromkeys(counts, Fraction(0))
        )
    weights = {n: 1 / (between + variance / n) for n in counts}
    sums = dict.fromkeys(counts, 0)
    for n, above in zip(means.n, means.above, strict=True):
        sums[n] += above
    pulls = sum((weights[n] * sums[n] for n in counts), Fraction(0)) / means.below
    centre = pulls / sum((weights[n] * means.n.count(n) for n in counts), Fraction(0))
    reliability = {n: between * weights[n] for n in counts}
    # score = start + slope · above, both the same for all branches with equally many visits
    start: dict[int, Fraction] = {n: (1 - reliability[n]) * centre for n in counts}
    slope: dict[int, Fraction] = {n: reliability[n] / means.below for n in counts}
    below = lcm(*(part.denominator for part in [*start.values(), *slope.values()]))
    lines = {n: (int(start[n] * below), int(slope[n] * below)) for n in counts}
    scores = [lines[n][0] + lines[n][1] * above for n, above in zip(means.n, means.above, strict=True)]
    return Shrunk(scores, below, reliability, {n: reliability[n] * variance / n for n in counts})


def ranks(means: Means[Key], shrunk: Shrunk, between: Fraction) -> dict[int, Rank]:
    """Ranks by place in the means, of branches with enough visits, if there are enough of those."""
    ranked = [place for place, n in enumerate(means.n) if n >= MIN_VISITS]
    if len(ranked) < MIN_BRANCHES:
        return {}
    tenths = {place: -shrunk.tenths(place) for place in ranked}
    shown = sorted(tenths.values())
    # Branches with equally many visits have equal errors: among them "above" only depends on the score.
    groups: dict[int, list[int]] = {}
    for place in ranked:
        groups.setdefault(means.n[place], []).append(shrunk.above[place])
    for scores in groups.values():
        scores.sort()
    gaps = _gaps(shrunk, list(groups))
    found = {}
    for place in ranked:
        score, above, below = shrunk.above[place], 0, 0
        for n, scores in groups.items():
            gap = gaps[means.n[place], n]
            above += len(scores) - bisect_right(scores, score + gap)
            below += bisect_left(scores, score - gap)
        rank = 1 + bisect_left(shown, tenths[place]) if between else None
        found[place] = Rank(rank, 1 + above, len(ranked) - below)
    return found


def _gaps(shrunk: Shrunk, counts: list[int]) -> dict[tuple[int, int], int]:
    """By numbers of visits the largest difference, in integers, that is not yet above one standard error.

    A difference of integers is greater than the root of a number if and only if it is greater than the whole
    part of that root.
    """
    found = {}
    for one, other in product(counts, repeat=2):
        noise = (shrunk.error[one] + shrunk.error[other]) * shrunk.below**2
        found[one, other] = isqrt(noise.numerator // noise.denominator)
    return found
