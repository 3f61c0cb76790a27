"""Actions proposed by lost points, and what later visits say of them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.followup import actions, proposals
from audit.followup.actions import Plan
from audit.followup.models import Action, ActionEvent
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.followup.conftest import AT, Lived

LATER = AT + timedelta(days=3)
PLAN = Plan("Tập chào khách đầu ca", "Sảnh", "Ca trưởng", date(2026, 11, 30))


def all_of(session: Session) -> list[tuple[str | None, str]]:
    """Question and state of each action, first to last."""
    session.expire_all()
    return [(row.question_id, row.state) for row in session.scalars(select(Action).order_by(Action.id))]


def kinds(session: Session, action: Action) -> list[str]:
    query = select(ActionEvent.kind).where(ActionEvent.action_id == action.id).order_by(ActionEvent.id)
    return list(session.scalars(query))


def test_a_release_proposes_what_lost_enough_and_only_that(session: Session, lived: Lived) -> None:
    card = lived({"greeted": "no", "nps": 3, "skill": 5})
    made = session.scalars(select(Action)).all()
    assert [(one.question_id, one.state, one.is_proposal) for one in made] == [("greeted", "proposed", True)]
    line = next(line for line in card.result["questions"] if line["id"] == "greeted")
    assert made[0].lost == Decimal(line["lost_shown"])
    assert made[0].text == "Được chào?"
    assert session.scalars(select(Entry.kind).where(Entry.kind.like("action.%"))).all() == ["action.proposed"]


def test_the_threshold_is_the_clients(session: Session, world: World, lived: Lived) -> None:
    world.client.action_points = Decimal(15)
    session.commit()
    card = lived({"greeted": "no", "solved": "no"})
    lost = {line["id"]: float(line["lost_shown"]) for line in card.result["questions"]}
    assert 0 < lost["greeted"] < 15 < lost["solved"]
    assert [question for question, _state in all_of(session)] == ["solved"]


def test_a_perfect_visit_proposes_nothing(session: Session, lived: Lived) -> None:
    lived()
    assert all_of(session) == []


def test_proposing_twice_changes_nothing(session: Session, card: Scorecard) -> None:
    proposals.after_release(card, AT + timedelta(hours=1))
    session.commit()
    assert all_of(session) == [("greeted", "proposed")]


def test_a_dropped_proposal_does_not_come_back_from_the_same_visit(
    session: Session, card: Scorecard, action: Action, branch_manager: Person
) -> None:
    actions.drop(action, branch_manager, LATER, "Đã bố trí người chào từ tuần trước.")
    proposals.after_release(card, AT + timedelta(hours=1))
    session.commit()
    assert all_of(session) == [("greeted", "dropped")]


def test_the_job_of_a_release_does_it(
    session: Session, app: Flask, world: World, shopper: Person, editor: Person, admin: Person, wave: Wave
) -> None:
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper, {"greeted": "no"})
    stories.approved(visit, editor)
    card = stories.released(visit, admin)
    jobs.defer(session, "after_release", scorecard_id=card.id)  # once more: it may run twice
    session.commit()
    jobs.run_until_idle(app)
    assert all_of(session) == [("greeted", "proposed")]


Taken = Callable[[Action, Person], None]


def taken(action: Action, by: Person) -> None:
    actions.accept(action, by, AT + timedelta(hours=2), PLAN)


def finished(action: Action, by: Person) -> None:
    taken(action, by)
    actions.finish(action, by, AT + timedelta(days=1), "Đã tập ba buổi.", [])


@pytest.mark.parametrize(
    ("prepare", "values", "state", "last"),
    [
        (taken, None, "confirmed", "confirmed"),
        (finished, None, "confirmed", "confirmed"),
        (taken, {"greeted": "no"}, "failed_again", "failed_again"),
        (finished, {"greeted": "no"}, "failed_again", "failed_again"),
        (lambda action, by: None, {"greeted": "no"}, "proposed", "seen_again"),
        (lambda action, by: None, None, "dropped", "cleared"),
    ],
    ids=["open right", "done right", "open lost", "done lost", "proposed lost", "proposed right"],
)
def test_the_next_visit_that_asks_the_question_settles_it(
    session: Session,
    lived: Lived,
    action: Action,
    branch_manager: Person,
    prepare: Taken,
    values: dict[str, Any] | None,
    state: str,
    last: str,
) -> None:
    prepare(action, branch_manager)
    session.commit()
    second = lived(values, LATER)
    assert all_of(session) == [("greeted", state)]
    assert kinds(session, action)[-1] == last
    assert action.settled_by_id == second.id
    proposals.after_release(second, LATER + timedelta(hours=1))
    session.commit()
    assert kinds(session, action).count(last) == 1


def test_a_visit_that_did_not_ask_the_question_says_nothing(
    session: Session, lived: Lived, branch_manager: Person
) -> None:
    lived({"solved": "no"})
    action = session.scalars(select(Action)).one()
    taken(action, branch_manager)
    session.commit()
    lived({"solved": "na"}, LATER)
    assert all_of(session) == [("solved", "open")]


def test_another_branch_says_nothing(
    session: Session, world: World, lived: Lived, action: Action, branch_manager: Person
) -> None:
    taken(action, branch_manager)
    session.commit()
    lived(None, LATER, world.second_branch)
    assert all_of(session) == [("greeted", "open")]


def test_a_visit_from_before_the_branch_knew_cannot_count_against_it(
    session: Session, lived: Lived, action: Action, branch_manager: Person
) -> None:
    """It was made half an hour after the first one, whose scorecard came out later."""
    taken(action, branch_manager)
    session.commit()
    lived({"greeted": "no"}, AT + timedelta(minutes=30))
    assert all_of(session) == [("greeted", "open")]


def test_a_visit_from_before_the_branch_knew_does_not_close_a_proposal_either(
    session: Session, lived: Lived, action: Action
) -> None:
    """Two visits come out together, one went well: the branch still decides about what the other one lost."""
    lived(None, AT + timedelta(minutes=30))
    assert all_of(session) == [("greeted", "proposed")]


def test_what_failed_again_can_be_taken_on_again_and_be_confirmed(
    session: Session, lived: Lived, action: Action, branch_manager: Person
) -> None:
    finished(action, branch_manager)
    session.commit()
    lived({"greeted": "no"}, LATER)
    session.refresh(action)
    again = Plan("Có người đứng cửa suốt ca", "Sảnh", "Quản lý", date(2026, 12, 15))
    actions.accept(action, branch_manager, LATER + timedelta(days=1), again)
    session.commit()
    lived(None, LATER + timedelta(days=5))
    assert all_of(session) == [("greeted", "confirmed")]
    history = ["proposed", "accepted", "done", "failed_again", "accepted", "confirmed"]
    assert kinds(session, action) == history


def test_a_later_edition_of_the_visit_that_failed_does_not_undo_that_it_was_taken_on_again(
    session: Session, lived: Lived, action: Action, branch_manager: Person
) -> None:
    finished(action, branch_manager)
    session.commit()
    second = lived({"greeted": "no"}, LATER)
    session.refresh(action)
    again = Plan("Có người đứng cửa suốt ca", "Sảnh", "Quản lý", date(2026, 12, 15))
    actions.accept(action, branch_manager, LATER + timedelta(days=1), again)
    session.commit()
    proposals.after_release(second, LATER + timedelta(days=2))  # its next edition, or a job that runs twice
    session.commit()
    assert all_of(session) == [("greeted", "open")]
    assert kinds(session, action).count("failed_again") == 1


def test_after_a_confirmation_a_new_loss_is_a_new_proposal(
    session: Session, lived: Lived, action: Action, branch_manager: Person
) -> None:
    taken(action, branch_manager)
    session.commit()
    lived(None, LATER)
    lived({"greeted": "no"}, LATER + timedelta(days=2))
    assert all_of(session) == [("greeted", "confirmed"), ("greeted", "proposed")]
