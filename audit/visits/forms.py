"""The shopper's forms: terms, stopping, submitting, and the form that a version document becomes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import DateTimeLocalField, Field, HiddenField, MultipleFileField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in the stubs yet
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from audit.forms import Form
from audit.i18n import lazy_gettext as _
from audit.i18n import text_of
from audit.visits import values
from audit.visits.answering import Given
from audit.visits.lifecycle import AbortReason
from audit.visits.models import Answer
from audit.visits.outline import Question
from audit.visits.values import Entry, Typed

ABORT_REASONS = [
    SelectChoice(AbortReason.CLOSED.value, _("The place is closed")),
    SelectChoice(AbortReason.MOVED.value, _("The place has moved or is not there")),
    SelectChoice(AbortReason.ASKED_TO_LEAVE.value, _("I was asked to leave")),
    SelectChoice(AbortReason.RECOGNISED.value, _("I was recognised")),
    SelectChoice(AbortReason.UNSAFE.value, _("It is not safe here")),
]


class AcceptForm(Form):
    """The conflict question; the terms as they were shown come back with it."""

    conflict = RadioField(
        _("Do you or does somebody close to you work here, now or in the past?"),
        choices=[SelectChoice("no", _("No")), SelectChoice("yes", _("Yes"))],
        validators=[InputRequired(_("Answer this question first."))],
    )
    terms_seen = HiddenField()


class AbortForm(Form):
    """Why it could not be done, in a word and a note, with a picture if there is one."""

    reason = RadioField(
        _("What happened?"),
        choices=ABORT_REASONS,
        validators=[InputRequired(_("Choose what happened."))],
    )
    note = TextAreaField(
        _("What should we know about it?"),
        validators=[
            Length(max=2000, message=_("This text is longer than 2000 characters. Shorten it.")),
        ],
    )
    photos = MultipleFileField(_("Photo, if you can take one"))


class SubmitForm(Form):
    """The last step: the id that makes two taps one submission, and when the shopper was there."""

    submission_id = HiddenField()
    visited_at = DateTimeLocalField(
        _("When did you arrive?"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
    )

    def validate_submission_id(self, field: HiddenField) -> None:
        """It must be one of the ids that this page hands out."""
        try:
            UUID(str(field.data))
        except ValueError:
            raise ValidationError(_("This page was not complete. Reload it and submit again.")) from None


class AnswerField(Field):
    """One question of the checklist with its inputs: value, N/A, comment, photos."""

    def __init__(self, question: Question, zone: str, **kwargs: Any) -> None:
        super().__init__(label=text_of(question.get("text")), **kwargs)
        self.question = question
        self.zone = zone
        self.entry = Entry()
        self.kept = Entry()
        self.typed = Typed()
        self.is_posted = False
        self.files: list[FileStorage] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """The kept answer (an Answer row) and over it what was posted, if the question was on the page."""
        del extra_filters
        self.process_errors = []
        self.errors = ()
        if isinstance(data, Answer):
            self.kept = Entry(data.value, data.na, data.comment)
        self.entry, self.typed = self.kept, values.shown(self.question, self.kept, self.zone)
        # A question that was hidden or not on the page at all sends nothing, not even an empty comment.
        self.is_posted = formdata is not None and any(
            f"{self.name}{suffix}" in formdata for suffix in ("", "-comment", "-start")
        )
        if self.is_posted:
            self._read(formdata)

    def _read(self, formdata: MultiDict[str, Any]) -> None:
        self.entry, self.typed = values.read(self.question, self.name, formdata, self.zone)
        self.files = [
            one
            for one in formdata.getlist(f"{self.name}-photo")
            if isinstance(one, FileStorage) and one.filename
        ]
        if self.typed.problem:
            self.process_errors = [self.typed.problem]

    @property
    def is_changed(self) -> bool:
        """Whether the post says something else than what is kept."""
        return self.is_posted and not self.process_errors and self.entry != self.kept

    def refuse(self, message: str) -> None:
        """Show a refusal of the service at this question."""
        self.errors = (*self.errors, message)


class AnswerForm(Form):
    """All questions of one screen; made by `answer_form`."""

    def answers(self) -> Iterator[AnswerField]:
        """The questions in form order."""
        return (field for field in self if isinstance(field, AnswerField))

    def given(self, at: datetime) -> list[Given]:
        """What changed and fits, as the service takes it."""
        return [
            Given(field.question["id"], field.entry.value, field.entry.na, field.entry.comment, at)
            for field in self.answers()
            if field.is_changed
        ]

    def of(self, question_id: str) -> AnswerField | None:
        """The field of a question."""
        return next((field for field in self.answers() if field.question["id"] == question_id), None)


def field_name(question_id: str) -> str:
    """The name of a question's inputs, and its anchor on the page."""
    return f"q-{question_id}"


def answer_form(
    questions: Sequence[Question], zone: str, kept: Mapping[str, Answer], **kwargs: Any
) -> AnswerForm:
    """A form for these questions of a version document, filled with the answers kept so far."""
    fields: dict[str, Callable[..., Any]] = {field_name(q["id"]): _unbound(q, zone) for q in questions}
    form_class = type("QuestionsForm", (AnswerForm,), fields)
    data = {field_name(name): answer for name, answer in kept.items()}
    form: AnswerForm = form_class(data=data, **kwargs)
    return form


def _unbound(question: Question, zone: str) -> Any:
    return AnswerField(question, zone)
