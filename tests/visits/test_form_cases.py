"""The rules of the form in Python: the shared cases, and how little the script is told."""

import json
from typing import Any

import pytest

from audit.visits import outline
from tests import form_cases


@pytest.mark.parametrize("case", form_cases.by_hand(), ids=lambda case: case["name"])
def test_a_case_by_hand(case: dict[str, Any]) -> None:
    expected = {key: case[key] for key in ("states", "missing", "loses")}

    assert form_cases.in_python(case["checklist"], case["answers"]) == expected


def test_the_random_cases_reach_every_type_and_state() -> None:
    cases = form_cases.at_random(300)
    results = [form_cases.in_python(case["checklist"], case["answers"]) for case in cases]

    assert {state for one in results for state in one["states"]} == {"hidden", "na", "answered", "blank"}
    assert sum(bool(one["loses"]) for one in results) > 100
    assert sum(any(":photo" in owed for owed in one["missing"]) for one in results) > 50


def test_what_is_good_is_told_only_where_a_photo_is_owed_for_the_rest() -> None:
    question = {
        "id": "q",
        "type": "single",
        "options": [{"id": "a", "points": 1}, {"id": "b"}],
        "section": "s",
    }

    assert outline.rule(question) == {
        "id": "q",
        "type": "single",
        "section": "s",
        "required": True,
        "na": False,
        "options": ["a", "b"],
    }
    assert outline.rule(question | {"photo": "on_loss"})["full"] == ["a"]


@pytest.mark.parametrize("case", form_cases.by_hand(), ids=lambda case: case["name"])
def test_rules_are_json(case: dict[str, Any]) -> None:
    told = form_cases.for_script(case["checklist"], {})

    assert json.loads(json.dumps(told, allow_nan=False))["questions"][0]["id"]
