"""Ready notes: what editors write often, in both languages. Admins keep them, editors put them to questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from audit.accounts.models import Person, RoleName
from audit.branches.saving import invalid, saving
from audit.db import db
from audit.errors import Forbidden, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review.layers import CannedNote

LONGEST_TITLE = 80
LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class CannedData:
    """A ready note as typed."""

    title: str
    vi: str
    en: str
    active: bool = True


def notes(*, active_only: bool = False) -> Sequence[CannedNote]:
    """The ready notes by title, those in use first."""
    query = select(CannedNote).order_by(CannedNote.active.desc(), CannedNote.title, CannedNote.id)
    if active_only:
        query = query.where(CannedNote.active)
    return db.session.scalars(query).all()


def texts_for(shopper: Person | None) -> dict[str, str]:
    """The texts of those in use by their numbers, in the language of who will read them."""
    is_english = shopper is not None and shopper.language == "en"
    return {str(note.id): note.en if is_english else note.vi for note in notes(active_only=True)}


def note_for(person: Person, note_id: int) -> CannedNote:
    """One ready note for the agency; NotFound otherwise."""
    found = db.session.get(CannedNote, note_id) if person.is_agency else None
    if found is None:
        raise NotFound(_("There is no such note."))
    return found


def save(note: CannedNote, data: CannedData, by: Person) -> CannedNote:
    """Make or change a ready note; Forbidden for all but admins, Invalid names the field."""
    if not by.has(RoleName.ADMIN):
        raise Forbidden(_("Admins keep the ready notes."))
    given = {"title": clean(data.title), "vi": clean(data.vi), "en": clean(data.en)}
    for name, text in given.items():
        most = LONGEST_TITLE if name == "title" else LONGEST_TEXT
        if not text:
            raise invalid(name, _("This must be filled in."))
        if len(text) > most:
            raise invalid(name, _("At most %(length)s characters.", length=most))
    taken = _("Another ready note already has this title.")
    with saving({"uq_canned_note_title": ("title", taken)}):
        note.title, note.vi, note.en, note.active = given["title"], given["vi"], given["en"], data.active
        db.session.add(note)
    return note
