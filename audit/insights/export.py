"""The released visits as CSV and as an Excel file, read and written in pieces."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, BinaryIO

import xlsxwriter
from sqlalchemy import Select, func, select, true

from audit.accounts.models import Person
from audit.branches.models import Branch, Client, Region
from audit.checklists.models import Version
from audit.checklists.published import published
from audit.db import db
from audit.errors import Invalid
from audit.i18n import gettext as _
from audit.i18n import text_of
from audit.insights import behind
from audit.insights.behind import Wanted
from audit.insights.compared import all_released, waves_for
from audit.insights.figures import factor_scores
from audit.insights.result_words import outcome_words, result_words
from audit.insights.selection import Selection
from audit.insights.sheet import Column, Kind, Sheet, Shown
from audit.insights.workbook import Facts, Writer
from audit.review.models import Scorecard
from audit.tables import BYTE_ORDER_MARK, safe, written
from audit.waves.models import Wave

PIECE = 1000  # visits
MOST_ROWS = 100_000  # of an Excel file; making more takes longer than a page may
_TENTH = Decimal("0.1")
_TEXTS = 5  # columns that begin a row
_LINE = 2  # columns of a question that end a row
EVERYTHING = Wanted()


class Reader:
    """Makes the values of a visit as shown; made inside the request, for its language."""

    def __init__(self, wanted: Wanted) -> None:
        self._question = wanted.question
        self._dayparts = {"morning": _("morning"), "noon": _("noon"), "evening": _("evening")}
        self._results = result_words()

    def values(self, row: Sequence[Any]) -> list[Shown]:
        """Scores with one decimal as on the scorecard, None where there is none."""
        day, daypart, number, overall, before, knockouts, edition, *rest = row[_TEXTS:]
        scores, line = rest[:-_LINE], rest[-_LINE:]
        said = [day, self._dayparts.get(daypart, daypart), number, _shown(overall), _shown(before)]
        found = [*row[:_TEXTS], *said, knockouts, edition, *map(_shown, scores)]
        if self._question is None:
            return found
        credit, lost = line
        outcome = outcome_words(behind.outcome(self._question, credit), self._results)
        return [*found, outcome, _shown(lost)]


def visits_csv(person: Person, selection: Selection | None, wanted: Wanted = EVERYTHING) -> Iterator[bytes]:
    """The visits of the selection (None: of all waves) in pieces. Ask inside the request, for its language."""
    titles, reader = _factor_titles(person, selection), Reader(wanted)
    heads = [safe(column.title) for column in visit_columns(titles, asked=wanted.question is not None)]
    yield (BYTE_ORDER_MARK + written([heads])).encode()
    for rows in _pieces(person, selection, wanted, titles):
        yield written([[_text(value) for value in reader.values(row)] for row in rows]).encode()


def visits_xlsx(
    person: Person, selection: Selection | None, facts: Facts, file: BinaryIO, wanted: Wanted = EVERYTHING
) -> None:
    """The same as an Excel file, with its definitions; Invalid where it would be too large."""
    narrowed = _narrowed(person, selection, wanted).with_only_columns(func.count())
    count = db.session.scalar(narrowed) or 0
    if count > MOST_ROWS:
        message = _(
            "These are %(count)s visits, more than an Excel file should hold: choose a wave, or take the CSV file.",
            count=count,
        )
        raise Invalid(message, code="too_many")
    titles, reader = _factor_titles(person, selection), Reader(wanted)
    columns = visit_columns(titles, asked=wanted.question is not None)
    # A book of constant memory is written row by row, sheet by sheet.
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    writer = Writer(book)
    page = writer.page(_("Visits"))
    writer.heads(page, columns)
    place = 0
    for rows in _pieces(person, selection, wanted, titles):
        for row in rows:
            place += 1
            writer.row(page, place, columns, reader.values(row))
    page.autofilter(0, 0, max(1, place), len(columns) - 1)
    writer.add_definitions([Sheet("visits", _("Visits"), columns, [])], facts)
    book.close()


def visit_columns(factors: Mapping[str, str], *, asked: bool = False) -> list[Column]:
    """The columns of the visits; `factors` are titles by id, `asked` adds those of a question."""
    return [
        Column("client", _("Client"), about=_("Whose branch was visited.")),
        Column("code", _("Branch code"), about=_("The code of the branch, as the client gave it.")),
        Column("branch", _("Branch"), about=_("The name of the branch.")),
        Column("region", _("Region"), about=_("The region to which the branch belongs.")),
        Column("wave", _("Wave"), about=_("The period in which the visit was made.")),
        Column("day", _("Day of the visit"), Kind.DATE, _("The day, without a time.")),
        Column("daypart", _("Daypart"), about=_("The part of the day in which the visit began.")),
        Column("number", _("Scorecard"), about=_("The number of the scorecard; its newest edition counts.")),
        Column("overall", _("Score"), Kind.SCORE, _("The score of the visit, after knock-outs.")),
        Column(
            "before",
            _("Score before knock-outs"),
            Kind.SCORE,
            _("The score without visit knock-outs: what all comparisons use."),
        ),
        Column("knockouts", _("Knock-outs"), Kind.COUNT, _("Knock-outs of the whole visit that fired.")),
        Column(
            "edition", _("Edition"), Kind.COUNT, _("1, and one more for each correction that was released.")
        ),
        *(
            Column(
                f"factor.{name}", title, Kind.SCORE, _("The score of this factor in this visit, 0 to 100.")
            )
            for name, title in factors.items()
        ),
        *(_line_columns() if asked else []),
    ]


def _line_columns() -> list[Column]:
    return [
        Column(
            "outcome", _("Outcome"), about=_("What the question asked for came to; of a rating its value.")
        ),
        Column("lost", _("Points lost"), Kind.POINTS, _("By the question asked for, of the visit's 100.")),
    ]


def _factor_titles(person: Person, selection: Selection | None) -> dict[str, str]:
    """By id the factors of all versions in question; the newest version's title wins."""
    query = select(Version)
    if selection is not None:
        query = query.where(Version.id == selection.wave.version_id)
    else:
        query = query.where(Version.id.in_(waves_for(person).with_only_columns(Wave.version_id)))
    titles: dict[str, str] = {}
    for version in db.session.scalars(query.order_by(Version.id.desc())):
        for factor in published(version).document["factors"]:
            titles.setdefault(factor["id"], text_of(factor.get("title")) or factor["id"])
    return titles


