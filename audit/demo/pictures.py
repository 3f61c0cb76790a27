"""Painting many photos at once, in processes of their own, before the database is touched."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from uuid import UUID

from audit.demo.painting.jobs import Picture
from audit.storage import storage_for
from audit.visits.evidence import SIZES

FEW = 24  # so many are painted here sooner than other processes start
MOST_PROCESSES = 4
BATCH = 6


@dataclass(frozen=True)
class Painted:
    """What storage keeps of a photo: keys of the original and its copies; upright pixels."""

    original: str
    width: int
    height: int
    copies: dict[str, str]  # "screen_key", "pdf_key", "grid_key"
    dhash: int


def paint_all(pictures: Sequence[Picture], uploads: Path) -> dict[UUID, Painted]:
    """Paint and keep every picture with its copies. Some 0.2 s of one core for each."""
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    if len(pictures) <= FEW or processes == 1:
        return dict(_batch(pictures, uploads))
    # The large ones first, lest one of them is the last.
    ordered = sorted(pictures, key=lambda one: -one.size[0] * one.size[1])
    batches = [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)]
    with _executor(processes) as executor:
        jobs = [executor.submit(_batch, batch, uploads) for batch in batches]
        return {name: painted for job in jobs for name, painted in job.result()}


@contextmanager
def _executor(processes: int) -> Iterator[Executor]:
    """Processes that end with this one, however it ends."""
    context = multiprocessing.get_context("spawn")  # a fork would share database connections and locks
    ours, theirs = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(ours, theirs))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
        theirs.close()
        ours.close()


def _begin(
    parent: "multiprocessing.connection.Connection", end: "multiprocessing.connection.Connection"
) -> None:
    """In the child: leave Ctrl-C to the parent, and end when it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end.close()

    def watch() -> None:
        try:
            parent.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)

    Thread(target=watch, name="parent", daemon=True).start()


def _batch(pictures: Sequence[Picture], uploads: Path) -> list[tuple[UUID, Painted]]:
    # Imported here: planning a demo needs no Pillow.
    from audit.demo.painting.painting import paint
    from audit.visits import photos

    storage = storage_for(uploads)
    done = []
    for picture in pictures:
        data = paint(picture)
        accepted = photos.accept(data)
        copies = {f"{size}_key": storage.put(getattr(accepted.derivatives, size)) for size in SIZES}
        original, dhash = storage.put(data), accepted.derivatives.dhash
        done.append((picture.id, Painted(original, accepted.width, accepted.height, copies, dhash)))
    return done
