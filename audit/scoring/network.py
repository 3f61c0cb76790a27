"""The mean of some branches and its range (scoring.md 3.2); by default each branch counts alike."""

from collections.abc import Sequence
from fractions import Fraction

from audit.scoring import exact, inference
from audit.scoring.figures import Estimate
from audit.scoring.inference import MIN_BRANCHES
from audit.scoring.sums import Key, Means
from audit.scoring.yardstick import Yardstick


def estimate(
    means: Means[Key], yardstick: Yardstick, weights: Sequence[Fraction] | None, total: int
) -> Estimate:
    """The mean of the branches; its range also carries the `total` less those that were not visited."""
    visited, visits = len(means.n), sum(means.n)
    parts = [1] * visited if weights is None else exact.smallest_integers(weights)
    whole = sum(parts)
    if not whole:
        return Estimate(None, None, None, visited, visits)
    above = sum(part * mean for part, mean in zip(parts, means.above, strict=True))
    centre = Fraction(above, whole * means.below)
    known = error(means, yardstick, parts, total)
    if known is None:
        return Estimate(centre, None, None, visited, visits)
    low, high = inference.clipped_range(centre, *known)
    return Estimate(centre, low, high, visited, visits)


def error(
    means: Means[Key], yardstick: Yardstick, parts: Sequence[int], total: int
) -> tuple[Fraction, int] | None:
    """The variance of the mean weighted by `parts` and its degrees of freedom; None where it is not known."""
    visited, whole = len(means.n), sum(parts)
    sampled = total > visited
    if not whole or yardstick.usable is None or (sampled and visited < MIN_BRANCHES):
        return None
    variance = Fraction(visited, total) * yardstick.usable * _noise(means, parts) / whole**2
    if sampled:
        squares = sum(part * part for part in parts)
        variance += (1 - Fraction(visited, total)) * _spread(means) * Fraction(squares, whole**2)
    return variance, visited - 1 if sampled else yardstick.df


def _noise(means: Means[Key], parts: Sequence[int]) -> Fraction:
    """Squared weights, each over its branch's visits."""
    by_count: dict[int, int] = {}
    for n, part in zip(means.n, parts, strict=True):
        by_count[n] = by_count.get(n, 0) + part * part
    return sum((Fraction(squares, n) for n, squares in by_count.items()), Fraction(0))


def _spread(means: Means[Key]) -> Fraction:
    """The sample variance of the means, each counting alike."""
    count = len(means.above)
    spread = count * sum(above * above for above in means.above) - sum(means.above) ** 2
    return Fraction(spread, count * (count - 1) * means.below**2)
