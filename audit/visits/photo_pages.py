"""Photos as files, and the question before one is removed."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.security import allow, me
from audit.visits import evidence, forms, outline, queries
from audit.visits.answering import OPEN
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Visit
from audit.visits.pictures import picture

SIZES = ("screen", "grid")


@bp.get(f"{VISIT}/photos/<uuid:photo_id>/<size>")
@allow(RoleName.SHOPPER, RoleName.EDITOR, RoleName.ADMIN)
def photo(visit_id: int, photo_id: UUID, size: str) -> BaseResponse:
    """A clean copy: `screen` or `grid`. Kept by this person's browser, which asks each time."""
    found = queries.photo_for(me(), photo_id)
    if size not in SIZES or found.visit_id != visit_id:
        raise NotFound(_("There is no such photo, or it is not yours."))
    return picture(evidence.copy_of(found, size))


@bp.route(f"{VISIT}/photos/<uuid:photo_id>/remove", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def remove_photo(visit_id: int, photo_id: UUID) -> BaseResponse | str:
    """Ask once, then take it back."""
    is_post = request.method == "POST"
    visit = own_locked(visit_id) if is_post else own(visit_id)
    found = _of(visit, photo_id)
    back = _question_page(visit, found)
    if not is_post:
        if visit.state not in OPEN or found.removed_at is not None:
            return redirect(back, 303)
        return render_template("visits/remove_photo.html", visit=visit, photo=found, back=back)
    evidence.remove_photo(visit, me(), now(), photo_id)
    db.session.commit()
    flash(_("Photo removed."), "good")
    return redirect(back, 303)


def _of(visit: Visit, photo_id: UUID) -> Photo:
    found = queries.photo_for(me(), photo_id)
    if found.visit_id != visit.id:
        raise NotFound(_("There is no such photo, or it is not yours."))
    return found


def _question_page(visit: Visit, found: Photo) -> str:
    """The screen on which the photo's question stands."""
    anchor = forms.field_name(found.question_id)
    if visit.state == State.RETURNED:
        return url_for(".correct", visit_id=visit.id, _anchor=anchor)
    section = outline.section_of(queries.checklist_of(visit).document, found.question_id)
    return url_for(".section", visit_id=visit.id, section=section, _anchor=anchor)
