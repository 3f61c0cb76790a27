"""What can be taken along of a wave: its report as PDF, its scorecards as one file, its tables."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Conflict, NotFound
from audit.i18n import LANGUAGES, language
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.insights import selection as selections
from audit.insights.blueprint import readers
from audit.insights.selection import Selection
from audit.reports import batches, wave_report_tasks, wave_reports
from audit.reports.downloads import stored_file
from audit.security import allow, me
from audit.trail.services import record_apart

bp = Blueprint("wave_reports", __name__, url_prefix="/reports")
TASKS = (wave_report_tasks.make_wave_report,)  # imported for its registration
packers = allow(RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE, RoleName.ADMIN)
Page = str | Response | tuple[str, int]
TABLES = {
    "network": _l("Network"),
    "branches": _l("Branches"),
    "regions": _l("Regions"),
    "formats": _l("Formats"),
    "channels": _l("Channels"),
    "factors": _l("Factors"),
    "sections": _l("Sections"),
    "questions": _l("Questions"),
    "factor_heat": _l("Branches by factor"),
    "section_heat": _l("Branches by section"),
    "coverage": _l("Coverage"),
}


@bp.get("")
@readers
def index() -> Page:
    """What there is to take along of the selection, and what was ordered before."""
    selection = selections.read(me())
    if selection is None:
        return render_template("insights/nothing.html")
    return _index(selection)


def _index(selection: Selection, problem: str = "") -> str:
    wanted = request.form.get("language", "")
    return render_template(
        "reports/wave_reports.html",
        selection=selection,
        tables=TABLES,
        earlier=[(one, wave_reports.narrowed_words(one)) for one in wave_reports.earlier(me())],
        packed=batches.earlier(me()),
        scorecards=batches.printable_count(me(), selection.wave, selection),
        packs=me().has(RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE, RoleName.ADMIN),
        wanted=wanted if wanted in LANGUAGES else language(),
        problem=problem,
    )


@bp.post("")
@readers
def order() -> Page:
    """Make the report; a second click leads to the first one's page."""
    return _ordered(wave_reports.order, ".report", "report_id")


@bp.post("/scorecards")
@packers
def order_scorecards() -> Page:
    """Make one file of the selection's scorecards; a second click leads to the first one's page."""

    def order(person: Any, selection: Selection, wanted: str, at: Any) -> Any:
        return batches.order(person, selection.wave, wanted, at, selection)

    return _ordered(order, "batches.batch", "batch_id")


def _ordered(order: Any, endpoint: str, name: str) -> Page:
    selection = selections.read(me())
    if selection is None:
        raise NotFound(_("There is no such wave."))
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        return _index(selection, _("Choose Vietnamese or English.")), 422
    try:
        made = order(me(), selection, wanted, now())
    except Conflict as refusal:
        db.session.rollback()
        return _index(selection, str(refusal.message)), 409
    db.session.commit()
    return redirect(url_for(endpoint, **{name: made.id}), 303)


@bp.get("/<int:report_id>")
@readers
def report(report_id: int) -> Page:
    """How far it is; the file when it is ready."""
    found = wave_reports.report_for(me(), report_id)
    return render_template(
        "reports/wave_report.html",
        report=found,
        narrowed=wave_reports.narrowed_words(found),
        is_slow=wave_reports.is_slow(found, now()),
    )


@bp.get("/<int:report_id>/progress")
@readers
def progress(report_id: int) -> dict[str, Any]:
    """The same as numbers, for the page's script."""
    found = wave_reports.report_for(me(), report_id)
    return {"done": found.done, "total": found.steps, "ready": found.sha256 is not None}


@bp.post("/<int:report_id>/again")
@readers
def again(report_id: int) -> Page:
    """Set it going once more."""
    wave_reports.again(wave_reports.report_for(me(), report_id))
    db.session.commit()
    return redirect(url_for(".report", report_id=report_id), 303)


@bp.get("/<int:report_id>/file")
@readers
def file(report_id: int) -> Response:
    """The PDF; written down before it is handed out."""
    found = wave_reports.open_file(me(), report_id)
    about = {"wave": found.wave.name, "report": found.id, "language": found.language}
    record_apart(
        "export.downloaded", me(), now(), client_id=found.wave.client_id, what="wave_report", **about
    )
    return stored_file(found.sha256, found.bytes, "application/pdf", wave_reports.file_name(found))
