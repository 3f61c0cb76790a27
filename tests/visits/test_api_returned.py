"""The phone's protocol after a return: a device that submits everything it has."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits import queries
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.visits.helpers import reloaded

Browser = Callable[[Person | None], FlaskClient]
LATER = (factories.AT + timedelta(hours=3)).isoformat()


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, editor: Person, admin: Person) -> Visit:
    """A visit that came back with a note at "skill"."""
    made = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    stories.submitted(made, shopper)
    return stories.returned(made, editor, {"skill": "Chấm lại theo hướng dẫn."})


def everything(visit: Visit, **changed: Any) -> dict[str, Any]:
    """All answers as the device has them, given again now, some of them changed."""
    values = {name: row.value for name, row in queries.answers_of(visit).items()} | changed
    return {"answers": {name: {"value": value, "at": LATER} for name, value in values.items()}}


def test_all_answers_may_be_sent_again_when_only_the_returned_ones_changed(
    visit: Visit, client_of: Browser, shopper: Person
) -> None:
    body, before = everything(visit, skill=2), queries.answers_of(visit)["greeted"].rev
    answer = client_of(shopper).put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=body)
    assert (answer.status_code, reloaded(visit).state) == (201, State.SUBMITTED)
    kept = queries.answers_of(visit)
    assert (kept["skill"].value, kept["greeted"].rev) == (2, before)


def test_another_answer_to_a_question_that_was_not_returned_is_refused(
    visit: Visit, client_of: Browser, shopper: Person
) -> None:
    body = everything(visit, skill=2, greeted="no")
    answer = client_of(shopper).put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=body)
    assert (answer.status_code, set(answer.json["questions"])) == (422, {"greeted"})
    assert reloaded(visit).state == State.RETURNED
    assert queries.answers_of(visit)["skill"].value != 2


def test_what_was_queued_before_the_return_is_kept_aside(
    visit: Visit, client_of: Browser, shopper: Person
) -> None:
    body = everything(visit) | {"round": 1}
    answer = client_of(shopper).put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "already_submitted")
    assert reloaded(visit).state == State.RETURNED
    of_now = client_of(shopper).put(
        f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=everything(visit, skill=2) | {"round": 2}
    )
    assert (of_now.status_code, reloaded(visit).state) == (201, State.SUBMITTED)


def test_a_round_is_a_number(visit: Visit, client_of: Browser, shopper: Person) -> None:
    body = everything(visit, skill=2) | {"round": "2"}
    answer = client_of(shopper).put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=body)
    assert (answer.status_code, answer.json["field"]) == (422, "round")
