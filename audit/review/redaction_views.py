"""Pages of redactions: words that the client reads instead, areas of a photo that nobody recognises."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for

from audit.db import db, now
from audit.errors import Conflict, Invalid, NotFound
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import text_of
from audit.review import corrections, redaction
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.corrected import photo_redactions, text_covers
from audit.review.correction_forms import (
    AreaRows,
    RedactPhotoForm,
    RedactTextForm,
    shown_rows,
    typed_rows,
)
from audit.review.correction_views import QUESTION, question_at
from audit.security import me
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Visit

PHOTO = f"{VISIT}/photos/<uuid:photo_id>"
SIZES = ("screen", "grid")


@bp.route(f"{QUESTION}/redact", methods=["GET", "POST"])
@agency
def redact(visit_id: int, place: int) -> Page:
    """What the client reads of the words at one question."""
    if request.method == "GET":
        return _text_page(visits.visit_for(me(), visit_id), place, None)
    visit, form = visits.locked_visit_for(me(), visit_id), RedactTextForm()
    question, part = question_at(visit, place), form.part.data or ""
    text, reason = form.text.data or "", form.reason.data or ""
    try:
        redaction.redact_text(visit, question["id"], part, text, reason, me(), now())
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        show(form, refusal)
        return _text_page(visits.visit_for(me(), visit_id), place, form), refusal.status
    released = visit.state == State.RELEASED
    db.session.commit()
    _say(released)
    return redirect(url_for(".visit", visit_id=visit_id, _anchor=f"q-{place}"), 303)


def _text_page(visit: Visit, place: int, posted: RedactTextForm | None) -> str:
    question, submission = question_at(visit, place), corrections.submission_of(visit)
    written = redaction.texts_of(visit, submission, question["id"])
    if not written:
        raise NotFound(_("The shopper wrote nothing here."))
    covers = text_covers(visit, submission)
    parts = []
    for part, text in written.items():
        before = covers.counting.get((question["id"], part))
        kept = {
            "part": part,
            "text": before.text if before else text,
            "reason": before.reason if before else "",
        }
        is_posted = posted is not None and posted.part.data == part
        form = posted if is_posted else RedactTextForm(formdata=None, data=kept)
        parts.append((part, text, form, before, covers.void.get((question["id"], part))))
    return render_template(
        "review/redact.html",
        visit=visit,
        number=place,
        text=text_of(question.get("text")) or question["id"],
        parts=parts,
    )


@bp.route(f"{PHOTO}/redact", methods=["GET", "POST"])
@agency
def redact_photo(visit_id: int, photo_id: UUID) -> Page:
    """Draw what nobody may recognise on one photo."""
    if request.method == "GET":
        return _photo_page(visits.visit_for(me(), visit_id), photo_id, None, None)
    visit, form, rows = visits.locked_visit_for(me(), visit_id), RedactPhotoForm(), typed_rows()
    withheld, reason = bool(form.withheld.data), form.reason.data or ""
    try:
        if rows.problem:
            raise Invalid(rows.problem, field="areas")
        redaction.redact_photo(visit, photo_id, rows.areas, me(), now(), withheld=withheld, reason=reason)
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        show(form, refusal)
        return _photo_page(visits.visit_for(me(), visit_id), photo_id, form, rows), refusal.status
    released = visit.state == State.RELEASED
    db.session.commit()
    _say(released)
    return redirect(url_for(".redact_photo", visit_id=visit_id, photo_id=photo_id), 303)


def _photo_page(visit: Visit, photo_id: UUID, form: RedactPhotoForm | None, rows: AreaRows | None) -> str:
    photo = redaction.photo_of(visit, corrections.submission_of(visit), photo_id)
    if photo.state == "unreadable":
        raise NotFound(_("This photo cannot be shown."))
    before = photo_redactions(visit).get(str(photo_id))
    kept = {"withheld": before.is_withheld, "reason": before.reason} if before else {}
    return render_template(
        "review/redact_photo.html",
        visit=visit,
        photo=photo,
        number=visits.checklist_of(visit).order[photo.question_id] + 1,
        before=before,
        form=form or RedactPhotoForm(formdata=None, data=kept),
        rows=rows or shown_rows(before.areas if before else ()),
        most=redaction.MOST_AREAS,
    )


@bp.get(f"{PHOTO}/redacted/<size>")
@agency
def redacted_photo(visit_id: int, photo_id: UUID, size: str) -> Response:
    """The covered copy as the client gets it."""
    visit = visits.visit_for(me(), visit_id)
    if size not in SIZES:
        raise NotFound(_("There is no such photo, or it is not yours."))
    return Response(redaction.redacted_copy(visit, photo_id, size), mimetype="image/jpeg")


def _say(released: bool) -> None:
    if released:
        flash(
            _("Kept. The scorecard that was released stays as it is; a later version of it is covered."),
            "good",
        )
    else:
        flash(_("Covered. The client gets it like this."), "good")
