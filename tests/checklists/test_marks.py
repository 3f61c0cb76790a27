"""Marks that scoring does not read: alarming questions, and control questions with a known truth."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from audit.checklists.models import Version
from audit.checklists.outline import outline
from audit.checklists.sentences import sentences
from audit.i18n import force_locale
from audit.scoring.checking import check_checklist
from tests.factories import CHECKLIST, both

YES_NO = {"id": "danger", "type": "yesno", "weight": 0, "section": "counter", "text": both("Có nguy hiểm?")}
SINGLE = {
    "id": "colour",
    "type": "single",
    "weight": 0,
    "section": "counter",
    "options": [{"id": "red", "text": both("Đỏ")}, {"id": "blue", "text": both("Xanh")}],
    "text": both("Biển màu gì?"),
}
SCALE = {
    "id": "scale",
    "type": "scale",
    "weight": 0,
    "min": 1,
    "max": 5,
    "section": "counter",
    "text": both("Mức?"),
}


def with_question(question: dict[str, Any], **marks: Any) -> dict[str, Any]:
    return {**CHECKLIST, "questions": [*CHECKLIST["questions"], {**question, **marks}]}


@pytest.mark.parametrize(
    ("question", "marks"),
    [
        (YES_NO, {"alarm": True}),
        (YES_NO, {"alarm": False}),
        (SCALE, {"alarm": False}),
        (YES_NO, {"truth": "no"}),
        (SINGLE, {"truth": "blue"}),
    ],
)
def test_marks_that_fit_may_be_published(question: dict[str, Any], marks: dict[str, Any]) -> None:
    document = with_question(question, **marks)
    assert sentences(document) == []
    assert check_checklist(document) == []


@pytest.mark.parametrize(
    ("question", "marks", "expected"),
    [
        (YES_NO, {"alarm": "yes"}, "write true or false."),
        (SINGLE, {"alarm": True}, "only a yes/no question can be marked as alarming."),
        (SCALE, {"truth": 3}, "weight 0 can have a known truth."),
        (YES_NO, {"truth": "no", "weight": 1, "factor": "issue"}, "weight 0 can have a known truth."),
        (YES_NO, {"truth": "no", "adjust": -2}, "weight 0 can have a known truth."),
        (YES_NO, {"truth": "maybe"}, "the truth must be one of the answers."),
        (YES_NO, {"truth": ["no"]}, "the truth must be one of the answers."),
        (SINGLE, {"truth": "green"}, "the truth must be one of the answers."),
    ],
)
def test_marks_that_do_not_fit_are_told_by_name(
    question: dict[str, Any], marks: dict[str, Any], expected: str
) -> None:
    with force_locale("en"):
        found = sentences(with_question(question, **marks))
    assert len(found) == 1
    assert f"“{question['id']}”" in found[0]
    assert expected in found[0]


def test_the_outline_says_both_in_words(session: Session) -> None:
    document = with_question(SINGLE, truth="blue")
    document["questions"].append({**YES_NO, "alarm": True})
    with force_locale("vi"):
        rows = {row.question.id: row.rules for row in outline(Version(document=document)).rows}

    assert rows["colour"] == ["Câu kiểm chứng: câu trả lời đã biết là “Xanh”."]
    assert rows["danger"] == ["Báo động: ai trả lời “có”, đơn vị khảo sát được báo ngay."]
