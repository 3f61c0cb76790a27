"""The figures of a wave, the same for every reader: computed once over the client's whole network (scoring.md 3).

Kept in the process until a cell of the wave, or of one pooled with it, changes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

from audit.insights import parts
from audit.insights.cells import (
    UNIT,
    Mean,
    WaveCell,
    existing_of,
    means_by_branch,
    means_of,
    revision_of,
    wave_cells,
    wave_means,
    yardstick_of,
)
from audit.review import comparable
from audit.scoring import changes, network
from audit.scoring.cells import BranchChange, Branches, BranchFigures, NetworkChange, branches_of_means
from audit.scoring.inference import MIN_VISITS
from audit.scoring.sums import Means
from audit.scoring.yardstick import Yardstick
from audit.waves.models import Wave

KEPT = 24  # waves; each is a few megabytes at 2 000 branches
_NOTHING: Mapping[str, Mean] = {}


@dataclass(frozen=True)
class Estimate:
    """The mean of some branches, each counting alike, with its 90 % range; None where nothing can be said.

    Of `existing` branches `branches` have a score, over `visits` scored visits. `overall` has knock-outs included.
    """

    mean: Fraction | None
    low: float | None
    high: float | None
    branches: int
    visits: int
    existing: int
    incidents: int
    unscored: int
    overall: Fraction | None


@dataclass(frozen=True)
class Before:
    """The wave that changes are counted from."""

    id: int
    name: str
    starts_on: date
    ends_on: date


class PartTable:
    """The means of factors and sections by branch: of some branches when a page says which, else of all at once."""

    KINDS = ("factor", "section")

    def __init__(self, wave_id: int) -> None:
        self.wave_id = wave_id
        self._known: dict[str, dict[int, Mapping[str, Mean]]] = {kind: {} for kind in self.KINDS}
        self._whole = False

    def load(self, branch_ids: Collection[int]) -> None:
        """Read these branches together, as far as they are not known."""
        missing = [] if self._whole else [one for one in branch_ids if one not in self._known["factor"]]
        if missing:
            self._keep(means_by_branch(self.wave_id, self.KINDS, missing), missing)

    def of(self, kind: str, branch_id: int) -> Mapping[str, Mean]:
        """One branch's means; one that nobody has named before brings all others with it."""
        found = self._known[kind].get(branch_id)
        if found is None and not self._whole:
            self._keep(means_by_branch(self.wave_id, self.KINDS), ())
            self._whole = True
            found = self._known[kind].get(branch_id)
        return found or _NOTHING

    def _keep(self, read: Mapping[str, Mapping[int, Mapping[str, Mean]]], named: Collection[int]) -> None:
        for kind in reversed(self.KINDS):  # `load` looks at the first kind only, so that one comes last
            found = read[kind]
            self._known[kind].update(found)
            self._known[kind].update({one: _NOTHING for one in named if one not in found})


class BranchStatistics(NamedTuple):
    """One branch in the wave: `n` scored visits; everything that cannot be said is None or ""."""

    branch_id: int
    table: PartTable
    n: int = 0
    unscored: int = 0
    incidents: int = 0
    mean: Fraction | None = None
    overall_sum: int = 0  # in units of 10⁻³⁰ points
    low: float | None = None
    high: float | None = None
    reliability: float | None = None
    shrunk: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    ranked_of: int = 0
    p: float | None = None
    flag: str = ""
    change: BranchChange[int] | None = None  # only with enough visits in both waves for a verdict
    no_change: str = ""  # "not_both", "too_few", "no_range"; "" with a change or where no wave is compared

    def unranked(self) -> "BranchStatistics":
        """The same for a reader who is to see neither rank nor flag nor trend."""
        return self._replace(
            rank=None,
            rank_low=None,
            rank_high=None,
            ranked_of=0,
            p=None,
            flag="",
            change=None,
            no_change="",
        )

    @property
    def expected(self) -> float | None:
        """The shrunk score as it may be told; below the least number of visits it only orders."""
        return self.shrunk if self.n >= MIN_VISITS else None

    @property
    def told_reliability(self) -> float | None:
        """The reliability as it may be told."""
        return self.reliability if self.n >= MIN_VISITS else None

    @property
    def overall(self) -> Fraction | None:
        """The mean with knock-outs included."""
        return Fraction(self.overall_sum, self.n * UNIT) if self.n else None

    @property
    def factors(self) -> Mapping[str, Mean]:
        """The means of its factors."""
        return self.table.of("factor", self.branch_id)

    @property
    def sections(self) -> Mapping[str, Mean]:
        """The means of its sections."""
        return self.table.of("section", self.branch_id)


@dataclass(frozen=True)
class WaveStatistics:
    """A wave's figures. `s` is how much two visits to one branch differ, `tau` how much branches do."""

    wave_id: int
    yardstick: Yardstick
    tau: float | None
    pooled: tuple[int, ...]
    network: Estimate
    change: NetworkChange | None
    previous: Before | None
    why_no_change: str  # "first", "other_rules"; "" when there is a wave to compare with
    branches: Mapping[int, BranchStatistics]
    cells: Mapping[int, WaveCell]
    means: Means[int]
    places: Mapping[int, int]  # of branches with a score, in the means
    table: PartTable
    revision: tuple[Any, ...]

    @property
    def s(self) -> float | None:
        """The yardstick in points; None when no branch was visited twice."""
        return self.yardstick.s

    @property
    def df(self) -> int:
        """On how many repeated visits the yardstick rests."""
        return self.yardstick.df

    @property
    def has_ranges(self) -> bool:
        """Whether there are enough repeated visits for ranges."""
        return self.yardstick.usable is not None

    def holds(self, pool: Sequence[Wave], revision: tuple[Any, ...]) -> bool:
        """Whether nothing that the figures rest on has changed, not even the earlier wave's name."""
        ids = tuple(one.id for one in pool)
        return (self.revision, self.pooled, self.previous) == (revision, ids, _before(pool))

    def branch(self, branch_id: int) -> BranchStatistics:
        """A branch's figures; one without visits has none."""
        return self.branches.get(branch_id) or BranchStatistics(branch_id, self.table)

    @cached_property
    def network_scores(self) -> parts.Parts:
        """Factors and sections over the whole network."""
        return parts.parts_of(self.wave_id, kinds=PartTable.KINDS)

    @cached_property
    def network_parts(self) -> parts.Parts:
        """Factors, sections and questions over the whole network."""
        return parts.parts_of(self.wave_id)


