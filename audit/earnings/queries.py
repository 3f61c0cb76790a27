"""What waits for the shopper beside the visit itself."""

from collections.abc import Sequence

from sqlalchemy import select

from audit.db import db
from audit.review.corrected import corrections_of, lying_over, waits
from audit.review.layers import Correction
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.visits.queries import submission_of


def waiting_corrections(visits: Sequence[Visit]) -> dict[int, int]:
    """By visit how many corrections of what was last submitted wait for a yes or no; few visits have any."""
    submitted = {visit.id: visit for visit in visits if visit.state == State.SUBMITTED}
    query = select(Correction.visit_id).where(Correction.visit_id.in_(submitted), Correction.needs_consent)
    found = {}
    for visit_id in set(db.session.scalars(query)):
        visit = submitted[visit_id]
        submission = submission_of(visit)
        asked = [one for one in corrections_of(visit) if waits(one)]
        if submission is not None and asked:
            found[visit_id] = len(lying_over(visit, submission, asked))
    return {visit_id: count for visit_id, count in found.items() if count}
