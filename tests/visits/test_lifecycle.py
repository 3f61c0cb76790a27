"""The life of a visit as product.md draws it: every state with every action, and who may take the step."""

import itertools

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.errors import Conflict, Forbidden
from audit.visits import services
from audit.visits.lifecycle import Action, State, step
from audit.visits.models import Visit, VisitEvent
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World

# from, action, to, who
DRAWING = """
planned      offer     offered      admin
planned      cancel    cancelled    admin
offered      accept    accepted     shopper
offered      decline   planned      shopper
offered      expire    planned      admin
offered      cancel    cancelled    admin
accepted     start     in_progress  shopper
accepted     withdraw  planned      shopper
accepted     expire    planned      admin
accepted     cancel    cancelled    admin
in_progress  submit    submitted    shopper
in_progress  abort     aborted      shopper
submitted    return    returned     editor
submitted    approve   approved     editor
submitted    reject    rejected     editor
returned     submit    submitted    shopper
approved     release   released     admin
rejected     reopen    submitted    admin
"""
STEPS = {(line.split()[0], line.split()[1]): line.split()[2:] for line in DRAWING.strip().splitlines()}
PAIRS = list(itertools.product(State, Action))
MAY = {"shopper": {"shopper"}, "editor": {"editor", "admin"}, "admin": {"admin"}}


@pytest.fixture
def wave(world: World, admin: Person) -> Wave:
    """An open wave."""
    return factories.wave(world.client, admin)


@pytest.fixture
def people(
    shopper: Person, other_shopper: Person, editor: Person, admin: Person, branch_manager: Person
) -> dict[str, Person]:
    """Who tries; the visit is the shopper's."""
    return {
        "shopper": shopper,
        "other_shopper": other_shopper,
        "editor": editor,
        "admin": admin,
        "branch_manager": branch_manager,
    }


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_the_table_is_the_drawing(state: State, action: Action) -> None:
    found, drawn = step(state, action), STEPS.get((state, action))
    assert (found and found.to) == (drawn and drawn[0])
    if found and drawn:
        assert found.roles == {RoleName(role) for role in MAY[drawn[1]]}


def test_what_is_not_drawn_is_refused_and_leaves_no_trace(
    session: Session, world: World, wave: Wave, people: dict[str, Person]
) -> None:
    for state in State:
        visit = factories.visit(wave, world.branch, people["shopper"], state)
        for action in (action for action in Action if (state, action) not in STEPS):
            for person in (*people.values(), None):
                with pytest.raises(Conflict):
                    services.move(visit, action, person, factories.AT)
        assert visit.state == state
    assert session.scalars(select(VisitEvent)).all() == []


def test_each_step_is_taken_only_by_whom_it_is_for_and_recorded(
    session: Session, world: World, wave: Wave, people: dict[str, Person]
) -> None:
    for (state, action), (to, role) in STEPS.items():
        for name, person in people.items():
            visit = factories.visit(wave, world.branch, people["shopper"], State(state))
            session.flush()
            # What the step's own service sets before it moves, as the constraints ask for it.
            visit.accepted_at = visit.submitted_at = visit.approved_at = visit.released_at = factories.AT
            visit.terms, visit.abort_reason = {}, "closed"
            if name not in MAY[role]:
                with pytest.raises(Forbidden):
                    services.move(visit, Action(action), person, factories.AT)
                assert visit.state == state
                continue
            event = services.move(visit, Action(action), person, factories.AT)
            assert (visit.state, event.from_state, event.to_state, event.action) == (to, state, to, action)
            assert (event.by_id, event.at) == (person.id, factories.AT)


@pytest.mark.parametrize("change", ["DELETE FROM visit_event", "UPDATE visit_event SET action = 'offer'"])
def test_the_database_keeps_the_trail_as_it_is(
    session: Session, world: World, wave: Wave, shopper: Person, change: str
) -> None:
    visit = factories.visit(wave, world.branch, shopper, State.ACCEPTED)
    services.start(visit, shopper, factories.AT)
    session.commit()
    with pytest.raises(DBAPIError, match="visit_event"):
        session.execute(text(change))


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        (State.ACCEPTED, "accepted_at"),
        (State.ACCEPTED, "shopper_id"),
        (State.SUBMITTED, "submitted_at"),
        (State.APPROVED, "approved_at"),
        (State.RELEASED, "released_at"),
        (State.ABORTED, "abort_reason"),
    ],
)
def test_the_database_refuses_a_state_without_what_it_needs(
    session: Session, world: World, wave: Wave, shopper: Person, state: State, missing: str
) -> None:
    visit: Visit = factories.visit(wave, world.branch, shopper, state)
    session.flush()
    setattr(visit, missing, None)
    with pytest.raises(DBAPIError, match="ck_visit_"):
        session.flush()
