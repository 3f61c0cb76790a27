"""Downloading a wave's scorecards at once: the order, how far it is, the file."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.branches.forms import is_id
from audit.db import db, now
from audit.errors import NotFound
from audit.i18n import LANGUAGES, language
from audit.i18n import gettext as _
from audit.reports import batch_tasks, batches
from audit.reports.downloads import stored_file
from audit.security import allow, me
from audit.trail.services import record_all_apart

bp = Blueprint("batches", __name__, url_prefix="/batches")
TASKS = (batch_tasks.make_batch_item, batch_tasks.make_batch_file)  # imported for their registration
orderers = allow(RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE, RoleName.ADMIN)
Page = str | Response | tuple[str, int]


@bp.get("/new")
@orderers
def new() -> Page:
    """The waves whose scorecards can be had, and what was ordered before."""
    return _new(request.args.get("wave", ""), request.args.get("language", language()), "")


def _new(wave: str, wanted: str, problem: str) -> str:
    return render_template(
        "reports/batch_new.html",
        offers=batches.offers(me()),
        earlier=batches.earlier(me()),
        wave=wave,
        wanted=wanted,
        problem=problem,
    )


@bp.post("")
@orderers
def order() -> Page:
    """Make it; a second click leads to the first one's page."""
    wave, wanted = request.form.get("wave", ""), request.form.get("language", "")
    offered = {str(offer.wave.id): offer.wave for offer in batches.offers(me())}
    if wave not in offered:
        if is_id(wave):
            raise NotFound(_("There is no such wave, or nothing of it is released in your area."))
        return _new(wave, wanted, _("Choose a wave.")), 422
    if wanted not in LANGUAGES:
        return _new(wave, language(), _("Choose Vietnamese or English.")), 422
    batch = batches.order(me(), offered[wave], wanted, now())
    db.session.commit()
    return redirect(url_for(".batch", batch_id=batch.id), 303)


@bp.get("/<int:batch_id>")
@orderers
def batch(batch_id: int) -> Page:
    """How far it is; the file when it is ready."""
    found = batches.batch_for(me(), batch_id)
    return render_template(
        "reports/batch.html",
        batch=found,
        progress=batches.progress(found),
        replaced=batches.replaced(found) if found.finished_at else 0,
        is_slow=batches.is_slow(found, now()),
    )


@bp.get("/<int:batch_id>/progress")
@orderers
def progress(batch_id: int) -> dict[str, Any]:
    """The same as numbers, for the page's script."""
    found = batches.progress(batches.batch_for(me(), batch_id))
    return {"done": found.done, "total": found.total, "ready": found.is_ready}


@bp.post("/<int:batch_id>/again")
@orderers
def again(batch_id: int) -> Page:
    """Set going what is missing."""
    found = batches.batch_for(me(), batch_id)
    batches.again(found)
    db.session.commit()
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.get("/<int:batch_id>/file")
@orderers
def file(batch_id: int) -> Response:
    """The ZIP; written down before it is handed out, for each visit in it too."""
    found = batches.batch_for(me(), batch_id)
    items = batches.open_items(me(), found)
    whole = {"batch": found.id, "title": found.title, "count": len(items), "sha256": found.zip_sha256}
    each = [
        ("scorecard.downloaded", {**item._asdict(), "language": found.language, "batch": found.id})
        for item in items
    ]
    record_all_apart(me(), now(), [("zip.downloaded", whole), *each])
    return stored_file(found.zip_sha256, found.zip_bytes, "application/zip", batches.file_name(found))