def _narrowed(person: Person, selection: Selection | None, wanted: Wanted) -> Select[Scorecard]:
    return all_released(person) if selection is None else behind.fitting(person, selection, wanted)


def _pieces(
    person: Person, selection: Selection | None, wanted: Wanted, titles: Mapping[str, str]
) -> Iterator[Sequence[Sequence[Any]]]:
    query = _query(person, selection, wanted, list(titles)).execution_options(yield_per=PIECE)
    yield from db.session.execute(query).partitions(PIECE)


def _query(
    person: Person, selection: Selection | None, wanted: Wanted, factor_ids: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    scores = factor_scores(factor_ids)
    return (
        _narrowed(person, selection, wanted)
        .join(scores, true())
        .join(Branch, Branch.id == Scorecard.branch_id)
        .join(Region, Region.id == Branch.region_id)
        .join(Client, Client.id == Scorecard.client_id)
        .join(Wave, Wave.id == Scorecard.wave_id)
        .with_only_columns(
            Client.name,
            Branch.code,
            Branch.name,
            Region.name,
            Wave.name,
            Scorecard.visited_on,
            Scorecard.daypart,
            Scorecard.number,
            Scorecard.overall,
            Scorecard.before_knockouts,
            Scorecard.knockouts,
            Scorecard.edition,
            *(scores.c[f"score_{place}"] for place in range(len(factor_ids))),
            *behind.line_of(wanted),
        )
        .order_by(Wave.starts_on.desc(), Wave.id.desc(), Branch.code, Scorecard.visited_on, Scorecard.id)
    )


def _text(value: Shown) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return (
        safe(value) if isinstance(value, str) else f"{value:f}" if isinstance(value, Decimal) else str(value)
    )


def _shown(score: Decimal | None) -> Decimal | None:
    return None if score is None else score.quantize(_TENTH, ROUND_HALF_UP)
