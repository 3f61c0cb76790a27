"""A visit walks from acceptance to release through the real services."""

from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World


def test_a_visit_walks_to_its_release(
    session: Session, world: World, shopper: Person, editor: Person, admin: Person
) -> None:
    wave = factories.wave(world.client, admin)
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()

    stories.submitted(visit, shopper, {"greeted": "no"})
    card = stories.approved(visit, editor)
    stories.released(visit, admin)

    assert session.get_one(Visit, visit.id).state == State.RELEASED
    assert card.result["overall_shown"] == "87.0"
    assert card.context is not None
    assert card.context["branch"]["code"] == "CN001"
