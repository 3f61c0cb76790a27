"""Cells, a branch in a wave each, and their means as integers over one denominator: exact, and quick to compare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Generic, TypeVar

from audit.scoring.inputs import Visit

# What names branches and waves: names in a file, numbers in a database.
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Cell(Generic[Key]):
    """One branch in one wave: the sum and the sum of squares of its `n` scores, 0…100 each."""

    branch: Key
    wave: Key
    n: int
    total: Fraction
    squares: Fraction


@dataclass(frozen=True, slots=True)
class Means(Generic[Key]):
    """The branches of a wave by name; the mean of each is `above[place] / below` over `n[place]` visits."""

    branches: list[Key]
    n: list[int]
    above: list[int]
    below: int

    def mean(self, place: int) -> Fraction:
        """One branch's mean."""
        return Fraction(self.above[place], self.below)


def cells_of(visits: Iterable[Visit]) -> list[Cell[str]]:
    """The cells of visits given one by one."""
    scores: dict[tuple[str, str], list[Fraction]] = {}
    for visit in visits:
        scores.setdefault((visit.branch, visit.wave), []).append(visit.score)
    cells = []
    for (branch, wave), own in scores.items():
        above, below = scaled(own)
        squares = Fraction(sum(score * score for score in above), below * below)
        cells.append(Cell(branch, wave, len(own), Fraction(sum(above), below), squares))
    return cells


def means_of(cells: Iterable[Cell[Key]], wave: Key) -> Means[Key]:
    """The means of the branches visited in the wave; ValueError if a cell comes twice."""
    own = sorted((cell for cell in cells if cell.wave == wave and cell.n), key=_branch)
    branches = [cell.branch for cell in own]
    if len(set(branches)) < len(branches):
        raise ValueError("a branch has two cells in one wave")
    totals, below = scaled([cell.total for cell in own])
    counts = [cell.n for cell in own]
    size = lcm(*set(counts))
    above = [total * (size // n) for total, n in zip(totals, counts, strict=True)]
    return Means(branches, counts, above, below * size)


def scaled(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Fractions as integers over their common denominator."""
    ratios = [value.as_integer_ratio() for value in values]
    below = lcm(*{part for _, part in ratios})
    return [above if part == below else above * (below // part) for above, part in ratios], below


def _branch(cell: Cell[Key]) -> Key:
    return cell.branch
