"""How numbers are shown: one decimal, half away from zero, rounded once (scoring.md 1.8)."""

from collections.abc import Sequence
from fractions import Fraction

from audit.scoring import exact


def half_away(value: Fraction) -> int:
    """The nearest integer; a half goes away from zero, as a pocket calculator and Excel's ROUND do."""
    above, below = value.numerator, value.denominator
    nearest = (2 * abs(above) + below) // (2 * below)
    return nearest if above >= 0 else -nearest


def tenths(value: Fraction | str) -> str:
    """Show an exact number, or its text as in a result, with one decimal and a point: "61.5"."""
    return _written(half_away(_exact(value) * 10))


def whole(value: Fraction | str) -> str:
    """Show an exact number as a whole number, as branch estimates are."""
    return str(half_away(_exact(value)))


def lost_shown(lost: Sequence[int], unit: int, overall: Fraction) -> list[str]:
    """Show points lost (integers over `unit`) so that they add up to 100.0 less the overall as shown.

    Everything is floored to tenths; the tenths that are then missing go to the largest remainders,
    the earlier question first. What was lost in whole tenths has no remainder and never receives one.
    """
    floors: list[int] = []
    remainders: list[tuple[int, int]] = []
    for place, points in enumerate(lost):
        floor, rest = divmod(points * 10, unit) if points else (0, 0)
        floors.append(floor)
        if rest:
            remainders.append((-rest, place))
    owed = 1000 - half_away(overall * 10) - sum(floors)
    for _, place in sorted(remainders)[:owed]:
        floors[place] += 1
    return [_written(floor) for floor in floors]


def _exact(value: Fraction | str) -> Fraction:
    known = exact.number(value) if isinstance(value, str) else value
    if known is None:
        raise ValueError(f"not a number: {value!r}")
    return known


def _written(count: int) -> str:
    if not count:
        return "0.0"
    sign = "-" if count < 0 else ""
    return f"{sign}{abs(count) // 10}.{abs(count) % 10}"
