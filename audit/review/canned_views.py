"""The pages of the ready notes."""

from flask import flash, redirect, render_template, url_for
from wtforms import BooleanField, TextAreaField

from audit.accounts.models import RoleName
from audit.db import db
from audit.errors import Invalid
from audit.fields import TextField, at_most, filled, show
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.review import canned
from audit.review.blueprint import Page, admin, agency, bp
from audit.review.layers import CannedNote
from audit.security import me

NOTES = "/review/notes"


class CannedForm(Form):
    """One ready note; both languages stand side by side."""

    title = TextField(_l("Title, which only the agency sees"), [filled, at_most(canned.LONGEST_TITLE)])
    vi = TextAreaField(_l("In Vietnamese"), [filled, at_most(canned.LONGEST_TEXT)])
    en = TextAreaField(_l("In English"), [filled, at_most(canned.LONGEST_TEXT)])
    active = BooleanField(_l("In use"), default=True)

    def read(self) -> canned.CannedData:
        """What was typed."""
        texts = (str(self.title.data), str(self.vi.data), str(self.en.data))
        return canned.CannedData(*texts, active=bool(self.active.data))


@bp.get(NOTES)
@agency
def canned_notes() -> Page:
    """All ready notes, both languages side by side."""
    found = canned.notes()
    in_use = sum(note.active for note in found)
    return render_template(
        "review/canned.html", notes=found, in_use=in_use, is_admin=me().has(RoleName.ADMIN)
    )


@bp.route(f"{NOTES}/new", methods=["GET", "POST"])
@admin
def canned_new() -> Page:
    """A new ready note."""
    return _edit(CannedNote(), CannedForm())


@bp.route(f"{NOTES}/<int:note_id>", methods=["GET", "POST"])
@admin
def canned_edit(note_id: int) -> Page:
    """Change a ready note, or take it out of use; notes already sent stay as they are."""
    found = canned.note_for(me(), note_id)
    return _edit(found, CannedForm(obj=found))


def _edit(note: CannedNote, form: CannedForm) -> Page:
    title = note.title
    if form.validate_on_submit():
        try:
            canned.save(note, form.read(), me())
            db.session.commit()
            flash(_("Saved."), "good")
            return redirect(url_for(".canned_notes"), 303)
        except Invalid as refusal:
            show(form, refusal)
    page = render_template("review/canned_form.html", form=form, title=title)
    return page, 422 if form.errors else 200
