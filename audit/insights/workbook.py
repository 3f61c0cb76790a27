"""Tables as an Excel file and as CSV: the same rounded figures as on the page, their definitions on a sheet."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from audit.i18n import gettext as _
from audit.insights.sheet import Column, Kind, Sheet, Shown, shown
from audit.tables import BYTE_ORDER_MARK, safe, written

Facts = Sequence[tuple[str, str]]  # what a file is of: name and value, in the reader's language

FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "0",
    Kind.ESTIMATE: "0",
    Kind.SCORE: "0.0",
    Kind.POINTS: "0.0",
    Kind.SHARE: '0" %"',
    Kind.DATE: "dd/mm/yyyy",
}
WIDTHS = {Kind.TEXT: 24, Kind.DATE: 12}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))  # in the name of a sheet
_LONGEST = 31  # letters of the name of a sheet
_CELL = 32_767  # letters of a cell


def csv_of(sheet: Sheet) -> bytes:
    """One table: headings in the reader's language, numbers with a point, days as 2026-11-14, unknown empty."""
    lines = [[safe(column.title) for column in sheet.columns]]
    lines += [[_text(value, column) for value, column in _cells(row, sheet)] for row in sheet.rows]
    return (BYTE_ORDER_MARK + written(lines)).encode()


def _cells(row: Mapping[str, Any], sheet: Sheet) -> Iterable[tuple[Shown, Column]]:
    return ((shown(row.get(column.key), column.kind), column) for column in sheet.columns)


def _text(value: Shown, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    # A minus before a figure is no formula; before a text it may be one.
    return (
        f"{value:f}" if isinstance(value, Decimal) else safe(str(value)) if _is_text(column) else str(value)
    )


def _is_text(column: Column) -> bool:
    return not column.kind.is_number


def workbook(sheets: Iterable[Sheet], facts: Facts) -> bytes:
    """All tables with a sheet each, and what they are of and how each column is made on the last one."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    writer = Writer(book)
    known = list(sheets)
    for sheet in known:
        writer.add(sheet)
    writer.add_definitions(known, facts)
    book.close()
    return file.getvalue()


class Writer:
    """Writes sheets into one book, whose looks it makes once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.looks = {kind: book.add_format({"num_format": look}) for kind, look in FORMATS.items()}
        self.taken: set[str] = set()

    def add(self, sheet: Sheet) -> None:
        """A table with its heads, a filter, and its notes below."""
        page = self.page(sheet.title)
        self.heads(page, sheet.columns)
        for place, row in enumerate(sheet.rows, start=1):
            self.row(page, place, sheet.columns, [value for value, _column in _cells(row, sheet)])
        page.autofilter(0, 0, max(1, len(sheet.rows)), max(0, len(sheet.columns) - 1))
        for place, note in enumerate(sheet.notes, start=len(sheet.rows) + 2):
            page.write_string(place, 0, note[:_CELL])

    def heads(self, page: Any, columns: Sequence[Column]) -> None:
        """The titles of the columns, which stay in sight."""
        for place, column in enumerate(columns):
            page.set_column(place, place, WIDTHS.get(column.kind, 14))
            page.write_string(0, place, column.title[:_CELL], self.bold)
        page.freeze_panes(1, 1)

    def row(self, page: Any, place: int, columns: Sequence[Column], values: Sequence[Shown]) -> None:
        """One row of values as shown; nothing where nothing is known."""
        for across, (column, value) in enumerate(zip(columns, values, strict=True)):
            look = self.looks[column.kind]
            if isinstance(value, date):
                page.write_datetime(place, across, value, look)
            elif isinstance(value, int | Decimal):
                page.write_number(place, across, float(value), look)
            elif value:
                # Stored as text, which no program runs; the apostrophe is for whoever saves it as CSV.
                page.write_string(place, across, safe(value)[:_CELL], look)

    def add_definitions(self, sheets: Sequence[Sheet], facts: Facts) -> None:
        """What the file is of, then each column of each table in a sentence."""
        page = self.page(_("Definitions"))
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 34)
        page.set_column(2, 2, 90)
        place = 0
        for name, value in facts:
            page.write_string(place, 0, name, self.bold)
            page.write_string(place, 1, safe(value)[:_CELL])
            place += 1
        place += 1
        for across, head in enumerate((_("Table"), _("Column"), _("How it is made"))):
            page.write_string(place, across, head, self.bold)
        for sheet in sheets:
            for column in sheet.columns:
                place += 1
                page.write_string(place, 0, safe(sheet.title), self.wrap)
                page.write_string(place, 1, safe(column.title), self.wrap)
                page.write_string(place, 2, column.about[:_CELL], self.wrap)

    def page(self, title: str) -> Any:
        """A new sheet by this title, shortened and numbered where Excel asks for it."""
        plain = title.translate(_FORBIDDEN).strip().strip("'") or "-"
        name, number = plain[:_LONGEST].strip(), 1
        while name.casefold() in self.taken:
            number += 1
            ending = f" {number}"
            name = plain[: _LONGEST - len(ending)].strip() + ending
        self.taken.add(name.casefold())
        return self.book.add_worksheet(name)
