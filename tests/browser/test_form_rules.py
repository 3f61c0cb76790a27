"""The rules of the form in JavaScript give what Python gives: the shared cases and some hundred random ones."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import form_cases

SOURCE = (
    Path(__file__).parents[2].joinpath("audit", "static", "js", "visit-rules.js").read_text(encoding="utf-8")
)
ASK = """cases => cases.map(({ questions, losing, answers }) => {
  const states = visit.states(questions, answers);
  return {
    states: [...states.values()],
    missing: visit.missing(questions, answers),
    loses: losing
      .filter((one) => states.get(one.id) === "answered" && visit.loses(one, answers[one.id]))
      .map((one) => one.id),
  };
})"""


@pytest.fixture(scope="module")
def evaluate(engine: Browser) -> Any:
    """Evaluates in a page that has the script."""
    page = engine.new_page()
    page.evaluate(SOURCE)
    yield page.evaluate
    page.close()


def test_the_cases_by_hand(evaluate: Any) -> None:
    cases = form_cases.by_hand()

    results = evaluate(ASK, [form_cases.for_script(case["checklist"], case["answers"]) for case in cases])

    for case, result in zip(cases, results, strict=True):
        assert result == {key: case[key] for key in ("states", "missing", "loses")}, case["name"]


def test_random_cases(evaluate: Any) -> None:
    cases = form_cases.at_random(400)

    results = evaluate(ASK, [form_cases.for_script(case["checklist"], case["answers"]) for case in cases])

    for case, result in zip(cases, results, strict=True):
        assert result == form_cases.in_python(case["checklist"], case["answers"]), case


def test_progress_counts_what_is_required_and_shown(evaluate: Any) -> None:
    checklist = next(one["checklist"] for one in form_cases.by_hand() if one["name"] == "three in a row")
    answers = {"gui_xe": {"na": True}, "thay": {"value": ["rac"]}}
    ask = "([questions, answers]) => visit.progress(questions, visit.states(questions, answers))"

    questions = form_cases.for_script(checklist, answers)["questions"]

    assert evaluate(ask, [questions, answers]) == {"answered": 2, "of": 3}


@pytest.mark.parametrize(
    ("typed", "number"),
    [("3", 3), (" 2,50 ", "2.50"), ("\u22124.5", "-4.5"), ("", None), ("0.125", "0.125"), ("1 500", 1500)],
)
def test_a_typed_number(evaluate: Any, typed: str, number: object) -> None:
    assert evaluate("typed => visit.number(typed)", typed) == number


@pytest.mark.parametrize(
    ("typed", "rule"), [("1.500", "grouped"), ("1,234,567", "grouped"), ("hai", "number")]
)
def test_a_typed_number_that_is_none(evaluate: Any, typed: str, rule: str) -> None:
    ask = "typed => { try { visit.number(typed); } catch (error) { return error.message; } }"

    assert evaluate(ask, typed) == rule


def test_the_clock_at_the_branch(evaluate: Any) -> None:
    zone = "America/St_Johns"

    assert evaluate("zone => visit.withOffset('2026-07-14T14:05', zone)", zone) == "2026-07-14T14:05:00-02:30"
    assert (
        evaluate("zone => visit.local(new Date('2026-07-14T16:35:00Z'), zone)", zone) == "2026-07-14T14:05:00"
    )
