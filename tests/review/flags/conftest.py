"""A branch with a place, so that a visit to it can be without any flag."""

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.review.flags.scenes import HERE


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave of the first client; `world.branch` has a position and opening hours."""
    world.branch.latitude, world.branch.longitude = HERE
    world.branch.opening_hours = "T2–T7 08:00–17:00"
    made = factories.wave(world.client, admin)
    session.commit()
    return made
