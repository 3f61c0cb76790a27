"""Versions are compared when they score alike, whatever they say."""

from copy import deepcopy
from typing import Any

import pytest

from audit.review.comparable import rules_key

DOCUMENT: dict[str, Any] = {
    "title": {"vi": "Bảng tiêu chí"},
    "factors": [{"id": "care", "weight": 3}, {"id": "speed", "weight": 1}],
    "sections": [{"id": "door", "title": {"vi": "Cửa"}}],
    "questions": [
        {"id": "queue", "type": "yesno", "section": "door", "weight": 0},
        {
            "id": "greeted",
            "type": "single",
            "factor": "care",
            "options": [{"id": "yes", "points": 10}, {"id": "late", "points": 5}, {"id": "no"}],
        },
        {"id": "kind", "type": "scale", "factor": "care", "weight": 2, "min": 1, "max": 5},
        {
            "id": "wait",
            "type": "duration",
            "factor": "speed",
            "show_if": {"q": "queue", "in": ["yes"]},
            "bands": [{"upto": 5, "credit": 1}, {"credit": 0}],
            "knockout": {"scope": "factor"},
        },
    ],
}


def changed(**parts: Any) -> dict[str, Any]:
    """The document with some keys of its questions ("id__key") or its own keys changed; None takes one out."""
    document = deepcopy(DOCUMENT)
    questions = {question["id"]: question for question in document["questions"]}
    for name, value in parts.items():
        where, _, key = name.partition("__")
        target, key = (questions[where], key) if key else (document, where)
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
    return document


ALIKE = {
    "other texts": changed(title={"vi": "Khác"}, queue__text={"vi": "Có xếp hàng không?"}),
    "all weights times three": changed(
        factors=[{"id": "care", "weight": 9}, {"id": "speed", "weight": "3.0"}]
    ),
    "all weights of a factor halved": changed(greeted__weight="1/2", kind__weight="1"),
    "a default written out": changed(
        kind__na=False, queue__good="yes", wait__knockout={"scope": "factor", "cap": 0}
    ),
    "factors in another order": changed(factors=DOCUMENT["factors"][::-1]),
    "questions in another order": changed(questions=[DOCUMENT["questions"][place] for place in (2, 0, 3, 1)]),
    "options in another order": changed(greeted__options=DOCUMENT["questions"][1]["options"][::-1]),
    "points in the same ratio": changed(
        greeted__options=[{"id": "yes", "points": 2}, {"id": "late", "points": 1}, {"id": "no"}]
    ),
}
OTHER = {
    "another weight of a factor": changed(
        factors=[{"id": "care", "weight": 2}, {"id": "speed", "weight": 1}]
    ),
    "another weight of a question": changed(kind__weight=3),
    "another factor": changed(kind__factor="speed"),
    "another section": changed(kind__section="door"),
    "other points": changed(greeted__options=[{"id": "yes", "points": 10}, {"id": "late"}, {"id": "no"}]),
    "another scale": changed(kind__max=6),
    "another band": changed(wait__bands=[{"upto": 6, "credit": 1}, {"credit": 0}]),
    "a band that leaves its end out": changed(wait__bands=[{"below": 5, "credit": 1}, {"credit": 0}]),
    "another good answer": changed(queue__good="no"),
    "shown otherwise": changed(wait__show_if={"q": "queue", "in": ["no"]}),
    "always shown": changed(wait__show_if=None),
    "no knock-out": changed(wait__knockout=None),
    "another cap": changed(wait__knockout={"scope": "factor", "cap": 40}),
    "not applicable offered": changed(kind__na=True),
    "a question more": changed(questions=[*DOCUMENT["questions"], {"id": "seen", "type": "text"}]),
    "a question less": changed(questions=DOCUMENT["questions"][:3]),
    "another type": changed(queue__type="text", wait__show_if=None),
}


@pytest.mark.parametrize("document", ALIKE.values(), ids=ALIKE)
def test_what_scores_alike_is_one(document: dict[str, Any]) -> None:
    assert rules_key(document) == rules_key(DOCUMENT)


@pytest.mark.parametrize("document", OTHER.values(), ids=OTHER)
def test_what_scores_otherwise_is_another(document: dict[str, Any]) -> None:
    assert rules_key(document) != rules_key(DOCUMENT)
