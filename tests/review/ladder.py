"""Who is refused at the editor's actions, and how; visits that an editor has gone through."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from audit.accounts.models import Person
from audit.db import db
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World

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


def walked(
    wave: Wave, world: World, shopper: Person, editor: Person, branches: str, **values: object
) -> None:
    """One approved visit for each letter: n first branch, s second, o the southern one."""
    places = {"n": world.branch, "s": world.second_branch, "o": world.southern_branch}
    for letter in branches:
        made = factories.visit(wave, places[letter], shopper)
        db.session.commit()
        stories.submitted(made, shopper, values)
        stories.approved(made, editor)
