"""Two branches, two waves or two regions side by side: their figures and what their difference carries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from audit.accounts.models import Person
from audit.branches.models import Branch, Region
from audit.insights import statistics
from audit.insights.cells import means_of, wave_cells, yardstick_of
from audit.insights.parts import Parts, parts_of
from audit.insights.selection import Selection
from audit.insights.statistics import BranchStatistics, Estimate, WaveStatistics
from audit.insights.view import View, sees_ranks, view_of
from audit.review import comparable
from audit.scoring.areas import compare_areas
from audit.scoring.cells import Trend
from audit.scoring.changes import between
from audit.scoring.compare import compare_cells
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS
from audit.waves.models import Wave


@dataclass(frozen=True)
class Side:
    """One of the two: its figures over `n` scored visits, None where nothing is known."""

    kind: str  # "branch", "wave" or "region"
    name: str
    wave: Wave
    about: str = ""
    branch_id: int | None = None
    region_id: int | None = None
    n: int = 0
    branches: int | None = None  # visited ones; of one branch there is nothing to say
    incidents: int = 0
    unscored: int = 0
    mean: Fraction | None = None
    low: float | None = None
    high: float | None = None
    overall: Fraction | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    ranked_of: int = 0
    told_apart: bool = True  # whether the wave tells branches apart at all
    parts: Parts = field(default_factory=dict)

    @property
    def is_single(self) -> bool:
        """Whether its figures are those of one branch."""
        return self.branch_id is not None or self.branches == 1


@dataclass(frozen=True)
class Difference:
    """What one side has more than the other, in points with its range (not clipped), and the verdict.

    `verdict` is "higher", "lower", "up", "down", "unclear" or "too_few"; `why` says in a code why there is no
    verdict: "no_visits", "few_visits", "no_range", "few_branches", "other_rules", "shared", "not_both", "ends",
    "not_theirs".
    """

    diff: Fraction | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = "too_few"
    why: str = ""
    branches: int | None = None  # in both waves


@dataclass(frozen=True)
class Comparison:
    """`one` less `other` is the difference. Parts are compared only where `alike`: by the same rules."""

    what: str
    one: Side
    other: Side
    difference: Difference
    alike: bool = True

    @property
    def sides(self) -> tuple[Side, Side]:
        """From left to right: the earlier wave first."""
        return (self.other, self.one) if self.what == "waves" else (self.one, self.other)

    @property
    def parted(self) -> bool:
        """Whether questions may be set against each other: not where a single branch's difference is not told."""
        return self.difference.low is not None or not any(side.is_single for side in self.sides)

    @property
    def drawable(self) -> bool:
        """Whether there is something to draw."""
        return any(side.mean is not None for side in self.sides)


def of_branches(
    person: Person, selection: Selection, one: Branch, other: Branch, *, picked: bool = False
) -> Comparison:
    """Two branches in scope, in one wave of their client.

    The best and the worst of a wave always differ: they get no verdict, unless somebody says that they were
    picked before the figures were seen.
    """
    wave = selection.wave
    figures = statistics.of_wave(wave)
    ranks = sees_ranks(person, wave.client_id)
    sides = [_branch_side(figures, wave, branch, ranks=ranks) for branch in (one, other)]
    if one.id == other.id:
        return Comparison("branches", sides[0], sides[1], Difference(why="shared"))
    cells = [figures.cells.get(branch.id) for branch in (one, other)]
    scored = [cell.scores(wave.id) for cell in cells if cell is not None and cell.n]
    if len(scored) < len(cells):
        return Comparison("branches", sides[0], sides[1], Difference(why="no_visits"))
    found = compare_cells(scored[0], scored[1], figures.yardstick)
    if found.verdict == "too_few":  # no difference of single branches without a verdict (scoring.md 3.9)
        why = _why(figures, min(cell.n for cell in scored))
        return Comparison("branches", sides[0], sides[1], Difference(why=why))
    verdict, why = str(found.verdict), ""
    if not picked and _are_ends(figures, one.id, other.id):
        verdict, why = "too_few", "ends"
    return Comparison(
        "branches", sides[0], sides[1], Difference(found.diff, found.low, found.high, verdict, why)
    )


def _are_ends(figures: WaveStatistics, one_id: int, other_id: int) -> bool:
    """Whether these are the branches with the largest and the smallest mean of a wave of several."""
    means = [row.mean for row in figures.branches.values() if row.mean is not None]
    own = {figures.branch(one_id).mean, figures.branch(other_id).mean}
    return len(means) >= MIN_BRANCHES and len(own) == 2 and own == {min(means), max(means)}


def of_regions(person: Person, selection: Selection, one: Region, other: Region) -> Comparison:
    """Two regions with all below them, in one wave; the rest of the filter stays."""
    views = [_region_view(person, selection, region) for region in (one, other)]
    sides = [_region_side(view, region) for view, region in zip(views, (one, other), strict=True)]
    return Comparison("regions", sides[0], sides[1], _regions_apart(views))


