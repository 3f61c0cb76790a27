"""One screen of the form: which questions, with what, and what the page's script needs to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from audit.checklists.published import Published
from audit.db import now
from audit.i18n import gettext as _
from audit.scoring import visit as scoring
from audit.security import me
from audit.visits import forms, outline, queries
from audit.visits.models import Photo, Visit
from audit.visits.outline import Progress, Question, Section


@dataclass
class Screen:
    """What the templates show; `answers` are all those of the visit, as scoring reads them."""

    visit: Visit
    known: Published
    form: forms.AnswerForm
    answers: Mapping[str, Any]
    states: Mapping[str, str]
    photos: Mapping[str, list[Photo]]
    parts: Mapping[str, Progress]
    sections: Sequence[Section]

    @property
    def total(self) -> Progress:
        """Progress over the whole form."""
        return outline.total(self.parts)

    def is_hidden(self, question: Question) -> bool:
        """Whether the skip logic hides the question for now."""
        return self.states[question["id"]] == "hidden"

    def shown_sections(self) -> list[Section]:
        """The sections with at least one question to see."""
        return [part for part in self.sections if not all(map(self.is_hidden, part.questions))]

    def config(self) -> dict[str, Any]:
        """What the script needs: addresses, rules of the skip logic, the other screens' answers, words."""
        visit_id = self.visit.id
        return {
            "person": me().id,
            "visit": visit_id,
            "api": url_for("home.index") + f"api/v1/visits/{visit_id}",
            "session": url_for(".api_session"),
            "photo": url_for(".index") + f"/{visit_id}/photos/",
            "signIn": url_for("security.login"),
            "zone": self.visit.branch.timezone,
            "serverTime": now().isoformat(),
            "questions": [_rule(question) for question in self.known.document["questions"]],
            "answers": self.answers,
            "words": _words(),
        }


def screen_of(visit: Visit, questions: Sequence[Question], form: forms.AnswerForm | None = None) -> Screen:
    """The screen with these questions as the visit stands now; `form` carries what was just posted."""
    known = queries.checklist_of(visit)
    rows, photos = queries.answers_of(visit), queries.photos_of(visit)
    by_question: dict[str, list[Photo]] = {}
    for photo in photos:
        by_question.setdefault(photo.question_id, []).append(photo)
    answers = queries.as_scored(rows, {name: len(found) for name, found in by_question.items()})
    return Screen(
        visit,
        known,
        form or forms.answer_form(questions, visit.branch.timezone, rows),
        answers,
        scoring.states(known.checklist, answers),
        by_question,
        outline.progress(known.document, answers, known.checklist),
        outline.sections(known.document),
    )


def _rule(question: Question) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": question["id"],
        "type": question["type"],
        "required": outline.is_required(question),
    }
    if "show_if" in question:
        rule["show_if"] = question["show_if"]
    if question.get("photo") == "on_loss":
        rule |= {"full": outline.full_values(question), "losing": outline.losing_options(question)}
    return rule


def _words() -> dict[str, str]:
    return {
        "saved": _("Saved at {time}"),
        "saving": _("Saving…"),
        "waiting": _("Not saved yet – trying again"),
        "refused": _("One answer could not be saved: see below"),
        "signedOut": _("Not saved: please sign in again"),
        "closed": _("Not saved: this visit is no longer open"),
        "restored": _("Restored from this phone"),
        "progress": _("{answered} of {of} answered"),
        "sending": _("Sending {percent} %"),
        "photoFailed": _("Not sent yet – trying again"),
        "photoSent": _("Photo saved"),
        "removeSure": _("Remove this photo?"),
        "remove": _("Remove photo"),
        "view": _("View photo"),
        "leave": _("A photo is still being sent."),
        "grouped": _("Write the number without separators for thousands, for example 1500."),
        "number": _("Write a number, for example 3 or 2.5."),
        "order": _("The end cannot be before the start: check both times."),
        "minutes": _("{minutes} min {seconds} s"),
    }
