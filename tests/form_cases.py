"""The shared cases of the form's rules, hand-written and random, and what Python makes of one."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from audit.scoring import visit as scoring
from audit.visits import outline
from tests.scoring import strategies

Document = dict[str, Any]
ODD = [
    *(
        "",
        "yes",
        "a",
        "z",
        "5",
        "7/2",
        "-0.25",
        "1,5",
        "1/0",
        " ",
        0,
        3,
        -1,
        2.5,
        True,
        [],
        ["a"],
        ["b", "a"],
        ["a", "a"],
    ),
    {"start": "2025-03-01T09:00+07:00"},
    {"start": "2025-03-01T09:00+07:00", "end": "2025-03-01T09:07:30+07:00"},
    {"start": "2025-03-01T09:00+07:00", "end": "2025-02-30T09:00+07:00"},
    {"start": "2025-03-01T09:00Z", "end": "2025-03-01T09:00+07:00"},
]


def by_hand() -> list[Document]:
    """The cases of form-cases.json, each with its checklist in place of the name."""
    known = json.loads(Path(__file__).parent.joinpath("data", "form-cases.json").read_text(encoding="utf-8"))
    return [case | {"checklist": known["checklists"][case["checklist"]]} for case in known["cases"]]


def at_random(count: int) -> list[Document]:
    """As many checklists with answers, right and wrong ones; the same in each run."""
    found: list[Document] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_cases())
    def collect(case: Document) -> None:
        found.append(case)

    collect()
    return found


@st.composite
def _cases(draw: DrawFn) -> Document:
    checklist, answers = draw(strategies.visits())
    for question in checklist["questions"]:
        spoiled = draw(st.integers(0, 9))
        if spoiled == 0:
            answers[question["id"]] = {
                "value": draw(st.sampled_from(ODD)),
                "photos": draw(st.integers(-1, 1)),
            }
        elif spoiled == 1:
            answers.setdefault(question["id"], {})["na"] = draw(st.booleans())
        elif spoiled == 2:
            answers.pop(question["id"], None)
        elif spoiled < 6 and question["id"] in answers:
            answers[question["id"]].pop("photos", None)
    return {"checklist": checklist, "answers": answers}


def in_python(checklist: Document, answers: Document) -> Document:
    """The case's `states`, `missing` and `loses` by audit.scoring."""
    states = scoring.states(checklist, answers)
    loses = []
    for question in checklist["questions"]:
        answer = answers.get(question["id"], {})
        if states[question["id"]] == "answered" and "value" in answer:
            credit = scoring.credit(question, answer["value"])
            loses += [question["id"]] if credit is not None and credit < 1 else []
    return {"states": list(states.values()), "missing": scoring.missing(checklist, answers), "loses": loses}


def for_script(checklist: Document, answers: Document) -> Document:
    """What the script gets: the rules as the page has them, and once more with all that can be lost."""
    questions = checklist["questions"]
    return {
        "questions": [outline.rule(one) for one in questions],
        "losing": [outline.rule(one | {"photo": "on_loss"}) for one in questions],
        "answers": answers,
    }
