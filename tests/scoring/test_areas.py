"""Two areas of one wave: their difference by the network's formula, checked by hand."""

from fractions import Fraction

import pytest

from audit.scoring.areas import compare_areas
from audit.scoring.sums import Cell
from audit.scoring.yardstick import Yardstick

YARDSTICK = Yardstick(Fraction(36), 10)  # s = 6; t of 10 df is 1.8125 for 90 %


def cells(*sides: tuple[int, int]) -> list[Cell[int]]:
    """Branches of wave 1 by their number of visits and mean."""
    return [Cell(place, 1, n, Fraction(n * mean), Fraction(0)) for place, (n, mean) in enumerate(sides)]


def test_two_areas_that_were_visited_everywhere():
    # Means 80 and 70. Variance 36·(1/4 + 1/4)/2² + 36·(1/4)/1² = 4.5 + 9 = 13.5, its root 3.674.
    found = compare_areas(cells((4, 90), (4, 70)), cells((4, 70)), 1, YARDSTICK, (2, 1))
    assert found.diff == 10
    assert found.low == pytest.approx(10 - 1.812461 * 3.674235, abs=1e-5)
    assert found.high == pytest.approx(10 + 1.812461 * 3.674235, abs=1e-5)
    assert found.verdict == "higher"
    assert compare_areas(cells((4, 70)), cells((4, 90), (4, 70)), 1, YARDSTICK, (1, 2)).verdict == "lower"


def test_a_small_difference_is_unclear():
    found = compare_areas(cells((4, 74)), cells((4, 72)), 1, YARDSTICK, (1, 1))
    assert (found.diff, found.verdict) == (2, "unclear")


def test_branches_that_were_not_visited_widen_the_range():
    five = cells((2, 60), (2, 70), (2, 80), (2, 90), (2, 100))
    whole = compare_areas(five, cells((4, 70)), 1, YARDSTICK, (5, 1))
    part = compare_areas(five, cells((4, 70)), 1, YARDSTICK, (10, 1))
    # Half are there: 1/2·36·(5/2)/25 + 1/2·250/5 = 1.8 + 25, and 9; t of 4 df is 2.1318.
    assert whole.diff == part.diff == 10
    assert part.high == pytest.approx(10 + 2.131847 * (35.8**0.5), abs=1e-4)
    assert whole.high < part.high
    assert part.verdict == "unclear"


@pytest.mark.parametrize(
    ("one", "other", "yardstick", "existing"),
    [
        (cells(), cells((4, 70)), YARDSTICK, (2, 1)),  # nothing visited
        (cells((2, 90)), cells((4, 70)), YARDSTICK, (1, 1)),  # two visits in all
        (cells((4, 90)), cells((4, 70)), Yardstick(Fraction(36), 4), (1, 1)),  # no usable yardstick
        (cells((4, 90)), cells((4, 70)), Yardstick(None, 0), (1, 1)),
        (cells((4, 90)), cells((4, 70)), YARDSTICK, (3, 1)),  # one of three branches: no sample
    ],
)
def test_too_few(one, other, yardstick, existing):
    found = compare_areas(one, other, 1, yardstick, existing)
    assert (found.p, found.verdict) == (None, "too_few")


def test_equal_scores_everywhere():
    same = Yardstick(Fraction(0), 10)
    assert compare_areas(cells((4, 80)), cells((4, 80)), 1, same, (1, 1)).verdict == "unclear"
    assert compare_areas(cells((4, 81)), cells((4, 80)), 1, same, (1, 1)).verdict == "higher"
