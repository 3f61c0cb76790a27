"""Visits scored per second: a 46-question checklist, in the process and through `audit score`."""

import json
import subprocess
import sys
import time
from typing import Any

from audit.scoring.visit import prepare, score
from tests.checklists.test_builtin import load
from tests.reports.conftest import answered

DIFFERENT = 50


def bench(seconds: float = 3.0, lines: int = 2000) -> list[dict[str, Any]]:
    """One row each: the checklist prepared once, and JSON lines of which each carries its checklist."""
    checklist = load("retail")
    given = [answered(checklist, seed, 0.4 + seed % 7 / 10) for seed in range(DIFFERENT)]
    return [_prepared(checklist, given, seconds), _filtered(checklist, given, lines)]


def _prepared(checklist: dict[str, Any], given: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    ready, count, began = prepare(checklist), 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for answers in given:
            if score(ready, answers)["status"] != "scored":
                raise RuntimeError("a visit was not scored")
        count += len(given)
    return _row("prepared checklist, one process", checklist, count, time.perf_counter() - began)


def _filtered(checklist: dict[str, Any], given: list[dict[str, Any]], lines: int) -> dict[str, Any]:
    text = "".join(
        json.dumps({"checklist": checklist, "answers": given[number % len(given)]}, ensure_ascii=False) + "\n"
        for number in range(lines)
    ).encode()
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "audit", "score"], input=text, capture_output=True, check=True
    )
    taken = time.perf_counter() - began
    if done.stdout.count(b'"scored"') < lines:
        raise RuntimeError("audit score did not score every line")
    return _row("audit score, JSON lines, start included", checklist, lines, taken)


def _row(way: str, checklist: dict[str, Any], count: int, seconds: float) -> dict[str, Any]:
    return {
        "way": way,
        "questions": len(checklist["questions"]),
        "visits": count,
        "visits_per_second": round(count / seconds, 1),
    }
