"""What changed between two waves, branch by branch and over the network (scoring.md 3.4)."""

from fractions import Fraction

from audit.scoring import inference
from audit.scoring.figures import BranchChange, NetworkChange, Trend
from audit.scoring.inference import CLEAR, MIN_BRANCHES, MIN_VISITS
from audit.scoring.sums import Key, Means
from audit.scoring.yardstick import Yardstick

Pair = tuple[int, int]


def between(first: Means[Key], last: Means[Key], yardstick: Yardstick) -> Trend[Key]:
    """The changes of the branches that both waves have."""
    places = {branch: place for place, branch in enumerate(first.branches)}
    pairs = [(places[branch], place) for place, branch in enumerate(last.branches) if branch in places]
    below = first.below * last.below
    changes = [last.above[new] * first.below - first.above[old] * last.below for old, new in pairs]
    counts = [(first.n[old], last.n[new]) for old, new in pairs]
    tests = _tests(changes, below, counts, yardstick)
    found = inference.discoveries(tests)
    halves = _halves(counts, yardstick)
    rows = []
    for place, (_, new) in enumerate(pairs):
        middle, half = changes[place] / below, halves[counts[place]]
        rows.append(
            BranchChange(
                last.branches[new],
                Fraction(changes[place], below),
                None if half is None else middle - half,
                None if half is None else middle + half,
                tests[place],
                ("up" if changes[place] > 0 else "down") if found[place] else "",
            )
        )
    return Trend(yardstick, _network(changes, below), rows)


def _errors(counts: Pair) -> Fraction:
    """The variance of a difference of two means in squared yardsticks."""
    return Fraction(1, counts[0]) + Fraction(1, counts[1])


def _halves(counts: list[Pair], yardstick: Yardstick) -> dict[Pair, float | None]:
    """Half the range by the two numbers of visits."""
    variance = yardstick.usable
    if variance is None:
        return dict.fromkeys(counts)
    return {pair: inference.half_width(variance * _errors(pair), yardstick.df) for pair in set(counts)}


def _tests(changes: list[int], below: int, counts: list[Pair], yardstick: Yardstick) -> list[float | None]:
    """The p of each change, None with too few visits in either wave."""
    variance = yardstick.usable
    if variance is None:
        return [None] * len(changes)
    variances = {pair: variance * _errors(pair) for pair in set(counts)}
    kinds = [pair if min(pair) >= MIN_VISITS else None for pair in counts]
    return inference.p_values(changes, below, kinds, variances, yardstick.df)


def _network(changes: list[int], below: int) -> NetworkChange:
    """The mean change; the spread of the branches' own changes is its error."""
    count = len(changes)
    if count < MIN_BRANCHES:
        return NetworkChange(count, None, None, None, None, "too_few")
    diff = Fraction(sum(changes), count * below)
    spread = count * sum(change * change for change in changes) - sum(changes) ** 2
    variance = Fraction(spread, count * (count - 1) * below**2) / count
    low, high = inference.range_of(diff, variance, count - 1)
    p = inference.p_value(diff, variance, count - 1)
    if p > CLEAR:
        return NetworkChange(count, diff, low, high, p, "unclear")
    return NetworkChange(count, diff, low, high, p, "up" if diff > 0 else "down")