def of_waves(
    person: Person, selection: Selection, earlier: Wave, later: Wave, branch: Branch | None
) -> Comparison:
    """Two waves of a client: of one branch, or of the branches of the filter.

    A single branch's change is a trend, which is not for every reader.
    """
    alike = comparable.same_rules(earlier.version, later.version)
    if branch is not None:
        sides = [_branch_side(statistics.of_wave(wave), wave, branch, "wave") for wave in (later, earlier)]
        ids: Collection[int] = [branch.id]
    else:
        views = [_wave_view(person, selection, wave) for wave in (later, earlier)]
        sides = [_wave_side(view) for view in views]
        ids = {branch_id for view in views for branch_id in view.branch_ids}
    if earlier.id == later.id:
        return Comparison("waves", sides[0], sides[1], Difference(why="shared"))
    if not alike:
        return Comparison("waves", sides[0], sides[1], Difference(why="other_rules"), alike=False)
    if branch is not None and not sees_ranks(person, branch.client_id):
        return Comparison("waves", sides[0], sides[1], Difference(why="not_theirs"))
    trend = trend_between(earlier, later, None if branch is not None else ids)
    difference = _branch_change(trend, branch.id) if branch is not None else _network_change(trend)
    return Comparison("waves", sides[0], sides[1], difference)


def trend_between(earlier: Wave, later: Wave, branch_ids: Collection[int] | None = None) -> Trend[int]:
    """What changed between two waves of the same rules, with the later one's yardstick.

    With `branch_ids` only the network's part means something: it is that of these branches.
    """
    yardstick = yardstick_of({wave.id for wave in (*comparable.pooled(later), earlier, later)})
    means = []
    for wave in (earlier, later):
        own = wave_cells(wave.id)
        kept = own if branch_ids is None else [cell for cell in own if cell.branch_id in branch_ids]
        means.append(means_of(kept))
    return between(means[0], means[1], yardstick)


def _branch_change(trend: Trend[int], branch_id: int) -> Difference:
    found = next((row for row in trend.branches if row.branch == branch_id), None)
    if found is None:
        return Difference(why="not_both")
    if found.low is None:
        return Difference(verdict="too_few", why="no_range")
    if found.p is None:
        return Difference(verdict="too_few", why="few_visits")
    return Difference(found.diff, found.low, found.high, found.flag or "unclear")


def _network_change(trend: Trend[int]) -> Difference:
    found = trend.network
    why = "few_branches" if found.verdict == "too_few" else ""
    return Difference(found.diff, found.low, found.high, found.verdict, why, found.branches)


def _regions_apart(views: Sequence[View]) -> Difference:
    ids = [set(view.branch_ids) for view in views]
    if ids[0] & ids[1]:
        return Difference(why="shared")
    figures, wave_id = views[0].statistics, views[0].wave.id
    cells = [[figures.cells[each].scores(wave_id) for each in own if each in figures.cells] for own in ids]
    visits = [sum(cell.n for cell in own) for own in cells]
    if not all(visits):
        return Difference(why="no_visits")
    found = compare_areas(
        cells[0], cells[1], wave_id, figures.yardstick, (views[0].shown.existing, views[1].shown.existing)
    )
    if found.verdict == "too_few":
        return Difference(why=_why(figures, min(visits)))
    return Difference(found.diff, found.low, found.high, found.verdict)


def _why(figures: WaveStatistics, n: int) -> str:
    """Why two sides with visits get no verdict."""
    if not figures.has_ranges:
        return "no_range"
    return "few_visits" if n < MIN_VISITS else "few_branches"


def _branch_side(
    figures: WaveStatistics, wave: Wave, branch: Branch, kind: str = "branch", *, ranks: bool = False
) -> Side:
    own = figures.branch(branch.id)
    return Side(
        kind=kind,
        name=wave.name if kind == "wave" else branch.name,
        wave=wave,
        about=branch.name if kind == "wave" else branch.code,
        branch_id=branch.id,
        told_apart=figures.tau != 0,
        parts=parts_of(wave.id, [branch.id]),
        **_of_branch(own if ranks else own.unranked()),
    )


def _of_branch(own: BranchStatistics) -> Mapping[str, Any]:
    return {
        "n": own.n,
        "incidents": own.incidents,
        "unscored": own.unscored,
        "mean": own.mean,
        "low": own.low,
        "high": own.high,
        "overall": own.overall,
        "rank_low": own.rank_low,
        "rank_high": own.rank_high,
        "ranked_of": own.ranked_of,
    }


def _region_view(person: Person, selection: Selection, region: Region) -> View:
    return view_of(person, replace(selection, region_id=region.id))


def _region_side(view: View, region: Region) -> Side:
    figures = _of_estimate(view.shown)
    return Side("region", region.name, view.wave, region_id=region.id, parts=view.parts, **figures)


def _wave_view(person: Person, selection: Selection, wave: Wave) -> View:
    return view_of(person, replace(selection, wave=wave))


def _wave_side(view: View) -> Side:
    figures = _of_estimate(view.shown)
    region_id = view.selection.region_id
    return Side("wave", view.wave.name, view.wave, region_id=region_id, parts=view.parts, **figures)


def _of_estimate(shown: Estimate) -> Mapping[str, Any]:
    return {
        "n": shown.visits,
        "branches": shown.branches,
        "incidents": shown.incidents,
        "unscored": shown.unscored,
        "mean": shown.mean,
        "low": shown.low,
        "high": shown.high,
        "overall": shown.overall,
    }
