"""Head office's table and its CSV over a history of so many visits."""

import time
from typing import Any

from audit.db import db
from tests.bench import network
from tests.bench.place import fresh

TABLE, EXPORT = "/network", "/network/visits.csv"
SIZES = ((10_000, 500), (100_000, 2000))  # visits, branches
EXPORTED = 10_000


def bench(sizes: tuple[tuple[int, int], ...] = SIZES) -> list[dict[str, Any]]:
    """The table at each size, and the file of all visits for sizes up to `EXPORTED`."""
    rows = []
    for visits, branches in sizes:
        with fresh() as place:
            began = time.perf_counter()
            with place.app.app_context():
                person = network.fill(db.session(), visits, branches)
                db.session.refresh(person)
                db.session.expunge(person)
            filled = time.perf_counter() - began
            for name, address in (("table", TABLE), ("csv", EXPORT)):
                if name == "table" or visits <= EXPORTED:
                    milliseconds = network.measure(place.app, person, address)
                    rows.append(_row(name, visits, branches, milliseconds, filled))
    return rows


def _row(name: str, visits: int, branches: int, milliseconds: float, filled: float) -> dict[str, Any]:
    return {
        "page": name,
        "visits": visits,
        "branches": branches,
        "server_ms": round(milliseconds, 1),
        "filling_s": round(filled, 1),
    }
