"""Scorecards printed per second by one and by four processes, beside a deliberately naive template."""

import io
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil
from fontTools.ttLib import TTFont  # type: ignore[import-untyped] # it ships no types
from pypdf import PdfReader

from audit.reports.scorecard import build
from audit.reports.view import ScorecardView
from tests.photo_files import TAKEN, exif
from tests.reports.conftest import make, picture

PHOTOS = 8
CAMERA = (4000, 3000)  # what a phone makes: 12 megapixels
PRINTED = (960, 720)  # what the intake keeps for the PDF
KINDS = ("ours", "naive")
WORKERS = (1, 4)


def bench(
    documents: int = 20, naive_documents: int = 5, workers: tuple[int, ...] = WORKERS
) -> list[dict[str, Any]]:
    """A row for each kind and number of processes; each process prints so many documents."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="audit-bench-") as name:
        folder = Path(name)
        _material(folder)
        for number in workers:
            pair = [
                _measured(kind, folder, number, documents if kind == "ours" else naive_documents)
                for kind in KINDS
            ]
            pair[0]["naive_ratio"] = round(pair[1]["cpu_ms"] / pair[0]["cpu_ms"], 2)
            rows += pair
    return rows


def _view() -> ScorecardView:
    """A visit of 46 questions with eight photos, in Vietnamese."""
    return build(make(photos=PHOTOS), "vi")


def _material(folder: Path) -> None:
    """Photos for both kinds and fonts for the naive one."""
    from audit.reports import fonts

    (folder / "ours").mkdir()
    (folder / "naive").mkdir()
    for number in range(PHOTOS):
        (folder / "ours" / f"photo-{number}.jpg").write_bytes(picture(number, PRINTED))
        # With a camera's data, as phones write it; WeasyPrint reads and writes such a photo anew.
        camera = exif(taken_at=TAKEN, gps=(10.77, 106.7))
        (folder / "naive" / f"photo-{number}.jpg").write_bytes(picture(number, CAMERA, exif=camera))
    for weight in (400, 600, 700):
        with TTFont(fonts.FOLDER / f"Inter-{weight}.ttf") as font:
            font.flavor = "woff2"
            font.save(folder / "naive" / f"{weight}.woff2")


def _printer(kind: str, folder: Path) -> Callable[[], bytes]:
    """Imported here, in the child: the naive one shall not find our font settings."""
    view, own = _view(), folder / kind
    if kind == "naive":
        from tests.bench import naive

        return partial(naive.render, view, own)
    from audit.reports import pdf

    return partial(pdf.render, view, lambda key: (own / f"{key}.jpg").read_bytes())


def _child(kind: str, folder: Path, count: int, ready: Any, start: Any, results: Any) -> None:
    render = _printer(kind, folder)
    first = render()  # imports, fonts, style sheets
    ready.release()
    start.wait()
    times = []
    for _ in range(count):
        began = time.process_time()
        render()
        times.append(time.process_time() - began)
    results.put((times, len(first), len(PdfReader(io.BytesIO(first)).pages)))
    ready.acquire()


def _measured(kind: str, folder: Path, workers: int, count: int) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    ready, start, results = context.Semaphore(0), context.Event(), context.SimpleQueue()
    processes = [
        context.Process(target=_child, args=(kind, folder, count, ready, start, results))
        for _ in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        _wait(ready, process)
    began = time.perf_counter()
    start.set()
    peak = _memory(processes)
    found: list[tuple[list[float], int, int]] = []
    while len(found) < workers:
        peak = max(peak, _memory(processes))
        if not results.empty():
            found.append(results.get())
        elif not all(process.is_alive() for process in processes):
            raise RuntimeError(f"a process that printed {kind} scorecards ended early")
        else:
            time.sleep(0.2)
    wall = time.perf_counter() - began
    for _ in processes:  # all at once: any of them may take the first leave
        ready.release()
    for process in processes:
        process.join()
    return _row(kind, workers, found, wall, peak)


def _wait(ready: Any, process: BaseProcess) -> None:
    while not ready.acquire(timeout=1):
        if not process.is_alive():
            raise RuntimeError("a printing process ended before its first document")


def _memory(processes: Sequence[BaseProcess]) -> float:
    """Proportional set size of all in MB: what they share is counted once."""
    return sum(psutil.Process(one.pid).memory_full_info().pss for one in processes) / 1e6


def _row(
    kind: str, workers: int, found: list[tuple[list[float], int, int]], wall: float, peak: float
) -> dict[str, Any]:
    times = [one for spent, _, _ in found for one in spent]
    _, size, pages = found[0]
    return {
        "kind": kind,
        "workers": workers,
        "scorecards": len(times),
        "per_second": round(len(times) / wall, 2),
        "cpu_ms": round(statistics.mean(times) * 1000, 1),
        "cpu_ms_best": round(min(times) * 1000, 1),
        "memory_mb": round(peak),
        "pages": pages,
        "questions": 46,
        "kilobytes": round(size / 1000),
    }
