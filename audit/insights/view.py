"""What a page or a file shows of a wave: the reader's branches that fit the filter, with their figures."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import exists, or_

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.branches.names import plain as _plain
from audit.branches.queries import Node, branches_for, tree_for
from audit.db import db, now
from audit.insights import narrowing, parts, statistics, titles
from audit.insights.selection import Selection
from audit.insights.statistics import BranchStatistics, Estimate, WaveStatistics
from audit.insights.titles import Titled
from audit.review.lines import Cell
from audit.waves.models import Wave

PAGE = 100  # branches
UPWARDS = ("branch", "code", "region", "format", "channel")  # columns first sorted upwards
plain = lru_cache(maxsize=16_384)(_plain)  # the same names are sorted for every page
FACTOR, SECTION = "factor.", "section."  # what the names of such columns begin with


class BranchLine(NamedTuple):
    """A branch with its figures in the wave."""

    id: int
    code: str
    name: str
    region_id: int
    region: str
    format: str
    channel: str
    figures: BranchStatistics


@dataclass(frozen=True)
class View:
    """A selection with its lines, in the wanted order: every branch that is active or was visited in the wave."""

    person: Person
    selection: Selection
    wave: Wave
    statistics: WaveStatistics
    whole: bool  # whether the reader's network is the client's whole network
    lines: list[BranchLine]
    shown: Estimate
    regions: list[Node]  # of the reader, each parent before its children
    factors: list[Titled]
    sections: list[Titled]
    at: datetime  # the moment of the view: what is late by then is late

    @property
    def everything(self) -> bool:
        """Whether the lines are the whole network."""
        return self.whole and not self.selection.narrowed

    @property
    def ranks(self) -> bool:
        """Whether the reader sees ranks, flags and trends; the lines have none otherwise."""
        return sees_ranks(self.person, self.wave.client_id)

    @property
    def expects(self) -> bool:
        """Whether the usual order is that of what to expect of the next wave; else there is only the name."""
        return any(line.figures.shrunk is not None for line in self.lines)

    @property
    def pages(self) -> int:
        """How many pages of lines there are."""
        return max(1, -(-len(self.lines) // PAGE))

    @property
    def page(self) -> int:
        """The page shown, from 1."""
        return min(self.selection.page, self.pages)

    @property
    def paged(self) -> list[BranchLine]:
        """The lines of the page; what they will be asked for is read for them together."""
        found = self.lines[(self.page - 1) * PAGE : self.page * PAGE]
        self.statistics.table.load([line.id for line in found])
        return found

    @property
    def branch_ids(self) -> list[int]:
        """The branches of the lines."""
        return [line.id for line in self.lines]

    @cached_property
    def parts(self) -> parts.Parts:
        """Factors, sections and questions over the lines."""
        if self.everything:
            return self.statistics.network_parts
        return parts.parts_of(self.wave.id, self.branch_ids)

    def below(self, region_id: int) -> set[int]:
        """The region and those below it, as far as the reader reaches."""
        return _below(self.regions, region_id)

    def estimate(self, branch_ids: Collection[int]) -> Estimate:
        """Some of the branches, by the network's formula."""
        if len(branch_ids) == len(self.lines):
            return self.shown
        return statistics.estimate(self.statistics, branch_ids)


def view_of(person: Person, selection: Selection, at: datetime | None = None) -> View:
    """The lines of a selection; a handful of queries, however many branches."""
    wave = selection.wave
    figures = statistics.of_wave(wave)
    regions = tree_for(person, wave.client_id)
    factors, sections = titles.factors_of(wave.version), titles.sections_of(wave.version)
    lines = _ordered(_lines(person, selection, figures, regions), selection, regions)
    whole = sees_all_of(person, wave.client_id)
    if whole and not selection.narrowed:
        shown = figures.network
    else:
        shown = statistics.estimate(figures, [line.id for line in lines])
    return View(
        person, selection, wave, figures, whole, lines, shown, regions, factors, sections, at or now()
    )


