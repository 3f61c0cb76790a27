"""Ranges, p values and discoveries; the constants of scoring.md part 3, in one place."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

LEVEL = 0.90
FALSE_DISCOVERIES = Fraction(1, 10)
MIN_DF = 5
MIN_BRANCHES = 5
MIN_VISITS = 3


def p_value(difference: Fraction, variance: Fraction, df: int) -> float:
    """Two-sided p of a difference by Student's t; without variance 1 if there is none, else 0."""
    if not variance:
        return 0.0 if difference else 1.0
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(df, -abs(float(difference)) / sqrt(variance))))


def half_width(variance: Fraction, df: int) -> float:
    """Half of the two-sided 90 % range of an estimate."""
    if not variance:
        return 0.0
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + LEVEL) / 2)) * sqrt(variance)


def clipped_range(estimate: Fraction, variance: Fraction, df: int) -> tuple[float, float]:
    """The 90 % range of a score, within 0…100."""
    half = half_width(variance, df)
    return max(0.0, float(estimate) - half), min(100.0, float(estimate) + half)


def discoveries(p_values: Sequence[float | Fraction | None]) -> list[bool]:
    """Benjamini-Hochberg: which of the tested p values stand; None is untested and does not count."""
    tested = sorted(p for p in p_values if p is not None)
    line: float | Fraction = -1.0
    for rank, p in enumerate(tested, start=1):
        if p <= rank * FALSE_DISCOVERIES / len(tested):
            line = p
    return [p is not None and p <= line for p in p_values]
