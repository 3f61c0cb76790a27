"""The form's pages: one screen of it as it stands, and all of it empty for the script to fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from audit.checklists.published import Published
from audit.db import now
from audit.scoring import visit as scoring
from audit.security import me
from audit.visits import forms, outline, queries
from audit.visits.models import Photo, Visit
from audit.visits.outline import Progress, Question, Section
from audit.visits.phrases import phrases

PROTOCOL = 1  # of docs/offline.md


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


@dataclass
class Part:
    """One section of the whole form with the questions of it that may be answered."""

    section: Section
    fields: Sequence[forms.AnswerField]


@dataclass
class Sheet:
    """The whole form on one page, without a single answer: the same for every reading of one version."""

    visit: Visit
    known: Published
    form: forms.AnswerForm
    parts: Sequence[Part]
    notes: Mapping[str, str]
    states: Mapping[str, str]
    photos: Mapping[str, list[Photo]]  # empty: the script shows them

    def is_hidden(self, question: Question) -> bool:
        """Whether the skip logic hides the question as long as nothing is answered."""
        return self.states[question["id"]] == "hidden"

    @property
    def stop_question(self) -> str:
        """The question that photos of “could not be done” are kept with."""
        return str(stop_question(self.known)["id"])

    def config(self) -> dict[str, Any]:
        """What the scripts need: addresses, rules, what the server has, words."""
        visit = self.visit
        return {
            "person": me().id,
            "visit": visit.id,
            "title": visit.branch.name,
            "client": PROTOCOL,
            "version": visit.version.sha256,
            "state": visit.state,
            "round": visit.round,
            "zone": visit.branch.timezone,
            "serverTime": now().isoformat(),
            "visitedAt": visit.visited_at and visit.visited_at.isoformat(),
            "photo": url_for(".index") + f"/{visit.id}/photos/",
            "signIn": url_for("security.login"),
            "questions": [outline.rule(question) for question in self.known.document["questions"]],
            "answers": {name: row.for_phone() for name, row in queries.answers_of(visit).items()},
            "photos": [
                {"id": str(photo.id), "question": photo.question_id, "sha256": photo.sha256}
                for photo in queries.photos_of(visit)
            ],
            "words": phrases(),
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


def sheet_of(visit: Visit) -> Sheet:
    """All questions that may be answered now, by section, bound to nothing."""
    known, open_ = queries.checklist_of(visit), queries.open_questions(visit)
    questions = [question for name, question in known.questions.items() if name in open_]
    form = forms.answer_form(questions, visit.branch.timezone, {})
    fields = {field.question["id"]: field for field in form.answers()}
    parts = [
        Part(section, [fields[one["id"]] for one in section.questions if one["id"] in fields])
        for section in outline.sections(known.document)
    ]
    return Sheet(
        visit,
        known,
        form,
        [part for part in parts if part.fields],
        queries.returned_questions(visit),
        scoring.states(known.checklist, {}),
        {},
    )


def stop_question(known: Published) -> Question:
    """The question that photos of “could not be done” are kept with: the first that asks for one."""
    asked = list(known.questions.values())
    return next((one for one in asked if one["type"] == "photo"), asked[0])
