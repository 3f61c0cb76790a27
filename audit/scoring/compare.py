"""The aggregate `compare`: two branches that somebody picked beforehand (scoring.md 3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.scoring import exact, inference
from audit.scoring.figures import Verdict, plain
from audit.scoring.inference import CLEAR, MIN_VISITS
from audit.scoring.inputs import read_count, read_numbers, read_positive
from audit.scoring.sums import Cell, Key
from audit.scoring.yardstick import Yardstick


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two means in points with its range (not clipped); None where nothing can be said."""

    diff: Fraction | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict


def compare_cells(one: Cell[Key], other: Cell[Key], yardstick: Yardstick) -> Comparison:
    """The first less the second, by the network's yardstick."""
    return _difference((one.n, one.total), (other.n, other.total), yardstick)


def compare(document: Mapping[str, Any]) -> dict[str, Any]:
    """Two lists of scores, the yardstick given."""
    sides = [(len(scores), exact.total(scores)) for scores in (read_numbers(document, key) for key in "ab")]
    # A yardstick that nobody knows is null.
    known = document.get("s2", 0) is not None
    variance = read_positive(document, "s2") if known else None
    return plain(_difference(sides[0], sides[1], Yardstick(variance, read_count(document, "df"))))


def _difference(one: tuple[int, Fraction], other: tuple[int, Fraction], yardstick: Yardstick) -> Comparison:
    """Of two numbers of visits with their sums."""
    if not one[0] or not other[0]:
        return Comparison(None, None, None, None, "too_few")
    diff = one[1] / one[0] - other[1] / other[0]
    if yardstick.usable is None:
        return Comparison(diff, None, None, None, "too_few")
    variance = yardstick.usable * (Fraction(1, one[0]) + Fraction(1, other[0]))
    low, high = inference.range_of(diff, variance, yardstick.df)
    if min(one[0], other[0]) < MIN_VISITS:
        return Comparison(diff, low, high, None, "too_few")
    p = inference.p_value(diff, variance, yardstick.df)
    if p > CLEAR:
        return Comparison(diff, low, high, p, "unclear")
    return Comparison(diff, low, high, p, "higher" if diff > 0 else "lower")
