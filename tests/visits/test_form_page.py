"""The whole form on one page: empty, with all that the scripts need, and a way on without them."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits import answering, evidence
from audit.visits.answering import Given
from audit.visits.lifecycle import State
from audit.visits.models import ReturnNote, Visit
from tests import factories
from tests.conftest import World
from tests.photo_files import jpeg
from tests.visits.helpers import fill

Browser = Callable[[Person | None], FlaskClient]
MakeVisit = Callable[..., Visit]


@pytest.fixture
def make(session: Session, world: World, shopper: Person, admin: Person) -> MakeVisit:
    """A visit of the shopper in a state."""
    wave = factories.wave(world.client, admin)

    def made(state: State = State.IN_PROGRESS, **values: object) -> Visit:
        found = factories.visit(wave, world.branch, shopper, state)
        for name, value in values.items():
            setattr(found, name, value)
        session.commit()
        return found

    return made


@pytest.fixture
def returned(make: MakeVisit, shopper: Person, editor: Person, session: Session) -> Visit:
    """Submitted once and returned for the queue, which the wait hangs on."""
    visit = make()
    fill(visit, shopper)
    visit.state, visit.submitted_at, visit.round = State.RETURNED, factories.AT, 2
    note = {"visit_id": visit.id, "round": 1, "question_id": "queue", "note": "Ảnh có hàng dài."}
    session.add(ReturnNote(**note, by_id=editor.id, at=factories.AT))
    session.commit()
    return visit


def config_of(page: str) -> dict[str, Any]:
    """What stands in `data-visit`."""
    found = re.search(r'data-visit="([^"]*)"', page)
    assert found is not None
    config: dict[str, Any] = json.loads(Markup(found[1]).unescape())
    return config


def names(page: str) -> list[str]:
    """The questions on the page, in order."""
    return re.findall(r'data-question="([^"]+)"', page)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.IN_PROGRESS])
def test_every_question_is_there_in_order_and_none_is_answered(
    state: State, make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    visit = make()
    given = [
        Given("greeted", "yes", False, "ở cửa", factories.AT),
        Given("counters", "17.25", False, "", factories.AT),
    ]
    answering.save_answers(visit, shopper, factories.AT, given)
    visit.state = state
    page = client_of(shopper).get(f"/visits/{visit.id}/answer")
    assert page.status_code == 200
    assert names(page.text) == [question["id"] for question in factories.CHECKLIST["questions"]]
    body = re.sub(r'data-visit="[^"]*"', "", page.text)
    assert "checked" not in body
    assert "ở cửa" not in body
    assert "17" not in re.findall(r'name="q-counters" value="([^"]*)"', body)[0]
    assert f"url=/visits/{visit.id}/plain" in page.text
    assert "csrf_token" not in body.split('id="visit-form"')[1].split("</form>")[0]


def test_the_scripts_get_what_they_need(
    make: MakeVisit, client_of: Browser, shopper: Person, session: Session
) -> None:
    visit = make()
    answering.save_answers(
        visit, shopper, factories.AT, [Given("greeted", "no", False, "vắng", factories.AT)]
    )
    photo_id = uuid4()
    evidence.add_photo(visit, shopper, factories.AT, photo_id, "front", jpeg(800, 600, 1), evidence.Taken())
    session.commit()
    config = config_of(client_of(shopper).get(f"/visits/{visit.id}/answer").text)
    rules = {rule["id"]: rule for rule in config.pop("questions")}
    words = config.pop("words")
    config.pop("serverTime")
    (photo,) = config.pop("photos")
    assert config == {
        "person": shopper.id,
        "visit": visit.id,
        "title": "Hoàn Kiếm",
        "client": 1,
        "version": visit.version.sha256,
        "state": "in_progress",
        "round": 1,
        "zone": "Asia/Ho_Chi_Minh",
        "visitedAt": None,
        "photo": f"/visits/{visit.id}/photos/",
        "signIn": "/sign-in",
        "answers": {
            "greeted": {
                "value": "no",
                "na": False,
                "comment": "vắng",
                "at": factories.AT.isoformat(),
                "rev": 1,
            }
        },
    }
    assert (photo["id"], photo["question"], len(photo["sha256"])) == (str(photo_id), "front", 64)
    assert {"id", "type", "required", "na", "section"} <= set(rules["wait"])
    assert rules["wait"]["show_if"]["q"] == "queue"
    assert all(isinstance(text, str) and text for text in words.values())


def test_a_returned_visit_shows_what_was_returned_with_the_note(
    returned: Visit, client_of: Browser, shopper: Person
) -> None:
    page = client_of(shopper).get(f"/visits/{returned.id}/answer").text
    config = config_of(page)
    assert names(page) == ["queue", "wait"]
    assert "Ảnh có hàng dài." in page
    assert len(config["questions"]) == len(factories.CHECKLIST["questions"])
    assert (config["state"], config["round"]) == ("returned", 2)


@pytest.mark.parametrize("state", sorted(set(State) - {"accepted", "in_progress", "returned"}))
def test_in_other_states_it_leads_to_the_brief_or_the_receipt(
    state: State, make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    visit = make(state)
    answer = client_of(shopper).get(f"/visits/{visit.id}/answer")
    assert (answer.status_code, answer.location) == (303, f"/visits/{visit.id}")


def test_what_was_submitted_leads_to_its_receipt(
    make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    visit = make()
    fill(visit, shopper)
    browser = client_of(shopper)
    browser.post(f"/visits/{visit.id}/check", data={"submission_id": str(uuid4())})
    assert browser.get(f"/visits/{visit.id}/answer").location == f"/visits/{visit.id}/receipt"