def sees_ranks(person: Person, client_id: int) -> bool:
    """Whether ranks, flags and trends are shown: to the client's side and admins, not to editors alone."""
    return person.has(RoleName.ADMIN) or any(grant.client_id == client_id for grant in person.grants)


def sees_all_of(person: Person, client_id: int) -> bool:
    """Whether the person's network is the client's whole network, not an area of it."""
    return person.is_agency or any(
        grant.role == RoleName.HEAD_OFFICE and grant.client_id == client_id for grant in person.grants
    )


def _lines(
    person: Person, selection: Selection, figures: WaveStatistics, regions: list[Node]
) -> list[BranchLine]:
    wave, names = selection.wave, {node.region.id: node.region.name for node in regions}
    visited = exists().where(Cell.wave_id == wave.id, Cell.branch_id == Branch.id)
    query = branches_for(person).where(Branch.client_id == wave.client_id, or_(Branch.active, visited))
    if selection.narrowed:
        query = query.where(Branch.id.in_(narrowing.branch_ids(person, wave.client_id, selection)))
    ranked = sees_ranks(person, wave.client_id)
    columns = (Branch.id, Branch.code, Branch.name, Branch.region_id, Branch.format, Branch.channel)
    return [
        BranchLine(
            id_,
            code,
            name,
            region_id,
            names.get(region_id, ""),
            form,
            channel,
            figures.branch(id_) if ranked else figures.branch(id_).unranked(),
        )
        for id_, code, name, region_id, form, channel in db.session.execute(query.with_only_columns(*columns))
    ]


def _ordered(lines: list[BranchLine], selection: Selection, regions: list[Node]) -> list[BranchLine]:
    """By the wanted column, equal ones by name; branches without a value come last in either direction.

    The usual order is that of the shrunk scores, so that one lucky visit does not lead the table; where there are
    none, too few branches or repeated visits, it is by name.
    """
    by_name = sorted(lines, key=lambda line: (plain(line.name), line.code))
    chosen = _key(selection.sort, regions)
    key: Callable[[BranchLine], Any] = chosen or (lambda line: line.figures.shrunk)
    downwards = selection.descending if chosen else True
    valued = [(key(line), line) for line in by_name]
    known = [pair for pair in valued if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=downwards)
    return [line for _, line in known] + [line for value, line in valued if value is None]


def _key(sort: str, regions: list[Node]) -> Callable[[BranchLine], Any] | None:
    if sort.startswith(FACTOR):
        return lambda line: _value(line.figures.factors.get(sort.removeprefix(FACTOR)))
    if sort.startswith(SECTION):
        return lambda line: _value(line.figures.sections.get(sort.removeprefix(SECTION)))
    places = {node.region.id: place for place, node in enumerate(regions)}
    keys: dict[str, Callable[[BranchLine], Any]] = {
        "branch": lambda line: plain(line.name),
        "code": lambda line: line.code,
        "region": lambda line: places.get(line.region_id),
        "format": lambda line: plain(line.format),
        "channel": lambda line: line.channel,
        "n": lambda line: line.figures.n,
        "mean": lambda line: line.figures.mean,
        "incidents": lambda line: line.figures.incidents if line.figures.n else None,
        "change": lambda line: line.figures.change.diff if line.figures.change else None,
        "rank": lambda line: line.figures.rank,
    }
    return keys.get(sort)


def _value(mean: Any) -> Any:
    return None if mean is None else mean.value


def _below(regions: list[Node], region_id: int) -> set[int]:
    found = {region_id}
    for node in regions:  # each parent comes before its children
        if node.region.parent_id in found:
            found.add(node.region.id)
    return found


def next_order(selection: Selection, column: str) -> str | None:
    """The order that a click on a head asks for: names upwards first, figures downwards first."""
    if selection.sort == column:
        return None if selection.descending else "desc"
    return None if column in UPWARDS else "desc"
