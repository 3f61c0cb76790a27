"""How much two visits to the same branch differ by chance, pooled over all cells (scoring.md 3.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from audit.scoring import exact
from audit.scoring.inference import MIN_DF
from audit.scoring.inputs import Visit


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The pooled variance of a visit, None if no cell has two visits; `df` is its degrees of freedom."""

    variance: Fraction | None
    df: int

    @property
    def usable(self) -> Fraction | None:
        """The variance, if it rests on enough repeated visits for ranges and tests."""
        return self.variance if self.df >= MIN_DF else None


def measure(visits: Iterable[Visit]) -> Yardstick:
    """Pool the spread of visits around the mean of their cell, a branch in a wave."""
    cells: dict[tuple[str, str], list[Fraction]] = {}
    for visit in visits:
        cells.setdefault((visit.branch, visit.wave), []).append(visit.score)
    repeated = [scores for scores in cells.values() if len(scores) > 1]
    df = sum(len(scores) - 1 for scores in repeated)
    if not df:
        return Yardstick(None, 0)
    spread = exact.total(_spread(scores) for scores in repeated)
    return Yardstick(spread / df, df)


def mean(scores: list[Fraction]) -> Fraction:
    """The mean of at least one score."""
    return exact.total(scores) / len(scores)


def _spread(scores: list[Fraction]) -> Fraction:
    """Sum of squared distances from the mean."""
    return exact.total(score * score for score in scores) - exact.total(scores) ** 2 / len(scores)
