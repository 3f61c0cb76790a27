"""Shown numbers that add up: tenths dealt out by largest remainder, within bounds."""

from collections.abc import Sequence
from fractions import Fraction

from audit.scoring.display import half_away


def apportion(
    values: Sequence[Fraction],
    total: Fraction,
    low: Sequence[Fraction] | None = None,
    high: Sequence[Fraction] | None = None,
) -> tuple[Fraction, ...] | None:
    """Round to tenths so that the sum is `total` (a whole number of tenths), each between its bounds.

    Exact zeros stay zero. None if the bounds leave no way.
    """
    floors = [(value * 10).numerator // (value * 10).denominator for value in values]
    least = [_tenths(bound) for bound in low] if low else [-(10**9)] * len(floors)
    most = [_tenths(bound) for bound in high] if high else [10**9] * len(floors)
    shown = [min(max(floor, bottom), top) for floor, bottom, top in zip(floors, least, most, strict=True)]
    owed = _tenths(total) - sum(shown)
    step = 1 if owed > 0 else -1
    order = sorted(range(len(shown)), key=lambda place: (-step * (values[place] * 10 - shown[place]), place))
    while owed:
        moved = False
        for place in order:
            fits = least[place] <= shown[place] + step <= most[place]
            if owed and values[place] != 0 and fits:
                shown[place] += step
                owed -= step
                moved = True
        if not moved:
            return None
    return tuple(Fraction(count, 10) for count in shown)


def contributions(
    possible: Sequence[Fraction],
    scores: Sequence[Fraction | None],
    others: Sequence[Fraction],
    total: Fraction,
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...], tuple[Fraction, ...]]:
    """What each factor may and does bring, and the other entries, so that contributions + others = total.

    `total` is the overall as shown. Returns (possible shown, contributions shown, others shown); a factor
    with full score shows all of its possible points.
    """
    most = apportion(possible, Fraction(100)) if sum(possible) == 100 else None
    ceiling = most or tuple(Fraction(half_away(value * 10), 10) for value in possible)
    earned = [share * (score or 0) / 100 for share, score in zip(possible, scores, strict=True)]
    values = [*earned, *others]
    low = [top if score == 100 else Fraction(0) for top, score in zip(ceiling, scores, strict=True)]
    wide = [Fraction(1000)] * len(others)
    free = [-bound for bound in wide]
    shown = (
        apportion(values, total, [*low, *free], [*ceiling, *wide])
        or apportion(values, total)
        or tuple(Fraction(half_away(value * 10), 10) for value in values)
    )
    return ceiling, shown[: len(possible)], shown[len(possible) :]


def possible_points(
    possible: Sequence[Fraction], lost: Sequence[Fraction], whole: Sequence[bool]
) -> tuple[Fraction, ...]:
    """Show what each question was worth: 100,0 in sum, not below its shown loss, equal to it if all was lost.

    `lost` is as shown (negative for a bonus), `whole` says that exactly the possible points were lost.
    """
    low = [
        max(loss, Fraction(0)) if value else Fraction(0) for value, loss in zip(possible, lost, strict=True)
    ]
    high = [loss if all_of_it else Fraction(100) for loss, all_of_it in zip(lost, whole, strict=True)]
    exact = tuple(Fraction(half_away(value * 10), 10) for value in possible)
    if sum(possible) != 100:
        return exact
    return apportion(possible, Fraction(100), low, high) or apportion(possible, Fraction(100)) or exact


def _tenths(value: Fraction) -> int:
    return half_away(value * 10)
