"""The network's table: filter, order and page of a wave's lines, and their means. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from audit.branches.names import plain
from audit.insights.figures import Line, Mean

PAGE = 200  # rows
FEW = 3  # scoring.md 3.9: with fewer visits nothing is concluded
FACTOR = "factor."  # what the name of a factor's column begins with
NUMBERS: dict[str, Callable[[Line], Any]] = {
    "n": lambda line: line.n,
    "mean": lambda line: line.mean,
    "incidents": lambda line: line.incidents,
}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; `sort` is "branch", "region", "n", "mean", "incidents" or "factor.<id>"."""

    words: str = ""
    region_id: int | None = None
    sort: str = "branch"
    descending: bool = False
    page: int = 1


@dataclass(frozen=True)
class Summary:
    """The average branch: each branch counts the same. `branches` have a mean, `visits` have a score."""

    branches: int
    visits: int
    incidents: int
    mean: Decimal | None
    factors: tuple[Mean, ...]  # n: visits with a score of the factor


@dataclass(frozen=True)
class Table:
    """One page of lines, with the means of all lines of the filter and of the scope."""

    lines: list[Line]
    total: int
    page: int
    pages: int
    shown: Summary
    everything: Summary


def table(
    lines: Sequence[Line],
    wanted: Wanted,
    factor_ids: Sequence[str],
    region_order: Sequence[int],
    regions: Collection[int] | None,
) -> Table:
    """The wanted page; `regions` are the ids of the wanted region and of those below it, None: all."""
    words = plain(wanted.words).split()
    found = [line for line in lines if _fits(line, words, regions)]
    ordered = _ordered(found, wanted, factor_ids, region_order)
    pages = max(1, -(-len(found) // PAGE))
    page = min(wanted.page, pages)
    start = (page - 1) * PAGE
    return Table(
        lines=ordered[start : start + PAGE],
        total=len(found),
        page=page,
        pages=pages,
        shown=summary(found, len(factor_ids)),
        everything=summary(lines, len(factor_ids)),
    )


def _fits(line: Line, words: Sequence[str], regions: Collection[int] | None) -> bool:
    return (regions is None or line.region_id in regions) and all(word in line.search for word in words)


def sorts(factor_ids: Sequence[str]) -> tuple[str, ...]:
    """The columns that can be sorted by."""
    return ("branch", "region", *NUMBERS, *(FACTOR + factor_id for factor_id in factor_ids))


def _ordered(
    lines: Sequence[Line], wanted: Wanted, factor_ids: Sequence[str], region_order: Sequence[int]
) -> list[Line]:
    """By the wanted column, equal ones by name; branches without a value come last in either direction."""
    by_name = sorted(lines, key=lambda line: (plain(line.name), line.code))
    if wanted.sort == "branch":
        return by_name[::-1] if wanted.descending else by_name
    key = _key(wanted.sort, factor_ids, region_order)
    known = [line for line in by_name if key(line) is not None]
    unknown = [line for line in by_name if key(line) is None]
    return sorted(known, key=key, reverse=wanted.descending) + unknown


def _key(sort: str, factor_ids: Sequence[str], region_order: Sequence[int]) -> Callable[[Line], Any]:
    if sort == "region":
        places = {region_id: place for place, region_id in enumerate(region_order)}
        return lambda line: places.get(line.region_id)
    if sort.startswith(FACTOR):
        place = list(factor_ids).index(sort.removeprefix(FACTOR))
        return lambda line: line.factors[place].value
    return NUMBERS[sort]


def summary(lines: Sequence[Line], factors: int) -> Summary:
    """The mean of the branches' means, overall and by factor."""
    means = [line.mean for line in lines if line.mean is not None]
    parts = []
    for place in range(factors):
        own = [line.factors[place] for line in lines]
        parts.append(
            Mean(_mean([part.value for part in own if part.value is not None]), sum(p.n for p in own))
        )
    return Summary(
        branches=len(means),
        visits=sum(line.n for line in lines),
        incidents=sum(line.incidents for line in lines),
        mean=_mean(means),
        factors=tuple(parts),
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    with localcontext(prec=60):  # thirty decimals and the largest sum fit; the default would cut them
        return sum(values, Decimal(0)) / len(values)
