"""The phone's protocol: start, stop, resume, and visits that are closed or taken back meanwhile."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import now
from audit.visits import queries, services
from audit.visits.lifecycle import State
from audit.visits.models import Submission, Visit, VisitEvent
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.visits.calls import package, put, put_photo, resume, submit
from tests.visits.helpers import reloaded

Browser = Callable[[Person | None], FlaskClient]
PLACE = {"latitude": 21.02, "longitude": 105.85, "accuracy": 12, "age": 3.5}
HOUR = timedelta(hours=1)


@pytest.fixture
def accepted(session: Session, world: World, wave: Wave, shopper: Person) -> Visit:
    """A visit accepted a day ago."""
    made = factories.visit(wave, world.branch, shopper, State.ACCEPTED)
    made.accepted_at = now() - timedelta(days=1)
    session.commit()
    return made


def events(session: Session, visit: Visit) -> list[VisitEvent]:
    """The trail."""
    return list(
        session.scalars(select(VisitEvent).where(VisitEvent.visit_id == visit.id).order_by(VisitEvent.id))
    )


def test_a_start_without_a_network_counts_from_then(
    accepted: Visit, phone: FlaskClient, session: Session
) -> None:
    began = now() - 2 * HOUR
    body = {"at": began.isoformat(), "position": PLACE, "error": None}
    answer = put(phone, accepted, "start", body, X_Device_Now=now().isoformat())
    assert (answer.status_code, answer.json) == (200, {"state": "in_progress"})
    assert reloaded(accepted).started_at == began
    again = put(phone, accepted, "start", {"at": now().isoformat()})
    assert (again.status_code, again.json) == (200, {"state": "in_progress"})
    assert reloaded(accepted).started_at == began
    (event,) = events(session, accepted)
    assert event.data["position"] == PLACE
    assert datetime.fromisoformat(event.data["device_at"]) == began
    assert abs(event.data["clock_offset"]) < 30


@pytest.mark.parametrize("off", [-3 * HOUR, 5 * HOUR, timedelta(days=-20_000)])
def test_a_start_by_a_wrong_clock_is_corrected_by_the_difference(
    accepted: Visit, phone: FlaskClient, session: Session, off: timedelta
) -> None:
    began = now() - HOUR
    body = {"at": (began + off).isoformat(), "error": "denied"}
    assert put(phone, accepted, "start", body, X_Device_Now=(now() + off).isoformat()).status_code == 200
    started = reloaded(accepted).started_at
    assert started is not None
    assert abs(started - began) < timedelta(seconds=60)
    (event,) = events(session, accepted)
    assert event.data["position_error"] == "denied"
    assert event.data["clock_offset"] == pytest.approx(off.total_seconds(), abs=30)


@pytest.mark.parametrize("told", [timedelta(days=300), timedelta(days=-300), None])
def test_a_visit_begins_after_its_acceptance_and_not_in_time_to_come(
    accepted: Visit, phone: FlaskClient, told: timedelta | None
) -> None:
    body = {} if told is None else {"at": (now() + told).isoformat()}
    assert put(phone, accepted, "start", body).status_code == 200
    found = reloaded(accepted)
    assert found.started_at is not None
    assert found.accepted_at is not None
    assert found.accepted_at <= found.started_at <= now()


@pytest.mark.parametrize("state", [State.RETURNED, State.SUBMITTED, State.RELEASED, State.ABORTED])
def test_a_late_start_changes_nothing(
    state: State, world: World, wave: Wave, shopper: Person, phone: FlaskClient, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper, state)
    session.commit()
    answer = put(phone, visit, "start", {"at": now().isoformat()})
    assert (answer.status_code, answer.json) == (200, {"state": state})
    assert events(session, visit) == []


@pytest.mark.parametrize("what", ["start", "abort"])
@pytest.mark.parametrize("state", [State.OFFERED, State.CANCELLED])
def test_what_was_never_begun_does_not_begin(
    what: str, state: State, world: World, wave: Wave, shopper: Person, phone: FlaskClient, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper, state)
    session.commit()
    answer = put(phone, visit, what, {"reason": "closed"})
    assert (answer.status_code, answer.json["code"]) == (409, "not_open")
    assert reloaded(visit).state == state


def test_a_stop_is_taken_once(accepted: Visit, phone: FlaskClient, session: Session) -> None:
    body = {"reason": "moved", "note": " Đã chuyển. ", "at": now().isoformat(), "position": PLACE}
    for _ in range(2):
        answer = put(phone, accepted, "abort", body, X_Device_Now=now().isoformat())
        assert (answer.status_code, answer.json) == (200, {"state": "aborted"})
    found = reloaded(accepted)
    assert (found.abort_reason, found.abort_note) == ("moved", "Đã chuyển.")
    trail = events(session, accepted)
    assert [one.action for one in trail] == ["start", "abort"]
    assert (trail[1].data["reason"], trail[1].data["position"]) == ("moved", PLACE)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.APPROVED])
def test_what_was_submitted_is_not_stopped(
    state: State, world: World, wave: Wave, shopper: Person, phone: FlaskClient, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper, state)
    session.commit()
    answer = put(phone, visit, "abort", {"reason": "closed"})
    assert (answer.status_code, answer.json["code"]) == (409, "not_open")
    assert reloaded(visit).state == state


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "tired"},
        {"reason": ["closed"]},
        {"reason": None},
        {"reason": "closed", "note": 5},
        {"reason": "closed", "note": "x" * 2001},
        {"reason": "closed", "at": "today"},
    ],
)
def test_odd_stops_are_refused(body: Any, visit: Visit, phone: FlaskClient) -> None:
    answer = put(phone, visit, "abort", body)
    assert (answer.status_code, answer.json["code"]) == (422, "shape")
    assert reloaded(visit).state == State.IN_PROGRESS


@pytest.mark.parametrize(
    "told",
    [
        {"position": 5},
        {"position": {"latitude": "north", "longitude": 1}},
        {"position": {"latitude": True, "longitude": 1}},
        {"position": {"latitude": 91, "longitude": 1}},
        {"position": {"latitude": 10**15, "longitude": 10**15}},
        {"error": "lost"},
        {"error": {"code": 1}},
    ],
)
def test_a_place_that_makes_no_sense_does_not_hold_up_a_start(
    told: Any, accepted: Visit, phone: FlaskClient, session: Session
) -> None:
    assert put(phone, accepted, "start", told).status_code == 200
    assert set(events(session, accepted)[0].data) == {"device_at", "clock_offset"}


def test_resuming_tells_all_that_the_form_needs(
    visit: Visit, phone: FlaskClient, shopper: Person, editor: Person
) -> None:
    id_ = uuid4()
    put_photo(phone, visit, id_)
    found = resume(phone, visit)
    assert found["photo_questions"] == {str(id_): "front"}
    assert (found["round"], found["notes"]) == (1, {})
    assert found["open"] == [question["id"] for question in factories.CHECKLIST["questions"]]
    stories.submitted(visit, shopper)
    found = resume(phone, visit)
    assert (found["state"], found["open"], found["submission"]["round"]) == ("submitted", [], 1)
    stories.returned(visit, editor, {"queue": "Xem lại."})
    found = resume(phone, visit)
    assert (found["round"], found["notes"], found["open"]) == (2, {"queue": "Xem lại."}, ["queue", "wait"])


def test_no_time_of_a_device_opens_what_is_closed(
    world: World, wave: Wave, shopper: Person, phone: FlaskClient, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper, State.SUBMITTED)
    session.commit()
    before = (factories.AT - timedelta(days=2)).isoformat()
    one = {"question": "skill", "value": 1, "at": before}
    answer = put(phone, visit, "answers", {"answers": [one]}, X_Device_Now=before)
    assert (answer.status_code, answer.json["code"]) == (409, "not_open")
    answer = submit(phone, visit, package(visit, answers=[one], visited_at=before), X_Device_Now=before)
    assert (answer.status_code, answer.json["code"]) == (409, "already_submitted")
    assert queries.answers_of(reloaded(visit)) == {}
    assert session.scalars(select(Submission)).one().status == "conflict"


@pytest.fixture
def taken_back(
    session: Session, world: World, wave: Wave, shopper: Person, admin: Person, other_shopper: Person
) -> Visit:
    """A visit that the shopper had accepted and that was given to another one in the meantime."""
    made = factories.visit(wave, world.branch, None, State.PLANNED)
    services.offer(made, shopper, admin, factories.AT)
    services.accept(made, shopper, factories.AT, conflict=False, terms_seen=services.terms_seal(made))
    services.expire(made, factories.AT, admin)
    services.offer(made, other_shopper, admin, factories.AT)
    session.commit()
    return made


def test_what_comes_for_a_visit_that_was_taken_back_is_kept(
    taken_back: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    found = resume(phone, taken_back)
    assert (found["state"], found["answers"], found["open"]) == ("withdrawn", {}, [])
    assert found["removed"] == []
    for what in ("start", "answers", "abort"):
        answer = put(phone, taken_back, what, {"reason": "closed"})
        assert (answer.status_code, answer.json["code"]) == (409, "not_open")
    assert put_photo(phone, taken_back, uuid4()).status_code == 409
    number = uuid4()
    body = package(taken_back, answers=[{"question": "skill", "value": 4, "at": factories.AT.isoformat()}])
    for _ in range(2):
        answer = put(phone, taken_back, f"submissions/{number}", body)
        assert (answer.status_code, answer.json["code"]) == (410, "withdrawn")
    kept = session.scalars(select(Submission)).one()
    assert (kept.id, kept.status, kept.by_id) == (number, "conflict", shopper.id)
    assert kept.payload["answers"]["skill"]["value"] == 4
    assert reloaded(taken_back).state == State.OFFERED


def test_who_never_had_it_is_told_nothing(taken_back: Visit, client_of: Browser, session: Session) -> None:
    stranger = client_of(factories.person("Ngô Văn Tám", RoleName.SHOPPER))
    assert stranger.get(f"/api/v1/visits/{taken_back.id}").status_code == 404
    body = json.dumps({"answers": []})
    for what in ("start", "abort", "answers", f"submissions/{UUID(int=5)}"):
        answer = stranger.put(
            f"/api/v1/visits/{taken_back.id}/{what}", data=body.replace("{", '{"reason": "closed", ', 1)
        )
        assert (what, answer.status_code) == (what, 404)
    assert session.scalars(select(Submission)).all() == []
