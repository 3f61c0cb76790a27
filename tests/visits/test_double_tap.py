"""Two taps at the same moment: one submission, whichever way it is sent."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories
from tests.conftest import World
from tests.visits.helpers import fill, reloaded

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, admin: Person) -> Visit:
    """A visit with everything answered."""
    made = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    fill(made, shopper)
    return made


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answers when all begin together."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def kept(session: Session, visit: Visit) -> tuple[list[str], int, list[str]]:
    """The submissions, the round, and the steps that were recorded."""
    statuses = session.execute(text("SELECT status FROM submission ORDER BY 1")).scalars().all()
    steps = session.execute(text("SELECT action FROM visit_event ORDER BY id")).scalars().all()
    return list(statuses), reloaded(visit).round, list(steps)


@pytest.mark.parametrize("ids", [1, 2], ids=["same page", "two tabs"])
def test_of_the_form(ids: int, visit: Visit, shopper: Person, client_of: Browser, session: Session) -> None:
    address, numbers = f"/visits/{visit.id}/check", [str(uuid4()) for _ in range(ids)]
    forms = [(client_of(shopper), {"submission_id": numbers[turn % ids]}) for turn in range(4)]
    answers = at_once(*(lambda one=one: one[0].post(address, data=one[1]) for one in forms))
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.location for answer in answers} == {f"/visits/{visit.id}/receipt"}
    assert kept(session, visit) == (["accepted"], 2, ["submit"])


def test_of_a_device_that_repeats_itself(
    visit: Visit, shopper: Person, client_of: Browser, session: Session
) -> None:
    address = f"/api/v1/visits/{visit.id}/submissions/{uuid4()}"
    phones = [client_of(shopper) for _ in range(4)]
    answers = at_once(*(lambda phone=phone: phone.put(address, json={}) for phone in phones))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json["receipt"] for answer in answers}) == 1
    assert kept(session, visit) == (["accepted"], 2, ["submit"])


def test_of_two_devices(visit: Visit, shopper: Person, client_of: Browser, session: Session) -> None:
    phones = [client_of(shopper) for _ in range(2)]
    address = f"/api/v1/visits/{visit.id}/submissions"
    answers = at_once(*(lambda phone=phone: phone.put(f"{address}/{uuid4()}", json={}) for phone in phones))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert kept(session, visit) == (["accepted", "conflict"], 2, ["submit"])
