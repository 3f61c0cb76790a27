"""What a scorecard says of open actions and repeated losses, and what a later edition changes about actions."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.followup import actions, proposals, standing
from audit.followup.actions import Plan
from audit.followup.models import Action
from audit.reports import loading
from audit.review.models import Scorecard
from tests import stories
from tests.conftest import World
from tests.followup.conftest import AT, Lived

DAY = timedelta(days=1)
PLAN = Plan("Tập chào khách đầu ca", "Sảnh", "Ca trưởng", date(2026, 11, 16))


@pytest.fixture
def taken(session: Session, action: Action, branch_manager: Person) -> Action:
    """An action that is open."""
    actions.accept(action, branch_manager, AT + timedelta(hours=2), PLAN)
    session.commit()
    return action


def test_a_scorecard_names_what_was_open_before_it_and_what_was_lost_again(
    lived: Lived, taken: Action
) -> None:
    second = lived({"greeted": "no"}, AT + 3 * DAY)
    assert standing.open_actions(second) == [
        standing.OpenAction("Tập chào khách đầu ca", "Ca trưởng", PLAN.due_on, "greeted", is_overdue=True)
    ]
    assert standing.repeated_losses(second) == [standing.RepeatedLoss("greeted", times=2, visits=2)]
    data = loading.data_of(second, "pdf")
    assert [(one.text, one.owner, one.due, one.question, one.overdue) for one in data.actions] == [
        ("Tập chào khách đầu ca", "Ca trưởng", PLAN.due_on, "greeted", True)
    ]
    assert [(one.question, one.times, one.visits) for one in data.repeats] == [("greeted", 2, 2)]


def test_the_first_scorecard_names_none(card: Scorecard, taken: Action) -> None:
    assert standing.open_actions(card) == []
    assert standing.repeated_losses(card) == []


def test_what_happens_after_the_release_changes_nothing_of_it(
    session: Session, lived: Lived, taken: Action, branch_manager: Person
) -> None:
    second = lived({"greeted": "no"}, AT + 3 * DAY)
    before = standing.open_actions(second)
    assert [one.text for one in before] == [PLAN.text]
    lived({"greeted": "no"}, AT + 4 * DAY)
    session.refresh(taken)
    actions.drop(taken, branch_manager, AT + 5 * DAY, "Đã có người chào.")
    session.commit()
    assert standing.open_actions(second) == before
    assert standing.repeated_losses(second) == [standing.RepeatedLoss("greeted", times=2, visits=2)]


def test_what_this_very_visit_saw_right_is_not_called_open(lived: Lived, taken: Action) -> None:
    assert standing.open_actions(lived(None, AT + 3 * DAY)) == []


@pytest.mark.parametrize(("lost", "named"), [({"greeted": "no"}, True), ({"greeted": "yes"}, False)])
def test_what_was_reported_done_is_named_only_where_it_was_lost_again(
    session: Session, lived: Lived, taken: Action, branch_manager: Person, lost: dict[str, str], named: bool
) -> None:
    actions.finish(taken, branch_manager, AT + DAY, "Đã tập ba buổi.", [])
    session.commit()
    assert bool(standing.open_actions(lived(lost, AT + 3 * DAY))) is named


def test_losses_are_counted_over_six_visits_that_asked_the_question(lived: Lived, world: World) -> None:
    for number in range(6):
        lived({"greeted": "no"} if number < 4 else None, AT + number * DAY)
    lived({"greeted": "no"}, AT + 6 * DAY, world.second_branch)
    last = lived({"greeted": "no", "solved": "na"}, AT + 6 * DAY)
    assert standing.repeated_losses(last) == [standing.RepeatedLoss("greeted", times=4, visits=6)]


def test_the_pdf_prints_both(app: Flask, session: Session, lived: Lived, taken: Action) -> None:
    second = lived({"greeted": "no"}, AT + 3 * DAY)
    jobs.run_until_idle(app)
    session.expire_all()
    file = next(file for file in session.get_one(Scorecard, second.id).files if file.language == "vi")
    reader = PdfReader(io.BytesIO(app.extensions["storage"].read(file.sha256)))
    text = " ".join("".join(page.extract_text() for page in reader.pages).split())
    assert "Tập chào khách đầu ca" in text
    assert "mất điểm trong 2 trên 2 lượt" in text


def test_an_upheld_dispute_takes_its_proposal_back(
    session: Session, card: Scorecard, action: Action, branch_manager: Person, admin: Person
) -> None:
    outcome = stories.upheld(stories.disputed(card, branch_manager), admin, {"value": "yes"})
    edition = session.get_one(Scorecard, outcome.scorecard_id)
    proposals.after_release(edition, AT + timedelta(hours=6))
    session.commit()
    session.refresh(action)
    assert action.state == "dropped"
    assert action.events[-1].kind == "withdrawn"


def test_an_upheld_dispute_also_turns_a_failure_into_a_confirmation(
    session: Session, lived: Lived, taken: Action, branch_manager: Person, admin: Person
) -> None:
    second = lived({"greeted": "no"}, AT + 3 * DAY)
    session.refresh(taken)
    assert taken.state == "failed_again"
    at = AT + 4 * DAY
    dispute = stories.disputed(second, branch_manager, at=at)
    outcome = stories.upheld(dispute, admin, {"value": "yes"}, at=at)
    proposals.after_release(session.get_one(Scorecard, outcome.scorecard_id), at)
    session.commit()
    session.refresh(taken)
    assert (taken.state, taken.settled_by_id) == ("confirmed", outcome.scorecard_id)


def test_the_job_of_the_first_edition_speaks_for_the_newest(
    session: Session, card: Scorecard, action: Action, branch_manager: Person, admin: Person
) -> None:
    """The worker may get to it late."""
    stories.upheld(stories.disputed(card, branch_manager), admin, {"value": "yes"})
    proposals.after_release(card, AT + timedelta(hours=6))
    session.commit()
    session.refresh(action)
    assert action.state == "dropped"
