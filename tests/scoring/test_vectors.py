"""The public vectors of the specification, one test each."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.aggregate import KINDS, aggregate
from audit.scoring.visit import score

DATA = Path(__file__).parent.parent / "data"
VISIT = json.loads((DATA / "visit.json").read_text(encoding="utf-8"))
AGGREGATE = json.loads((DATA / "aggregate.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VISIT["vectors"], ids=lambda vector: vector["name"])
def test_visit_vector(vector: dict[str, Any]) -> None:
    checklist = vector["checklist"]
    if isinstance(checklist, str):
        checklist = VISIT["checklists"][checklist]

    assert score(checklist, vector["answers"]) == vector["expected"], vector["shows"]


@pytest.mark.parametrize(
    "vector",
    AGGREGATE["vectors"],
    ids=lambda vector: f"{vector['kind']}-{vector['name']}",
)
def test_aggregate_vector(vector: dict[str, Any]) -> None:
    result = aggregate(vector["kind"], vector["input"])

    assert_alike(result, vector["expected"], vector["shows"])


def test_every_kind_has_vectors() -> None:
    assert {vector["kind"] for vector in AGGREGATE["vectors"]} == set(KINDS)


def assert_alike(result: Any, expected: Any, where: str) -> None:
    """Floats within the file's tolerance, everything else exactly."""
    if isinstance(expected, dict):
        assert result.keys() == expected.keys(), where
        for key, value in expected.items():
            assert_alike(result[key], value, f"{where} / {key}")
    elif isinstance(expected, list):
        assert len(result) == len(expected), where
        for place, value in enumerate(expected):
            assert_alike(result[place], value, f"{where} / {place}")
    elif isinstance(expected, float):
        assert isinstance(result, float), where
        assert result == pytest.approx(expected, rel=0, abs=AGGREGATE["tolerance"]), where
    else:
        assert type(result) is type(expected), where
        assert result == expected, where
