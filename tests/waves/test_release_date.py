"""The time at which a wave is released by itself: set, moved, taken off, refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import now
from audit.trail.models import Entry
from audit.waves.board import DESK
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World

ClientOf = Callable[[Person | None], FlaskClient]


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave."""
    made = factories.wave(world.client, admin)
    session.commit()
    return made


def typed(days: int, time: str = "08:30") -> dict[str, str]:
    """A day so many days from now, as the browser sends it."""
    return {"day": (now().astimezone(DESK) + timedelta(days=days)).date().isoformat(), "time": time}


def test_a_time_is_set_in_the_agencys_zone_moved_and_taken_off(
    wave: Wave, admin: Person, client_of: ClientOf, session: Session
) -> None:
    browser, address = client_of(admin), f"/waves/{wave.id}/release-date"
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"day": "20/11/2099", "time": "08:00"}).status_code == 422  # too far
    assert browser.post(address, data=typed(3)).status_code == 303
    session.refresh(wave)
    assert wave.release_at is not None
    local = wave.release_at.astimezone(DESK)
    assert (local.hour, local.minute, wave.release_by_id) == (8, 30, admin.id)
    assert "08:30" in browser.get(f"/waves/{wave.id}").text
    assert 'value="08:30"' in browser.get(address).text

    assert browser.post(address, data=typed(3)).status_code == 303  # a second click
    assert browser.post(address, data=typed(4, "7:05")).status_code == 303
    for _click in range(2):
        assert browser.post(f"{address}/clear").status_code == 303
    session.refresh(wave)
    assert (wave.release_at, wave.release_by_id) == (None, None)
    kinds = session.scalars(select(Entry.kind).order_by(Entry.id)).all()
    assert kinds == ["wave.release_set", "wave.release_set", "wave.release_cleared"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "", "time": "08:00"},
        {"day": "hôm nào", "time": "08:00"},
        typed(3, "24:00"),
        typed(3, "8 giờ"),
        typed(3, ""),
        typed(-1),
        typed(400),
    ],
)
def test_what_cannot_be_a_time_is_refused_with_what_was_typed(
    wrong: dict[str, str], wave: Wave, admin: Person, client_of: ClientOf, session: Session
) -> None:
    answer = client_of(admin).post(f"/waves/{wave.id}/release-date", data=wrong)
    assert answer.status_code == 422
    assert f'value="{wrong["day"]}"' in answer.text
    session.refresh(wave)
    assert wave.release_at is None


@pytest.mark.parametrize("who", ["editor", "head_office", "shopper"])
def test_only_an_admin_sets_it(
    who: str, wave: Wave, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(f"/waves/{wave.id}/release-date").status_code == 403
    assert browser.post(f"/waves/{wave.id}/release-date", data=typed(3)).status_code == 403
    assert browser.post(f"/waves/{wave.id}/release-date/clear").status_code == 403


def test_midnight_in_hanoi_is_the_evening_before_in_greenwich(
    wave: Wave, admin: Person, client_of: ClientOf, session: Session
) -> None:
    client_of(admin).post(f"/waves/{wave.id}/release-date", data=typed(5, "00:00"))
    session.refresh(wave)
    assert wave.release_at is not None
    assert wave.release_at.astimezone(UTC).hour == 17
    assert wave.release_at > datetime.now(UTC)
