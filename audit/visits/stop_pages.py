"""“Could not be done”: stopping with a reason."""

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
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

Page = Response | str | tuple[str, int]


@bp.route(f"{VISIT}/abort", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def abort(visit_id: int) -> Page:
    """Say what happened; a picture helps but is not asked for."""
    form = forms.AbortForm()
    if not form.is_submitted():
        visit = own(visit_id)
        if visit.state not in (State.ACCEPTED, State.IN_PROGRESS):
            return redirect(url_for(".brief", visit_id=visit_id), 303)
        return render_template("visits/abort.html", visit=visit, form=form)
    visit = own_locked(visit_id)
    if not form.validate() or not _keep_photos(visit, form):
        db.session.rollback()
        return render_template("visits/abort.html", visit=own(visit_id), form=form), 422
    at = now()
    if visit.state == State.ACCEPTED:
        services.start(visit, me(), at)
    services.abort(visit, me(), at, form.reason.data, clean(form.note.data))
    db.session.commit()
    flash(_("Recorded. Thank you for trying; it does not count against you."), "good")
    return redirect(url_for(".index"), 303)


def _keep_photos(visit: Visit, form: forms.AbortForm) -> bool:
    """Photos go with one question of the form; False when one is refused."""
    files = [file for file in form.photos.data or [] if getattr(file, "filename", "")]
    if not files or visit.state == State.ABORTED:
        return True
    question = stop_question(queries.checklist_of(visit))
    try:
        for file in files:
            data = file.stream.read(photos.MAX_BYTES + 1)
            evidence.add_photo(visit, me(), now(), uuid4(), question["id"], data, evidence.Taken())
    except (photos.PhotoRefused, Invalid) as refusal:
        form.photos.errors = [str(refusal.message)]
        return False
    return True
