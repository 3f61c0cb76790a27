"""The tables of a wave's report, from the sheets of the pages: some of their columns, figures as shown there."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from audit.i18n import gettext as _
from audit.insights.sheet import Kind, Sheet, printed
from audit.reports.spans import span
from audit.reports.wave_report import Head, Table
from audit.scoring.inference import MIN_VISITS

Row = Mapping[str, Any]
ROWS = 40  # branches on a page


def table(
    sheet: Sheet, wanted: Mapping[str, float], *, rows: Sequence[Row] | None = None, title: str = ""
) -> Table:
    """Some columns of a sheet by key, with how wide each is; "range" stands for the two ends together."""
    columns = {column.key: column for column in sheet.columns}
    keys = [key for key in wanted if key == "range" or key in columns]
    heads = [
        Head(_("Range"), wanted[key], is_number=True)
        if key == "range"
        else Head(columns[key].title, wanted[key], columns[key].kind.is_number)
        for key in keys
    ]
    lines = [
        [_range(row) if key == "range" else printed(row.get(key), columns[key].kind) for key in keys]
        for row in (sheet.rows if rows is None else rows)
    ]
    return Table(title or sheet.title, heads, lines, sheet.notes)


def _range(row: Row) -> str:
    return ends(row, "low", "high")


def ends(row: Row, low: str, high: str) -> str:
    """78–88; an en dash where there is no range."""
    if row.get(low) is None or row.get(high) is None:
        return "–"
    return f"{printed(row[low], Kind.ESTIMATE)}–{printed(row[high], Kind.ESTIMATE)}"


def branch_tables(sheet: Sheet, network: Any, *, ranks: bool) -> list[Table]:
    """All branches in their order, so many to a page; each row with its picture on the same axis."""
    heads = [
        Head(_("Branch"), 46),
        Head(_("Region"), 24),
        Head(_("0 to 100 (dashed: network)"), 33),
        Head(_("Score"), 10, is_number=True),
        Head(_("Range"), 15, is_number=True),
        Head(_("Visits"), 10, is_number=True),
        Head(_("Knock-outs"), 12, is_number=True),
    ]
    if ranks:
        heads += [Head(_("Rank"), 15, is_number=True), Head(_("What is clear"), 30)]
    found = []
    for start in range(0, len(sheet.rows), ROWS):
        rows = sheet.rows[start : start + ROWS]
        notes = (
            [*sheet.notes, legend(ranks=ranks)] if start + ROWS >= len(sheet.rows) else [legend(ranks=ranks)]
        )
        marked = {place for place, row in enumerate(rows) if ranks and row["_flag"] == "below"}
        lines = [_branch(row, network, ranks=ranks) for row in rows]
        found.append(Table("", heads, lines, notes, frozenset(marked)))
    return found


def legend(*, ranks: bool) -> str:
    """What the marks of the picture mean."""
    if not ranks:
        return _("Hollow dot: fewer than 3 visits, nothing concluded.")
    return _(
        "Hollow dot: fewer than 3 visits, not ranked, nothing concluded. Triangle: clearly above or below the network."
    )


def _branch(row: Row, network: Any, *, ranks: bool) -> list[str]:
    n = row["n"]
    picture = _picture(row, network, ranks=ranks)
    cells = [
        f"{row['branch']} · {row['code']}",
        row["region"],
        picture,
        printed(row["mean"], Kind.ESTIMATE),
        _range(row),
        str(n),
        str(row["incidents"]) if n else "–",
    ]
    if not ranks:
        return cells
    said = [row["said"], row["trend"]] if n else [row["remark"]]
    return [*cells, _rank(row), "; ".join(one for one in said if one)]


def _rank(row: Row) -> str:
    if row["rank_low"] is None:
        return "–"
    return f"{row['rank_low']}–{row['rank_high']} / {row['ranked']}"


def _picture(row: Row, network: Any, *, ranks: bool) -> Markup:
    mean, low, high = (None if row[key] is None else float(row[key]) for key in ("mean", "low", "high"))
    return span(
        mean,
        low,
        high,
        None if network is None else float(network),
        flag=row["_flag"] if ranks else "",
        sure=row["n"] >= MIN_VISITS,
    )
