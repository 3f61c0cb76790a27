"""What the pages of corrections and redactions send."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in the stubs yet

from audit.fields import TextField
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.visits.covering import Area
from audit.visits.forms import AnswerField, answer_form
from audit.visits.models import Answer

_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?", re.ASCII)
SIDES = ("left", "top", "width", "height")
SPARE_ROWS = 3


class CorrectForm(Form):
    """Why an answer is corrected; the new answer comes beside it, in the inputs of its question."""

    reason = TextAreaField(_l("Reason, which the shopper reads"))


class SettleForm(Form):
    """A second editor's yes or no."""

    answer = RadioField(
        _l("Is the corrected answer right?"),
        choices=[
            SelectChoice("yes", _l("Yes, the corrected answer counts")),
            SelectChoice("no", _l("No, the shopper's answer stays")),
        ],
    )
    note = TextAreaField(_l("Why not? Needed for a no."))


class RedactTextForm(Form):
    """What the client reads instead, and why."""

    part = HiddenField()
    text = TextAreaField(_l("What the client reads"))
    reason = TextField(_l("Why it is covered"))


class RedactPhotoForm(Form):
    """Whether the photo is kept back, and why; the areas come beside it."""

    withheld = BooleanField(_l("Keep the whole photo back: the client does not get it"))
    reason = TextField(_l("Why it is covered (not needed)"))


@dataclass
class AreaRows:
    """The areas as typed, in percent of the photo, four texts a row; with what is wrong with them."""

    rows: list[list[str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    problem: str = ""

    def padded(self) -> list[list[str]]:
        """With empty rows for those who type."""
        return [*self.rows, *([""] * len(SIDES) for _row in range(SPARE_ROWS))]


@dataclass
class Replies:
    """What the shopper says to the corrections that wait, by their id."""

    answers: Mapping[int, str] = field(default_factory=dict)  # "yes" or "no"
    notes: Mapping[int, str] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)


def answer_field(question: Mapping[str, Any], zone: str, given: Mapping[str, Any]) -> AnswerField:
    """The inputs of one question, filled with the answer that counts, or with what was just posted."""
    kept = Answer(question_id=question["id"], value=given.get("value"), na="na" in given, comment="")
    form = answer_form([question], zone, {question["id"]: kept})
    form.validate()
    (found,) = form.answers()
    return found


def new_answer(found: AnswerField) -> dict[str, Any]:
    """The answer in those inputs as a correction takes it; empty where none is given."""
    if found.entry.na:
        return {"na": True}
    return {} if found.entry.value is None else {"value": found.entry.value}


def shown_rows(areas: Iterable[Iterable[float]]) -> AreaRows:
    """Rows for areas that are kept."""
    return AreaRows([[f"{float(side) * 100:.2f}".rstrip("0").rstrip(".") for side in one] for one in areas])


def typed_rows() -> AreaRows:
    """The rows of the posted page; rows without anything are left out."""
    columns = [request.form.getlist(side) for side in SIDES]
    typed = [[text.strip() for text in row] for row in zip(*columns, strict=False)]
    found = AreaRows([row for row in typed if any(row)])
    for row in found.rows:
        parts = [_percent(text) for text in row]
        known = [part for part in parts if part is not None]
        if len(known) < len(SIDES):
            found.problem = _("Write each area as four numbers from 0 to 100.")
        else:
            found.areas.append((known[0], known[1], known[2], known[3]))
    return found


def _percent(text: str) -> float | None:
    match = _PERCENT.fullmatch(text)
    return None if match is None else float(f"{match[1]}.{match[2] or 0}") / 100


def typed_replies() -> Replies:
    """The shopper's yes and no by correction, as posted."""
    answers, notes = {}, {}
    for name, text in request.form.items():
        kind, _colon, number = name.partition(":")
        if number.isdecimal() and len(number) < 10:
            if kind == "answer" and text in ("yes", "no"):
                answers[int(number)] = text
            elif kind == "note":
                notes[int(number)] = text
    return Replies(answers, notes)
