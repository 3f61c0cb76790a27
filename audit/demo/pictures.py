"""Painting many photos at once, in processes of their own, while the visits are lived."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
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


class Easel(Mapping[UUID, Painted]):
    """The pictures by their numbers; asking for one waits until it is painted."""

    def __init__(self, jobs: Mapping[UUID, "Future[list[tuple[UUID, Painted]]]"]) -> None:
        self._jobs = jobs

    def __getitem__(self, name: UUID) -> Painted:
        return dict(self._jobs[name].result())[name]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)


@contextmanager
def painting(pictures: Sequence[Picture], uploads: Path) -> Iterator[Mapping[UUID, Painted]]:
    """Paint and keep every picture with its copies, the first ones first, while the caller goes on.

    Some 0.2 s of one core for each.
    """
    processes = min(MOST_PROCESSES, (os.cpu_count() or 1) - 1)
    if len(pictures) <= FEW or processes <= 1:
        yield dict(_batch(pictures, uploads))
        return
    batches = [pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH)]
    with _executor(processes) as executor:
        jobs: dict[UUID, Future[list[tuple[UUID, Painted]]]] = {}
        for batch in batches:
            job = executor.submit(_batch, batch, uploads)
            jobs |= dict.fromkeys((picture.id for picture in batch), job)
        yield Easel(jobs)


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
