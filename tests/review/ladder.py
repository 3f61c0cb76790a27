"""Who is refused at the editor's actions, and how."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from audit.accounts.models import Person
from audit.db import db
from audit.visits.models import Visit

ClientOf = Callable[[Person | None], FlaskClient]
NOT_AGENCY = (
    "shopper",
    "other_shopper",
    "branch_manager",
    "other_manager",
    "area_manager",
    "head_office",
    "other_client",
)


def cast(request: pytest.FixtureRequest, name: str) -> Person:
    """A member of the cast by the name of the fixture."""
    person: Person = request.getfixturevalue(name)
    return person


def state_of(visit_id: int) -> str:
    """The state as the database has it now."""
    db.session.rollback()
    return db.session.get_one(Visit, visit_id, populate_existing=True).state
