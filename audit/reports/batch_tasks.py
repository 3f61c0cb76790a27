"""The jobs of a batch: one prints one scorecard, the last of them asks for the ZIP. Safe to be killed anywhere."""

import re
import tempfile
import zipfile
from typing import BinaryIO

from flask import current_app
from sqlalchemy import select, update

from audit import jobs
from audit.db import db, now
from audit.reports.batches import ITEM, WHOLE, defer_whole
from audit.reports.models import Batch, BatchItem
from audit.reports.tasks import make_files
from audit.review.models import Scorecard, ScorecardFile
from audit.storage import Storage

# The earliest moment a ZIP can name: the same scorecards give the same bytes at any time.
NO_TIME = (1980, 1, 1, 0, 0, 0)


@jobs.task(ITEM)
def make_batch_item(batch_id: int, scorecard_id: int) -> None:
    """Print one scorecard unless it is printed, and count it; the last one counted asks for the ZIP."""
    batch, item = db.session.get(Batch, batch_id), db.session.get(BatchItem, (batch_id, scorecard_id))
    if batch is None or item is None or item.done_at is not None:
        return  # it asked for the ZIP in the transaction that counted it
    language = batch.language
    db.session.rollback()
    make_files(scorecard_id, (language,))
    if not _is_printed(scorecard_id, language):
        raise LookupError(f"scorecard {scorecard_id} has no PDF to be packed")
    # One after the other: of two that end together, the second sees that it is the last.
    db.session.execute(select(Batch.id).where(Batch.id == batch_id).with_for_update())
    own = (BatchItem.batch_id == batch_id, BatchItem.scorecard_id == scorecard_id)
    db.session.execute(update(BatchItem).where(*own, BatchItem.done_at.is_(None)).values(done_at=now()))
    waiting = select(BatchItem.scorecard_id).where(
        BatchItem.batch_id == batch_id, BatchItem.done_at.is_(None)
    )
    if db.session.execute(waiting.limit(1)).first() is None:
        defer_whole(batch_id)
    db.session.commit()


def _is_printed(scorecard_id: int, language: str) -> bool:
    query = select(ScorecardFile.sha256).where(
        ScorecardFile.scorecard_id == scorecard_id, ScorecardFile.language == language
    )
    found = db.session.scalar(query) is not None
    db.session.rollback()
    return found


@jobs.task(WHOLE)
def make_batch_file(batch_id: int) -> None:
    """Pack the PDFs and keep the ZIP; a second run finds it or makes the same bytes."""
    batch = db.session.get(Batch, batch_id)
    if batch is None or batch.finished_at is not None:
        return
    entries = _entries(batch)
    db.session.rollback()  # no transaction is held while it packs
    storage: Storage = current_app.extensions["storage"]
    with tempfile.TemporaryFile() as file:
        _pack(file, entries, storage)
        size = file.tell()
        file.seek(0)
        key = storage.put(file)
    made = update(Batch).where(Batch.id == batch_id, Batch.finished_at.is_(None))
    db.session.execute(made.values(zip_sha256=key, zip_bytes=size, finished_at=now()))
    db.session.commit()


def _entries(batch: Batch) -> list[tuple[str, str]]:
    """Name and storage key of each PDF, by name."""
    query = (
        select(Scorecard.context, Scorecard.number, Scorecard.edition, ScorecardFile.sha256)
        .join(BatchItem, BatchItem.scorecard_id == Scorecard.id)
        .join(ScorecardFile, ScorecardFile.scorecard_id == Scorecard.id)
        .where(BatchItem.batch_id == batch.id, ScorecardFile.language == batch.language)
    )
    return sorted(
        (f"{_plain(context['branch']['code'])}-{number}-v{edition}-{batch.language}.pdf", key)
        for context, number, edition, key in db.session.execute(query)
    )


def _plain(code: str) -> str:
    """A branch's code as part of a file's name: no folders, no dots at its begin."""
    return re.sub(r"[^\w-]+", "-", code).strip("-") or "branch"


def _pack(file: BinaryIO, entries: list[tuple[str, str]], storage: Storage) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:  # PDFs are compressed already
        for name, key in entries:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # the same on every system
            packed.writestr(entry, storage.read(key))
    file.seek(0, 2)
