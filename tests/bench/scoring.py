"""Visits scored per second, in the process and by `audit score`; branches compared from the sums of their cells."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from typing import Any

from audit.scoring.cells import Cell, branches_of_cells, trend_of_cells
from audit.scoring.visit import prepare, score
from tests.checklists.test_builtin import load
from tests.reports.conftest import answered

DIFFERENT = 50
WAVES = 4
ROUNDS = 9
DECIMALS = 10**30  # as scores are stored


def bench(seconds: float = 3.0, lines: int = 2000) -> list[dict[str, Any]]:
    """One row each: the checklist prepared once, JSON lines of which each carries its checklist, and comparing.

    As many branches are compared as there are lines.
    """
    checklist = load("retail")
    given = [answered(checklist, seed, 0.4 + seed % 7 / 10) for seed in range(DIFFERENT)]
    return [_prepared(checklist, given, seconds), _filtered(checklist, given, lines), *_compared(lines)]


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


def _compared(branches: int) -> list[dict[str, Any]]:
    """The statistics of the last of four waves, and what changed since the one before."""
    cells = _cells(branches)
    wave = WAVES - 1
    return [
        _comparison("branches from cells", cells, lambda: branches_of_cells(cells, wave)),
        _comparison("trend from cells", cells, lambda: trend_of_cells(cells, wave - 1, wave)),
    ]


def _comparison(way: str, cells: list[Cell[int]], compare: Callable[[], object]) -> dict[str, Any]:
    compare()  # the library of distributions is loaded once
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        compare()
        taken.append(time.perf_counter() - began)
    visits, seconds = sum(cell.n for cell in cells), median(taken)
    return {
        "way": way,
        "visits": visits,
        "visits_per_second": round(visits / seconds, 1),
        "branches": len(cells) // WAVES,
        "waves": WAVES,
        "milliseconds": round(1000 * seconds, 1),
    }


def _cells(branches: int) -> list[Cell[int]]:
    """One to six visits a branch and wave, scores with thirty decimals around a mean of the branch's own."""
    chance = random.Random(5)
    cells = []
    for branch in range(branches):
        middle = chance.gauss(80, 5)
        for wave in range(WAVES):
            shares = [min(1.0, max(0.0, chance.gauss(middle, 12) / 100)) for _ in range(chance.randint(1, 6))]
            scores = [Fraction(int(share * 10**15) * 10**17, DECIMALS) for share in shares]
            scores = [score + Fraction(chance.randrange(10**15), DECIMALS) for score in scores]
            squares = sum((score * score for score in scores), Fraction(0))
            cells.append(Cell(branch, wave, len(scores), sum(scores, Fraction(0)), squares))
    return cells


def _row(way: str, checklist: dict[str, Any], count: int, seconds: float) -> dict[str, Any]:
    return {
        "way": way,
        "questions": len(checklist["questions"]),
        "visits": count,
        "visits_per_second": round(count / seconds, 1),
    }
