"""How much two visits to the same branch differ by chance, pooled over all cells (scoring.md 3.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from audit.scoring import exact
from audit.scoring.inference import MIN_DF
from audit.scoring.inputs import Visit
from audit.scoring.sums import Cell, Key, cells_of, scaled


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The pooled variance of a visit, None if no cell has two visits; `df` is its degrees of freedom."""

    variance: Fraction | None
    df: int

    @property
    def usable(self) -> Fraction | None:
        """The variance, if it rests on enough repeated visits for ranges and tests."""
        return self.variance if self.df >= MIN_DF else None

    @property
    def s(self) -> float | None:
        """The standard deviation of a visit in points."""
        return None if self.variance is None else sqrt(self.variance)


def measure(visits: Iterable[Visit]) -> Yardstick:
    """Pool the spread of visits around the mean of their cell, a branch in a wave."""
    return measure_cells(cells_of(visits))


def measure_cells(cells: Iterable[Cell[Key]]) -> Yardstick:
    """The same from the sums of the cells: squares less what the means explain."""
    repeated = [cell for cell in cells if cell.n > 1]
    df = sum(cell.n - 1 for cell in repeated)
    if not df:
        return Yardstick(None, 0)
    totals, below = scaled([cell.total for cell in repeated])
    explained: dict[int, int] = {}
    for cell, total in zip(repeated, totals, strict=True):
        explained[cell.n] = explained.get(cell.n, 0) + total * total
    squares, parts = scaled([cell.squares for cell in repeated])
    spread = Fraction(sum(squares), parts)
    spread -= sum((Fraction(part, n * below * below) for n, part in explained.items()), Fraction(0))
    return Yardstick(spread / df, df)


def mean(scores: list[Fraction]) -> Fraction:
    """The mean of at least one score."""
    return exact.total(scores) / len(scores)