_known: dict[int, WaveStatistics] = {}
_lock = Lock()


def of_wave(wave: Wave) -> WaveStatistics:
    """The wave's figures, from memory if nothing they rest on has changed."""
    pool = comparable.pooled(wave)
    revision = revision_of([one.id for one in pool], wave.client_id)
    with _lock:
        found = _known.get(wave.id)
    if found is None or not found.holds(pool, revision):
        found = _made(wave, pool, revision)
        with _lock:
            _known.pop(wave.id, None)
            while len(_known) >= KEPT:
                _known.pop(next(iter(_known)))
            _known[wave.id] = found
    return found


def _before(pool: Sequence[Wave]) -> Before | None:
    """The wave that the first one of the pool is compared with."""
    if len(pool) < 2:
        return None
    wave = pool[1]
    return Before(wave.id, wave.name, wave.starts_on, wave.ends_on)


def forget() -> None:
    """Empty the memory: for measurements of a first visit."""
    with _lock:
        _known.clear()


def estimate(statistics: WaveStatistics, branch_ids: Collection[int]) -> Estimate:
    """Some branches by the network's formula and yardstick; `branch_ids` are all that exist of them, visited or not."""
    wanted = set(branch_ids)
    own = [statistics.cells[branch_id] for branch_id in wanted if branch_id in statistics.cells]
    scored = [cell for cell in own if cell.n]
    places, means = statistics.places, statistics.means
    part = Means(
        [cell.branch_id for cell in scored],
        [cell.n for cell in scored],
        [means.above[places[cell.branch_id]] for cell in scored],
        means.below,
    )
    return _estimate(own, part, statistics.yardstick, len(wanted))


def _made(wave: Wave, pool: list[Wave], revision: tuple[Any, ...]) -> WaveStatistics:
    before = pool[1] if len(pool) > 1 else None
    yardstick = yardstick_of([one.id for one in pool])
    own = wave_cells(wave.id)
    means = means_of(own)
    found = branches_of_means(means, yardstick)
    trend = None if before is None else changes.between(wave_means(before.id), means, yardstick)
    table = PartTable(wave.id)
    return WaveStatistics(
        wave_id=wave.id,
        yardstick=yardstick,
        tau=found.tau,
        pooled=tuple(one.id for one in pool),
        network=_estimate(own, means, yardstick, existing_of(revision)),
        change=None if trend is None else trend.network,
        previous=_before(pool),
        why_no_change="" if before is not None else comparable.why_not(wave),
        branches=_branches(
            own, found, None if trend is None else {row.branch: row for row in trend.branches}, table
        ),
        cells={cell.branch_id: cell for cell in own},
        means=means,
        places={branch_id: place for place, branch_id in enumerate(means.branches)},
        table=table,
        revision=revision,
    )


def _branches(
    own: list[WaveCell],
    found: Branches[int],
    turns: Mapping[int, BranchChange[int]] | None,
    table: PartTable,
) -> dict[int, BranchStatistics]:
    rows: dict[int, BranchFigures[int]] = {row.branch: row for row in found.branches}
    branches = {}
    for cell in own:
        row = rows.get(cell.branch_id)
        if row is None:
            branches[cell.branch_id] = BranchStatistics(cell.branch_id, table, unscored=cell.unscored)
            continue
        branches[cell.branch_id] = BranchStatistics(
            cell.branch_id,
            table,
            cell.n,
            cell.unscored,
            cell.incidents,
            row.mean,
            cell.overall,
            row.low,
            row.high,
            row.reliability,
            row.shrunk,
            row.rank,
            row.rank_low,
            row.rank_high,
            found.ranked,
            row.p,
            row.flag,
            *_change(turns, cell.branch_id),
        )
    return branches


def _change(
    turns: Mapping[int, BranchChange[int]] | None, branch_id: int
) -> tuple[BranchChange[int] | None, str]:
    """The change, or why there is none: without enough visits, here or in all, it is noise (scoring.md 3.9)."""
    if turns is None:
        return None, ""
    turn = turns.get(branch_id)
    if turn is None:
        return None, "not_both"
    if turn.p is not None:
        return turn, ""
    return None, "no_range" if turn.low is None else "too_few"


def _estimate(own: Collection[WaveCell], means: Means[int], yardstick: Yardstick, existing: int) -> Estimate:
    visited = len(means.n)
    found = network.estimate(means, yardstick, None, max(existing, visited))
    size = means.below // UNIT
    overall = sum(cell.overall * (size // cell.n) for cell in own if cell.n)
    return Estimate(
        mean=found.mean,
        low=found.low,
        high=found.high,
        branches=visited,
        visits=found.visits,
        existing=existing,
        incidents=sum(cell.incidents for cell in own),
        unscored=sum(cell.unscored for cell in own),
        overall=Fraction(overall, means.below * visited) if visited else None,
    )
