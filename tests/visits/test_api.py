"""The phone's protocol: each call, each refusal, and what devices should never send."""

import hashlib
import json
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
from audit.visits import queries
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Visit
from tests import factories
from tests.photo_files import jpeg
from tests.visits.calls import put_photo
from tests.visits.helpers import reloaded

Browser = Callable[[Person | None], FlaskClient]
AT = "2026-11-14T10:05:00+07:00"


def one(question: str, value: Any, at: str = AT, **more: Any) -> dict[str, Any]:
    """One answer as a device sends it."""
    return {"question": question, "value": value, "at": at, **more}


def test_the_session_call_says_who_and_when(phone: FlaskClient, shopper: Person) -> None:
    answer = phone.get("/api/v1/session")
    assert answer.json["user_id"] == shopper.id
    assert answer.json["csrf"]
    assert datetime.fromisoformat(answer.json["server_time"]).tzinfo is not None
    assert answer.headers["Cache-Control"] == "no-store"


def calls(visit_id: object) -> list[tuple[str, str]]:
    """Every call."""
    base = f"/api/v1/visits/{visit_id}"
    return [
        ("GET", base),
        ("PUT", f"{base}/start"),
        ("PUT", f"{base}/abort"),
        ("PUT", f"{base}/answers"),
        ("PUT", f"{base}/photos/{uuid4()}"),
        ("DELETE", f"{base}/photos/{uuid4()}"),
        ("PUT", f"{base}/submissions/{uuid4()}"),
    ]


def test_who_may_call(
    visit: Visit, client_of: Browser, other_shopper: Person, head_office: Person, phone: FlaskClient
) -> None:
    body = json.dumps({"answers": [], "reason": "closed"})
    headers = {"X-Question-Id": "front"}
    for person, status, code in (
        (None, 401, "signed_out"),
        (head_office, 403, "forbidden"),
        (other_shopper, 404, "not_found"),
    ):
        for method, address in calls(visit.id):
            answer = client_of(person).open(address, method=method, data=body, headers=headers)
            assert (method, address, answer.status_code) == (method, address, status)
            assert answer.json["code"] == code
            assert answer.json["message"]
    for number in (0, 999_999):
        for method, address in calls(number):
            assert phone.open(address, method=method, data=body, headers=headers).status_code == 404
    for method, address in calls(10**12):
        assert phone.open(address, method=method, data=body, headers=headers).status_code in (404, 405)


def test_the_token_is_asked_for_after_the_sign_in(
    visit: Visit, client_of: Browser, shopper: Person, csrf_on: None
) -> None:
    address, body = f"/api/v1/visits/{visit.id}/answers", {"answers": [one("greeted", "yes")]}
    assert client_of(None).put(address, json=body).status_code == 401
    phone = client_of(shopper)
    refused = phone.put(address, json=body)
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")
    token = phone.get("/api/v1/session").json["csrf"]
    assert phone.put(address, json=body, headers={"X-CSRFToken": token}).status_code == 200


def test_answers_are_kept_and_resumed(visit: Visit, phone: FlaskClient) -> None:
    body = {"answers": [one("greeted", "yes", comment="ngay cửa", rev=4), one("solved", None, na=True)]}
    assert phone.put(f"/api/v1/visits/{visit.id}/answers", json=body).json == {
        "answers": {"greeted": 1, "solved": 1},
        "kept": {},
    }
    found = phone.get(f"/api/v1/visits/{visit.id}").json
    assert found["state"] == "in_progress"
    assert found["answers"]["greeted"] == {
        "value": "yes",
        "na": False,
        "comment": "ngay cửa",
        "at": "2026-11-14T03:05:00+00:00",
        "rev": 1,
    }
    assert found["answers"]["solved"]["na"] is True
    assert found["submission"] is None


def test_the_newest_answer_wins_whatever_arrives_last(visit: Visit, phone: FlaskClient) -> None:
    address = f"/api/v1/visits/{visit.id}/answers"
    phone.put(address, json={"answers": [one("skill", 5, "2026-11-14T10:10:00+07:00")]})
    phone.put(address, json={"answers": [one("skill", 1, "2026-11-14T10:05:00+07:00")]})
    assert queries.answers_of(reloaded(visit))["skill"].value == 5


@pytest.mark.parametrize("off", [timedelta(days=400), timedelta(days=-16_000)])
def test_a_wrong_clock_does_not_lock_an_answer(visit: Visit, phone: FlaskClient, off: timedelta) -> None:
    address, device = f"/api/v1/visits/{visit.id}/answers", now() + off
    body = {
        "device_now": device.isoformat(),
        "answers": [one("skill", 5, (device - timedelta(minutes=1)).isoformat())],
    }
    assert phone.put(address, json=body).status_code == 200
    kept = queries.answers_of(reloaded(visit))["skill"].given_at
    assert abs(kept - (now() - timedelta(minutes=1))) < timedelta(seconds=30)


