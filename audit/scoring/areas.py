"""Two sets of branches of one wave that somebody picked beforehand and that share no branch: two regions.

Each side has the error of the network's formula (scoring.md 3.2); the errors of two sides add up.
"""

from collections.abc import Collection
from fractions import Fraction

from audit.scoring import inference
from audit.scoring.compare import Comparison
from audit.scoring.inference import CLEAR, MIN_VISITS
from audit.scoring.network import error
from audit.scoring.sums import Cell, Key, means_of
from audit.scoring.yardstick import Yardstick


def compare_areas(
    one: Collection[Cell[Key]],
    other: Collection[Cell[Key]],
    wave: Key,
    yardstick: Yardstick,
    existing: tuple[int, int],
) -> Comparison:
    """The first less the second, each branch counting alike; `existing` are how many branches each side has.

    Where both errors have degrees of freedom of their own the smaller number is taken: the range errs wide.
    """
    sides = (means_of(one, wave), means_of(other, wave))
    if not all(side.n for side in sides):
        return Comparison(None, None, None, None, "too_few")
    diff = Fraction(0)
    for side, sign in zip(sides, (1, -1), strict=True):
        diff += sign * Fraction(sum(side.above), len(side.n) * side.below)
    known = [
        error(side, yardstick, [1] * len(side.n), max(total, len(side.n)))
        for side, total in zip(sides, existing, strict=True)
    ]
    errors = [each for each in known if each is not None]
    if len(errors) < len(known):
        return Comparison(diff, None, None, None, "too_few")
    variance = sum((each[0] for each in errors), Fraction(0))
    df = min(each[1] for each in errors)
    low, high = inference.range_of(diff, variance, df)
    if min(sum(side.n) for side in sides) < MIN_VISITS:
        return Comparison(diff, low, high, None, "too_few")
    p = inference.p_value(diff, variance, df)
    if p > CLEAR:
        return Comparison(diff, low, high, p, "unclear")
    return Comparison(diff, low, high, p, "higher" if diff > 0 else "lower")
