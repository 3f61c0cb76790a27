"""The flag that only a person can see: full credit beside a photo or a text that says otherwise."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review import claims
from audit.review.flags.queries import KIND
from audit.review.flags.rules import BY_HAND, LEVELS
from audit.review.layers import Flag
from audit.trail.services import record
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Visit

LONGEST = 500


def set_flag(
    visit: Visit, by: Person, at: datetime, question_id: str, reason: str, *, seen: int | None = None
) -> None:
    """Set `self_conflict` at a question of the latest submission. Callers hold the visit's lock.

    Again at the same question it changes nothing. Invalid names `question` or `reason`; Conflict when the visit
    does not wait for a review, was sent again since (`stale`), or somebody else has it (`claimed`).
    """
    claims.check_reviewer(visit, by)
    if visit.state != State.SUBMITTED:
        raise Conflict(_("A sign can only be set while the visit waits for its review."), code="state")
    claims.check_seen(visit, seen)
    if question_id not in visits.checklist_of(visit).questions:
        raise Invalid(_("Choose the question that the sign belongs to."), field="question")
    given = clean(reason)
    if not given:
        raise Invalid(_("Write what contradicts the answer."), field="reason")
    if len(given) > LONGEST:
        message = _("The reason is too long: at most %(most)s characters.", most=LONGEST)
        raise Invalid(message, field="reason")
    claims.hold(visit, by, at)
    row = {"visit_id": visit.id, "round": visit.round - 1, "code": BY_HAND, "level": LEVELS[BY_HAND]}
    row |= {"question_id": question_id, "data": {"reason": given}, "at": at, "by_id": by.id}
    made = insert(Flag).values(row).on_conflict_do_nothing().returning(Flag.id)
    if db.session.scalar(made) is not None:
        record(
            KIND,
            by,
            at,
            client_id=visit.client_id,
            visit_id=visit.id,
            round=visit.round - 1,
            code=BY_HAND,
            question=question_id,
            reason=given,
        )
    db.session.flush()
