"""Head office's pages and files over a history of so many visits."""

import time
from typing import Any

from sqlalchemy import select

from audit.branches.models import Branch
from audit.db import db
from tests.bench import network
from tests.bench.place import Place, fresh

SIZES = ((10_000, 500, 45), (100_000, 2000, 45), (1_000_000, 2000, 0))  # visits, branches, questions
EXPORTED = 10_000  # visits of a history that is written as one file
COLD_RUNS = {"network": 15, "branch": 15}
FEW_RUNS = 3  # of what takes seconds


def bench(sizes: tuple[tuple[int, int, int], ...] = SIZES) -> list[dict[str, Any]]:
    """Each page at each size: with the figures in memory, and as the first reader after a release finds it."""
    rows = []
    for visits, branches, questions in sizes:
        with fresh() as place:
            began = time.perf_counter()
            with place.app.app_context():
                person = network.fill(db.session(), visits, branches, questions)
                branch_id = db.session.scalars(select(Branch.id).order_by(Branch.id).limit(1)).one()
                wave_id = network.newest(db.session())
                db.session.refresh(person)
                db.session.expunge(person)
            filled = time.perf_counter() - began
            about = {"visits": visits, "branches": branches, "questions": questions}
            for name, address in _pages(branch_id, wave_id, visits).items():
                rows.append(
                    {
                        "page": name,
                        **about,
                        **_measured(place, person, address, COLD_RUNS.get(name, FEW_RUNS)),
                        "filling_s": round(filled, 1),
                    }
                )
    return rows


def _pages(branch_id: int, wave_id: int, visits: int) -> dict[str, str]:
    pages = {
        "network": "/network",
        "branch": f"/network/branches/{branch_id}",
        "wave xlsx": f"/network/export.xlsx?wave={wave_id}",
        "wave csv": f"/network/visits.csv?wave={wave_id}",
    }
    return {**pages, "all csv": "/network/visits.csv"} if visits <= EXPORTED else pages


def _measured(place: Place, person: Any, address: str, runs: int) -> dict[str, float]:
    warm = network.measure(place.app, person, address)
    cold = network.measure(place.app, person, address, cold=True, runs=runs)
    return {"warm_ms": round(warm, 1), "cold_ms": round(cold, 1)}
