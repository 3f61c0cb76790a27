"""The part of a wave's report on its branches: pictures as long as somebody looks at them, then the table of all."""

from audit.i18n import gettext as _
from audit.reports.wave_report import Chart, Part
from audit.reports.wave_report_figures import MOST_DRAWN, Figures, pieces
from audit.reports.wave_report_tables import branch_table

ROWS = 30  # branches on a page of the table
HALF_PAGE = 16  # branches whose chart fills half a page


def parts_of(figures: Figures) -> list[Part]:
    """The charts of the branches with a score, a page's worth each, then the table of all."""
    sheet = figures.sheets["branches"]
    scored = [row for row in sheet.rows if row["mean"] is not None]
    parts: list[Part] = []
    for name, title in (
        ("branches", _("All branches")),
        ("factor_heat", _("Branches by factor")),
        ("section_heat", _("Branches by section")),
    ):
        parts += _drawn(figures, name, title, len(scored), follows=bool(parts))
    found = branch_table(sheet, figures.network.mean, ranks=figures.ranks)
    said = [_order(expects=figures.expects), *([] if len(scored) <= MOST_DRAWN else [_undrawn()])]
    pages = 1 + len(sheet.rows) // ROWS
    return [*parts, Part(_("Table of all branches"), said, tables=[found], pages=pages)]


def _drawn(figures: Figures, name: str, title: str, count: int, *, follows: bool) -> list[Part]:
    """One kind of picture: a short one follows what stands before it, each longer one has a page."""
    see_table = _("The tables of this report hold the same figures.")
    found: list[Part] = []
    cut = pieces(count)
    for number, piece in enumerate(cut, start=1):
        if f"{name}-{number}" not in figures.documents:
            continue
        head = title if len(cut) == 1 else _pieced(title, piece, count)
        own_page = not follows or count > HALF_PAGE
        found.append(
            Part(head, charts=[Chart(f"{name}-{number}", f"{head}. {see_table}")], pages=int(own_page))
        )
    return found


def _pieced(title: str, piece: slice, count: int) -> str:
    return _(
        "%(title)s: %(first)s to %(last)s of %(count)s",
        title=title,
        first=piece.start + 1,
        last=piece.stop,
        count=count,
    )


def _undrawn() -> str:
    return _(
        "More than %(most)s branches are not drawn here. By factor and by section they stand in the Excel file of the"
        " network page, each in a table of its own.",
        most=MOST_DRAWN,
    )


def _order(*, expects: bool) -> str:
    if not expects:
        return _("Ordered by name: there are too few branches or repeated visits to order them by.")
    return _(
        "Ordered by what is to be expected of the next wave: the mean, drawn towards the network's the more the"
        " fewer visits there were."
    )
