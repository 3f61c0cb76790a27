"""The phone's protocol: submitting, once and for ever, and what is refused but kept."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits.lifecycle import State
from audit.visits.models import Submission, Visit
from tests.visits.calls import put_photo
from tests.visits.helpers import COMPLETE, fill, reloaded

AT = "2026-11-14T10:05:00+07:00"


def payload(photos: list[str]) -> dict[str, Any]:
    """A whole submission."""
    answers = {name: {"value": value, "at": AT} for name, value in COMPLETE.items()}
    return {"answers": answers, "photos": photos, "device": {"offset": 1.5}, "visited_at": AT}


def test_a_submission_is_made_once_and_answers_the_same_again(
    visit: Visit, phone: FlaskClient, session: Session
) -> None:
    photo, id_ = str(uuid4()), uuid4()
    put_photo(phone, visit, photo)
    body = json.dumps(payload([photo])).encode()
    address = f"/api/v1/visits/{visit.id}/submissions/{id_}"
    first = phone.put(address, data=body)
    assert first.status_code == 201
    assert first.json["payload_sha256"] == hashlib.sha256(body).hexdigest()
    again = phone.put(address, data=body)
    assert (again.status_code, again.json) == (200, first.json)
    changed = phone.put(address, data=body + b" ")
    assert (changed.status_code, changed.json["code"]) == (409, "payload_conflict")
    second = phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", data=body)
    assert (second.status_code, second.json["code"]) == (409, "already_submitted")
    statuses = session.scalars(select(Submission.status).order_by(Submission.at)).all()
    assert sorted(statuses) == ["accepted", "conflict"]
    assert phone.get(f"/api/v1/visits/{visit.id}").json["submission"]["receipt"] == first.json["receipt"]


def test_a_submission_waits_for_its_photos(visit: Visit, phone: FlaskClient) -> None:
    absent = str(uuid4())
    answer = phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=payload([absent]))
    assert (answer.status_code, answer.json["code"], answer.json["photos"]) == (
        409,
        "missing_photos",
        [absent],
    )
    assert reloaded(visit).state == State.IN_PROGRESS


def test_an_incomplete_submission_names_what_is_missing(visit: Visit, phone: FlaskClient) -> None:
    answer = phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json={})
    assert answer.status_code == 422
    assert answer.json["missing"] == ["front", *COMPLETE]


@pytest.mark.parametrize(
    "body", [{"photos": 5}, {"photos": ["x"]}, {"photos": [5]}, {"device": []}, {"visited_at": 1}]
)
def test_odd_submissions_are_refused(body: Any, visit: Visit, phone: FlaskClient, shopper: Person) -> None:
    fill(visit, shopper)
    answer = phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=body)
    assert answer.status_code == 422
    assert reloaded(visit).state == State.IN_PROGRESS


def test_what_comes_for_a_visit_called_off_is_kept(
    visit: Visit, phone: FlaskClient, session: Session
) -> None:
    visit.state, visit.abort_reason = State.ABORTED, "closed"
    session.commit()
    answer = phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json=payload([]))
    assert (answer.status_code, answer.json["code"]) == (410, "withdrawn")
    assert session.scalars(select(Submission)).one().status == "conflict"
