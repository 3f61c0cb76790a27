"""The score of one visit (scoring.md parts 1 and 2): documents in, the result of 1.7 out."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from audit.scoring import answers as reading_of
from audit.scoring import display, exact
from audit.scoring.answers import Reading, State
from audit.scoring.check_kinds import TYPES, read_kind
from audit.scoring.checking import check_checklist, prepare, publishing_problems
from audit.scoring.document import Checklist, ChecklistError, Problem, Question
from audit.scoring.kinds import AnswerError
from audit.scoring.ledger import Ledger, Points, book
from audit.scoring.reading import Notes, Part

DEFAULT_WEIGHTS = {"issue": 79, "attitude": 69, "convenience": 56, "consistency": 50, "speed": 29}

__all__ = [
    "DEFAULT_WEIGHTS",
    "AnswerError",
    "Checklist",
    "ChecklistError",
    "Problem",
    "answer_problems",
    "check_checklist",
    "credit",
    "missing",
    "prepare",
    "publishing_problems",
    "score",
    "states",
]


def score(checklist: Checklist | object, answers: object) -> dict[str, Any]:
    """The result of one visit as a JSON document. Takes any values: errors are results, not exceptions."""
    try:
        known = _prepared(checklist)
    except ChecklistError:
        return {"status": "error", "error": "checklist"}
    if not isinstance(answers, Mapping):
        return {"status": "error", "error": "answer"}
    readings = reading_of.read(known, answers)
    if reading_of.problems(known, answers, readings):
        return {"status": "error", "error": "answer"}
    owed = reading_of.missing(known, readings)
    if owed:
        return {"status": "incomplete", "missing": owed}
    ledger = book(known, readings)
    if ledger is None:
        return {"status": "not_scorable"}
    return _result(known, answers, readings, ledger)


def states(checklist: Checklist | Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, State]:
    """The state of each question in form order; a wrong answer counts as blank."""
    known = _prepared(checklist)
    readings = reading_of.read(known, answers)
    return {question.id: reading.state for question, reading in zip(known.questions, readings, strict=True)}


def missing(checklist: Checklist | Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """What is still owed while filling in ("id", "id:photo"), form order; a wrong answer counts as blank."""
    known = _prepared(checklist)
    return reading_of.missing(known, reading_of.read(known, answers))


def answer_problems(
    checklist: Checklist | Mapping[str, Any], answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Each wrong answer as (question, rule); empty if the answers could be scored as far as they go."""
    known = _prepared(checklist)
    return reading_of.problems(known, answers, reading_of.read(known, answers))


def credit(question: Mapping[str, Any], value: Any) -> Fraction | None:
    """The credit of a value for one question of a document, None if its type gives none.

    Raises AnswerError if the value does not fit, ChecklistError if the question itself is wrong.
    """
    notes = Notes()
    type_ = question.get("type")
    if type_ not in TYPES:
        raise ChecklistError([Problem(question.get("id"), "unknown_type", "type")])
    kind = read_kind(Part(question, "", notes), type_)
    if kind is None or notes.problems:
        raise ChecklistError(notes.problems)
    return kind.credit(value)


def _prepared(checklist: Checklist | object) -> Checklist:
    return checklist if isinstance(checklist, Checklist) else prepare(checklist)


def _result(
    checklist: Checklist, answers: Mapping[str, Any], readings: list[Reading], ledger: Ledger
) -> dict[str, Any]:
    return {
        "status": "scored",
        "overall": exact.text(ledger.overall),
        "overall_shown": display.tenths(ledger.overall),
        "before_knockouts": exact.text(ledger.before_knockouts),
        "coverage": exact.text(ledger.coverage),
        "factors": [
            {"id": factor.id, "possible": exact.text(points), "score": _text_or_null(reached)}
            for factor, points, reached in zip(checklist.factors, ledger.worth, ledger.scores, strict=True)
        ],
        "sections": _sections(checklist, ledger.points),
        "questions": _questions(checklist, readings, ledger),
        "knockouts": [_knockout(checklist.questions[one.place], one.drop) for one in ledger.fired],
        "adjustments": [
            {
                "question": checklist.questions[adjustment.place].id,
                "asked": exact.text(adjustment.asked),
                "applied": exact.text(adjustment.applied),
            }
            for adjustment in ledger.adjustments
        ],
        "flags": _flags(checklist, answers, readings, ledger),
    }


def _knockout(question: Question, drop: Fraction) -> dict[str, Any]:
    knockout = question.knockout
    return {
        "question": question.id,
        "scope": knockout.scope if knockout else None,
        "cap": exact.text(knockout.cap) if knockout else None,
        "drop": exact.text(drop),
    }


def _questions(checklist: Checklist, readings: list[Reading], ledger: Ledger) -> list[dict[str, Any]]:
    points = ledger.points
    shown = display.lost_shown(points.lost, points.unit, ledger.overall)
    return [
        {
            "id": question.id,
            "state": reading.state,
            "credit": _text_or_null(reading.credit),
            "possible": exact.text_of(possible, points.unit),
            "lost": exact.text_of(lost, points.unit),
            "lost_shown": shown_lost,
        }
        for question, reading, possible, lost, shown_lost in zip(
            checklist.questions, readings, points.possible, points.lost, shown, strict=True
        )
    ]


def _sections(checklist: Checklist, points: Points) -> list[dict[str, Any]]:
    """Plain sums of possible and earned points by section: no knock-outs, no adjustments."""
    rows = []
    for section, places in checklist.sections.items():
        possible = sum(points.possible[place] for place in places)
        earned = sum(points.earned[place] for place in places)
        reached = exact.text_of(100 * earned, possible) if possible else None
        rows.append({"id": section, "possible": exact.text_of(possible, points.unit), "score": reached})
    return rows


def _flags(
    checklist: Checklist, answers: Mapping[str, Any], readings: list[Reading], ledger: Ledger
) -> list[str]:
    flags = ["low_coverage"] if ledger.coverage < Fraction(1, 2) else []
    scaled = [one.asked for one in ledger.adjustments if one.applied != one.asked]
    if any(asked > 0 for asked in scaled):
        flags.append("bonus_limited")
    if any(asked < 0 for asked in scaled):
        flags.append("penalty_limited")
    return flags + [
        f"ignored:{question.id}"
        for question, reading in zip(checklist.questions, readings, strict=True)
        if reading.state == "hidden" and answers.get(question.id)
    ]


def _text_or_null(value: Fraction | None) -> str | None:
    return None if value is None else exact.text(value)
