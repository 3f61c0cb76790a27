"""Ranges, p values and discoveries; the constants of scoring.md part 3, in one place."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from typing import TypeVar

Kind = TypeVar("Kind", bound=Hashable)

LEVEL = 0.90
Z = Fraction(1645, 1000)
CLEAR = Fraction(1, 10)
FALSE_DISCOVERIES = Fraction(1, 10)
MIN_DF = 5
MIN_BRANCHES = 5
MIN_VISITS = 3
MIN_SHARE = 10
MIN_LENIENCY_VISITS = 5
MIN_DRIVER_VISITS = 50
MIN_DRIVER_SIDE = 10


def p_value(difference: Fraction, variance: Fraction, df: float) -> float:
    """Two-sided p of a difference by Student's t; without variance 1 if there is none, else 0."""
    if not variance:
        return 0.0 if difference else 1.0
    return tails([float(difference) / sqrt(variance)], df)[0]


def tails(ts: Sequence[float], df: float) -> list[float]:
    """The two-sided p of each value of Student's t."""
    from scipy.special import stdtr

    return [min(1.0, 2 * p) for p in stdtr(float(df), [-abs(t) for t in ts]).tolist()]


def p_values(
    differences: Sequence[int],
    below: int,
    kinds: Sequence[Kind | None],
    variances: Mapping[Kind, Fraction],
    df: int,
) -> list[float | None]:
    """The p of each difference / below, with the variance of its kind; one without a kind is not tested."""
    roots = {kind: sqrt(variance) for kind, variance in variances.items() if variance}
    found: list[float | None] = [None] * len(kinds)
    tested, ts = [], []
    for place, kind in enumerate(kinds):
        if kind in roots:
            tested.append(place)
            ts.append(differences[place] / below / roots[kind])
        elif kind is not None:
            found[place] = 0.0 if differences[place] else 1.0
    for place, p in zip(tested, tails(ts, df), strict=True):
        found[place] = p
    return found


def half_width(variance: Fraction, df: float) -> float:
    """Half of the two-sided 90 % range of an estimate."""
    return _quantile(df) * sqrt(variance) if variance else 0.0


@lru_cache(maxsize=64)
def _quantile(df: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(float(df), (1 + LEVEL) / 2))


def range_of(estimate: Fraction, variance: Fraction, df: float) -> tuple[float, float]:
    """The 90 % range of a difference, not clipped."""
    half = half_width(variance, df)
    return float(estimate) - half, float(estimate) + half


def clipped_range(estimate: Fraction, variance: Fraction, df: float) -> tuple[float, float]:
    """The 90 % range of a score, within 0…100."""
    low, high = range_of(estimate, variance, df)
    return max(0.0, low), min(100.0, high)


def discoveries(p_values: Sequence[float | Fraction | None]) -> list[bool]:
    """Benjamini-Hochberg: which of the tested p values stand; None is untested and does not count."""
    tested = sorted(p for p in p_values if p is not None)
    line: float | Fraction = -1.0
    for rank, p in enumerate(tested, start=1):
        above, below = p.as_integer_ratio()
        if above * len(tested) * FALSE_DISCOVERIES.denominator <= rank * FALSE_DISCOVERIES.numerator * below:
            line = p
    return [p is not None and p <= line for p in p_values]
