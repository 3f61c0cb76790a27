"""What follows a release: actions are proposed, earlier ones seen again or not."""

from audit import jobs
from audit.db import db
from audit.followup import proposals
from audit.review.models import Scorecard

TASK = "after_release"


@jobs.task(TASK)
def after_release(scorecard_id: int) -> None:
    """Settle the branch's earlier actions, then propose new ones; safe to run twice."""
    card = db.session.get(Scorecard, scorecard_id)
    if card is None or card.released_at is None:
        return
    proposals.after_release(card, card.released_at)
    db.session.commit()
