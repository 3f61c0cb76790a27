"""Each rule for an answer, broken once; and what is allowed although it looks odd."""

from fractions import Fraction
from typing import Any

import pytest

from audit.scoring.visit import AnswerError, ChecklistError, answer_problems, credit, missing, score, states

Document = dict[str, Any]

OPTIONS = [{"id": "a", "points": 2}, {"id": "b", "points": -1}, {"id": "c"}]
BANDS = [{"upto": 5, "credit": 1}, {"credit": 0}]
CHECKLIST: Document = {
    "factors": [{"id": "f", "weight": 1}],
    "questions": [
        {"id": "yesno", "type": "yesno", "factor": "f", "na": True, "required": False},
        {"id": "single", "type": "single", "factor": "f", "options": OPTIONS, "required": False},
        {"id": "multi", "type": "multi", "factor": "f", "options": OPTIONS, "required": False},
        {"id": "scale", "type": "scale", "factor": "f", "min": 0, "max": 5, "required": False},
        {"id": "number", "type": "number", "factor": "f", "bands": BANDS, "required": False},
        {"id": "duration", "type": "duration", "factor": "f", "bands": BANDS, "required": False},
        {"id": "text", "type": "text", "na": True},
        {"id": "photo", "type": "photo", "required": False},
        {"id": "child", "type": "text", "show_if": {"q": "yesno", "in": ["no"]}},
        {"id": "last", "type": "yesno", "factor": "f"},
    ],
}


def times(start: Any, end: Any = "2025-03-01T10:00Z") -> Document:
    return {"value": {"start": start, "end": end}}


WRONG = [
    ("yesno", "yes", "answer_object"),
    ("yesno", None, "answer_object"),
    ("yesno", ["yes"], "answer_object"),
    ("yesno", {"value": None}, "value_yesno"),
    ("yesno", {"value": True}, "value_yesno"),
    ("yesno", {"value": "Yes"}, "value_yesno"),
    ("yesno", {"value": ["yes"]}, "value_yesno"),
    ("yesno", {"value": "yes", "na": True}, "na_with_value"),
    ("yesno", {"value": None, "na": True}, "na_with_value"),
    ("yesno", {"na": 1}, "na_flag"),
    ("yesno", {"na": None}, "na_flag"),
    ("last", {"na": True}, "na_not_offered"),
    ("yesno", {"value": "yes", "photos": True}, "photos_count"),
    ("yesno", {"value": "yes", "photos": -1}, "photos_count"),
    ("yesno", {"value": "yes", "photos": "1"}, "photos_count"),
    ("yesno", {"value": "yes", "photos": 1.0}, "photos_count"),
    ("yesno", {"na": True, "photos": None}, "photos_count"),
    ("single", {"value": "d"}, "value_option"),
    ("single", {"value": ["a"]}, "value_option"),
    ("single", {"value": None}, "value_option"),
    ("multi", {"value": "a"}, "value_options"),
    ("multi", {"value": {"a": True}}, "value_options"),
    ("multi", {"value": ["a", "d"]}, "value_option"),
    ("multi", {"value": [["a"]]}, "value_option"),
    ("multi", {"value": ["a", "a"]}, "value_repeated"),
    ("scale", {"value": 6}, "value_outside"),
    ("scale", {"value": -1}, "value_outside"),
    ("scale", {"value": "3"}, "value_integer"),
    ("scale", {"value": 3.0}, "value_integer"),
    ("scale", {"value": True}, "value_integer"),
    ("number", {"value": 1.5}, "value_number"),
    ("number", {"value": "1/0"}, "value_number"),
    ("number", {"value": "+1"}, "value_number"),
    ("number", {"value": False}, "value_number"),
    ("number", {"value": None}, "value_number"),
    ("duration", {"value": 5}, "value_duration"),
    ("duration", {"value": {"start": "2025-03-01T10:00Z"}}, "value_time"),
    ("duration", times(None), "value_time"),
    ("duration", times("2025-03-01T09:00"), "value_time"),
    ("duration", times("2025-03-01 09:00Z"), "value_time"),
    ("duration", times("2025-03-01T09:00z"), "value_time"),
    ("duration", times("2025-03-01T09:00:00.5Z"), "value_time"),
    ("duration", times("2025-03-01T09:00+0700"), "value_time"),
    ("duration", times("2025-03-01T09:00+07"), "value_time"),
    ("duration", times("2025-3-1T09:00Z"), "value_time"),
    ("duration", times("2025-02-29T09:00Z"), "value_time"),
    ("duration", times("2025-13-01T09:00Z"), "value_time"),
    ("duration", times("2025-03-01T24:00Z"), "value_time"),
    ("duration", times("2025-03-01T09:60Z"), "value_time"),
    ("duration", times("2025-03-01T09:00:60Z"), "value_time"),
    ("duration", times("2025-03-01T09:00+24:00"), "value_time"),
    ("duration", times("2025-03-01T09:00Z\n"), "value_time"),
    ("duration", times("２０２５-03-01T09:00Z"), "value_time"),
    ("duration", times("2025-03-01T10:00:01Z"), "value_order"),
    ("duration", times("2025-03-01T05:00-07:00"), "value_order"),
    ("text", {"value": 5}, "value_text"),
    ("text", {"value": None}, "value_text"),
    ("text", {"value": "", "na": True}, "na_with_value"),
    ("photo", {"value": "a.jpg"}, "value_photo"),
    ("photo", {"value": None, "photos": 1}, "value_photo"),
    ("nobody", {}, "unknown_question"),
]


