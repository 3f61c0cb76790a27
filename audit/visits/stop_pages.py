"""“Could not be done”: stopping with a reason."""

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.security import allow, me
from audit.visits import evidence, forms, photos, queries, services
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.visits.screen import stop_question
from audit.visits.sealing import seal, unseal

Page = Response | str | tuple[str, int]
MOST = 20  # photos of one form


@bp.route(f"{VISIT}/abort", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def abort(visit_id: int) -> Page:
    """Say what happened; a picture helps but is not asked for. Good ones survive a refusal of the rest."""
    form = forms.AbortForm()
    if not form.is_submitted():
        visit = own(visit_id)
        if visit.state not in (State.ACCEPTED, State.IN_PROGRESS):
            return redirect(url_for(".brief", visit_id=visit_id), 303)
        return _page(visit, form, [])
    own(visit_id)  # before anything is kept: whose visit it is
    kept, refusals = _taken_in(visit_id, form)
    visit = own_locked(visit_id)
    if not form.validate() or refusals or not _add_photos(visit, form, kept):
        db.session.rollback()
        form.photos.errors = [*form.photos.errors, *refusals]
        return _page(own(visit_id), form, kept), 422
    at = now()
    if visit.state == State.ACCEPTED:
        services.start(visit, me(), at)
    services.abort(visit, me(), at, form.reason.data, clean(form.note.data))
    db.session.commit()
    flash(_("Recorded. Thank you for trying; it does not count against you."), "good")
    return redirect(url_for(".index"), 303)


def _page(visit: Visit, form: forms.AbortForm, kept: list[str]) -> str:
    sealed = [seal([key], _about(visit.id)) for key in kept]
    return render_template("visits/abort.html", visit=visit, form=form, kept=sealed)


def _about(visit_id: int) -> str:
    return f"abort:{visit_id}:{me().id}"


def _taken_in(visit_id: int, form: forms.AbortForm) -> tuple[list[str], list[str]]:
    """Storage keys of the photos that came with this form or an earlier try, and what was refused, in words."""
    earlier = (unseal(text, _about(visit_id)) for text in request.form.getlist("kept"))
    # A day later the sweep has cleared away what belongs to nothing.
    kept = [key for keys in earlier for key in keys if evidence.storage().exists(key)]
    refusals = []
    for file in form.photos.data or []:
        if not getattr(file, "filename", ""):
            continue
        data = file.stream.read(photos.MAX_BYTES + 1)
        try:
            photos.look(data)
        except photos.PhotoRefused as refusal:
            refusals.append(f"{file.filename}: {refusal.message}")
        else:
            kept.append(evidence.storage().put(data))
    return list(dict.fromkeys(kept))[:MOST], refusals


def _add_photos(visit: Visit, form: forms.AbortForm, kept: list[str]) -> bool:
    """Photos go with one question of the form; False when one is refused."""
    if not kept or visit.state == State.ABORTED:
        return True
    question = stop_question(queries.checklist_of(visit))
    try:
        for key in kept:
            data = evidence.storage().read(key)
            evidence.add_photo(visit, me(), now(), uuid4(), question["id"], data, evidence.Taken())
    except (photos.PhotoRefused, Invalid) as refusal:
        form.photos.errors = [str(refusal.message)]
        return False
    return True