def test_a_misfit_keeps_nothing_and_names_the_question(visit: Visit, phone: FlaskClient) -> None:
    body = {"answers": [one("greeted", "yes"), one("skill", 9), one("ghost", 1), one("greeted", "maybe")]}
    answer = phone.put(f"/api/v1/visits/{visit.id}/answers", json=body)
    assert answer.status_code == 422
    assert set(answer.json["questions"]) == {"skill", "ghost", "greeted"}
    assert queries.answers_of(reloaded(visit)) == {}


BROKEN = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b'{"answers": NaN}',
    b'{"answers": [{"question": "skill", "at": "2026-11-14T10:05:00Z", "value": 1e999}]}',
    b'{"answers": [{"question": "skill", "at": "2026-11-14T10:05:00Z", "value": ' + b"9" * 5000 + b"}]}",
    b'{"answers": [{"question": "skill", "at": "2026-11-14T10:05:00Z", "value": 10000000000000000000}]}',
    b'{"answers": [{"question": "remark", "at": "2026-11-14T10:05:00Z", "value": "a\\u0000b"}]}',
    b'{"answers": [{"question": "remark", "at": "2026-11-14T10:05:00Z", "value": "\\ud800"}]}',
    b'{"answers": [{"question": "remark", "at": "2026-11-14T10:05:00Z", "comment": "\\u0000"}]}',
    b'{"answers": {"a\\u0000": {}}}',
    b"[" * 100_000,
    b'{"answers": ' + b"[" * 40 + b"]" * 40 + b"}",
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("call", ["answers", "submissions"])
def test_what_is_no_json_to_keep_is_a_bad_request(
    body: bytes, call: str, visit: Visit, phone: FlaskClient
) -> None:
    address = f"/api/v1/visits/{visit.id}/{call}" + (f"/{uuid4()}" if call == "submissions" else "")
    answer = phone.put(address, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_json")
    assert reloaded(visit).state == State.IN_PROGRESS


ODD: list[Any] = [
    {"answers": 5},
    {"answers": None},
    {"answers": "x"},
    {"answers": [5]},
    {"answers": [[]]},
    {"answers": {"greeted": "yes"}},
    {"answers": [{}]},
    {"answers": [one("", "yes")]},
    {"answers": [one("x" * 81, "yes")]},
    {"answers": [{**one("greeted", "yes"), "question": 5}]},
    {"answers": [one("greeted", "yes", na="no")]},
    {"answers": [one("greeted", "yes", na=True)]},
    {"answers": [one("greeted", "yes", comment=5)]},
    {"answers": [one("greeted", "yes", comment="x" * 4_001)]},
    {"answers": [{"question": "greeted", "value": "yes"}]},
    {"answers": [one("greeted", "yes", "yesterday")]},
    {"answers": [one("greeted", "yes", "2026-11-14T10:05:00")]},
    {"answers": [one("greeted", "yes", "0001-01-01T00:00:00+14:00")]},
    {"answers": [one("greeted", "yes", "9999-12-31T23:59:59-12:00")]},
    {"answers": [{**one("greeted", "yes"), "at": 5}]},
    {"answers": [one("greeted", ["yes"])]},
    {"answers": [one("greeted", {"a": 1})]},
    {"answers": [one("greeted", True)]},
    {"answers": [one("skill", 4.5)]},
    {"answers": [one("skill", True)]},
    {"answers": [one("skill", "4")]},
    {"answers": [one("mess", "dirty")]},
    {"answers": [one("mess", [["dirty"]])]},
    {"answers": [one("mess", [{}])]},
    {"answers": [one("wait", {"start": AT})]},
    {"answers": [one("wait", {"start": AT, "end": 5})]},
    {"answers": [one("wait", [AT, AT])]},
    {"answers": [one("counters", "1/0")]},
    {"answers": [one("counters", {})]},
    {"answers": [one("front", "x")]},
    {"answers": [one("remark", 5)]},
    {"answers": [one("remark", "x" * 10_001)]},
    {"device_now": 5, "answers": []},
    {"answers": [one("greeted", "yes")] * 1001},
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_odd_shapes_are_refused_and_keep_nothing(body: Any, visit: Visit, phone: FlaskClient) -> None:
    for address in (f"/api/v1/visits/{visit.id}/answers", f"/api/v1/visits/{visit.id}/submissions/{uuid4()}"):
        answer = phone.put(address, json=body)
        assert answer.status_code == 422
        assert answer.json["message"]
    assert queries.answers_of(reloaded(visit)) == {}


def test_a_body_that_is_too_large_is_refused(visit: Visit, phone: FlaskClient) -> None:
    answer = phone.put(f"/api/v1/visits/{visit.id}/answers", data=b" " * 1_000_001)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert put_photo(phone, visit, uuid4(), b"x" * 20_000_001).status_code == 413


def test_answers_of_a_closed_visit_are_refused(visit: Visit, phone: FlaskClient, session: Session) -> None:
    visit.state, visit.submitted_at = State.SUBMITTED, factories.AT
    session.commit()
    answer = phone.put(f"/api/v1/visits/{visit.id}/answers", json={"answers": [one("greeted", "yes")]})
    assert (answer.status_code, answer.json["code"]) == (409, "not_open")


def test_a_photo_is_kept_once(visit: Visit, phone: FlaskClient, session: Session) -> None:
    data, id_ = jpeg(800, 600, 1), uuid4()
    digest = hashlib.sha256(data).hexdigest()
    headers = {"X_Content_SHA256": digest.upper(), "X_Taken_At": AT, "X_Position": "21.02,105.85,12"}
    first = put_photo(phone, visit, id_, data, **headers)
    assert (first.status_code, first.json["sha256"]) == (201, digest)
    assert put_photo(phone, visit, id_, data, **headers).status_code == 200
    kept = session.scalars(select(Photo)).one()
    assert (kept.latitude, kept.longitude, kept.accuracy) == (21.02, 105.85, 12)
    assert kept.device_at == datetime(2026, 11, 14, 3, 5, tzinfo=UTC)
    other = put_photo(phone, visit, id_, jpeg(800, 600, 2))
    assert (other.status_code, other.json["code"]) == (409, "photo_id_conflict")
    assert phone.get(f"/api/v1/visits/{visit.id}").json["photos"] == {str(id_): digest}


def test_a_photo_that_did_not_arrive_whole_is_asked_for_again(visit: Visit, phone: FlaskClient) -> None:
    answer = put_photo(phone, visit, uuid4(), jpeg(800, 600, 1)[:-9], X_Content_SHA256="0" * 64)
    assert (answer.status_code, answer.json["code"]) == (400, "sha_mismatch")
    assert queries.photos_of(reloaded(visit)) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (jpeg(800, 600, 1)[:9000], "broken_data"),
        (b"", "empty"),
    ],
)
def test_an_unreadable_file_is_refused_and_nothing_is_lost(
    data: bytes, code: str, visit: Visit, phone: FlaskClient
) -> None:
    put_photo(phone, visit, uuid4())
    answer = put_photo(phone, visit, uuid4(), data)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["message"]
    assert len(queries.photos_of(reloaded(visit))) == 1


