"""What an editor decides about a visit: back to the shopper, approved, rejected; then on to the next one."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.i18n import ngettext, number
from audit.review import canned, forms, queue_taking, services
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.flags.job import ensure
from audit.review.showing import show_refused
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
    is_repeated = found.state == State.APPROVED
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
    return _to(queue_taking.taken_last(me())) if is_repeated else _next(visit_id)


@bp.post(f"{VISIT}/reject")
@agency
def reject(visit_id: int) -> Page:
    """Reject for good. Notes that were typed must not get lost on the way."""
    notes, form = notes_for(visit_id), forms.RejectForm()
    if notes.given:
        message = _("You have written notes: return the visit with them, or delete them to reject it.")
        return show_refused(visit_id, Invalid(message), notes)
    found = visits.locked_visit_for(me(), visit_id)
    fraud = bool(form.fraud.data)
    try:
        services.reject(found, me(), now(), form.reason.data or "", fraud=fraud, seen=forms.seen_round())
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal, notes, form)
    db.session.commit()
    flash(_("Rejected. The shopper sees the reason."), "good")
    return _next(visit_id)


@bp.post("/review/next")
@agency
def take_next() -> Page:
    """Take the first visit that waits in this part of the queue."""
    return _next(0)


def _next(visit_id: int) -> Response:
    """On to the next visit of this part of the queue that nobody else has: it is this editor's from now on."""
    wanted, _page_number = forms.queue_filter()
    following = queue_taking.take_next(me(), wanted, visit_id, now())
    db.session.commit()
    if following is None and not visit_id:
        flash(_("Nothing that waits here is free to take."), "good")
    return _to(following)


def _to(visit_id: int | None) -> Response:
    """To this visit, or back to the queue."""
    if visit_id is None:
        return redirect(url_for(".queue", **forms.kept()), 303)
    return redirect(url_for(".visit", visit_id=visit_id, **forms.kept()), 303)
