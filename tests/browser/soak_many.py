"""`python -m tests.browser.soak_many --seeds 1000`: as many seeds as one likes, over all cores."""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

from playwright.sync_api import sync_playwright

from tests.browser import soak
from tests.browser.field import Field
from tests.cluster import session_cluster

LONGEST = 300  # seconds without any result: something hangs
Result = tuple[int, float, str, list[str]]  # seed, seconds, what went wrong, remarks


def work(seeds: "Queue[int | None]", results: "Queue[Result]") -> None:
    """One process with a server of its own: seed after seed until there is none."""
    cluster = session_cluster()
    field = Field(cluster)
    try:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="audit-soak-") as folder:
            while (seed := seeds.get()) is not None:
                began, wrong, notes = time.monotonic(), "", list[str]()
                try:
                    notes = soak.run(seed, field, playwright, Path(folder))
                except AssertionError as error:
                    wrong = str(error)
                results.put((seed, time.monotonic() - began, wrong, notes))
    finally:
        field.close()
        cluster.stop()


def main() -> int:
    """Run them; the number of seeds that failed, at most 1, is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.soak_many", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="from which on")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="how many at a time")
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    seeds: Queue[int | None] = context.Queue()
    results: Queue[Result] = context.Queue()
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        seeds.put(seed)
    workers = [
        context.Process(target=work, args=(seeds, results)) for _ in range(min(chosen.jobs, chosen.seeds))
    ]
    for worker in workers:
        seeds.put(None)
        worker.start()
    failed = _watch(chosen.seeds, results)
    for worker in workers:
        worker.join(60)
        if worker.is_alive():
            worker.kill()
    return 1 if failed else 0


def _watch(count: int, results: "Queue[Result]") -> list[int]:
    """Tell of each seed as it ends; those that failed."""
    failed: list[int] = []
    began = time.monotonic()
    for number in range(1, count + 1):
        try:
            seed, seconds, wrong, notes = results.get(timeout=LONGEST)
        except Empty:
            _say(f"nothing came for {LONGEST} s: {count - number + 1} seeds are left out")
            return [*failed, 0]
        if wrong:
            failed.append(seed)
            _say(f"\nFAILED {wrong}\n")
        remarks = "; ".join(notes)
        _say(f"{number}/{count} seed {seed}: {'failed' if wrong else 'fine'} in {seconds:.0f} s {remarks}")
    minutes = (time.monotonic() - began) / 60
    _say(f"{count - len(failed)} of {count} seeds fine in {minutes:.1f} min; failed: {failed or 'none'}")
    return failed


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
