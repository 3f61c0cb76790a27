"""What the tests of the shopper's side share."""

from uuid import uuid4

from audit.accounts.models import Person
from audit.db import db
from audit.visits import answering, evidence
from audit.visits.answering import Given
from audit.visits.models import Visit
from tests import factories
from tests.photo_files import jpeg

COMPLETE = {
    "greeted": "yes",
    "queue": "no",
    "skill": 4,
    "solved": "yes",
    "mess": [],
    "counters": 3,
    "nps": 9,
}


def fill(visit: Visit, shopper: Person) -> None:
    """All required answers and the photo."""
    given = [Given(name, value, False, "", factories.AT) for name, value in COMPLETE.items()]
    answering.save_answers(visit, shopper, factories.AT, given)
    evidence.add_photo(visit, shopper, factories.AT, uuid4(), "front", jpeg(800, 600, 1), evidence.Taken())
    db.session.commit()


def reloaded(visit: Visit) -> Visit:
    """The row as it is now."""
    db.session.rollback()
    db.session.refresh(visit)
    return visit
