"""What a branch decides about its actions: every step, its guards, and twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import Conflict, Forbidden, Invalid
from audit.followup import actions
from audit.followup.actions import Plan
from audit.followup.models import Action, ActionEvent
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.visits import evidence
from tests import stories
from tests.followup.conftest import AT

PLAN = Plan("Tập chào khách đầu ca", "Sảnh", "Ca trưởng", date(2026, 11, 30))
LATER = AT + timedelta(hours=5)


@pytest.fixture
def taken(session: Session, action: Action, branch_manager: Person) -> Action:
    """An action that is open."""
    actions.accept(action, branch_manager, LATER, PLAN)
    session.commit()
    return action


def events(session: Session, action: Action) -> list[tuple[str, int | None]]:
    query = select(ActionEvent).where(ActionEvent.action_id == action.id).order_by(ActionEvent.id)
    return [(row.kind, row.by_id) for row in session.scalars(query)]


def test_a_proposal_is_taken_on_with_words_owner_department_and_day(
    session: Session, taken: Action, branch_manager: Person
) -> None:
    assert (taken.state, taken.text, taken.department, taken.owner, taken.due_on) == (
        "open",
        "Tập chào khách đầu ca",
        "Sảnh",
        "Ca trưởng",
        date(2026, 11, 30),
    )
    assert events(session, taken) == [("proposed", None), ("accepted", branch_manager.id)]
    trail = session.scalars(select(Entry).where(Entry.kind == "action.accepted")).one()
    assert (trail.by_id, trail.data) == (branch_manager.id, {"action": taken.id})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": " \n"}, "text"),
        ({"text": "a" * 501}, "text"),
        ({"owner": ""}, "owner"),
        ({"owner": "a" * 81}, "owner"),
        ({"department": "a" * 81}, "department"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 13)}, "due_on"),
        ({"due_on": date(2029, 1, 1)}, "due_on"),
    ],
)
def test_a_plan_that_is_not_one_is_refused_at_its_field(
    action: Action, branch_manager: Person, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.accept(action, branch_manager, AT, replace(PLAN, **changed))
    assert refusal.value.details["field"] == field
    assert action.state == "proposed"


def test_today_is_the_branchs_day(action: Action, branch_manager: Person) -> None:
    """At eight in the evening in London it is already tomorrow in Hanoi."""
    evening = AT.replace(hour=20)
    with pytest.raises(Invalid):
        actions.accept(action, branch_manager, evening, replace(PLAN, due_on=evening.date()))
    actions.accept(action, branch_manager, evening, replace(PLAN, due_on=date(2026, 11, 15)))


def test_an_overdue_action_may_get_another_owner_and_keep_its_day(
    session: Session, taken: Action, branch_manager: Person
) -> None:
    late = AT + timedelta(days=40)
    actions.change(taken, branch_manager, late, replace(PLAN, owner="Phó phòng"))
    assert (taken.owner, taken.due_on) == ("Phó phòng", PLAN.due_on)
    with pytest.raises(Invalid):
        actions.change(taken, branch_manager, late, replace(PLAN, due_on=date(2026, 12, 1)))


def test_done_needs_a_photo_or_a_sentence_and_keeps_clean_copies(
    session: Session, taken: Action, branch_manager: Person
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.finish(taken, branch_manager, LATER, " ", [])
    assert refusal.value.details["field"] == "photos"
    key = evidence.clean_copy(stories.picture(3))
    actions.finish(taken, branch_manager, LATER, "Đã tập", [key])
    session.commit()
    assert (taken.state, taken.evidence, taken.done_at) == ("done", [key], LATER)


def test_no_more_than_four_photos_at_once(taken: Action, branch_manager: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.finish(taken, branch_manager, LATER, "Đã tập", ["a"] * 5)
    assert refusal.value.details["field"] == "photos"


def test_what_was_done_by_mistake_is_opened_again(
    session: Session, taken: Action, branch_manager: Person
) -> None:
    actions.finish(taken, branch_manager, LATER, "Đã tập", [])
    actions.reopen(taken, branch_manager, LATER)
    session.commit()
    assert (taken.state, taken.done_at) == ("open", None)
    assert [kind for kind, _by in events(session, taken)] == ["proposed", "accepted", "done", "reopened"]


def test_dropping_needs_a_reason(session: Session, action: Action, branch_manager: Person) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.drop(action, branch_manager, LATER, " ")
    assert refusal.value.details["field"] == "reason"
    actions.drop(action, branch_manager, LATER, "Đã bố trí từ tuần trước.")
    session.commit()
    assert action.state == "dropped"


Step = Callable[[Action, Person], None]
STEPS: dict[str, Step] = {
    "accept": lambda action, by: actions.accept(action, by, LATER, PLAN),
    "change": lambda action, by: actions.change(action, by, LATER, PLAN),
    "finish": lambda action, by: actions.finish(action, by, LATER, "Đã tập", []),
    "reopen": lambda action, by: actions.reopen(action, by, LATER),
    "drop": lambda action, by: actions.drop(action, by, LATER, "Không cần"),
}
ALLOWED = {
    "proposed": {"accept", "drop"},
    "open": {"change", "finish", "drop"},
    "done": {"reopen"},
    "failed_again": {"accept", "drop"},
    "confirmed": set(),
    "dropped": set(),
}


@pytest.mark.parametrize("state", ALLOWED)
def test_each_state_allows_its_own_steps_only(
    session: Session, taken: Action, branch_manager: Person, state: str
) -> None:
    for name, step in STEPS.items():
        taken.state, taken.done_at = state, AT
        session.commit()
        if name in ALLOWED[state]:
            step(taken, branch_manager)
        else:
            with pytest.raises(Conflict):
                step(taken, branch_manager)
        session.rollback()


@pytest.mark.parametrize("who", ["editor", "admin"])
@pytest.mark.parametrize("step", STEPS)
def test_the_agency_reads_only(action: Action, request: pytest.FixtureRequest, who: str, step: str) -> None:
    with pytest.raises(Forbidden):
        STEPS[step](action, request.getfixturevalue(who))


def test_a_second_click_is_the_first(session: Session, action: Action, branch_manager: Person) -> None:
    seen = action.events[-1].id
    for _click in range(2):
        actions.accept(action, branch_manager, LATER, PLAN, seen=seen)
        session.commit()
    assert [kind for kind, _by in events(session, action)] == ["proposed", "accepted"]


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    session: Session, taken: Action, branch_manager: Person, area_manager: Person
) -> None:
    seen = taken.events[-1].id
    actions.change(taken, area_manager, LATER, replace(PLAN, owner="Phó phòng"), seen=seen)
    session.commit()
    with pytest.raises(Conflict) as refusal:
        actions.change(taken, branch_manager, LATER, replace(PLAN, owner="Tổ trưởng"), seen=seen)
    assert refusal.value.code == "stale"
    assert taken.owner == "Phó phòng"


def test_a_branch_adds_its_own_actions_once_for_two_clicks(
    session: Session, card: Scorecard, branch_manager: Person
) -> None:
    made = [actions.add(card, branch_manager, LATER, PLAN, "skill") for _click in range(2)]
    session.commit()
    assert made[0].id == made[1].id
    assert (made[0].state, made[0].question_id, made[0].is_proposal) == ("open", "skill", False)
    other = actions.add(card, branch_manager, LATER, replace(PLAN, text="Mua chuông cửa"), None)
    session.commit()
    assert other.id != made[0].id


def test_an_action_about_no_question_of_the_checklist_is_refused(
    card: Scorecard, branch_manager: Person, editor: Person
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add(card, branch_manager, LATER, PLAN, "unknown")
    assert refusal.value.details["field"] == "question_id"
    with pytest.raises(Forbidden):
        actions.add(card, editor, LATER, PLAN)
