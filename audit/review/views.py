"""The editor's desk: the queue, one visit, what is decided about it; the admin's release."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Invalid, NotFound
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import ngettext, number
from audit.review import forms, queries, release, release_tasks, services, words
from audit.review.blueprint import VISIT, Page, admin, agency, bp
from audit.review.page import page_of
from audit.security import me
from audit.storage import NotStored
from audit.visits import evidence
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.photos import PhotoRefused
from audit.waves.queries import wave_for

SIZES = ("screen", "grid")
ONE_DAY = 86_400
TASKS = (release_tasks.EACH_MINUTE, release_tasks.ONE_WAVE)  # imported for their registration

bp.add_app_template_global(release.release_summary)


@bp.get("/review")
@agency
def queue() -> Page:
    """What waits for an editor, the longest waiting first."""
    wanted, page = forms.queue_filter()
    rows, total, late = queries.queue_page(me(), wanted, page, now())
    return render_template(
        "review/queue.html",
        rows=rows,
        total=total,
        late=late,
        wanted=wanted,
        page=page,
        pages=-(-total // queries.PAGE),
        states=queries.STATES,
        clients=queries.filter_clients(me()),
        waves=queries.filter_waves(me(), wanted.client_id),
        waited=words.waited,
    )


@bp.get(VISIT)
@agency
def visit(visit_id: int) -> Page:
    """One visit: answers beside their photos, what each loses, what was asked before."""
    return _page(visit_id)


def _page(visit_id: int, notes: forms.Notes | None = None, rejection: forms.RejectForm | None = None) -> str:
    found = visits.visit_for(me(), visit_id)
    return render_template(
        "review/visit.html",
        page=page_of(found),
        visit=found,
        notes=notes or forms.Notes(),
        rejection=rejection or forms.RejectForm(formdata=None),
        kept=_kept(),
        words=words,
        is_admin=me().has(RoleName.ADMIN),
    )


def _kept() -> dict[str, Any]:
    """The part of the queue that the editor works through, carried from page to page."""
    return {name: request.args[name] for name in ("client", "wave") if request.args.get(name)}


@bp.post(f"{VISIT}/return")
@agency
def send_back(visit_id: int) -> Page:
    """Return with notes; refused ones stay on the page."""
    notes = forms.typed_notes()
    found = visits.locked_visit_for(me(), visit_id)
    try:
        services.send_back(found, me(), now(), notes.typed, seen=forms.seen_round())
    except Invalid as refusal:
        db.session.rollback()
        problems = refusal.details["notes"]
        return _page(visit_id, forms.Notes(notes.typed, problems, str(refusal.message))), 422
    db.session.commit()
    count = len(notes.given)
    flash(ngettext("Returned with %(num)s note.", "Returned with %(num)s notes.", count), "good")
    return _next(visit_id)


@bp.post(f"{VISIT}/approve")
@agency
def approve(visit_id: int) -> Page:
    """Approve; the score is made now. Notes that were typed must not get lost on the way."""
    notes = forms.typed_notes()
    if notes.given:
        message = _("You have written notes: return the visit with them, or delete them to approve it.")
        return _page(visit_id, forms.Notes(notes.typed, {}, message)), 422
    if visits.visit_for(me(), visit_id).state == State.SUBMITTED:
        # Copies of photos that the job has not got to; it commits by itself, so it comes before the lock.
        evidence.prepare(visit_id)
    found = visits.locked_visit_for(me(), visit_id)
    card = services.approve(found, me(), now(), seen=forms.seen_round())
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
    try:
        services.reject(
            found, me(), now(), form.reason.data or "", fraud=bool(form.fraud.data), seen=forms.seen_round()
        )
    except Invalid as refusal:
        db.session.rollback()
        show(form, refusal)
        return _page(visit_id, rejection=form), 422
    db.session.commit()
    flash(_("Rejected. The shopper sees the reason."), "good")
    return _next(visit_id)


def _next(visit_id: int) -> BaseResponse:
    """On to the next visit that waits in this part of the queue."""
    wanted, _page_number = forms.queue_filter()
    following = queries.next_waiting(me(), wanted, visit_id)
    if following is None:
        return redirect(url_for(".queue", **_kept()), 303)
    return redirect(url_for(".visit", visit_id=following, **_kept()), 303)


@bp.post(f"{VISIT}/release")
@admin
def release_one(visit_id: int) -> Page:
    """Release one approved visit to the client."""
    found = visits.locked_visit_for(me(), visit_id)
    card = release.release(found, me(), now())
    db.session.commit()
    flash(_("%(number)s is released. Its PDF is being made.", number=card.number), "good")
    return redirect(url_for(".visit", visit_id=visit_id), 303)


@bp.post("/waves/<int(max=2147483647):wave_id>/release")
@admin
def release_wave(wave_id: int) -> Page:
    """Release everything of a wave that is approved."""
    wave = wave_for(me(), wave_id)
    count = release.release_wave(wave, me(), now())
    db.session.commit()
    flash(
        ngettext(
            "%(num)s scorecard is released. Its PDF is being made.",
            "%(num)s scorecards are released. Their PDFs are being made.",
            count,
        ),
        "good",
    )
    return redirect(url_for("planning.wave", wave_id=wave_id), 303)


@bp.get(f"{VISIT}/photos/<uuid:photo_id>/<size>")
@agency
def photo(visit_id: int, photo_id: UUID, size: str) -> BaseResponse:
    """A clean copy: `screen` or `grid`. Kept by this person's browser only."""
    found = visits.photo_for(me(), photo_id)
    if size not in SIZES or found.visit_id != visit_id:
        raise NotFound(_("There is no such photo, or it is not yours."))
    try:
        copy = evidence.copy_of(found, size)
    except (PhotoRefused, NotStored):
        raise NotFound(_("This photo cannot be shown.")) from None
    answer = Response(copy, mimetype="image/jpeg")
    answer.cache_control.private = True
    answer.cache_control.max_age = ONE_DAY
    answer.set_etag(f"{found.sha256[:20]}-{size}")
    return answer.make_conditional(request)
