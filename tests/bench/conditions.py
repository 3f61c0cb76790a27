"""What a figure was measured on: without this it says nothing."""

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil
from sqlalchemy import text

from audit.db import db
from tests.bench.place import fresh
from tests.browser.house import chromium

DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def conditions() -> dict[str, Any]:
    """Machine, load, versions, how durable the database is, and what a fixed piece of work takes."""
    load = [round(one, 2) for one in os.getloadavg()]
    with fresh() as place, place.app.app_context():
        database = db.session.execute(text("SHOW server_version")).scalar_one()
        durability = {name: db.session.execute(text(f"SHOW {name}")).scalar_one() for name in DURABILITY}
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_average": load,
        "reference_ms": reference_ms(),
        "python": platform.python_version(),
        "postgresql": database,
        "durability": durability,
        "weasyprint": version("weasyprint"),
        "chromium": _chromium(),
    }


def reference_ms() -> float:
    """CPU time of a million rounds of plain Python (best of five): compares machines and busy hours."""
    best = float("inf")
    for _ in range(5):
        began, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number * number % 7
        best = min(best, time.process_time() - began)
    return round(best * 1000, 1)


def _chromium() -> str:
    told = subprocess.run([chromium(), "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split()[:2])


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()
