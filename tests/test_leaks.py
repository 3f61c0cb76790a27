"""All that a client can fetch, taken apart: nothing in it leads back to the shopper."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.api import tokens
from audit.api.door import PREFIX
from audit.api.endpoints import ENDPOINTS
from audit.db import now
from audit.review.models import Scorecard
from audit.visits import evidence
from audit.visits.models import Visit
from tests import factories, guarded, photo_files
from tests.conftest import World
from tests.crawl import Walk, metadata_of, parts
from tests.guarded import Team
from tests.routes import ClientOf

CLIENT_SIDE = ("branch_manager", "area_manager", "head_office")


@pytest.fixture
def team(session: Session, editor: Person, admin: Person, branch_manager: Person) -> Team:
    """Who takes part in the visit."""
    second = factories.person("Ngô Bảo An", RoleName.EDITOR)
    return Team(guarded.shopper(), guarded.former(), editor, second, admin, branch_manager)


@pytest.fixture
def photo_id() -> UUID:
    """Of the picture with a position and a time inside."""
    return uuid4()


@pytest.fixture
def visit(app: Flask, session: Session, world: World, team: Team, photo_id: UUID) -> Visit:
    """Released in two versions, its PDFs made."""
    found = guarded.lived(world, team, photo_id)
    jobs.run_until_idle(app)
    return found


@pytest.fixture
def secrets(app: Flask, visit: Visit, team: Team, photo_id: UUID) -> dict[str, bytes]:
    """What must not be found, by name."""
    pictures = guarded.pictures(visit, photo_id, app.extensions["storage"])
    return {**guarded.telltales(visit, team, photo_id), **pictures}


@pytest.mark.parametrize("who", CLIENT_SIDE)
def test_nothing_a_client_can_fetch_leads_to_the_shopper(
    request: pytest.FixtureRequest,
    app: Flask,
    session: Session,
    visit: Visit,
    secrets: dict[str, bytes],
    client_of: ClientOf,
    who: str,
) -> None:
    client = client_of(request.getfixturevalue(who))
    for language in ("vi", "en"):
        client.post("/batches", data={"wave": visit.wave_id, "language": language})
    report = ""
    if who == "head_office":  # the widest reach: the others' reports hold less of the same
        ordered = client.post("/reports", query_string={"wave": visit.wave_id}, data={"language": "vi"})
        report = f"{ordered.location}/file"
    jobs.run_until_idle(app)
    cards = session.query(Scorecard).filter_by(visit_id=visit.id).order_by(Scorecard.edition).all()
    pdfs = [f"/scorecards/{card.id}/pdf?language={one}" for card in cards for one in ("vi", "en")]
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
    fetched = walk.fetched
    for card in cards:
        assert fetched[f"/scorecards/{card.id}"].status_code == 200
    assert all(fetched[path].mimetype == "application/pdf" for path in pdfs)
    assert any(answer.mimetype == "application/zip" for answer in fetched.values())
    assert pictures > 3
    objected = fetched[f"/scorecards/{cards[1].id}/disputes/new?question=wait"].text
    assert f"{guarded.TOOK} phút" in objected
    assert guarded.SAID in fetched[f"/scorecards/{cards[1].id}"].text
    assert not report or fetched[report].mimetype == "application/pdf"
    strange = [
        path for path in fetched if re.match(r"/(review|visits|trail|payments|earnings|people)\b", path)
    ]
    assert not strange, f"a client's page leads to {strange}"


def test_nothing_a_program_of_the_client_can_fetch_does(
    app: Flask,
    session: Session,
    visit: Visit,
    secrets: dict[str, bytes],
    area_manager: Person,
    head_office: Person,
) -> None:
    client = app.test_client()
    for person in (area_manager, head_office):
        _token, secret = tokens.make(person, "Power BI", visit.client_id, None, 30, now())
        session.commit()
        owner, lists = {"Authorization": f"Bearer {secret}"}, 0
        for one in ENDPOINTS:
            query = {"wave": visit.wave_id} if "wave" in {part.name for part in one.parameters} else {}
            path = PREFIX + one.path.replace("{branch_id}", str(visit.branch_id))
            answer = client.get(path, headers=owner, query_string=query)
            assert answer.status_code == 200, (path, answer.text)
            lists += "data" in answer.json
            assert not [name for name, told in secrets.items() if told in answer.get_data()], path
        assert lists > 3


def test_the_same_walk_finds_the_secrets_where_they_may_be(
    visit: Visit, secrets: dict[str, bytes], editor: Person, client_of: ClientOf
) -> None:
    """Otherwise the tests above would prove nothing."""
    desk = f"/review/{visit.id}"
    walk = Walk(client_of(editor)).on(desk, within=desk)
    seen = {
        name
        for path, answer in walk.fetched.items()
        for _where, data in parts(path, answer.get_data(), answer.mimetype)
        for name, secret in secrets.items()
        if secret in data
    }
    wanted = {
        "name",
        "photo's id",
        "covered words",
        "agency's reason",
        "begin of an answer",
        "end of an answer",
    }
    assert wanted | {"covered photo, screen"} <= seen


def test_taking_apart_finds_what_a_picture_says(tmp_path: object) -> None:
    del tmp_path
    loud = photo_files.jpeg(640, 480, 3, taken_at=guarded.AT, gps=guarded.PLACE)
    assert metadata_of(loud)
    assert metadata_of(evidence.photos.accept(loud).derivatives.screen) == {}
