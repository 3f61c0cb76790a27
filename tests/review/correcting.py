"""Corrections as their pages make them, each committed."""

from datetime import timedelta
from typing import Any

from audit.accounts.models import Person
from audit.db import db
from audit.review import corrections
from audit.review.corrected import effective
from audit.review.layers import Correction
from audit.visits import queries
from audit.visits.models import Visit
from tests import stories

LATER = stories.AT + timedelta(hours=2)
YES: dict[str, Any] = {"value": "yes"}
NO: dict[str, Any] = {"value": "no"}


def fresh(visit: Visit, by: Person) -> Visit:
    """The visit, locked."""
    return queries.locked_visit_for(by, visit.id)


def correct(visit: Visit, by: Person, question: str = "greeted", new: Any = None, **more: Any) -> Correction:
    """A correction as its page makes it, committed."""
    made = corrections.correct(
        fresh(visit, by), question, YES if new is None else new, "Ảnh cho thấy có chào", by, LATER, **more
    )
    db.session.commit()
    return made


def settle(visit: Visit, made: Correction, by: Person, agreed: bool, note: str = "") -> Correction:
    """A yes or a no."""
    found = corrections.settle(fresh(visit, by), made.id, by, LATER, agreed=agreed, note=note)
    db.session.commit()
    return found


def counted(visit: Visit) -> dict[str, Any]:
    """The answers that count now."""
    submission = queries.submission_of(visit)
    assert submission is not None
    return effective(visit, submission).answers
