"""No shopper fills the disk: what is taken back or handed in too late has an end as well."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits import evidence, submission
from audit.visits.lifecycle import State
from audit.visits.models import Submission
from tests import factories
from tests.conftest import World
from tests.photo_files import jpeg

Browser = Callable[[Person | None], FlaskClient]


def test_photos_taken_back_count_over_the_life_of_a_visit(
    client_of: Browser,
    session: Session,
    world: World,
    shopper: Person,
    admin: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "MOST_PHOTOS", 2)
    monkeypatch.setattr(evidence, "EVER", 2)
    visit = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    phone, data, found = client_of(shopper), jpeg(800, 600, 1), []
    for _number in range(5):
        address = f"/api/v1/visits/{visit.id}/photos/{uuid4()}"
        found.append(phone.put(address, data=data, headers={"X-Question-Id": "front"}))
        phone.delete(address)
    assert [answer.status_code for answer in found] == [201, 201, 201, 201, 422]
    assert found[-1].json["code"] == "too_many_ever"


def test_what_is_handed_in_too_late_is_kept_so_many_times(
    client_of: Browser,
    session: Session,
    world: World,
    shopper: Person,
    admin: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(submission, "MOST_KEPT_ASIDE", 2)
    visit = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.ABORTED)
    session.commit()
    phone = client_of(shopper)
    found = [phone.put(f"/api/v1/visits/{visit.id}/submissions/{uuid4()}", json={}) for _number in range(3)]
    assert [answer.status_code for answer in found] == [410, 410, 429]
    assert session.query(Submission).filter_by(visit_id=visit.id, status="conflict").count() == 2
