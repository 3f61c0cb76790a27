"""Files of the room: every table as CSV, all of them as one Excel file, the visits as both."""

import tempfile

from flask import Response, request, send_file, stream_with_context
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import now
from audit.errors import NotFound
from audit.i18n import clock
from audit.i18n import gettext as _
from audit.insights import asking, export, facts, leniency, sheets
from audit.insights import selection as selections
from audit.insights.blueprint import bp, readers
from audit.insights.branch_page import BranchPage
from audit.insights.branch_views import bands_of, page_for
from audit.insights.compare_views import Asked, asked_of
from audit.insights.files import XLSX, attached, csv_answer, note, xlsx_answer
from audit.insights.selection import Selection
from audit.insights.sheet import Sheet
from audit.insights.sheets import leniency as leniency_table
from audit.insights.sheets.branch_lists import lists_of
from audit.insights.sheets.compare import OF_COMPARISON
from audit.insights.sheets.of_branch import tables_of
from audit.insights.view import View, view_of
from audit.insights.workbook import Facts
from audit.security import allow, me


@bp.get("/network/export.xlsx")
@readers
def export_xlsx() -> Response:
    """All tables of the wave with the page's filter."""
    view = _view()
    made = [build(view) for build in sheets.ALL.values()]
    name = f"network-{view.wave.id}"
    return xlsx_answer(made, facts.facts_of(view), name, view.selection.client, wave=view.wave.name)


@bp.get("/network/<name>.csv")
@readers
def table_csv(name: str) -> Response:
    """One of these tables."""
    if name not in sheets.ALL:
        raise NotFound(_("There is no such table."))
    view = _view()
    sheet = sheets.ALL[name](view)
    return csv_answer(sheet, f"{name}-{view.wave.id}", view.selection.client, wave=view.wave.name)


def _view() -> View:
    return view_of(me(), _selection())


def _selection() -> Selection:
    found = selections.read(me())
    if found is None:
        raise NotFound(_("No wave has been opened yet."))
    return found


@bp.get("/network/branches/<int:branch_id>/export.xlsx")
@readers
def branch_xlsx(branch_id: int) -> Response:
    """All tables of a branch's page."""
    page = page_for(branch_id)
    branch, known = page.branch, facts.branch_facts(me(), page, now())
    made = list(_branch_tables(page).values())
    return xlsx_answer(made, known, f"branch-{branch.code}", branch.client, branch=branch.code)


@bp.get("/network/branches/<int:branch_id>/<name>.csv")
@readers
def branch_csv(branch_id: int, name: str) -> Response:
    """One of these tables."""
    page = page_for(branch_id)
    tables = _branch_tables(page)
    if name not in tables:
        raise NotFound(_("There is no such table."))
    branch = page.branch
    return csv_answer(tables[name], f"{name}-{branch.code}", branch.client, branch=branch.code)


def _branch_tables(page: BranchPage) -> dict[str, Sheet]:
    """The tables of its figures, then its actions and scorecards in full."""
    return {**tables_of(page), **lists_of(me(), page.branch, bands_of(page.branch))}


@bp.get("/network/compare.xlsx")
@readers
def compare_xlsx() -> Response:
    """The tables of a comparison."""
    chosen, asked, made = _comparison()
    known = [*facts.selection_facts(me(), chosen), (_("Made on"), clock(now()))]
    return xlsx_answer(list(made.values()), known, f"{asked.what}-compared", chosen.client)


@bp.get("/network/compare/<name>.csv")
@readers
def compare_csv(name: str) -> Response:
    """One of these tables."""
    chosen, _asked, made = _comparison()
    if name not in made:
        raise NotFound(_("There is no such table."))
    return csv_answer(made[name], name, chosen.client)


def _comparison() -> tuple[Selection, Asked, dict[str, Sheet]]:
    chosen = _selection()
    asked = asked_of(chosen)
    if asked.compared is None:
        raise NotFound(_("There is nothing to compare yet."))
    return chosen, asked, {name: build(asked.compared) for name, build in OF_COMPARISON.items()}


@bp.get("/network/shoppers.xlsx")
@allow(RoleName.EDITOR, RoleName.ADMIN)
def shoppers_xlsx() -> Response:
    """The table of shoppers of a wave, for the agency."""
    chosen = _selection()
    known = [*facts.selection_facts(me(), chosen), (_("Made on"), clock(now()))]
    return xlsx_answer([_shoppers(chosen)], known, f"shoppers-{chosen.wave.id}", chosen.client)


@bp.get("/network/shoppers.csv")
@allow(RoleName.EDITOR, RoleName.ADMIN)
def shoppers_csv() -> Response:
    """The same as CSV."""
    chosen = _selection()
    return csv_answer(_shoppers(chosen), f"shoppers-{chosen.wave.id}", chosen.client)


def _shoppers(chosen: Selection) -> Sheet:
    return leniency_table.build(leniency.leniency_in(me(), chosen.wave))


@bp.get("/network/visits.csv")
@readers
def visits_csv() -> Response:
    """The visits of the list with the same keys, or the released visits of all waves (`?wave=all` or none)."""
    chosen, asked = _visits_of()
    name = _noted(chosen)
    wanted = asked.wanted() if asked else export.EVERYTHING
    return attached(stream_with_context(export.visits_csv(me(), chosen, wanted)), "text/csv", f"{name}.csv")


@bp.get("/network/visits.xlsx")
@readers
def visits_xlsx() -> BaseResponse:
    """The same as an Excel file."""
    chosen, asked = _visits_of()
    about: Facts = [(_("Selection"), _("all waves"))]
    if chosen is not None and asked is not None:
        about = [*facts.selection_facts(me(), chosen), *facts.asked_facts(asked)]
    wanted = asked.wanted() if asked else export.EVERYTHING
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the answer
    try:
        export.visits_xlsx(me(), chosen, [*about, (_("Made on"), clock(now()))], file, wanted)
        name = _noted(chosen)
    except Exception:
        file.close()
        raise
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _visits_of() -> tuple[Selection | None, asking.Asked | None]:
    """What the list shows by the same keys; nothing for all waves, of which no part can be asked for."""
    part = any(request.args.get(key) for key in asking.KEYS)
    if not part and request.args.get("wave", "all") in ("all", ""):
        return None, None
    chosen = _selection()
    return chosen, asking.read(me(), chosen)


def _noted(chosen: Selection | None) -> str:
    """Into the trail; returns the file's name."""
    if chosen is None:
        note("visits", None)
        return "visits"
    note("visits", chosen.client, wave=chosen.wave.name)
    return f"visits-{chosen.wave.id}"
