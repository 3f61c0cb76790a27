"""The benchmarks still run, from the command to the file, in their smallest size; nothing here is timed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import table

ROOT = Path(__file__).resolve().parents[2]
FIELDS: dict[str, set[str]] = {
    "scorecards": {"per_second", "cpu_ms", "memory_mb", "pages", "kilobytes"},
    "scoring": {"visits", "visits_per_second"},
    "tables": {"visits", "branches", "questions", "warm_ms", "cold_ms"},
    "release": {"documents_per_second", "worker_mb", "mails", "idle_p95_ms", "busy_p50_ms", "busy_p95_ms"},
    "submissions": {"visits_per_second", "p50_ms", "p95_ms", "cpu_ms_per_visit", "memory_mb"},
}
PHONE: dict[str, set[str]] = {
    "weight": {"requests", "kilobytes"},
    "usable": {"seconds", "slowest", "runs"},
    "sync": {"seconds", "answers", "photos", "requests", "kilobytes"},
    "memory": {"photos", "seconds", "before_mb", "peak_mb", "after_mb"},
}
CONDITIONS = {
    "cores",
    "load_average",
    "reference_ms",
    "python",
    "postgresql",
    "durability",
    "started",
    "chromium",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the command printed, and the file it wrote."""
    out = tmp_path_factory.mktemp("bench") / "new" / "results.json"
    command = [sys.executable, "-m", "tests.bench", "--size", "tiny", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, json.loads(out.read_text())


@pytest.mark.timeout(900)
def test_every_bench_gives_positive_figures(run: tuple[str, dict[str, Any]]) -> None:
    printed, results = run
    for name, fields in FIELDS.items():
        assert results[name], name
        for row in results[name]:
            for field in fields:
                assert row[field] > 0, (name, field, row)
                assert field in printed


@pytest.mark.timeout(900)
def test_the_phone_is_measured_in_every_way(run: tuple[str, dict[str, Any]]) -> None:
    _, results = run
    assert {row["measure"] for row in results["phone"]} == set(PHONE)
    for row in results["phone"]:
        for field in PHONE[row["measure"]]:
            assert row[field] > 0 or row["what"] == "image", (field, row)
    form = next(row for row in results["phone"] if row["what"] == "all of the form")
    assert form["kilobytes"] <= 100


@pytest.mark.timeout(900)
def test_the_conditions_are_told(run: tuple[str, dict[str, Any]]) -> None:
    _, results = run
    assert results["size"] == "tiny"
    assert set(results["conditions"]) >= CONDITIONS
    assert results["conditions"]["durability"] == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
    }


@pytest.mark.timeout(900)
def test_what_is_compared_stands_side_by_side(run: tuple[str, dict[str, Any]]) -> None:
    _, results = run
    assert [row["kind"] for row in results["scorecards"]] == ["ours", "naive"]
    ours, naive = results["scorecards"]
    assert ours["questions"] == naive["questions"] == 46
    assert ours["naive_ratio"] == pytest.approx(naive["cpu_ms"] / ours["cpu_ms"], abs=0.01)
    pairs = [(row["server"], row["clients"], row["photos"]) for row in results["submissions"]]
    assert pairs == [("ours", 2, 0), ("bare Flask", 2, 0), ("ours", 2, 8), ("bare Flask", 2, 8)]


def test_a_table_has_a_column_for_every_figure_of_any_row() -> None:
    text = table([{"a": 1, "b": "two"}, {"a": 10, "c": 3.5}])
    assert [line.split() for line in text.splitlines()] == [["a", "b", "c"], ["1", "two"], ["10", "3.5"]]