def test_an_unreadable_file_of_a_queue_is_kept_and_flagged(visit: Visit, phone: FlaskClient) -> None:
    answer = put_photo(phone, visit, uuid4(), b"no photo", X_Keep_Unreadable="1")
    assert (answer.status_code, answer.json["state"]) == (201, "unreadable")
    assert answer.json["message"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Question_Id": ""}, 422),
        ({"X_Question_Id": "x" * 81}, 422),
        ({"X_Question_Id": "ghost"}, 422),
        ({"X_Question_Id": "%00"}, 422),
        ({"X_Content_SHA256": "abc"}, 422),
        ({"X_Taken_At": "soon"}, 422),
        ({"X_Position": "here"}, 201),
        ({"X_Position": "nan,inf,1"}, 201),
        ({"X_Position": "91,200,1"}, 201),
    ],
)
def test_odd_headers(headers: dict[str, str], status: int, visit: Visit, phone: FlaskClient) -> None:
    assert put_photo(phone, visit, uuid4(), **headers).status_code == status


def test_a_photo_is_taken_back_once_and_again(visit: Visit, phone: FlaskClient) -> None:
    id_ = uuid4()
    put_photo(phone, visit, id_)
    for _ in range(2):
        assert phone.delete(f"/api/v1/visits/{visit.id}/photos/{id_}").status_code == 204
    assert phone.delete(f"/api/v1/visits/{visit.id}/photos/{uuid4()}").status_code == 204
    assert queries.photos_of(reloaded(visit)) == []


def test_unknown_addresses_and_methods_answer_json(phone: FlaskClient, visit: Visit) -> None:
    for method, path, status in (
        ("GET", "nothing", 404),
        ("POST", f"visits/{visit.id}/answers", 405),
        ("PUT", f"visits/{visit.id}/photos/not-a-uuid", 404),
    ):
        answer = phone.open(f"/api/v1/{path}", method=method)
        assert (answer.status_code, answer.is_json) == (status, True)


def test_a_form_is_refused_before_its_body_is_misread(visit: Visit, phone: FlaskClient) -> None:
    path = f"/api/v1/visits/{visit.id}/answers"
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = phone.put(path, data=b'{"answers": []}', content_type=kind)
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
