"""A version document as the form walks through it: sections, states, progress. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.scoring import exact
from audit.scoring import visit as scoring
from audit.scoring.visit import Checklist

Document = Mapping[str, Any]
Question = Mapping[str, Any]
NO_SECTION = "other"


@dataclass(frozen=True)
class Section:
    """One screen of the form: its texts as {"vi", "en"} and its questions in form order."""

    id: str
    title: Mapping[str, str]
    intro: Mapping[str, str]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Progress:
    """How many of the required questions shown so far have an answer."""

    answered: int
    of: int

    @property
    def open(self) -> int:
        """How many are still without an answer."""
        return self.of - self.answered


def sections(document: Document) -> list[Section]:
    """The sections by first appearance; questions without one come together under `other`."""
    texts = {part["id"]: part for part in document.get("sections", [])}
    found: dict[str, list[Question]] = {}
    for question in document["questions"]:
        found.setdefault(question.get("section", NO_SECTION), []).append(question)
    return [
        Section(
            name,
            texts.get(name, {}).get("title", {"vi": "Câu hỏi khác", "en": "Other questions"}),
            texts.get(name, {}).get("intro", {}),
            tuple(questions),
        )
        for name, questions in found.items()
    ]


def question_of(document: Document, question_id: str) -> Question | None:
    """The question with this id, None if the document has none."""
    return next((one for one in document["questions"] if one["id"] == question_id), None)


def section_of(document: Document, question_id: str) -> str:
    """The id of the section on whose screen the question stands."""
    question = question_of(document, question_id)
    return NO_SECTION if question is None else str(question.get("section", NO_SECTION))


def is_required(question: Question) -> bool:
    """Whether the question must be answered if shown; the defaults of scoring.md 1.3."""
    return bool(question.get("required", question["type"] != "text"))


def progress(
    document: Document, answers: Mapping[str, Any], checklist: Checklist | None = None
) -> dict[str, Progress]:
    """Progress by section id, over the required questions that are shown."""
    states = scoring.states(checklist or document, answers)
    counts: dict[str, list[int]] = {section.id: [0, 0] for section in sections(document)}
    for question in document["questions"]:
        state = states[question["id"]]
        if state != "hidden" and is_required(question):
            count = counts[question.get("section", NO_SECTION)]
            count[0] += state in ("answered", "na")
            count[1] += 1
    return {name: Progress(*count) for name, count in counts.items()}


def total(parts: Mapping[str, Progress]) -> Progress:
    """All sections together."""
    return Progress(sum(one.answered for one in parts.values()), sum(one.of for one in parts.values()))


def rule(question: Question) -> dict[str, Any]:
    """What the form's script must know of a question: JSON, all answers equal those of audit.scoring.

    What costs something is told only where a photo is owed for it: {"full": values that lose nothing},
    {"all": options to tick, "none": options not to tick} or {"bands": [limit or null, whether the limit itself
    belongs to the band, whether it loses nothing]}, limits as exact numbers; none of them if nothing can be lost.
    """
    known: dict[str, Any] = {
        "id": question["id"],
        "type": question["type"],
        "section": question.get("section", NO_SECTION),
        "required": is_required(question),
        "na": bool(question.get("na", False)),
    }
    known |= {key: question[key] for key in ("show_if", "min", "max") if key in question}
    if question["type"] in ("single", "multi"):
        known["options"] = _options(question)
    if question.get("photo", "never") != "never":
        known["photo"] = question["photo"]
    return known | _losses(question) if known.get("photo") == "on_loss" else known


def _options(question: Question) -> list[str]:
    return [option["id"] for option in question["options"]]


def _losses(question: Question) -> dict[str, Any]:
    """Which values lose nothing; empty if the question can earn nothing."""
    match question["type"]:
        case "yesno":
            return {"full": [question.get("good", "yes")]}
        case "scale":
            return {"full": [question["max"]]}
        case "single":
            full = [name for name in _options(question) if scoring.credit(question, name) == 1]
            return {"full": full} if full else {}
        case "multi":
            return _ticks(question)
        case "number" | "duration" if "bands" in question:
            return {"bands": [_band(band) for band in question["bands"]]}
        case _:
            return {}


def _ticks(question: Question) -> dict[str, list[str]]:
    nothing = scoring.credit(question, [])
    if nothing is None:
        return {}
    alone = {name: scoring.credit(question, [name]) or 0 for name in _options(question)}
    return {
        "all": [name for name, credit in alone.items() if credit > nothing],
        "none": [name for name, credit in alone.items() if credit < nothing],
    }


def _band(band: Mapping[str, Any]) -> tuple[str | None, bool, bool]:
    """As text, since a limit may have more digits than a script's numbers."""
    limit = exact.number(band.get("upto", band.get("below")))
    return (
        None if limit is None else exact.text(limit),
        "below" not in band,
        exact.number(band["credit"]) == 1,
    )
