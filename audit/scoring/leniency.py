"""The aggregate `leniency`: who scores higher or lower than others at the same place (scoring.md 5.1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Generic, Literal

from audit.scoring import inference
from audit.scoring.figures import plain
from audit.scoring.inference import MIN_LENIENCY_VISITS
from audit.scoring.inputs import read_list, read_object, read_string, read_visits
from audit.scoring.sums import Key, cells_of, scaled
from audit.scoring.yardstick import Yardstick, measure_cells


@dataclass(frozen=True, slots=True)
class Part(Generic[Key]):
    """One shopper's visits in one cell, each pair once: how many, and the sum of their scores."""

    shopper: Key
    branch: Key
    wave: Key
    n: int
    total: Fraction


@dataclass(frozen=True, slots=True)
class ShopperFigures(Generic[Key]):
    """How many points a shopper scores above others, over `k` visits that others visited too.

    `settled` is the round in which the row was settled: in every round but the last one shopper is flagged
    and set aside.
    """

    shopper: Key
    k: int
    leniency: Fraction | None
    low: float | None
    high: float | None
    p: float | None
    flag: Literal["", "lenient", "strict"]
    settled: int


@dataclass(frozen=True, slots=True)
class _Sum:
    """Of one shopper: visits that can be compared, their weights, their weighted differences."""

    k: int
    weight: Fraction
    above: Fraction

    def square(self) -> Fraction:
        """Proportional to the square of Student's t: the smaller p, the larger."""
        return self.above**2 / self.weight


def leniency_of(parts: Collection[Part[Key]], yardstick: Yardstick) -> list[ShopperFigures[Key]]:
    """Every shopper, by name."""
    left: list[Part[Key]] = list(parts)
    settled: list[ShopperFigures[Key]] = []
    while True:
        sums = _sums(left)
        rows = [_row(name, own, yardstick, 1 + len(settled)) for name, own in sums.items()]
        found = inference.discoveries([row.p for row in rows])
        clear = [row for row, stands in zip(rows, found, strict=True) if stands]
        if not clear:
            return sorted(settled + rows, key=_name)
        worst = max(clear, key=lambda row: sums[row.shopper].square())
        settled.append(replace(worst, flag="lenient" if sums[worst.shopper].above > 0 else "strict"))
        left = [part for part in left if part.shopper != worst.shopper]


def leniency(document: Mapping[str, Any]) -> dict[str, Any]:
    """Of visits given one by one; the yardstick is pooled over all of them."""
    visits = read_visits(document)
    names = _shoppers(document)
    scores: dict[tuple[str, str, str], list[Fraction]] = {}
    for name, visit in zip(names, visits, strict=True):
        scores.setdefault((name, visit.branch, visit.wave), []).append(visit.score)
    parts = [Part(*place, len(own), sum(own, Fraction(0))) for place, own in scores.items()]
    rows = leniency_of(parts, measure_cells(cells_of(visits)))
    return {"shoppers": [_document(row) for row in rows]}


def _shoppers(document: Mapping[str, Any]) -> list[str]:
    rows = enumerate(read_list(document, "visits"))
    return [
        read_string(read_object(raw, f"visits[{place}]"), "shopper", f"visits[{place}].")
        for place, raw in rows
    ]


def _document(row: ShopperFigures[str]) -> dict[str, Any]:
    return {key: value for key, value in plain(row).items() if key != "settled"}


def _sums(parts: Collection[Part[Key]]) -> dict[Key, _Sum]:
    """Each shopper against the visits of others in the same cells, by name."""
    totals, below = scaled([part.total for part in parts])
    cells: dict[tuple[Key, Key], tuple[int, int]] = {}
    for part, total in zip(parts, totals, strict=True):
        n, whole = cells.get((part.branch, part.wave), (0, 0))
        cells[part.branch, part.wave] = (n + part.n, whole + total)
    # By shopper and number of others: visits, and what they are above the others, times (others · below).
    found: dict[Key, dict[int, tuple[int, int]]] = {part.shopper: {} for part in parts}
    for part, total in zip(parts, totals, strict=True):
        n, whole = cells[part.branch, part.wave]
        others = n - part.n
        visits, above = found[part.shopper].get(others, (0, 0))
        more = others * total - part.n * (whole - total)
        found[part.shopper][others] = (visits + part.n, above + more)
    return {name: _sum(found[name], below) for name in sorted(found)}


def _sum(by_others: Mapping[int, tuple[int, int]], below: int) -> _Sum:
    """A visit beside k others weighs k/(k + 1); one beside none does not count."""
    known = {others: row for others, row in by_others.items() if others}
    weight = sum((Fraction(n * others, others + 1) for others, (n, _) in known.items()), Fraction(0))
    above = sum((Fraction(more, (others + 1) * below) for others, (_, more) in known.items()), Fraction(0))
    return _Sum(sum(n for n, _ in known.values()), weight, above)


def _row(name: Key, own: _Sum, yardstick: Yardstick, turn: int) -> ShopperFigures[Key]:
    if own.k < MIN_LENIENCY_VISITS or yardstick.usable is None:
        return ShopperFigures(name, own.k, None, None, None, None, "", turn)
    points, variance = own.above / own.weight, yardstick.usable / own.weight
    low, high = inference.range_of(points, variance, yardstick.df)
    p = inference.p_value(points, variance, yardstick.df)
    return ShopperFigures(name, own.k, points, low, high, p, "", turn)


def _name(row: ShopperFigures[Key]) -> Key:
    return row.shopper
