"""The page of one visit, also with what was typed and refused: a refusal loses nothing."""

from flask import render_template, request

from audit.accounts import agency
from audit.accounts.models import RoleName
from audit.db import db
from audit.errors import AuditError, Invalid
from audit.fields import show
from audit.review import canned, claims, forms, words
from audit.review.history import past_of
from audit.review.page import page_of
from audit.security import me
from audit.visits import queries as visits


def show_visit(
    visit_id: int, notes: forms.Notes | None = None, rejection: forms.RejectForm | None = None
) -> str:
    """The page as it stands, with notes and reason as typed."""
    found = visits.visit_for(me(), visit_id)
    page = page_of(found)
    editors = agency.editors()
    return render_template(
        "review/visit.html",
        page=page,
        visit=found,
        notes=notes or forms.Notes(),
        rejection=rejection or forms.typed_rejection() or forms.RejectForm(formdata=None),
        typed=request.form,
        kept=forms.kept(),
        words=words,
        past=past_of(found),
        story=claims.story_of(found),
        canned=canned.notes(active_only=True) if page.is_open else (),
        canned_texts=canned.texts_for(found.shopper) if page.is_open else {},
        editors=editors if page.is_open else (),
        names={person.id: person.name for person in editors},
        mine=found.claimed_by_id == me().id,
        own=found.shopper_id == me().id,
        is_admin=me().has(RoleName.ADMIN),
    )


def show_refused(
    visit_id: int,
    refusal: AuditError,
    notes: forms.Notes | None = None,
    rejection: forms.RejectForm | None = None,
) -> tuple[str, int]:
    """What happened instead, above the page as it stands now, with what was typed; rolls back.

    What is wrong with a `rejection` stands at its fields.
    """
    db.session.rollback()
    typed, details = notes.typed if notes else {}, refusal.details
    if rejection is not None and isinstance(refusal, Invalid):
        show(rejection, refusal)
        return show_visit(visit_id, forms.Notes(typed), rejection), refusal.status
    problems, field = details.get("notes", {}), str(details.get("field", ""))
    shown = forms.Notes(typed, problems, str(refusal.message), field, details.get("alarm"))
    return show_visit(visit_id, shown, rejection), refusal.status
