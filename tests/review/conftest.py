"""Visits at the editor's door."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave of the first client."""
    made = factories.wave(world.client, admin)
    session.commit()
    return made


@pytest.fixture
def visit(session: Session, wave: Wave, world: World, shopper: Person) -> Visit:
    """A submitted visit of `world.branch` that lost points for its greeting."""
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(made, shopper, {"greeted": "no"})
    return made


@pytest.fixture
def approved(visit: Visit, editor: Person) -> Visit:
    """The same, approved."""
    stories.approved(visit, editor)
    return visit


@pytest.fixture
def second(session: Session) -> Person:
    """Another editor."""
    made = factories.person("Biên tập hai", RoleName.EDITOR)
    session.commit()
    return made


@pytest.fixture
def english(client_of: ClientOf) -> ClientOf:
    """A browser of somebody who reads English."""

    def reads_english(person: Person | None) -> FlaskClient:
        if person is not None:
            person.language = "en"
        return client_of(person)

    return reads_english
