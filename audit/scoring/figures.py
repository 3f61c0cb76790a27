"""What comparing many visits gives: exact where it is exact, floats where a root or Student's t was taken."""

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Generic, Literal

from audit.scoring.sums import Key
from audit.scoring.yardstick import Yardstick

Flag = Literal["", "above", "below"]
Turn = Literal["", "up", "down"]
Verdict = Literal["higher", "lower", "unclear", "too_few"]
Change = Literal["up", "down", "unclear", "too_few"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of some branches with its range (0…100); None where nothing can be said."""

    mean: Fraction | None
    low: float | None
    high: float | None
    branches: int
    visits: int


@dataclass(frozen=True, slots=True)
class BranchFigures(Generic[Key]):
    """One branch in the wave; everything after `mean` is None where nothing can be said.

    `rank` is None among ranked branches that cannot be told apart; `p` tests the branch against the others.
    """

    branch: Key
    n: int
    mean: Fraction
    low: float | None
    high: float | None
    reliability: float | None
    shrunk: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    p: float | None
    flag: Flag


@dataclass(frozen=True, slots=True)
class Branches(Generic[Key]):
    """A wave: the yardstick, how much branches really differ, the network, its branches by name."""

    yardstick: Yardstick
    tau: float | None
    network: Estimate
    branches: list[BranchFigures[Key]]
    ranked: int


@dataclass(frozen=True, slots=True)
class BranchChange(Generic[Key]):
    """One branch's difference between two waves, in points, with its range (not clipped)."""

    branch: Key
    diff: Fraction
    low: float | None
    high: float | None
    p: float | None
    flag: Turn


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """The mean difference of the branches that both waves have; all None if they are too few."""

    branches: int
    diff: Fraction | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Change


@dataclass(frozen=True, slots=True)
class Trend(Generic[Key]):
    """Two waves: the network's change and that of each branch in both, by name."""

    yardstick: Yardstick
    network: NetworkChange
    branches: list[BranchChange[Key]]


def plain(row: Any) -> dict[str, Any]:
    """One row of figures as a result writes it: exact numbers become floats."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {key: float(value) if isinstance(value, Fraction) else value for key, value in values.items()}
