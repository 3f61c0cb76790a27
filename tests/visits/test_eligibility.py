"""Who may have a visit: the conflict gate (rule 2) and rotation (rule 3), 90 days or two waves, a tenth of a wave."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import Conflict
from audit.visits import planning, services
from audit.visits.eligibility import most_visits, refusal, refusals
from audit.visits.lifecycle import State
from audit.visits.models import Visit, VisitEvent
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.factories import AT


def wave(world: World, by: Person, starts: date, name: str) -> Wave:
    """A wave of thirty days."""
    return factories.wave(world.client, by, starts_on=starts, ends_on=starts + timedelta(29), name=name)


def visit(within: Wave, branch: object, shopper: Person | None, on: date, state: State) -> Visit:
    """A visit on one day."""
    made = factories.visit(within, branch, shopper, state)  # type: ignore[arg-type]
    made.opens_on = made.closes_on = on
    made.started_at = None
    return made


@pytest.fixture
def waves(session: Session, world: World, admin: Person) -> list[Wave]:
    """Four waves of the client, in July, August, November and February."""
    starts = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 11, 1), date(2027, 2, 1))
    return [wave(world, admin, day, f"Đợt {number}") for number, day in enumerate(starts, 1)]


@pytest.mark.parametrize(
    ("been", "goes", "allowed"),
    [
        # wave and day of the earlier visit; wave and day of the new one
        ((0, date(2026, 7, 10)), (0, date(2026, 7, 20)), False),  # same wave
        ((0, date(2026, 7, 10)), (1, date(2026, 8, 20)), False),  # next wave, 41 days
        ((1, date(2026, 8, 4)), (2, date(2026, 11, 2)), False),  # 90 days, but only one wave on
        ((0, date(2026, 7, 30)), (2, date(2026, 11, 1)), True),  # two waves and 94 days
        ((1, date(2026, 8, 30)), (3, date(2027, 2, 1)), True),  # two waves and 155 days
        ((2, date(2026, 11, 29)), (3, date(2027, 2, 2)), False),  # next wave, 65 days
        ((3, date(2027, 2, 10)), (2, date(2026, 11, 10)), False),  # one wave before another that is planned
        ((3, date(2027, 2, 10)), (1, date(2026, 8, 10)), True),  # two waves before it
    ],
)
def test_the_same_shopper_stays_away_for_90_days_and_two_waves(
    session: Session,
    world: World,
    waves: list[Wave],
    shopper: Person,
    been: tuple[int, date],
    goes: tuple[int, date],
    allowed: bool,
) -> None:
    visit(waves[been[0]], world.branch, shopper, been[1], State.RELEASED)
    new = visit(waves[goes[0]], world.branch, None, goes[1], State.PLANNED)
    assert (refusal(new, shopper) is None) is allowed


def test_two_waves_within_90_days_are_not_enough(
    session: Session, world: World, admin: Person, shopper: Person
) -> None:
    starts = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
    first, _second, third = [wave(world, admin, day, f"Tháng {day.month}") for day in starts]
    visit(first, world.branch, shopper, date(2026, 7, 10), State.RELEASED)
    for day, allowed in ((date(2026, 9, 30), False), (date(2026, 10, 7), False), (date(2026, 10, 8), True)):
        new = visit(third, world.branch, None, day, State.PLANNED)
        assert (refusal(new, shopper) is None) is allowed


def test_the_refusal_names_the_rule_and_the_day_it_lifts(
    session: Session, world: World, waves: list[Wave], shopper: Person
) -> None:
    visit(waves[0], world.branch, shopper, date(2026, 7, 10), State.RELEASED)
    found = refusal(visit(waves[1], world.branch, None, date(2026, 8, 10), State.PLANNED), shopper)
    assert found is not None
    assert (found.rule, found.lifts_on) == ("rotation", date(2026, 11, 1))  # the wave after next begins later
    assert "90 ngày hoặc hai đợt" in found.sentence
    assert "Đợt 1, ngày 10/07/2026" in found.sentence
    assert "hết hiệu lực từ 01/11/2026" in found.sentence


def test_without_a_second_next_wave_the_day_is_the_earliest_one(
    session: Session, world: World, waves: list[Wave], shopper: Person
) -> None:
    visit(waves[2], world.branch, shopper, date(2026, 11, 10), State.ACCEPTED)
    found = refusal(visit(waves[3], world.branch, None, date(2027, 2, 10), State.PLANNED), shopper)
    assert found is not None
    assert found.lifts_on is None
    assert "sớm nhất là 08/02/2027" in found.sentence


def test_the_day_of_the_visit_counts_not_the_window(
    session: Session, world: World, waves: list[Wave], shopper: Person
) -> None:
    been = visit(waves[0], world.branch, shopper, date(2026, 8, 5), State.RELEASED)
    new = visit(waves[2], world.branch, None, date(2026, 11, 1), State.PLANNED)
    assert refusal(new, shopper) is not None
    been.visited_at = AT.replace(month=7, day=31, hour=20)  # the first of August in Hanoi
    assert refusal(new, shopper) is None
    been.visited_at = AT.replace(month=8, day=3, hour=18)  # the fourth in Hanoi
    assert refusal(new, shopper) is not None


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (State.CANCELLED, False),
        (State.OFFERED, True),
        (State.ACCEPTED, True),
        (State.ABORTED, True),  # was there, perhaps recognised
        (State.REJECTED, True),
    ],
)
def test_which_visits_keep_a_shopper_away(
    session: Session, world: World, waves: list[Wave], shopper: Person, state: State, counts: bool
) -> None:
    visit(waves[0], world.branch, shopper, date(2026, 7, 10), state)
    new = visit(waves[1], world.branch, None, date(2026, 8, 10), State.PLANNED)
    assert (refusal(new, shopper) is not None) is counts


def test_another_branch_and_another_shopper_are_free(
    session: Session, world: World, waves: list[Wave], shopper: Person, other_shopper: Person
) -> None:
    visit(waves[0], world.branch, shopper, date(2026, 7, 10), State.RELEASED)
    here = visit(waves[1], world.branch, None, date(2026, 8, 10), State.PLANNED)
    there = visit(waves[1], world.second_branch, None, date(2026, 8, 10), State.PLANNED)
    assert refusal(here, other_shopper) is None
    assert refusal(there, shopper) is None
    assert set(refusals(here, [shopper, other_shopper])) == {shopper.id}


@pytest.mark.parametrize(("total", "most"), [(1, 4), (40, 4), (49, 4), (50, 5), (99, 9), (100, 10)])
def test_a_tenth_of_the_wave_but_at_least_four(total: int, most: int) -> None:
    assert most_visits(total) == most


def test_a_fifth_visit_in_a_small_wave_is_refused(
    session: Session, world: World, waves: list[Wave], shopper: Person
) -> None:
    branches = [factories.branch(world.north, f"N{number}", f"Số {number}") for number in range(6)]
    for branch in branches[:3]:
        visit(waves[0], branch, shopper, date(2026, 7, 10), State.ACCEPTED)
    visit(waves[0], branches[3], shopper, date(2026, 7, 10), State.ABORTED)  # is replaced, takes no share
    new = visit(waves[0], branches[4], None, date(2026, 7, 10), State.PLANNED)
    assert refusal(new, shopper) is None
    visit(waves[0], branches[5], shopper, date(2026, 7, 10), State.OFFERED)
    found = refusal(new, shopper)
    assert found is not None
    assert (found.rule, found.lifts_on) == ("share", waves[0].ends_on)
    assert "nhiều nhất 4 lượt" in found.sentence


def test_an_offer_against_the_rule_is_refused_and_changes_nothing(
    session: Session, world: World, admin: Person, shopper: Person
) -> None:
    current = factories.wave(world.client, admin)
    factories.visit(current, world.branch, shopper, State.SUBMITTED)
    new = factories.visit(current, world.branch, state=State.PLANNED)
    with pytest.raises(Conflict) as error:
        planning.assign(new, shopper, admin, AT)
    assert error.value.code == "rotation"
    assert (new.state, new.shopper_id) == (State.PLANNED, None)


def says_yes(visit: Visit, person: Person, at: datetime = AT) -> None:
    """The person answers the conflict question with yes."""
    assert services.accept(visit, person, at, conflict=True, terms_seen="") is False


def test_who_said_yes_to_the_conflict_question_is_not_offered_the_branch_again(
    session: Session, world: World, admin: Person, shopper: Person, other_shopper: Person
) -> None:
    current = factories.wave(world.client, admin)
    here = factories.visit(current, world.branch, shopper, State.OFFERED)
    says_yes(here, shopper, AT.replace(hour=20))  # the next day in Hanoi
    found = refusal(here, shopper)
    assert found is not None
    assert (found.rule, found.lifts_on) == ("conflict", None)
    assert f"{AT.day + 1:02}/{AT.month:02}/{AT.year}" in found.sentence
    with pytest.raises(Conflict) as error:
        planning.assign(here, shopper, admin, AT)
    assert error.value.code == "conflict"
    assert (here.state, here.shopper_id) == (State.PLANNED, None)
    assert refusal(here, other_shopper) is None
    there = factories.visit(current, world.second_branch, state=State.PLANNED)
    assert refusal(there, shopper) is None


def test_the_conflict_outlasts_waves_and_a_plain_refusal_is_none(
    session: Session, world: World, waves: list[Wave], shopper: Person, other_shopper: Person
) -> None:
    first = visit(waves[0], world.branch, shopper, date(2026, 7, 10), State.OFFERED)
    says_yes(first, shopper)
    first.state, first.shopper_id = State.OFFERED, other_shopper.id
    services.decline(first, other_shopper, AT)
    later = visit(waves[3], world.branch, None, date(2027, 2, 10), State.PLANNED)
    found = refusals(later, [shopper, other_shopper])
    assert {person: one.rule for person, one in found.items()} == {shopper.id: "conflict"}


def test_the_gate_stays_shut_where_a_visit_was_offered_before(
    session: Session, world: World, admin: Person, shopper: Person
) -> None:
    current = factories.wave(world.client, admin)
    first = factories.visit(current, world.branch, shopper, State.OFFERED)
    second = factories.visit(current, world.branch, shopper, State.OFFERED)
    says_yes(first, shopper)
    taken = services.accept(second, shopper, AT, conflict=False, terms_seen=services.terms_seal(second))
    assert (taken, second.state, second.shopper_id) == (False, State.PLANNED, None)
    assert session.query(VisitEvent).filter_by(visit_id=second.id).one().data["conflict"] is True


def test_the_page_of_a_visit_says_who_may_not_have_it_and_why(
    session: Session,
    world: World,
    admin: Person,
    shopper: Person,
    client_of: Callable[[Person | None], FlaskClient],
) -> None:
    current = factories.wave(world.client, admin)
    here = factories.visit(current, world.branch, shopper, State.OFFERED)
    says_yes(here, shopper)
    browser, address = client_of(admin), f"/waves/{current.id}/visits/{here.id}"
    page = browser.get(address).text
    assert f'<option value="{shopper.id}"' not in page
    assert "Xung đột lợi ích" in page
    answer = browser.post(f"{address}/assign", data={"shopper_id": shopper.id})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text  # the page of the visit, with the refusal on it
