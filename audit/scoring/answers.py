"""Reading the answers of one visit: what is wrong, the state of each question, what is missing (1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from audit.scoring.document import Checklist, Question
from audit.scoring.kinds import AnswerError

State = Literal["hidden", "na", "answered", "blank"]


@dataclass(slots=True)
class Reading:
    """What an answer says about its question. `rule` is what it breaks, None if it is right."""

    state: State
    credit: Fraction | None = None
    value: Any = None
    photos: int = 0
    rule: str | None = None


_HIDDEN = Reading("hidden")
_BLANK = Reading("blank")
_NA = Reading("na")


def read(checklist: Checklist, answers: Mapping[str, Any]) -> list[Reading]:
    """Read all questions in form order. A wrong answer reads as blank, with its rule."""
    readings: list[Reading] = []
    for question in checklist.questions:
        show_if = question.show_if
        if show_if is not None:
            parent = readings[show_if.parent]
            if parent.state != "answered" or not show_if.met_by(parent.value):
                readings.append(_HIDDEN)
                continue
        if question.id not in answers:
            readings.append(_BLANK)
            continue
        try:
            readings.append(_read_one(question, answers[question.id]))
        except AnswerError as misfit:
            readings.append(Reading("blank", rule=misfit.rule))
    return readings


def problems(checklist: Checklist, answers: Any, readings: list[Reading]) -> list[tuple[str, str]]:
    """Each wrong answer as (question, rule): form order, then answers to unknown questions."""
    wrong = [
        (question.id, reading.rule)
        for question, reading in zip(checklist.questions, readings, strict=True)
        if reading.rule is not None
    ]
    unknown = [(str(id_), "unknown_question") for id_ in answers if id_ not in checklist.places]
    return wrong + unknown


def missing(checklist: Checklist, readings: list[Reading]) -> list[str]:
    """What the visit still owes, in form order: "id" for an answer, "id:photo" for a photo."""
    owed = []
    for question, reading in zip(checklist.questions, readings, strict=True):
        if reading.state == "blank" and question.required:
            owed.append(question.id)
        elif reading.state == "answered" and not reading.photos and _owes_photo(question, reading.credit):
            owed.append(f"{question.id}:photo")
    return owed


def _read_one(question: Question, answer: Any) -> Reading:
    """The reading of a shown question's answer object; AnswerError names the rule it breaks."""
    if not isinstance(answer, dict):
        raise AnswerError("answer_object")
    photos = answer.get("photos", 0)
    if type(photos) is not int or photos < 0:
        raise AnswerError("photos_count")
    if "na" in answer and _is_na(question, answer):
        return _NA
    if "value" in answer:
        value = answer["value"]
        credit = question.kind.credit(value)
        if value == "":
            return _BLANK
        return Reading("answered", credit, value, photos)
    if question.type == "photo" and photos:
        return Reading("answered", photos=photos)
    return _BLANK


def _is_na(question: Question, answer: dict[str, Any]) -> bool:
    if not isinstance(answer["na"], bool):
        raise AnswerError("na_flag")
    if not answer["na"]:
        return False
    if "value" in answer:
        raise AnswerError("na_with_value")
    if not question.na:
        raise AnswerError("na_not_offered")
    return True


def _owes_photo(question: Question, credit: Fraction | None) -> bool:
    if question.photo == "always":
        return True
    return question.photo == "on_loss" and credit is not None and credit < 1
