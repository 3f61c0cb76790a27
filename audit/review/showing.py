"""The page of one visit, also with what was typed and refused: a refusal loses nothing."""

from flask import render_template, request

from audit.accounts import agency
from audit.accounts.models import RoleName
from audit.db import db
from audit.errors import AuditError
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
        rejection=rejection or forms.RejectForm(formdata=None),
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
        is_admin=me().has(RoleName.ADMIN),
    )


def show_refused(visit_id: int, refusal: AuditError, notes: forms.Notes | None = None) -> tuple[str, int]:
    """What happened instead, above the page as it stands now, with what was typed; rolls back."""
    db.session.rollback()
    typed = notes.typed if notes else {}
    problems, field = refusal.details.get("notes", {}), str(refusal.details.get("field", ""))
    alarm = refusal.details.get("alarm")
    shown = forms.Notes(typed, problems, str(refusal.message), field, alarm)
    return show_visit(visit_id, shown), refusal.status
