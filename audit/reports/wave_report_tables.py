"""The tables of a wave's report, from the sheets of the pages: some of their columns, figures as shown there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from audit.i18n import gettext as _
from audit.insights.network_page import brief_words
from audit.insights.sheet import Kind, Sheet, printed
from audit.reports.spans import span
from audit.reports.wave_report import Head, Table
from audit.scoring.inference import MIN_VISITS

Row = Mapping[str, Any]


def table(
    sheet: Sheet, wanted: Mapping[str, float], *, rows: Sequence[Row] | None = None, title: str = ""
) -> Table:
    """Some columns of a sheet by key, with how wide each is; "range" stands for the two ends together."""
    columns = {column.key: column for column in sheet.columns}
    if "low" in columns:
        columns["range"] = replace(columns["low"], key="range", title=_("Range"))
    keys = [key for key in wanted if key in columns]
    # The first cell names the row, be it a number.
    heads = [
        Head(columns[key].title, wanted[key], is_number=place > 0 and columns[key].kind.is_number)
        for place, key in enumerate(keys)
    ]
    lines = [
        [ends(row) if key == "range" else printed(row.get(key), columns[key].kind) for key in keys]
        for row in (sheet.rows if rows is None else rows)
    ]
    about = [(columns[key].title, columns[key].about) for key in keys]
    return Table(title or sheet.title, heads, lines, sheet.notes, about=about)


def ends(row: Row) -> str:
    """78–88; an en dash where there is no range."""
    if row.get("low") is None or row.get("high") is None:
        return "–"
    return f"{printed(row['low'], Kind.ESTIMATE)}–{printed(row['high'], Kind.ESTIMATE)}"


def branch_table(sheet: Sheet, network: Any, *, ranks: bool) -> Table:
    """All branches in their order, each row with its picture on the same axis."""
    heads = [
        Head(_("Branch"), 42),
        Head(_("Code"), 16),
        Head(_("Region"), 20),
        Head(_("0 to 100 (dashed: network)"), 28),
        Head(_("Score"), 20, is_number=True),
        Head(_("n"), 7, is_number=True),
        Head(_("Knock-outs"), 9, is_number=True),
    ]
    if ranks:
        heads += [Head(_rank_head(sheet), 14, is_number=True), Head(_("What is clear"), 26)]
    below = {place for place, row in enumerate(sheet.rows) if ranks and row["_flag"] == "below"}
    return Table(
        "",
        heads,
        [_branch(row, network, ranks=ranks) for row in sheet.rows],
        [*sheet.notes, legend(ranks=ranks)],
        frozenset(below),
        _about(sheet, ranks=ranks),
    )


def _about(sheet: Sheet, *, ranks: bool) -> list[tuple[str, str]]:
    known = {column.key: column.about for column in sheet.columns}
    found = [
        (_("Score"), f"{known['mean']} {known['low']}"),
        (_("n"), known["n"]),
        (_("Knock-outs"), known["incidents"]),
    ]
    return (
        [*found, (_rank_head(sheet), known["rank_low"]), (_("What is clear"), known["said"])]
        if ranks
        else found
    )


def legend(*, ranks: bool) -> str:
    """What the marks of the picture mean."""
    if not ranks:
        return _("Hollow dot: fewer than 3 visits, nothing concluded.")
    return _(
        "Hollow dot: fewer than 3 visits, not ranked, nothing concluded. Triangle: clearly above or below the network."
    )


def _branch(row: Row, network: Any, *, ranks: bool) -> list[str]:
    n = row["n"]
    cells = [
        row["branch"],
        row["code"],
        row["region"],
        _picture(row, network, ranks=ranks),
        brief_words(row["mean"], row["low"], row["high"]),
        str(n),
        str(row["incidents"]) if n else "–",
    ]
    if not ranks:
        return cells
    # With too few visits nothing else is said of a branch.
    said = [row["remark"]] if row["remark"] else [row["said"], row["trend"]]
    return [*cells, _rank(row), "; ".join(one for one in said if one)]


def _rank_head(sheet: Sheet) -> str:
    """How many are ranked is the same for all of them, so it stands in the head."""
    ranked = next((row["ranked"] for row in sheet.rows if row["ranked"]), None)
    return _("Rank of %(of)s", of=ranked) if ranked else _("Rank")


def _rank(row: Row) -> str:
    return "–" if row["rank_low"] is None else f"{row['rank_low']}–{row['rank_high']}"


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
