"""The editor's grade of a shopper's work: 1 to 5 with a note that the shopper reads."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review import claims
from audit.review.layers import Grade
from audit.trail.services import record
from audit.visits.lifecycle import State
from audit.visits.models import Visit

BEST = 5
LONGEST_NOTE = 1_000
GRADED = (State.APPROVED, State.RELEASED, State.REJECTED)


def give(visit: Visit, by: Person, at: datetime, grade: int | None, note: str) -> Grade:
    """Grade a visit that is decided; the newest grade counts. Invalid names `grade` or `note`.

    A low grade needs its reason. Callers hold the visit's lock. Conflict before the decision.
    """
    claims.check_reviewer(visit, by)
    if visit.state not in GRADED:
        raise Conflict(_("Decide about the visit first, then grade it."), code="state")
    if grade is None or not 1 <= grade <= BEST:
        raise Invalid(_("Choose a grade from 1 to 5."), field="grade")
    said = clean(note)
    if grade <= 2 and not said:
        raise Invalid(_("Say what should be better next time: the shopper reads it."), field="note")
    if len(said) > LONGEST_NOTE:
        raise Invalid(_("At most %(length)s characters.", length=LONGEST_NOTE), field="note")
    before = grade_of(visit)
    if before and (before.grade, before.note, before.by_id) == (grade, said, by.id):
        return before  # a second click
    made = Grade(visit_id=visit.id, grade=grade, note=said, by_id=by.id, at=at)
    db.session.add(made)
    record("grade.given", by, at, client_id=visit.client_id, visit_id=visit.id, grade=grade, note=said)
    db.session.flush()
    return made


def grade_of(visit: Visit) -> Grade | None:
    """The grade that counts, None before there is one."""
    return grades_of([visit.id]).get(visit.id)


def grades_of(visit_ids: Collection[int]) -> dict[int, Grade]:
    """By visit the grade that counts."""
    query = select(Grade).where(Grade.visit_id.in_(visit_ids)).ext(distinct_on(Grade.visit_id))
    return {row.visit_id: row for row in db.session.scalars(query.order_by(Grade.visit_id, Grade.id.desc()))}
