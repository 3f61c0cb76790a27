"""The public vectors of the specification, one test each."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.visit import score

DATA = Path(__file__).parent.parent / "data"
VISIT = json.loads((DATA / "visit.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VISIT["vectors"], ids=lambda vector: vector["name"])
def test_visit_vector(vector: dict[str, Any]) -> None:
    checklist = vector["checklist"]
    if isinstance(checklist, str):
        checklist = VISIT["checklists"][checklist]

    assert score(checklist, vector["answers"]) == vector["expected"], vector["shows"]
