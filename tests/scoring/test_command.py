"""The filters as a person runs them: JSON lines through a real process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.aggregate import KINDS
from tests.scoring.test_vectors import assert_alike

DATA = Path(__file__).parent.parent / "data"
CHECKLIST = {
    "factors": [{"id": "f", "weight": 1}],
    "questions": [{"id": "chào", "type": "yesno", "factor": "f", "na": True}],
}
INPUT_ERROR = {"status": "error", "error": "input"}


def run(command: str, stdin: bytes) -> list[Any]:
    done = subprocess.run([sys.executable, "-m", "audit.scoring", command], input=stdin, capture_output=True)
    assert done.stderr == b""
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def line(document: Any) -> bytes:
    return json.dumps(document).encode() + b"\n"


def visit(value: str) -> dict[str, Any]:
    return {"checklist": CHECKLIST, "answers": {"chào": {"value": value}}}


def test_all_visit_vectors_in_order() -> None:
    data = json.loads((DATA / "visit.json").read_text(encoding="utf-8"))
    lines = []
    for vector in data["vectors"]:
        checklist = vector["checklist"]
        known = data["checklists"][checklist] if isinstance(checklist, str) else checklist
        lines.append(line({"checklist": known, "answers": vector["answers"]}))

    assert run("score", b"".join(lines)) == [vector["expected"] for vector in data["vectors"]]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"   ",
        b"\r",
        b"null",
        b"[]",
        b'"{}"',
        b"{",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": "\xff"}',
        b'{"a": "\t"}',
        b'{"checklist": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 100_000,
    ],
    ids=lambda bad: repr(bad[:20]),
)
def test_a_bad_line_is_reported_and_the_rest_go_on(bad: bytes) -> None:
    first, wrong, last = run("score", line(visit("yes")) + bad + b"\n" + line(visit("no")))

    assert first["overall"] == "100"
    assert wrong == INPUT_ERROR | {"line": 2}
    assert last["overall"] == "0"


def test_what_is_not_there_is_wrong() -> None:
    results = run("score", line({}) + line({"answers": {}}) + line({"checklist": CHECKLIST}))

    assert [result["error"] for result in results] == ["checklist", "checklist", "answer"]


def test_a_last_line_without_its_end_counts_and_nothing_gives_nothing() -> None:
    assert [result["status"] for result in run("score", line(visit("yes")).rstrip())] == ["scored"]
    assert run("score", b"") == []


def test_of_repeated_keys_the_last_counts() -> None:
    twice = line(visit("no"))[:-2] + b', "answers": {"ch\xc3\xa0o": {"value": "yes"}}}\n'

    assert run("score", twice)[0]["overall"] == "100"


def test_documents_that_only_look_equal_are_checked_apart() -> None:
    loose = json.loads(json.dumps(CHECKLIST))
    loose["questions"][0]["na"] = 1
    strict, wrong = visit("yes"), visit("yes") | {"checklist": loose}

    results = run("score", line(strict) + line(wrong) + line(strict))

    assert [result["status"] for result in results] == ["scored", "error", "scored"]


def test_output_is_utf_8_and_half_surrogates_stay_escaped() -> None:
    odd = {
        "factors": [{"id": "f", "weight": 1}],
        "questions": [{"id": "\ud800", "type": "yesno", "factor": "f"}],
    }
    stdin = line(visit("yes")) + line({"checklist": odd, "answers": {"\ud800": {"value": "yes"}}})
    done = subprocess.run([sys.executable, "-m", "audit.scoring", "score"], input=stdin, capture_output=True)

    plain, escaped = done.stdout.splitlines()
    assert "chào".encode() in plain
    assert b"\\ud800" in escaped
    assert json.loads(escaped)["overall"] == "100"


def test_integers_longer_than_python_likes_to_read() -> None:
    long = line(visit("yes")).replace(b'"weight": 1', b'"weight": ' + b"7" * 20_000)

    assert run("score", long)[0]["overall"] == "100"


def test_each_answer_leaves_before_the_next_line_comes() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "audit.scoring", "score"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for value, overall in [("yes", "100"), ("no", "0")]:
            process.stdin.write(line(visit(value)))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["overall"] == overall
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_closed_pipe_ends_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "audit.scoring", "score"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line(visit("yes")))
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(line(visit("yes")))
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 0


def test_aggregate_lines() -> None:
    vector = json.loads((DATA / "aggregate.json").read_text(encoding="utf-8"))["vectors"][0]
    stdin = (
        line({"kind": vector["kind"], "input": vector["input"]})
        + line({"kind": "horoscope", "input": {}})
        + line({"kind": ["branches"]})
        + b"what\n"
        + line({"kind": "branches"})
        + line(
            {
                "kind": "branches",
                "input": {"wave": "W", "visits": [{"branch": "A", "wave": "W", "score": 0.5}]},
            }
        )
    )
    good, unknown, unhashable, bad, empty, float_score = run("aggregate", stdin)

    assert good["branches"][0]["n"] == 4
    assert unknown == {"status": "error", "error": "kind", "line": 2, "kinds": sorted(KINDS)}
    assert unhashable["error"] == "kind"
    assert bad == INPUT_ERROR | {"line": 4}
    assert empty == INPUT_ERROR | {"line": 5, "message": "input: must be an object"}
    assert float_score["message"].startswith("visits[0].score: must be an integer or a string")


def test_all_aggregate_vectors_in_order() -> None:
    vectors = json.loads((DATA / "aggregate.json").read_text(encoding="utf-8"))["vectors"]

    results = run("aggregate", b"".join(line(vector) for vector in vectors))

    assert_alike(results, [vector["expected"] for vector in vectors], "all")


@pytest.mark.parametrize("argv", [[], ["what"], ["score", "extra"]])
def test_other_words_show_how_it_is_used(argv: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "audit.scoring", *argv], capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: audit score")


@pytest.mark.parametrize("module", ["visit", "aggregate", "command"])
def test_scoring_needs_no_framework_and_loads_no_statistics_early(module: str) -> None:
    code = f"import sys, audit.scoring.{module}; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())

    assert not loaded & {"flask", "sqlalchemy", "flask_sqlalchemy", "numpy", "scipy"}
    ours = {name for name in loaded if name.startswith("audit.")}
    assert all(name.startswith("audit.scoring") for name in ours)
