"""The phone's protocol: what devices say of their clocks, places, files and programs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import now
from audit.review import corrected
from audit.visits import queries
from audit.visits.models import AnswerHistory, Photo, Submission, Visit
from tests.visits.calls import package, put, put_photo, resume, submit
from tests.visits.helpers import COMPLETE, fill, reloaded

Browser = Callable[[Person | None], FlaskClient]
PLACE = {"latitude": 21.02, "longitude": 105.85, "accuracy": 12, "age": 3.5}
HOUR = timedelta(hours=1)


def test_the_phone_is_told_which_of_its_answers_lost(visit: Visit, phone: FlaskClient) -> None:
    late, early = now().isoformat(), (now() - HOUR).isoformat()
    put(
        phone,
        visit,
        "answers",
        {"answers": [{"question": "skill", "value": 5, "at": late, "comment": "Giỏi"}]},
    )
    body = {
        "answers": [
            {"question": "skill", "value": 1, "at": early},
            {"question": "greeted", "value": "yes", "at": early},
        ]
    }
    answer = put(phone, visit, "answers", body).json
    assert answer["answers"] == {"skill": 1, "greeted": 1}
    kept = answer["kept"]
    assert set(kept) == {"skill"}
    assert (kept["skill"]["value"], kept["skill"]["comment"], kept["skill"]["rev"]) == (5, "Giỏi", 1)
    assert datetime.fromisoformat(kept["skill"]["at"]) == datetime.fromisoformat(late)
    # The same answer given earlier has not lost.
    same = {"answers": [{"question": "skill", "value": 5, "at": early, "comment": "Giỏi"}]}
    assert put(phone, visit, "answers", same).json["kept"] == {}


def test_an_answer_given_with_the_stored_one_in_sight_is_newer_whatever_the_clocks_say(
    visit: Visit, phone: FlaskClient
) -> None:
    late, early = now().isoformat(), (now() - HOUR).isoformat()
    put(phone, visit, "answers", {"answers": [{"question": "skill", "value": 5, "at": late}]})
    for seen, value, expected in ((0, 2, 5), (1, 3, 3), (1, 4, 3)):
        one = {"question": "skill", "value": value, "at": early, "seen": seen}
        put(phone, visit, "answers", {"answers": [one]})
        assert queries.answers_of(reloaded(visit))["skill"].value == expected


def test_a_repetition_by_a_wrong_clock_is_none(visit: Visit, phone: FlaskClient, session: Session) -> None:
    """A repeated request is under way for another time, so its corrected times differ."""
    given, device = now() + 3 * HOUR - timedelta(seconds=40), now() + 3 * HOUR

    def send(value: int, at: datetime, sent: datetime) -> Any:
        body = {"answers": [{"question": "skill", "value": value, "at": at.isoformat()}]}
        return put(phone, visit, "answers", body, X_Device_Now=sent.isoformat()).json

    assert send(2, given, device)["answers"] == {"skill": 1}
    assert send(5, given + timedelta(seconds=5), device)["answers"] == {"skill": 2}
    for slow in (0, 90, 600):
        answer = send(2, given, device - timedelta(seconds=slow))
        assert (answer["answers"], answer["kept"]["skill"]["value"]) == ({"skill": 2}, 5)
    assert len(session.scalars(select(AnswerHistory)).all()) == 1
    assert queries.answers_of(reloaded(visit))["skill"].device_at == given + timedelta(seconds=5)


@pytest.mark.parametrize("told", ["0", "-1", "1.0", "one", "", "9" * 40, "²"])
def test_a_program_that_is_too_old_is_told_so(told: str, visit: Visit, phone: FlaskClient) -> None:
    for method, address in (("GET", "/api/v1/session"), ("PUT", f"/api/v1/visits/{visit.id}/answers")):
        answer: Any = phone.open(address, method=method, json={"answers": []}, headers={"X-Client": told})
        assert (answer.status_code, answer.json["code"]) == (426, "client_too_old")
        assert answer.json["message"]


def test_this_edition_and_later_ones_are_welcome(phone: FlaskClient) -> None:
    for told in ("1", "2", "999"):
        assert phone.get("/api/v1/session", headers={"X-Client": told}).status_code == 200


def test_the_facts_of_a_photo_are_kept(visit: Visit, phone: FlaskClient, session: Session) -> None:
    id_, device = uuid4(), now() - 2 * HOUR
    headers = {
        "X_Position": "21.02,105.85,12.5,3",
        "X_Device_Now": device.isoformat(),
        "X_Taken_At": "1970-01-01T07:00:03+07:00",
        "X_Source": "camera",
        "X_File_Name": "C%3A%5Cfakepath%5Cm%E1%BA%B7t%20ti%E1%BB%81n%00.jpg",
        "X_Original_Size": "4000000",
    }
    assert put_photo(phone, visit, id_, **headers).status_code == 201
    kept = session.get_one(Photo, id_)
    assert (kept.latitude, kept.longitude, kept.accuracy, kept.position_age) == (21.02, 105.85, 12.5, 3)
    assert kept.clock_offset == pytest.approx(-7200, abs=30)
    assert kept.device_at == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)
    assert (kept.source, kept.file_name, kept.original_bytes) == ("camera", "mặt tiền.jpg", 4_000_000)
    assert kept.position_error is None


def test_facts_that_make_no_sense_do_not_hold_up_a_photo(
    visit: Visit, phone: FlaskClient, session: Session
) -> None:
    id_ = uuid4()
    headers = {
        "X_Position": "21,105,-5,1e400",
        "X_Position_Error": "lost",
        "X_Source": "scanner",
        "X_File_Name": "%ED%A0%80" + "x" * 300,
        "X_Original_Size": "9999999999",
    }
    assert put_photo(phone, visit, id_, **headers).status_code == 201
    kept = session.get_one(Photo, id_)
    assert (kept.latitude, kept.accuracy, kept.position_age) == (21, None, None)
    assert (kept.position_error, kept.source, kept.original_bytes) == (None, None, None)
    assert kept.file_name is not None
    assert len(kept.file_name) == 255
    other = uuid4()
    assert put_photo(phone, visit, other, X_Position_Error="timeout").status_code == 201
    assert session.get_one(Photo, other).position_error == "timeout"


def test_a_submission_keeps_the_difference_of_the_clocks(
    visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    body = package(visit, device={"queued": 3, "clock_offset": "mine"}, device_now="1999-01-01T00:00:00Z")
    answer = submit(phone, visit, body, X_Device_Now=(now() + HOUR).isoformat())
    assert answer.status_code == 201
    assert answer.json["clock_offset"] == pytest.approx(3600, abs=30)
    assert datetime.fromisoformat(answer.json["at"]) <= now()
    kept = session.scalars(select(Submission)).one().payload
    assert kept["device"] == {"queued": 3, "clock_offset": answer.json["clock_offset"]}
    found = resume(phone, visit)["submission"]
    assert found == answer.json


def test_a_frozen_payload_is_ordered_by_the_clock_of_its_sending(visit: Visit, phone: FlaskClient) -> None:
    """The day before the battery died the payload said when that was; only the header knows what holds now."""
    put_photo(phone, visit, uuid4())
    newest, off = now() - HOUR, timedelta(days=10)
    put(phone, visit, "answers", {"answers": [{"question": "skill", "value": 5, "at": newest.isoformat()}]})
    ahead = (newest - HOUR + off).isoformat()  # given before, by a clock ten days ahead
    answers = {name: {"value": value, "at": ahead} for name, value in (COMPLETE | {"skill": 1}).items()}
    answer = submit(phone, visit, {"answers": answers}, X_Device_Now=(now() + off).isoformat())
    assert answer.status_code == 201
    assert queries.answers_of(reloaded(visit))["skill"].value == 5


@pytest.mark.parametrize("told", [HOUR, timedelta(days=300), timedelta(days=-16_000)])
def test_a_wrong_day_of_the_visit_does_not_hold_up_a_submission(
    told: timedelta, visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    said = (now() + told).isoformat()
    assert submit(phone, visit, package(visit, visited_at=said)).status_code == 201
    found = reloaded(visit)
    assert found.visited_at is not None
    assert found.visited_at <= now()
    kept = session.scalars(select(Submission)).one().payload["visited_at"]
    assert datetime.fromisoformat(kept) == datetime.fromisoformat(said)


def test_hidden_answers_are_kept_and_do_not_count(
    visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    times = {"start": "2026-11-14T10:00:00+07:00", "end": "2026-11-14T10:09:00+07:00"}
    at = now().isoformat()
    answers = {
        "wait": {"value": times, "at": at, "hidden": True},
        "skill": {"value": 99, "at": at, "hidden": True},  # nobody sees it, so nobody could correct it
        "mess": {"value": [], "at": at},
    }
    assert submit(phone, visit, package(visit, answers=answers)).status_code == 201
    sent = session.scalars(select(Submission)).one()
    assert sent.payload["answers"]["wait"]["hidden"] is True
    assert sent.payload["answers"]["wait"]["value"] == times
    assert "hidden" not in sent.payload["answers"]["mess"]
    assert sent.payload["answers"]["skill"]["value"] == COMPLETE["skill"]
    assert corrected.submitted_answers(sent)["wait"] == {"value": times}
    refused = {"answers": [{"question": "skill", "value": 4, "at": at, "hidden": "no"}]}
    assert put(phone, visit, "answers", refused).json["field"] == "hidden"


def test_a_hidden_misfit_is_kept_apart(
    visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    answers = {"wait": {"value": {"start": "10:00"}, "at": now().isoformat(), "hidden": True}}
    assert put(phone, visit, "answers", {"answers": answers}).json == {"answers": {}, "kept": {}}
    assert submit(phone, visit, package(visit, answers=answers)).status_code == 201
    payload = session.scalars(select(Submission)).one().payload
    assert payload["unfit"]["wait"]["value"] == {"start": "10:00"}
    assert "wait" not in payload["answers"]


@pytest.mark.parametrize("told", ["0" * 64, 5, ["x"]])
def test_another_version_is_noted_and_never_refused(
    told: Any, visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    assert submit(phone, visit, package(visit, version=told)).status_code == 201
    payload = session.scalars(select(Submission)).one().payload
    assert (payload["version"], payload["other_version"]) == (told, True)


def test_the_right_version_is_nothing_to_note(
    visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    assert submit(phone, visit, package(visit, version=visit.version.sha256)).status_code == 201
    payload = session.scalars(select(Submission)).one().payload
    assert (payload["version"], "other_version" in payload) == (visit.version.sha256, False)


def test_a_photo_that_was_taken_back_elsewhere_is_not_asked_for_again(
    visit: Visit, phone: FlaskClient, shopper: Person
) -> None:
    fill(visit, shopper)
    gone = uuid4()
    put_photo(phone, visit, gone)
    assert phone.delete(f"/api/v1/visits/{visit.id}/photos/{gone}").status_code == 204
    again = put_photo(phone, visit, gone)
    assert (again.status_code, again.json["removed"]) == (200, True)
    kept = put_photo(phone, visit, uuid4())
    assert "removed" not in kept.json
    found = resume(phone, visit)
    assert (kept.json["id"] in found["photos"], str(gone) in found["photos"]) == (True, False)
    assert found["removed"] == [str(gone)]
    assert submit(phone, visit, package(visit, photos=[str(gone)])).status_code == 201
    assert gone not in [photo.id for photo in queries.photos_of(reloaded(visit))]


def test_repetitions_after_the_submission_answer_as_before(
    visit: Visit, phone: FlaskClient, shopper: Person, session: Session
) -> None:
    fill(visit, shopper)
    id_, removed = uuid4(), uuid4()
    put_photo(phone, visit, id_)
    put_photo(phone, visit, removed)
    phone.delete(f"/api/v1/visits/{visit.id}/photos/{removed}")
    assert submit(phone, visit, package(visit)).status_code == 201
    assert put_photo(phone, visit, id_).status_code == 200
    assert phone.delete(f"/api/v1/visits/{visit.id}/photos/{removed}").status_code == 204
    assert phone.delete(f"/api/v1/visits/{visit.id}/photos/{uuid4()}").status_code == 204
    late: Any = phone.delete(f"/api/v1/visits/{visit.id}/photos/{id_}")
    assert (late.status_code, late.json["code"]) == (409, "not_open")
    late = put_photo(phone, visit, uuid4())
    assert (late.status_code, late.json["code"]) == (409, "not_open")
