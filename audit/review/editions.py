"""Later editions of a released scorecard: made and released in one step, beside the earlier ones."""

from datetime import datetime

from audit import jobs
from audit.accounts.models import Person
from audit.db import db
from audit.review import scorecards
from audit.review.cells import settle
from audit.review.figures import figures_of
from audit.review.fingerprint import fingerprint
from audit.review.models import Scorecard
from audit.review.release import AFTER_RELEASE, BEFORE_FILES, context_of
from audit.trail.services import record


def make_edition(card: Scorecard, by: Person, at: datetime, reason: str) -> Scorecard:
    """The next edition of a released scorecard from what counts now, released at once; flushes.

    It compares with the figures of its own day and keeps the first edition's deadline to object: no answer in
    it is new but the one that was disputed. Its PDFs are made by a job. Callers hold the visit's lock. Conflict
    (`not_complete`) when the answers cannot be scored as they stand.
    """
    made = scorecards.make_edition(card, by, at, reason)
    figures = figures_of(made.wave, made.version_id, {made.branch_id})
    made.context = context_of(made, figures)
    made.dispute_until = card.dispute_until
    made.released_at = at
    made.sha256 = fingerprint(made)
    settle([made])
    jobs.defer(db.session, "make_scorecard_files", priority=5, scorecard_id=made.id)
    jobs.defer(db.session, AFTER_RELEASE, priority=BEFORE_FILES, scorecard_id=made.id)
    record(
        "scorecard.released",
        by,
        at,
        client_id=made.client_id,
        visit_id=made.visit_id,
        scorecard_id=made.id,
        number=made.number,
        edition=made.edition,
    )
    return made
