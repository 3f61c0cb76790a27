"""A view of a wave as rows: every number is rounded as pages and files round it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from audit.api.rows import (
    BranchRow,
    CoverageRow,
    Estimate,
    GroupRow,
    Network,
    NetworkChange,
    NetworkEstimate,
    PartMean,
    PartRow,
    QuestionRow,
    RegionRow,
    WaveName,
)
from audit.insights import statistics
from audit.insights.cells import Mean
from audit.insights.parts import Part
from audit.insights.sheet import Kind, shown
from audit.insights.sheets import coverage as coverage_sheet
from audit.insights.sheets.network import KEPT
from audit.insights.titles import Titled, questions_of
from audit.insights.view import BranchLine, View
from audit.scoring.inference import MIN_SHARE, MIN_VISITS


def whole(value: Any) -> Any:
    """An estimate or a difference of estimates."""
    return shown(value, Kind.ESTIMATE)


def tenth(value: Any) -> Any:
    """A score of a visit, or points."""
    found = shown(value, Kind.POINTS)
    return None if found is None else float(str(found))


def wave_name(view: View) -> WaveName:
    """The wave of the view."""
    wave = view.wave
    return WaveName(id=wave.id, name=wave.name, starts_on=wave.starts_on, ends_on=wave.ends_on)


def estimate(found: statistics.Estimate) -> Estimate:
    """Some branches."""
    return Estimate(
        mean=whole(found.mean),
        low=whole(found.low),
        high=whole(found.high),
        branches=found.branches,
        existing=found.existing,
        visits=found.visits,
        unscored=found.unscored,
        incidents=found.incidents,
        overall=whole(found.overall),
    )


def _network(found: statistics.Estimate, *, everywhere: bool) -> NetworkEstimate:
    """The client's whole network: to those who see an area of it, its mean and what that rests on."""
    told = estimate(found).model_dump()
    return NetworkEstimate(**(told if everywhere else {**told, **dict.fromkeys(KEPT)}))


def network(view: View) -> Network:
    """The network and what the filter shows of it."""
    found = view.statistics
    return Network(
        wave=wave_name(view),
        network=_network(found.network, everywhere=view.whole),
        shown=estimate(view.shown),
        change=_change(found),
        no_change_because=found.why_no_change,  # type: ignore[arg-type] # one of three words
        visit_spread=tenth(found.s),
        repeated_visits=found.df,
        branch_spread=tenth(found.tau),
    )


def _change(found: statistics.WaveStatistics) -> NetworkChange | None:
    change, before = found.change, found.previous
    if change is None or before is None:
        return None
    return NetworkChange(
        wave=WaveName(id=before.id, name=before.name, starts_on=before.starts_on, ends_on=before.ends_on),
        branches=change.branches,
        diff=whole(change.diff),
        low=whole(change.low),
        high=whole(change.high),
        verdict=change.verdict,
    )


def branch(view: View, line: BranchLine) -> BranchRow:
    """One branch."""
    own, change = line.figures, line.figures.change
    ranked = own.rank is not None
    return BranchRow(
        id=line.id,
        code=line.code,
        name=line.name,
        region_id=line.region_id,
        region=line.region,
        format=line.format,
        channel=line.channel,  # type: ignore[arg-type] # the database knows no other
        visits=own.n,
        unscored=own.unscored,
        incidents=own.incidents,
        mean=whole(own.mean),
        low=whole(own.low),
        high=whole(own.high),
        overall=whole(own.overall),
        expected=whole(own.expected),
        reliability=shown(own.told_reliability, Kind.SHARE),  # type: ignore[arg-type] # a whole number
        rank_low=own.rank_low if ranked else None,
        rank_high=own.rank_high if ranked else None,
        ranked_of=own.ranked_of if ranked else None,
        flag=own.flag,  # type: ignore[arg-type]
        change=whole(change.diff) if change else None,
        change_low=whole(change.low) if change else None,
        change_high=whole(change.high) if change else None,
        trend=change.flag if change else "",
        no_change_because=own.no_change,  # type: ignore[arg-type] # one of four words
        few=own.n < MIN_VISITS,
        factors=_means(view.factors, own.factors),
        sections=_means(view.sections, own.sections),
    )


def _means(titled: Iterable[Titled], means: Mapping[str, Mean]) -> list[PartMean]:
    found = [(one.id, means.get(one.id, Mean(None, 0))) for one in titled]
    return [PartMean(id=name, mean=whole(mean.value), n=mean.n) for name, mean in found]


def regions(view: View) -> list[RegionRow]:
    """The regions that have a branch of the view, each with all below it."""
    found = []
    for node in view.regions:
        below = view.below(node.region.id)
        own = [line.id for line in view.lines if line.region_id in below]
        if own:
            found.append(
                RegionRow(
                    id=node.region.id,
                    parent_id=node.region.parent_id,
                    name=node.region.name,
                    path=node.path,
                    estimate=estimate(view.estimate(own)),
                )
            )
    return found


def groups(view: View, column: str) -> list[GroupRow]:
    """The view's branches by "format" or "channel", by name."""
    own: dict[str, list[int]] = {}
    for line in view.lines:
        own.setdefault(getattr(line, column), []).append(line.id)
    return [
        GroupRow(name=name, estimate=estimate(view.estimate(own[name])))
        for name in sorted(own, key=_named_first)
    ]


def _named_first(name: str) -> tuple[bool, str]:
    return not name, name


def parts(view: View, kind: str, titled: Iterable[Titled]) -> list[PartRow]:
    """Factors or sections in their order; those that nobody scored have no mean."""
    own, network = view.parts[kind], view.statistics.network_parts[kind]
    return [_part(one, own.get(one.id), network.get(one.id)) for one in titled]


def _part(one: Titled, own: Part | None, network: Part | None) -> PartRow:
    return PartRow(
        id=one.id,
        title=one.title,
        mean=whole(own.mean) if own else None,
        n=own.n if own else 0,
        branches=own.branches if own else 0,
        possible=tenth(own.possible) if own else None,
        network=whole(network.mean) if network else None,
        network_n=network.n if network else 0,
    )


def questions(view: View) -> list[QuestionRow]:
    """The questions that gain or lose points, in the order of the form."""
    found = view.parts["question"]
    return [
        QuestionRow(
            id=asked.id,
            number=asked.number,
            text=asked.text,
            section_id=asked.section,
            factor_id=asked.factor,
            n=part.n,
            met=part.met,
            partly=part.partly,
            missed=part.missed,
            possible=tenth(part.possible),
            lost=tenth(part.lost),
            share_met=shown(Fraction(part.met, part.n), Kind.SHARE) if part.n >= MIN_SHARE else None,  # type: ignore[arg-type]
        )
        for asked in questions_of(view.wave.version).values()
        if (part := found.get(asked.id)) is not None and part.moves
    ]


def coverage(view: View) -> list[CoverageRow]:
    """How far the visits have come, everywhere in reach and by region."""
    return [
        CoverageRow(
            region_id=row["_id"],
            name=row["name"],
            planned=row["planned"],
            done=row["done"],
            released=row["released"],
            to_come=row["to_come"],
            late=row["late"],
            aborted=row["aborted"],
            rejected=row["rejected"],
        )
        for row in coverage_sheet.build(view).rows
    ]
