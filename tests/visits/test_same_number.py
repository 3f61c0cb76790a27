"""Two visits that take the same number at the same moment: one gets it, the other is told; nobody breaks down."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.visits import evidence, queries, submission
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories
from tests.conftest import World
from tests.photo_files import jpeg
from tests.visits.helpers import fill, reloaded

Browser = Callable[[Person | None], FlaskClient]
PICTURE = jpeg(800, 600, 1)


@pytest.fixture
def visits(session: Session, world: World, shopper: Person, admin: Person) -> list[Visit]:
    """Two visits under way."""
    wave = factories.wave(world.client, admin)
    made = [
        factories.visit(wave, branch, shopper, State.IN_PROGRESS)
        for branch in (world.branch, world.second_branch)
    ]
    session.commit()
    return made


def meanwhile(app: Flask, first: Callable[[], None], second: Callable[[], Any]) -> Any:
    """What `second` answers when it meets what `first` has flushed and commits only a moment later."""
    answers: list[Any] = []
    first()
    other = threading.Thread(target=lambda: answers.append(second()))
    other.start()
    with app.app_context():
        for _ in range(200):
            waiting = db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            db.session.rollback()
            if waiting:
                break
            time.sleep(0.02)
    db.session.commit()
    other.join()
    return answers[0]


def test_a_photo(app: Flask, visits: list[Visit], shopper: Person, client_of: Browser) -> None:
    browser, id_, others = client_of(shopper), uuid4(), visits[1].id

    def first() -> None:
        visit = queries.locked_visit_for(shopper, visits[0].id)
        evidence.add_photo(visit, shopper, now(), id_, "front", PICTURE, evidence.Taken())

    def second() -> Any:
        address = f"/api/v1/visits/{others}/photos/{id_}"
        return browser.put(address, data=PICTURE, headers={"X-Question-Id": "front"})

    answer = meanwhile(app, first, second)
    assert (answer.status_code, answer.json["code"]) == (409, "photo_id_conflict")
    assert [photo.id for photo in queries.photos_of(visits[0])] == [id_]
    assert queries.photos_of(visits[1]) == []


def test_a_submission(app: Flask, visits: list[Visit], shopper: Person, client_of: Browser) -> None:
    for visit in visits:
        fill(visit, shopper)
    browser, id_, others = client_of(shopper), uuid4(), visits[1].id

    def first() -> None:
        visit = queries.locked_visit_for(shopper, visits[0].id)
        submission.submit(visit, shopper, now(), id_, submission.Package())

    answer = meanwhile(app, first, lambda: browser.put(f"/api/v1/visits/{others}/submissions/{id_}", json={}))
    assert (answer.status_code, answer.json["code"]) == (409, "payload_conflict")
    assert [reloaded(visit).state for visit in visits] == [State.SUBMITTED, State.IN_PROGRESS]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=300_000)])
def test_a_clock_that_is_ahead_prints_no_day_to_come(
    visits: list[Visit], shopper: Person, ahead: timedelta
) -> None:
    fill(visits[0], shopper)
    at = datetime(2026, 11, 14, 4, 0, tzinfo=UTC)
    visit = queries.locked_visit_for(shopper, visits[0].id)
    submission.submit(visit, shopper, at, UUID(int=7), submission.Package(visited_at=at + ahead))
    db.session.commit()
    assert reloaded(visit).visited_at == at
