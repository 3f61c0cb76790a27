"""The job that prints a released scorecard in both languages, once."""

from collections.abc import Sequence
from dataclasses import replace

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from audit import jobs
from audit.db import db, now
from audit.i18n import LANGUAGES
from audit.reports import loading
from audit.reports.data import ScorecardData
from audit.reports.scorecard import build
from audit.review.models import Scorecard, ScorecardFile
from audit.storage import Storage

TASK = "make_scorecard_files"
MOST_PHOTO_BYTES = 800_000  # of all photos together: the file stays under 1 MB, for a mail and a slow line


@jobs.task(TASK)
def make_scorecard_files(scorecard_id: int) -> None:
    """Print what is missing in both languages."""
    make_files(scorecard_id, LANGUAGES)


def make_files(scorecard_id: int, languages: Sequence[str]) -> None:
    """Print what is missing and keep it; safe to run twice: what was written first stays."""
    scorecard = db.session.get(Scorecard, scorecard_id)
    if scorecard is None or scorecard.released_at is None or scorecard.status != "scored":
        return
    made = set(
        db.session.scalars(select(ScorecardFile.language).where(ScorecardFile.scorecard_id == scorecard_id))
    )
    wanted = [language for language in languages if language not in made]
    if not wanted:
        db.session.rollback()
        return
    data = loading.data_of(scorecard, photo_size(scorecard, current_app.extensions["storage"]))
    data = replace(data, objections=loading.objections_of(scorecard))
    db.session.rollback()  # no transaction is held while it renders
    for language in wanted:
        _print(scorecard_id, data, language)


def photo_size(scorecard: Scorecard, storage: Storage) -> str:
    """Which copies are printed: the sharp ones, or the small ones (110 dots an inch) where those are heavy."""
    sizes = (storage.size(photo["pdf"]) for photo in scorecard.photos if storage.exists(photo["pdf"]))
    return "pdf" if sum(sizes) <= MOST_PHOTO_BYTES else "grid"


def _print(scorecard_id: int, data: ScorecardData, language: str) -> None:
    # Imported here: the web processes never load WeasyPrint.
    from audit.reports import pdf

    storage = current_app.extensions["storage"]
    printed = pdf.render(build(data, language), storage.read)
    row = {
        "scorecard_id": scorecard_id,
        "language": language,
        "sha256": storage.put(printed),
        "bytes": len(printed),
        "made_at": now(),
    }
    db.session.execute(insert(ScorecardFile).values(row).on_conflict_do_nothing())
    db.session.commit()
