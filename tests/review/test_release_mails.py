"""Who is told of a release: in whose scope the branch is, once, in their language, without a figure."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.mails.models import Mail
from audit.review import release_tasks
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.visits.models import Visit, VisitEvent
from audit.waves import services
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.test_release import walked

ClientOf = Callable[[Person | None], FlaskClient]
READERS = ("branch_manager", "other_manager", "area_manager", "head_office", "other_client")


@pytest.fixture
def readers(request: pytest.FixtureRequest) -> dict[str, Person]:
    """Everybody of the clients' side."""
    return {name: request.getfixturevalue(name) for name in READERS}


def told(session: Session) -> dict[str, list[str]]:
    """The keys of the mails by the address."""
    session.rollback()
    found: dict[str, list[str]] = {}
    for mail in session.scalars(select(Mail).order_by(Mail.id)):
        found.setdefault(mail.address, []).append(mail.key)
    return found


def test_one_release_is_told_to_whom_the_branch_belongs(
    approved: Visit, readers: dict[str, Person], admin: Person, session: Session
) -> None:
    card = stories.released(approved, admin)
    expected = {
        readers[name].email: [f"release:{card.id}:{readers[name].id}"]
        for name in ("branch_manager", "area_manager", "head_office")
    }
    assert told(session) == expected


def test_an_area_above_the_branchs_own_is_told_and_one_beside_it_is_not(
    approved: Visit, world: World, admin: Person, session: Session
) -> None:
    inner = factories.region(world.client, "Nội thành", world.north)
    beside = factories.region(world.client, "Ngoại thành", world.north)
    world.branch.region_id = inner.id
    people = [
        factories.person(name, RoleName.AREA_MANAGER, region=place)
        for name, place in (("Trên", world.north), ("Trong", inner), ("Bên", beside), ("Nam", world.south))
    ]
    stories.released(approved, admin)
    assert set(told(session)) == {people[0].email, people[1].email}


def test_each_reads_it_in_their_language_and_finds_no_figure(
    approved: Visit, branch_manager: Person, head_office: Person, admin: Person, session: Session
) -> None:
    head_office.language = "en"
    card = stories.released(approved, admin)
    mails = {mail.person_id: mail for mail in session.scalars(select(Mail))}
    viet, english = mails[branch_manager.id], mails[head_office.id]
    assert (viet.language, english.language) == ("vi", "en")
    assert viet.subject.startswith("Hoàn Kiếm: ")
    assert "phiếu điểm" in viet.subject.lower()
    assert "scorecard" in english.subject
    for mail in (viet, english):
        assert f"/scorecards/{card.id}\n" in mail.body
        assert card.overall is not None
        rest = re.sub(r"https?://\S+|\d\d/\d\d/\d{4}", "", mail.subject + mail.body)
        rest = rest.replace(card.number, "").replace("CN001", "").replace(card.wave.name, "")
        assert not re.search(r"\d", rest), rest


def test_a_wave_is_one_mail_to_those_above_and_one_per_scorecard_to_managers(
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    admin: Person,
    readers: dict[str, Person],
    client_of: ClientOf,
    session: Session,
) -> None:
    walked(wave, world, shopper, editor, "nnso")
    assert client_of(admin).post(f"/waves/{wave.id}/release").status_code == 303

    found = told(session)
    assert len(found[readers["branch_manager"].email or ""]) == 2
    assert len(found[readers["other_manager"].email or ""]) == 1
    for name, count in (("area_manager", 3), ("head_office", 4)):
        (key,) = found[readers[name].email or ""]
        assert key.startswith(f"release-wave:{wave.id}:")
        body = session.scalars(select(Mail.body).where(Mail.key == key)).one()
        assert f"{count} phiếu điểm" in body
        assert f"/network?wave={wave.id}\n" in body
    assert readers["other_client"].email not in found
    assert len(found) == 4


def test_clicking_twice_tells_it_once(
    approved: Visit, head_office: Person, admin: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(admin)
    for _click in range(2):
        assert browser.post(f"/review/{approved.id}/release").status_code == 303
    assert [len(keys) for keys in told(session).values()] == [1]


def due(wave: Wave, admin: Person, session: Session) -> None:
    """The wave's time came a minute ago."""
    services.schedule_release(wave, admin, factories.AT, factories.AT + timedelta(minutes=5))
    session.commit()


def test_the_clock_releases_what_is_approved_once(
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    admin: Person,
    head_office: Person,
    session: Session,
) -> None:
    walked(wave, world, shopper, editor, "ns")
    due(wave, admin, session)
    for _minute in range(2):
        release_tasks.each_minute()
    waiting = jobs.status(session)["todo"]
    release_tasks.one_wave(wave.id)
    session.expire_all()

    cards = session.scalars(select(Scorecard)).all()
    assert [card.released_at is not None for card in cards] == [True, True]
    assert (wave.release_at, wave.release_by_id) == (None, None)
    step = session.scalars(select(VisitEvent).where(VisitEvent.action == "release").limit(1)).one()
    assert step.by_id is None  # the clock
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "wave.released"))
    assert (entry.by_id, entry.data["scorecards"], entry.data["set_by"]) == (None, 2, admin.id)
    assert len(told(session)[head_office.email or ""]) == 1

    walked(wave, world, shopper, editor, "o")  # approved later: by hand
    release_tasks.each_minute()
    release_tasks.one_wave(wave.id)
    states = session.scalars(select(Visit.state).order_by(Visit.id)).all()
    assert states == ["released", "released", "approved"]
    assert waiting > 0


def test_the_clock_leaves_waves_alone_whose_time_has_not_come(
    wave: Wave, approved: Visit, admin: Person, session: Session
) -> None:
    from audit.db import now

    services.schedule_release(wave, admin, now(), now() + timedelta(hours=1))
    session.commit()
    before = jobs.status(session)
    release_tasks.each_minute()
    assert jobs.status(session) == before
    release_tasks.one_wave(wave.id)  # a job that waited while the time was moved
    session.expire_all()
    assert session.get_one(Visit, approved.id).state == "approved"
    assert wave.release_at is not None


def test_a_time_that_comes_to_nothing_is_over_and_written_down(
    wave: Wave, admin: Person, session: Session
) -> None:
    due(wave, admin, session)
    release_tasks.one_wave(wave.id)
    session.expire_all()
    assert wave.release_at is None
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "wave.released"))
    assert entry.data["scorecards"] == 0
