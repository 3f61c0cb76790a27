"""What singles out a visit of the queue, as conditions of a query over Visit: late, to look at first, a yes owed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from audit.accounts.models import Person
from audit.branches.models import Client
from audit.db import db
from audit.review.layers import Alarm, Correction, CorrectionConsent, Flag
from audit.visits.lifecycle import Action, State
from audit.visits.models import Submission, Visit, VisitEvent

ALARM = "alarm"
LEVELS = (ALARM, "strong", "review")  # what the queue can be narrowed to
ASKED = (State.SUBMITTED, State.RETURNED)  # a correction can be agreed to in these


def is_late(at: datetime) -> ColumnElement[bool]:
    """Whether a submission has waited for longer than its client's limit; for a query with Visit and Client.

    One that a granted appeal brought back waits from then on.
    """
    limit = func.make_interval(0, 0, 0, 0, Client.escalate_hours)
    appealed = exists().where(
        VisitEvent.visit_id == Visit.id, VisitEvent.action == Action.REOPEN, VisitEvent.at + limit >= at
    )
    return (Visit.state == State.SUBMITTED) & (Visit.submitted_at + limit < at) & ~appealed


def brought_back(visit_ids: Collection[int]) -> dict[int, datetime]:
    """By visit when a granted appeal brought it back to review, where that was after its latest submission."""
    query = (
        select(VisitEvent.visit_id, func.max(VisitEvent.at))
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(VisitEvent.visit_id.in_(visit_ids), VisitEvent.action == Action.REOPEN)
        .where(VisitEvent.at > Visit.submitted_at)
        .group_by(VisitEvent.visit_id)
    )
    return dict(db.session.execute(query).all())


def carries(level: str) -> ColumnElement[bool]:
    """Whether there is an alarm that nobody has settled, or a flag of this level in the latest round."""
    if level == ALARM:
        return exists().where(Alarm.visit_id == Visit.id, Alarm.state == "raised")
    return exists().where(Flag.visit_id == Visit.id, Flag.round == Visit.round - 1, Flag.level == level)


def comes_first() -> ColumnElement[bool]:
    """Whether a person looks at it first (scoring.md 5.2): an alarm that is not settled, or a strong flag."""
    return carries(ALARM) | ((Visit.state == State.SUBMITTED) & carries("strong"))


def asks_for_yes(
    *, made_by: Person | None = None, made_by_others: Person | None = None
) -> ColumnElement[bool]:
    """Whether a correction waits for a yes: any, one that this person made, or one that this person may answer."""
    answered = exists().where(CorrectionConsent.correction_id == Correction.id)
    wanted = [
        Correction.visit_id == Visit.id,
        Visit.state.in_(ASKED),
        Correction.needs_consent,
        ~answered,
        ~_answered_anew(),
    ]
    if made_by is not None:
        wanted.append(Correction.by_id == made_by.id)
    if made_by_others is not None:
        wanted += [Correction.by_id != made_by_others.id, Visit.shopper_id != made_by_others.id]
    return select(Correction.id).where(*wanted).correlate(Visit).exists()


def _answered_anew() -> ColumnElement[bool]:
    """Whether the shopper has sent another answer since the round that the correction lies over: it is void then."""
    before, since = aliased(Submission), aliased(Submission)
    query = select(since.id).where(
        before.visit_id == Correction.visit_id,
        before.round == Correction.round,
        before.status == "accepted",
        since.visit_id == Correction.visit_id,
        since.round > Correction.round,
        since.status == "accepted",
        _given(before.payload) != _given(since.payload),
    )
    return query.correlate(Correction).exists()


def _given(payload: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Value and N/A of the corrected question in a submission."""
    answer = payload["answers"].op("->")(Correction.question_id)
    return func.jsonb_build_array(answer.op("->")("value"), answer.op("->")("na"))
