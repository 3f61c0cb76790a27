"""A visit under way and its shopper's phone."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave."""
    return factories.wave(world.client, admin)


@pytest.fixture
def visit(session: Session, world: World, wave: Wave, shopper: Person) -> Visit:
    """A visit under way."""
    made = factories.visit(wave, world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    return made


@pytest.fixture
def phone(client_of: Callable[[Person | None], FlaskClient], shopper: Person) -> FlaskClient:
    """The shopper's browser."""
    return client_of(shopper)
