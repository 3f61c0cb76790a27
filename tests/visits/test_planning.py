"""Planning visits and offering them: windows, deadlines, money, scope, double submits."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import Conflict, Invalid
from audit.visits import planning
from audit.visits.lifecycle import State
from audit.visits.models import Visit, VisitEvent
from audit.visits.planning import Terms
from audit.waves.models import Wave, WaveState
from tests import factories
from tests.conftest import World
from tests.factories import AT

TERMS = Terms(date(2026, 11, 16), date(2026, 11, 20), 150_000, 50_000)


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave."""
    return factories.wave(world.client, admin)


def plan(wave: Wave, by: Person, *branches: Any, **values: Any) -> list[Visit]:
    """Plan a visit for each branch."""
    terms = values.pop("terms", TERMS)
    return planning.plan_visits(wave, [branch.id for branch in branches], AT, by, terms, **values)


def test_each_branch_gets_one_planned_visit_with_its_event(
    session: Session, world: World, wave: Wave, admin: Person
) -> None:
    visits = plan(wave, admin, world.second_branch, world.branch, world.branch)
    assert [visit.branch.code for visit in visits] == ["CN001", "CN002"]
    for visit in visits:
        assert (visit.state, visit.client_id, visit.version_id) == (
            State.PLANNED,
            wave.client_id,
            wave.version_id,
        )
        assert (visit.opens_on, visit.closes_on, visit.fee) == (TERMS.opens_on, TERMS.closes_on, 150_000)
        event = session.query(VisitEvent).filter_by(visit_id=visit.id).one()
        assert (event.action, event.by_id, event.from_state, event.to_state) == (
            "plan",
            admin.id,
            None,
            "planned",
        )


def test_the_deadline_is_a_day_after_the_window_by_the_branchs_clock(
    session: Session, world: World, wave: Wave, admin: Person
) -> None:
    world.second_branch.timezone = "Asia/Tokyo"
    hanoi, tokyo = plan(wave, admin, world.branch, world.second_branch)
    assert hanoi.submit_by == datetime(2026, 11, 21, 16, 59, tzinfo=UTC)
    assert tokyo.submit_by == datetime(2026, 11, 21, 14, 59, tzinfo=UTC)


def test_a_deadline_may_be_set(world: World, wave: Wave, admin: Person) -> None:
    (visit,) = plan(wave, admin, world.branch, terms=replace(TERMS, submit_on=date(2026, 11, 25)))
    assert visit.submit_by == datetime(2026, 11, 25, 16, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("closes_on", {"closes_on": date(2026, 11, 15)}),
        ("opens_on", {"opens_on": date(2026, 9, 30)}),
        ("closes_on", {"closes_on": date(2027, 1, 1)}),
        ("fee", {"fee": -1}),
        ("expense_cap", {"expense_cap": -1}),
        ("submit_on", {"submit_on": date(2026, 11, 19)}),
    ],
)
def test_terms_are_refused_at_the_field(
    session: Session, world: World, wave: Wave, admin: Person, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as error:
        plan(wave, admin, world.branch, terms=replace(TERMS, **values))
    assert error.value.details == {"field": field}
    assert session.query(Visit).count() == 0


def test_only_active_branches_of_the_client_are_planned(
    session: Session, world: World, wave: Wave, admin: Person
) -> None:
    world.second_branch.active = False
    for branches in ((), (world.foreign_branch,), (world.branch, world.second_branch)):
        with pytest.raises(Invalid) as error:
            plan(wave, admin, *branches)
        assert error.value.details == {"field": "branch_ids"}
    assert session.query(Visit).count() == 0


def test_a_wave_in_planning_takes_visits_but_offers_none(
    session: Session, world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    wave.state = WaveState.PLANNING
    session.flush()
    (visit,) = plan(wave, admin, world.branch)
    with pytest.raises(Conflict):
        planning.assign(visit, shopper, admin, AT)
    with pytest.raises(Invalid) as error:
        plan(wave, admin, world.branch, shopper=shopper)
    assert error.value.details == {"field": "shopper_id"}


def test_a_closed_wave_takes_nothing(
    session: Session, world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    (visit,) = plan(wave, admin, world.branch)
    wave.state = WaveState.CLOSED
    session.flush()
    with pytest.raises(Conflict):
        plan(wave, admin, world.branch)
    with pytest.raises(Conflict):
        planning.assign(visit, shopper, admin, AT)


def test_a_form_sent_twice_plans_once(session: Session, world: World, wave: Wave, admin: Person) -> None:
    seen = planning.last_planned(wave)
    plan(wave, admin, world.branch, seen=seen)
    with pytest.raises(Conflict):
        plan(wave, admin, world.branch, seen=seen)
    assert session.query(Visit).count() == 1


def test_a_plan_with_a_shopper_is_offered_at_once(
    session: Session, world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    visits = plan(wave, admin, world.branch, world.second_branch, shopper=shopper)
    assert {(visit.state, visit.shopper_id) for visit in visits} == {(State.OFFERED, shopper.id)}


def test_offering_is_refused_to_who_is_no_active_shopper(
    world: World, wave: Wave, admin: Person, editor: Person, shopper: Person
) -> None:
    (visit,) = plan(wave, admin, world.branch)
    shopper.active = False
    for person in (editor, shopper):
        with pytest.raises(Invalid):
            planning.assign(visit, person, admin, AT)
    assert (visit.state, visit.shopper_id) == (State.PLANNED, None)


def test_a_visit_is_offered_once(
    world: World, wave: Wave, admin: Person, shopper: Person, other_shopper: Person
) -> None:
    (visit,) = plan(wave, admin, world.branch)
    planning.assign(visit, shopper, admin, AT)
    with pytest.raises(Conflict):
        planning.assign(visit, other_shopper, admin, AT)
    assert visit.shopper_id == shopper.id


def test_a_visit_past_its_deadline_is_not_offered(
    world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    (visit,) = plan(wave, admin, world.branch)
    with pytest.raises(Conflict):
        planning.assign(visit, shopper, admin, visit.submit_by)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE visit SET branch_id = (SELECT id FROM branch WHERE code = 'ST001')",
        "UPDATE visit SET closes_on = opens_on - 1",
        "UPDATE visit SET fee = -1",
        "UPDATE visit SET state = 'offered'",
        "UPDATE visit SET state = 'lost'",
        "UPDATE visit_event SET action = 'x'",
        "DELETE FROM visit_event",
    ],
)
def test_the_database_refuses_nonsense(
    session: Session, world: World, wave: Wave, admin: Person, statement: str
) -> None:
    plan(wave, admin, world.branch)
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
    session.rollback()
