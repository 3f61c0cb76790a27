"""What a wave's report says, read from the database at once: nothing of it is read while pages are laid out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from audit.accounts.models import Person
from audit.i18n import day, language
from audit.insights import facts, network_page, sheets
from audit.insights.charts.look import Document
from audit.insights.selection import Selection
from audit.insights.sheet import Sheet
from audit.insights.statistics import Estimate
from audit.insights.view import View, view_of
from audit.insights.words import stability_words
from audit.insights.workbook import Facts

DRAWN = 40  # branches that one page's chart or grid holds
MOST_DRAWN = 200  # branches that are drawn at all: more pages of pictures are not looked at
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # whose day it is when a report is made


@dataclass(frozen=True)
class Figures:
    """Tables, documents of charts and words of a selection in one language; no row of the database among them."""

    language: str
    number: str
    client: str
    wave: str
    days: str
    selection: str  # "" for the client's whole network
    made: str
    made_iso: str
    headline: str
    network_words: str
    change: str
    knockouts: str
    stability: str
    shown: Estimate
    network: Estimate
    ranks: bool  # whether the reader may see ranks and flags
    expects: bool  # whether branches stand in the order of what to expect of the next wave; else by name
    sheets: Mapping[str, Sheet]
    documents: Mapping[str, Document]
    facts: Facts
    branch_ids: list[int]


def gathered(person: Person, selection: Selection, number: int) -> Figures:
    """Everything for a report on the selection, in the language that is set; NotFound out of scope."""
    view = view_of(person, selection)
    wave, statistics, made = view.wave, view.statistics, view.at.astimezone(ZONE).date()
    tables = {name: _read(build(view)) for name, build in _wanted().items()}
    return Figures(
        language=language(),
        number=f"BC-{number:05d}",
        client=wave.client.name,
        wave=wave.name,
        days=f"{day(wave.starts_on)} – {day(wave.ends_on)}",
        selection="" if view.everything else facts.selection_words(person, selection),
        made=day(made),
        made_iso=made.isoformat(),
        headline=network_page.headline(view),
        network_words=network_page.network_words(view),
        change=network_page.change_words(view),
        knockouts=network_page.knockout_words(view.shown),
        stability=stability_words(statistics.s, statistics.tau) if statistics.has_ranges else "",
        shown=view.shown,
        network=statistics.network,
        ranks=view.ranks,
        expects=view.expects,
        sheets=tables,
        documents=_documents(view, tables),
        facts=facts.facts_of(view),
        branch_ids=view.branch_ids,
    )


def _read(sheet: Sheet) -> Sheet:
    """The sheet with rows that are made already: later there is no transaction to read more."""
    return replace(sheet, rows=list(sheet.rows))


def _wanted() -> Mapping[str, Callable[[View], Sheet]]:
    """Grids are drawn, not printed as tables."""
    return {name: build for name, build in sheets.ALL.items() if not name.endswith("_heat")}


def pieces(count: int) -> list[slice]:
    """So many branches in as few pages as hold them, about equally many on each; none when there are too many."""
    if count > MOST_DRAWN:
        return []
    pages = -(-count // DRAWN)
    ends = [round(count * page / pages) for page in range(pages + 1)] if pages else [0]
    return [slice(*each) for each in pairwise(ends)]


def _documents(view: View, tables: Mapping[str, Sheet]) -> dict[str, Document]:
    """The charts there is something for; those of branches a page each, as "branches-1", "branches-2"."""

    def nowhere(_key: int) -> str:
        return ""

    regions = tables["regions"].rows
    found = {"regions": network_page.group_dots(view, regions, nowhere) if len(regions) <= DRAWN else None}
    scored = [line for line in view.lines if line.figures.mean is not None]
    for number, piece in enumerate(pieces(len(scored)), start=1):
        lines = scored[piece]
        if view.ranks:  # the chart names them
            found[f"branches-{number}"] = network_page.branch_dots(view, lines, nowhere)
        found[f"factor_heat-{number}"] = network_page.factor_heat(view, lines, nowhere)
        found[f"section_heat-{number}"] = network_page.section_heat(view, lines, nowhere)
    return {name: document for name, document in found.items() if document is not None}
