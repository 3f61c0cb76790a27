"""What an editor decides about a visit: back to the shopper, approved, rejected; then on to the next one."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import ngettext, number
from audit.review import canned, forms, queue, services
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.flags.job import ensure
from audit.review.showing import show_refused, show_visit
from audit.security import me
from audit.visits import evidence
from audit.visits import queries as visits
from audit.visits.lifecycle import State


def notes_for(visit_id: int) -> forms.Notes:
    """What was typed, with the ready notes that were chosen, in the shopper's language."""
    chosen = any(name.startswith(forms.CANNED) and text for name, text in request.form.items())
    ready = canned.texts_for(visits.visit_for(me(), visit_id).shopper) if chosen else {}
    return forms.typed_notes(ready)


@bp.post(f"{VISIT}/return")
@agency
def send_back(visit_id: int) -> Page:
    """Return with notes; refused ones stay on the page."""
    notes = notes_for(visit_id)
    found = visits.locked_visit_for(me(), visit_id)
    try:
        services.send_back(found, me(), now(), notes.typed, seen=forms.seen_round())
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal, notes)
    db.session.commit()
    count = len(notes.given)
    flash(ngettext("Returned with %(num)s note.", "Returned with %(num)s notes.", count), "good")
    return _next(visit_id)


@bp.post(f"{VISIT}/approve")
@agency
def approve(visit_id: int) -> Page:
    """Approve; the score is made now. Notes that were typed must not get lost on the way."""
    notes = notes_for(visit_id)
    if notes.given:
        message = _("You have written notes: return the visit with them, or delete them to approve it.")
        return show_refused(visit_id, Invalid(message), notes)
    if visits.visit_for(me(), visit_id).state == State.SUBMITTED:
        # What the jobs have not got to; they commit by themselves, so they come before the lock.
        evidence.prepare(visit_id)
        ensure(visit_id)
    found = visits.locked_visit_for(me(), visit_id)
    try:
        note = request.form.get("flag_note", "")
        card = services.approve(found, me(), now(), seen=forms.seen_round(), flag_note=note)
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal, notes)
    db.session.commit()
    if card.overall is None:
        flash(_("Approved as %(number)s, without a score.", number=card.number), "good")
    else:
        shown = number(card.result["overall"])
        flash(_("Approved as %(number)s: %(score)s points.", number=card.number, score=shown), "good")
    return _next(visit_id)


@bp.post(f"{VISIT}/reject")
@agency
def reject(visit_id: int) -> Page:
    """Reject for good."""
    form = forms.RejectForm()
    found = visits.locked_visit_for(me(), visit_id)
    fraud = bool(form.fraud.data)
    try:
        services.reject(found, me(), now(), form.reason.data or "", fraud=fraud, seen=forms.seen_round())
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        show(form, refusal)
        message = str(refusal.message) if isinstance(refusal, Conflict) else ""
        return show_visit(visit_id, forms.Notes(message=message), form), refusal.status
    db.session.commit()
    flash(_("Rejected. The shopper sees the reason."), "good")
    return _next(visit_id)


def _next(visit_id: int) -> Response:
    """On to the next visit that waits in this part of the queue and that nobody else has."""
    wanted, _page_number = forms.queue_filter()
    following = queue.next_waiting(me(), wanted, visit_id, now())
    if following is None:
        return redirect(url_for(".queue", **forms.kept()), 303)
    return redirect(url_for(".visit", visit_id=following, **forms.kept()), 303)