@pytest.mark.parametrize(("question", "answer", "rule"), WRONG)
def test_wrong_answer(question: str, answer: Any, rule: str) -> None:
    answers = {"last": {"value": "yes"}} | {question: answer}

    assert answer_problems(CHECKLIST, answers) == [(question, rule)]
    assert score(CHECKLIST, answers) == {"status": "error", "error": "answer"}


RIGHT = [
    ("yesno", {"value": "no", "na": False, "comment": None}),
    ("yesno", {"na": True, "photos": 3}),
    ("yesno", {}),
    ("multi", {"value": []}),
    ("scale", {"value": 0}),
    ("number", {"value": "-007/2"}),
    ("duration", times("2025-03-01T10:00:00Z")),
    ("duration", times("2025-03-01T23:59+23:59")),
    ("duration", times("0001-01-01T00:00+14:00", "9999-12-31T23:59:59-12:00")),
    ("text", {"value": ""}),
    ("photo", {"photos": 0}),
]


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_right_answer(question: str, answer: Any) -> None:
    answers = {"last": {"value": "yes"}} | {question: answer}

    assert answer_problems(CHECKLIST, answers) == []
    assert score(CHECKLIST, answers)["status"] == "scored"


@pytest.mark.parametrize("answers", [None, [], "yes", 3, [["last", {"value": "yes"}]]])
def test_answers_that_are_no_object(answers: Any) -> None:
    assert score(CHECKLIST, answers) == {"status": "error", "error": "answer"}
    assert score({}, answers) == {"status": "error", "error": "checklist"}


@pytest.mark.parametrize("leftover", [{"value": 5}, {"na": True, "photos": "x"}, {"x": None}, "text"])
def test_what_a_hidden_question_holds_is_not_looked_at(leftover: Any) -> None:
    answers = {"last": {"value": "yes"}, "yesno": {"value": "yes"}, "child": leftover}

    assert score(CHECKLIST, answers)["flags"] == ["low_coverage", "ignored:child"]
    assert score(CHECKLIST, answers | {"child": {}})["flags"] == ["low_coverage"]


def test_true_does_not_pass_for_one() -> None:
    document = {
        "factors": [{"id": "f", "weight": 1}],
        "questions": [
            {"id": "p", "type": "scale", "min": 0, "max": 5, "factor": "f"},
            {"id": "c", "type": "text", "show_if": {"q": "p", "in": [True, 1.0, "1"]}},
        ],
    }

    assert states(document, {"p": {"value": 1}}) == {"p": "answered", "c": "hidden"}


def test_while_filling_in_a_wrong_answer_is_still_missing() -> None:
    answers = {"yesno": {"value": "maybe"}, "child": {"value": "x"}}

    assert missing(CHECKLIST, answers) == ["last"]
    assert states(CHECKLIST, answers)["yesno"] == "blank"
    assert states(CHECKLIST, answers)["child"] == "hidden"


def test_the_credit_of_one_question() -> None:
    question = CHECKLIST["questions"][2]

    assert credit(question, ["a", "b"]) == Fraction(2, 3)
    assert credit({"id": "t", "type": "text"}, "ổn") is None
    with pytest.raises(AnswerError, match="value_option"):
        credit(question, ["z"])
    with pytest.raises(ChecklistError, match="options_missing"):
        credit({"id": "m", "type": "multi"}, ["a"])


def test_numbers_of_any_length() -> None:
    digits = "9" * 6000
    document = {
        "factors": [{"id": "f", "weight": digits}, {"id": "g", "weight": 1}],
        "questions": [
            {"id": "q", "type": "yesno", "factor": "f"},
            {"id": "r", "type": "yesno", "factor": "g"},
        ],
    }
    result = score(document, {"q": {"value": "yes"}, "r": {"value": "no"}})

    assert result["overall_shown"] == "100.0"
    assert result["overall"] == "9" * 6000 + "/1" + "0" * 5998
