"""`python -m tests.bench`: run every benchmark in turn, print a table, write the results as JSON."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import bare, phone, release, scorecards, scoring, submissions, tables
from tests.bench.conditions import conditions
from tests.bench.place import fresh, save

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Size:
    """How much of everything is measured."""

    documents: int
    naive_documents: int
    workers: tuple[int, ...]
    seconds: float
    lines: int
    tables: tuple[tuple[int, int, int], ...]
    clients: tuple[int, ...]
    share: float
    phone: tuple[int, int, int]  # openings, photos sent, photos added
    release: tuple[int, tuple[int, ...], float]  # scorecards, workers, seconds of reading before


SIZES = {
    "full": Size(
        20,
        5,
        scorecards.WORKERS,
        3.0,
        2000,
        tables.SIZES,
        submissions.CLIENTS,
        1.0,
        (7, 8, 30),
        (500, (1, 2), 20.0),
    ),
    "quick": Size(
        6, 2, scorecards.WORKERS, 1.0, 400, tables.SIZES[:1], (1, 8), 0.25, (3, 8, 10), (12, (1,), 5.0)
    ),
    "tiny": Size(1, 1, (1,), 0.1, 20, ((200, 20, 5),), (2,), 0.02, (1, 1, 1), (2, (1,), 0.5)),
}


def _scorecards(size: Size) -> Rows:
    return scorecards.bench(size.documents, size.naive_documents, size.workers)


def _scoring(size: Size) -> Rows:
    return scoring.bench(size.seconds, size.lines)


def _tables(size: Size) -> Rows:
    return tables.bench(size.tables)


def _submissions(size: Size) -> Rows:
    """Ours and the bare endpoint under the same clients, each pair of rows side by side."""
    pictures = submissions.photos()
    with fresh() as place:
        ours = submissions.bench(place, pictures, size.clients, size.share)
    with fresh() as place:
        least = bare.bench(place, pictures, size.clients, size.share)
    return [
        {"server": name, **row}
        for pair in zip(ours, least, strict=True)
        for name, row in zip(("ours", "bare Flask"), pair, strict=True)
    ]


def _phone(size: Size) -> Rows:
    return phone.bench(*size.phone)


def _release(size: Size) -> Rows:
    return release.bench(*size.release)


BENCHES: dict[str, Callable[[Size], Rows]] = {
    "scorecards": _scorecards,
    "scoring": _scoring,
    "tables": _tables,
    "submissions": _submissions,
    "phone": _phone,
    "release": _release,
}


def table(rows: Rows) -> str:
    """The rows as aligned text with a line of names above."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    padded = (
        "  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)) for line in lines
    )
    return "".join(f"  {line.rstrip()}\n" for line in padded)


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs; for a first impression")
    parser.add_argument("--size", choices=SIZES, help="full is the default")
    parser.add_argument("--only", choices=BENCHES, help="run this one")
    parser.add_argument("--out", type=Path, default=Path("bench/results.json"), help="where results go")
    chosen = parser.parse_args()
    size = chosen.size or ("quick" if chosen.quick else "full")
    began = time.monotonic()
    results: dict[str, Any] = {"size": size, "conditions": conditions()}
    _say("conditions", "".join(f"  {name}: {value}\n" for name, value in results["conditions"].items()))
    for name in [chosen.only] if chosen.only else BENCHES:
        results[name] = BENCHES[name](SIZES[size])
        _say(name, table(results[name]))
    results["seconds"] = round(time.monotonic() - began)
    save(chosen.out, results)
    _say(f"{chosen.out} written after {results['seconds']} s", "")


def _say(title: str, text: str) -> None:
    sys.stdout.write(f"{title}\n{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
