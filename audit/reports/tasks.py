"""The job that prints a released scorecard in both languages, once."""

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

TASK = "make_scorecard_files"


@jobs.task(TASK)
def make_scorecard_files(scorecard_id: int) -> None:
    """Print what is missing and keep it; safe to run twice: what was written first stays."""
    scorecard = db.session.get(Scorecard, scorecard_id)
    if scorecard is None or scorecard.released_at is None or scorecard.status != "scored":
        return
    made = set(
        db.session.scalars(select(ScorecardFile.language).where(ScorecardFile.scorecard_id == scorecard_id))
    )
    wanted = [language for language in LANGUAGES if language not in made]
    data = loading.data_of(scorecard, "pdf")
    db.session.rollback()  # no transaction is held while it renders
    for language in wanted:
        _print(scorecard_id, data, language)


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
