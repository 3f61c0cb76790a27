"""Comparing branches and waves from the sums of their cells: what a page reads, and what `audit aggregate` says.

A cell without visits counts nowhere; each branch has one cell a wave. Keys are all strings or all integers.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import sqrt

from audit.scoring import changes, inference, network, ranks
from audit.scoring.figures import BranchChange, Branches, BranchFigures, Estimate, NetworkChange, Trend
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS
from audit.scoring.sums import Cell, Key, Means, means_of
from audit.scoring.yardstick import Yardstick, measure_cells

__all__ = [
    "BranchChange",
    "BranchFigures",
    "Branches",
    "Cell",
    "Estimate",
    "NetworkChange",
    "Trend",
    "Yardstick",
    "branches_of_cells",
    "branches_of_means",
    "estimate_of_cells",
    "measure_cells",
    "trend_of_cells",
]


def branches_of_cells(
    cells: Collection[Cell[Key]],
    wave: Key,
    weights: Mapping[Key, Fraction] | None = None,
    total_branches: int | None = None,
) -> Branches[Key]:
    """Compare the branches of one wave; the yardstick is pooled over all cells given.

    KeyError if a visited branch has no weight.
    """
    return branches_of_means(means_of(cells, wave), measure_cells(cells), weights, total_branches)


def branches_of_means(
    means: Means[Key],
    yardstick: Yardstick,
    weights: Mapping[Key, Fraction] | None = None,
    total_branches: int | None = None,
) -> Branches[Key]:
    """The same where the yardstick was measured before, over these visits and those pooled with them."""
    enough = yardstick.usable is not None and len(means.n) >= MIN_BRANCHES
    between = ranks.between_variance(means, yardstick.usable or Fraction(0)) if enough else None
    return Branches(
        yardstick,
        None if between is None else sqrt(between),
        _estimate(means, yardstick, weights, total_branches),
        _rows(means, yardstick, between),
        sum(n >= MIN_VISITS for n in means.n),
    )


def estimate_of_cells(
    cells: Collection[Cell[Key]],
    wave: Key,
    yardstick: Yardstick,
    weights: Mapping[Key, Fraction] | None = None,
    total_branches: int | None = None,
) -> Estimate:
    """The mean of these branches in the wave, a region or a filter, with the network's yardstick."""
    return _estimate(means_of(cells, wave), yardstick, weights, total_branches)


def trend_of_cells(cells: Collection[Cell[Key]], start: Key, end: Key) -> Trend[Key]:
    """What changed from one wave to another; the yardstick is pooled over all cells given."""
    return changes.between(means_of(cells, start), means_of(cells, end), measure_cells(cells))


def _estimate(
    means: Means[Key], yardstick: Yardstick, weights: Mapping[Key, Fraction] | None, total: int | None
) -> Estimate:
    own = None if weights is None else [weights[branch] for branch in means.branches]
    return network.estimate(means, yardstick, own, len(means.n) if total is None else total)


def _rows(means: Means[Key], yardstick: Yardstick, between: Fraction | None) -> list[BranchFigures[Key]]:
    variance = yardstick.usable
    if variance is None:
        return [_bare(means, place, None) for place in range(len(means.n))]
    half = {n: inference.half_width(variance / n, yardstick.df) for n in set(means.n)}
    if between is None:
        return [_bare(means, place, half[n]) for place, n in enumerate(means.n)]
    shrunk = ranks.shrink(means, variance, between)
    reliability = {n: float(share) for n, share in shrunk.reliability.items()}
    places = ranks.ranks(means, shrunk, between)
    differences = _against_others(means)
    tests = _tests(means, differences, variance, yardstick.df)
    found = inference.discoveries(tests)
    rows = []
    for place, n in enumerate(means.n):
        rank, middle = places.get(place), means.above[place] / means.below
        rows.append(
            BranchFigures(
                means.branches[place],
                n,
                means.mean(place),
                max(0.0, middle - half[n]),
                min(100.0, middle + half[n]),
                reliability[n],
                shrunk.above[place] / shrunk.below,
                rank.rank if rank else None,
                rank.low if rank else None,
                rank.high if rank else None,
                tests[place],
                ("above" if differences[place] > 0 else "below") if found[place] else "",
            )
        )
    return rows


def _bare(means: Means[Key], place: int, half: float | None) -> BranchFigures[Key]:
    """A branch of which no more is known than its mean and perhaps its range."""
    mean = means.mean(place)
    low = None if half is None else max(0.0, float(mean) - half)
    high = None if half is None else min(100.0, float(mean) + half)
    nothing = (None, None, None, None, None, None)
    return BranchFigures(means.branches[place], means.n[place], mean, low, high, *nothing, "")


def _against_others(means: Means[Key]) -> list[int]:
    """Each branch's difference from the mean of the others' means, times (others · below)."""
    count, whole = len(means.n), sum(means.above)
    return [count * above - whole for above in means.above]


def _tests(means: Means[Key], differences: Sequence[int], variance: Fraction, df: int) -> list[float | None]:
    """The p of each difference, None with too few visits."""
    others, counts = len(means.n) - 1, set(means.n)
    errors = sum((Fraction(means.n.count(n), n) for n in counts), Fraction(0))
    variances = {n: variance * (Fraction(1, n) + (errors - Fraction(1, n)) / others**2) for n in counts}
    kinds = [n if n >= MIN_VISITS else None for n in means.n]
    return inference.p_values(differences, others * means.below, kinds, variances, df)
