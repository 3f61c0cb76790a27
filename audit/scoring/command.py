"""`audit score` and `audit aggregate`: JSON lines in, one result per line out, in order."""

import json
import marshal
import os
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, BinaryIO, NoReturn

from audit.scoring import exact, visit
from audit.scoring.aggregate import KINDS, InputError, UnknownKindError, aggregate

Answer = Callable[[dict[str, Any], int], dict[str, Any]]

USAGE = """usage: audit score < visits.jsonl
       audit aggregate < inputs.jsonl

score      reads lines {"checklist": …, "answers": …}, writes the result of each visit
aggregate  reads lines {"kind": …, "input": …}, writes the result of each
"""


def main(argv: list[str]) -> int:
    """Run one of the two filters on standard input and output; 2 if it is neither."""
    if argv in (["--help"], ["-h"]):
        sys.stdout.write(USAGE)
        return 0
    answer = _ANSWERS.get(argv[0]) if len(argv) == 1 else None
    if answer is None:
        sys.stderr.write(USAGE)
        return 2
    if sys.stdin is None or sys.stdout is None:
        return 0
    try:
        _filter(sys.stdin.buffer, sys.stdout.buffer, answer)
    except BrokenPipeError:
        # Whoever reads has enough. Python flushes once more at exit, so give it somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.stderr.write(f"audit {argv[0]}: {error.strerror}\n")
        return 1
    return 0


def score_line(document: dict[str, Any], line: int) -> dict[str, Any]:
    """The result of one visit. What is not there is as wrong as what does not fit."""
    del line
    try:
        checklist = _prepared(_Document(document.get("checklist")))
    except visit.ChecklistError:
        return {"status": "error", "error": "checklist"}
    return visit.score(checklist, document.get("answers"))


def aggregate_line(document: dict[str, Any], line: int) -> dict[str, Any]:
    """The result of one aggregate, or what is wrong with the line."""
    try:
        return aggregate(document.get("kind"), document.get("input"))
    except UnknownKindError:
        return {"status": "error", "error": "kind", "line": line, "kinds": sorted(KINDS)}
    except InputError as error:
        return {"status": "error", "error": "input", "line": line, "message": str(error)}


class _Document:
    """A document that is equal to another only if they are written alike: 1 is neither true nor 1.0."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._written = marshal.dumps(value, 2)

    def __hash__(self) -> int:
        return hash(self._written)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Document) and self._written == other._written


@lru_cache(maxsize=8)
def _prepared(document: _Document) -> visit.Checklist:
    """Most lines of a file share one checklist; check it once."""
    return visit.prepare(document.value)


def _filter(lines: Iterable[bytes], out: BinaryIO, answer: Answer) -> None:
    """Answer line by line; each answer leaves at once, for whoever waits at the other end of a pipe."""
    for line, raw in enumerate(lines, start=1):
        out.write(_written(_answered(raw, line, answer)))
        out.flush()


def _answered(raw: bytes, line: int, answer: Answer) -> dict[str, Any]:
    document = _decoded(raw)
    if document is None:
        return {"status": "error", "error": "input", "line": line}
    return answer(document, line)


def _decoded(raw: bytes) -> dict[str, Any] | None:
    """The object on a line; None if it is no UTF-8, no JSON, no object, or nested without end."""
    try:
        document = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _written(result: dict[str, Any]) -> bytes:
    try:
        return (json.dumps(result, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair, escaped in the input, can only be written escaped.
        return (json.dumps(result) + "\n").encode("ascii")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_int=exact.digits, parse_constant=_refuse)
_ANSWERS: dict[str, Answer] = {"score": score_line, "aggregate": aggregate_line}
