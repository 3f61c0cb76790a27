"""All that a client can fetch, taken apart: nothing in it leads back to the shopper."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.followup import proposals
from audit.review.models import Scorecard
from audit.visits import evidence, queries, submission
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, photo_files, stories
from tests.conftest import World
from tests.crawl import Walk, metadata_of, parts
from tests.routes import ClientOf

NAME, MAIL, PHONE = "Kiều Thị Bí Mật", "nguoi-bi-mat@example.com", "+84987123456"
FILE = "IMG_20261114_BIMAT_7731.jpg"
PLACE = (21.031415, 105.853926)
AT = datetime(2026, 11, 14, 3, 7, 43, tzinfo=UTC)  # 10:07:43 in Hanoi
CLIENT_SIDE = ("branch_manager", "area_manager", "head_office")


@pytest.fixture
def hidden(session: Session) -> Person:
    """The shopper whom nobody of the client may find."""
    found = factories.person(NAME, RoleName.SHOPPER, email=MAIL, phone=PHONE)
    session.commit()
    return found


@pytest.fixture
def photo_id() -> UUID:
    """Of the picture with a position and a time inside."""
    return uuid4()


@pytest.fixture
def visit(
    app: Flask,
    session: Session,
    world: World,
    hidden: Person,
    editor: Person,
    admin: Person,
    branch_manager: Person,
    photo_id: UUID,
) -> Visit:
    """Released, disputed, with actions and messages, its PDFs made."""
    wave = factories.wave(world.client, admin)
    found = factories.visit(wave, world.branch, hidden, State.ACCEPTED)
    session.commit()
    stories.answered(found, hidden, {"greeted": "no", "solved": "later", "queue": "yes"}, AT)
    taken = evidence.Taken(
        at=AT,
        latitude=PLACE[0],
        longitude=PLACE[1],
        accuracy=7.25,
        source="camera",
        file_name=FILE,
        original_bytes=7_731_002,
    )
    picture = photo_files.jpeg(1200, 900, 11, taken_at=AT, gps=PLACE)
    locked = queries.locked_visit_for(hidden, found.id)
    evidence.add_photo(locked, hidden, AT, photo_id, "greeted", picture, taken)
    session.commit()
    locked = queries.locked_visit_for(hidden, found.id)
    submission.submit(locked, hidden, AT + timedelta(minutes=9), uuid4(), submission.Package())
    session.commit()
    stories.approved(found, editor)
    card = stories.released(found, admin)
    proposals.after_release(card, AT + timedelta(days=1, minutes=30))
    stories.disputed(
        card, branch_manager, "solved", "Giao dịch xong trong ngày.", [evidence.clean_copy(picture)]
    )
    session.commit()
    jobs.run_until_idle(app)
    return found


def telltales(session: Session, visit: Visit, hidden: Person, photo_id: UUID) -> Mapping[str, bytes]:
    """What must not be found, by name."""
    photo = next(one for one in queries.photos_of(visit) if one.id == photo_id)
    sent = queries.submission_of(visit)
    assert sent is not None
    texts = {
        "name": NAME, "first name": "Bí Mật", "mail": MAIL, "phone": PHONE[3:], "device's file": "BIMAT_7731",
        "latitude": "21.0314", "latitude in words": "21,0314", "longitude": "105.8539", "photo's id": str(photo_id),
        "original's key": photo.sha256, "receipt": sent.receipt, "submission's id": str(sent.id),
        "exact time": "10:07", "exact time in UTC": "03:07:43", "session key": hidden.fs_uniquifier,
    }  # fmt: skip
    return {name: text.encode() for name, text in texts.items()}


@pytest.mark.parametrize("who", CLIENT_SIDE)
def test_nothing_a_client_can_fetch_leads_to_the_shopper(
    request: pytest.FixtureRequest,
    app: Flask,
    session: Session,
    visit: Visit,
    hidden: Person,
    photo_id: UUID,
    client_of: ClientOf,
    who: str,
) -> None:
    reader: Person = request.getfixturevalue(who)
    client = client_of(reader)
    for language in ("vi", "en"):
        client.post("/batches", data={"wave": visit.wave_id, "language": language})
    jobs.run_until_idle(app)
    secrets = telltales(session, visit, hidden, photo_id)
    card = session.query(Scorecard).filter_by(visit_id=visit.id).one()
    pdfs = [f"/scorecards/{card.id}/pdf?language={language}" for language in ("vi", "en")]
    walk = Walk(client).on(
        "/", "/my-branches", "/network", "/actions", "/batches/new", "/network/visits.csv", *pdfs
    )
    found = []
    pictures = 0
    for path, answer in walk.fetched.items():
        head = repr(sorted(answer.headers.items())).encode()
        for where, data in [(f"{path} headers", head), *parts(path, answer.get_data(), answer.mimetype)]:
            found += [f"{name} in {where}" for name, secret in secrets.items() if secret in data]
            facts = metadata_of(data)
            pictures += data[:2] == b"\xff\xd8"
            found += [f"{facts} in {where}"] if facts else []
    assert not found, "\n".join(found)
    fetched = set(walk.fetched)
    assert f"/scorecards/{card.id}" in fetched
    assert all(walk.fetched[path].mimetype == "application/pdf" for path in pdfs)
    assert any(answer.mimetype == "application/zip" for answer in walk.fetched.values())
    assert pictures > 3
    strange = [
        path for path in fetched if re.match(r"/(review|visits|trail|payments|earnings|people)\b", path)
    ]
    assert not strange, f"a client's page leads to {strange}"


def test_the_same_walk_finds_the_secrets_where_they_may_be(
    session: Session, visit: Visit, hidden: Person, photo_id: UUID, editor: Person, client_of: ClientOf
) -> None:
    """Otherwise the test above would prove nothing."""
    secrets = telltales(session, visit, hidden, photo_id)
    walk = Walk(client_of(editor)).on(f"/review/{visit.id}")
    seen = {
        name
        for path, answer in walk.fetched.items()
        for _where, data in parts(path, answer.get_data(), answer.mimetype)
        for name, secret in secrets.items()
        if secret in data
    }
    assert {"name", "photo's id"} <= seen


def test_taking_apart_finds_what_a_picture_says(tmp_path: object) -> None:
    del tmp_path
    loud = photo_files.jpeg(640, 480, 3, taken_at=AT, gps=PLACE)
    assert metadata_of(loud)
    assert metadata_of(evidence.photos.accept(loud).derivatives.screen) == {}
