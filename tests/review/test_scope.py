"""Which scorecards a person reaches."""

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import NotFound
from audit.review import queries
from audit.review.models import Scorecard
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import cast

REACH = {
    "shopper": set(),
    "branch_manager": {"CN001"},
    "other_manager": {"CN002"},
    "area_manager": {"CN001", "CN002"},
    "head_office": {"CN001", "CN002", "CN003"},
    "other_client": set(),
    "editor": {"CN001", "CN002", "CN003", "unreleased"},
    "admin": {"CN001", "CN002", "CN003", "unreleased"},
}


@pytest.fixture
def cards(
    wave: Wave, world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> dict[str, Scorecard]:
    """A released scorecard of each branch, and one that is only approved."""
    made = {}
    for branch in (world.branch, world.second_branch, world.southern_branch, world.branch):
        visit = factories.visit(wave, branch, shopper)
        session.commit()
        stories.submitted(visit, shopper)
        card = stories.approved(visit, editor)
        if branch.code in made:
            made["unreleased"] = card
        else:
            made[branch.code] = stories.released(visit, admin)
    return made


@pytest.mark.parametrize("who", REACH)
def test_a_person_reaches_what_was_released_in_their_scope(
    who: str, cards: dict[str, Scorecard], request: pytest.FixtureRequest, session: Session
) -> None:
    person = cast(request, who)
    ids = {card.id: name for name, card in cards.items()}

    found = {ids[card.id] for card in session.scalars(queries.scorecards_for(person))}

    assert found == REACH[who]
    for name, card in cards.items():
        if name in found:
            assert queries.scorecard_for(person, card.id).id == card.id
        else:
            with pytest.raises(NotFound):
                queries.scorecard_for(person, card.id)


def test_somebody_deactivated_reaches_nothing(
    cards: dict[str, Scorecard], editor: Person, session: Session
) -> None:
    assert cards
    editor.active = False

    assert session.scalars(queries.scorecards_for(editor)).all() == []
