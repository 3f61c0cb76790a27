"""A wave's scorecards as one file: who gets which, made once, in order, logged, safe against second clicks."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.db import now
from audit.reports import batch_tasks, batches
from audit.reports.models import Batch, BatchItem
from audit.review.models import Scorecard, ScorecardFile
from audit.trail.models import Entry
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World

ClientOf = Callable[[Person | None], FlaskClient]


@pytest.fixture
def wave(session: Session, world: World, admin: Person, shopper: Person, editor: Person) -> Wave:
    """A wave with a released visit at each branch of the bank, one that is only approved, one of the other client."""
    made, other = factories.wave(world.client, admin), factories.wave(world.foreign, admin)
    places = [world.branch, world.second_branch, world.southern_branch]
    for number, place in enumerate([*places, world.branch, world.foreign_branch]):
        wave = other if place is world.foreign_branch else made
        visit = factories.visit(wave, place, shopper)
        session.commit()
        stories.submitted(visit, shopper)
        stories.approved(visit, editor)
        if number != 3:
            stories.released(visit, admin)
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    return made


def printed(session: Session, app: Flask, language: str = "vi", without: Scorecard | None = None) -> None:
    """Stand-ins for the PDFs: what is packed is whatever was printed."""
    for card in session.scalars(select(Scorecard).where(Scorecard.released_at.is_not(None))):
        if card is without:
            continue
        data = f"%PDF-1.7 {card.number} {language}".encode()
        key = app.extensions["storage"].put(data)
        session.add(
            ScorecardFile(scorecard_id=card.id, language=language, sha256=key, bytes=len(data), made_at=now())
        )
    session.commit()


def ordered(browser: FlaskClient, wave: Wave, language: str = "vi") -> str:
    """The address of the batch's page."""
    answer = browser.post("/batches", data={"wave": str(wave.id), "language": language})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def inside(session: Session, *codes: str) -> list[Scorecard]:
    """The released scorecards of the branches."""
    query = select(Scorecard).where(Scorecard.released_at.is_not(None)).order_by(Scorecard.id)
    cards = session.scalars(query)
    return [card for card in cards if card.branch.code in codes]


def names(session: Session, *codes: str, language: str = "vi") -> list[str]:
    """What the files of the branches are called."""
    cards = inside(session, *codes)
    return sorted(f"{card.branch.code}-{card.number}-v1-{language}.pdf" for card in cards)


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("branch_manager", ("CN001",)),
        ("area_manager", ("CN001", "CN002")),
        ("head_office", ("CN001", "CN002", "CN003")),
        ("admin", ("CN001", "CN002", "CN003")),
    ],
)
def test_each_gets_what_is_released_in_their_scope(
    who: str,
    codes: tuple[str, ...],
    wave: Wave,
    app: Flask,
    client_of: ClientOf,
    session: Session,
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(who)
    printed(session, app)
    browser = client_of(person)
    address = ordered(browser, wave)
    assert f"0 / {len(codes)}" in browser.get(address).text.replace("<span data-done>0</span>", "0")
    assert browser.get(f"{address}/progress").json == {"done": 0, "total": len(codes), "ready": False}
    assert browser.get(f"{address}/file").status_code == 404  # not made yet

    jobs.run_until_idle(app)

    assert browser.get(f"{address}/progress").json == {"done": len(codes), "total": len(codes), "ready": True}
    answer = browser.get(f"{address}/file")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.namelist() == names(session, *codes)
        assert packed.testzip() is None
        assert packed.read(packed.namelist()[0]).startswith(b"%PDF-1.7 BANK-")
    assert answer.mimetype == "application/zip"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]
    kinds = Entry.kind.in_(("batch.made", "zip.downloaded"))
    made, fetched = session.scalars(select(Entry).where(kinds).order_by(Entry.id))
    assert (made.by_id, fetched.by_id) == (person.id, person.id)
    assert fetched.data["count"] == len(codes)
    each = session.scalars(select(Entry).where(Entry.kind == "scorecard.downloaded")).all()
    packed_cards = {(card.client_id, card.visit_id, card.id) for card in inside(session, *codes)}
    assert {(one.client_id, one.visit_id, one.scorecard_id) for one in each} == packed_cards
    assert all((one.by_id, one.data["batch"]) == (person.id, fetched.data["batch"]) for one in each)
    assert fetched.data["sha256"] == hashlib.sha256(answer.data).hexdigest()
    hashes = session.scalars(select(ScorecardFile.sha256).where(ScorecardFile.language == "vi"))
    assert {one.data["sha256"] for one in each} <= set(hashes)


def test_pdfs_that_are_not_made_yet_are_printed_for_it(
    wave: Wave, branch_manager: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(branch_manager)
    address = ordered(browser, wave, "en")
    jobs.run_until_idle(app)
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{address}/file").data)) as packed:
        (name,) = packed.namelist()
        assert "Hoàn Kiếm" in PdfReader(io.BytesIO(packed.read(name))).pages[0].extract_text()
    (file,) = session.scalars(select(ScorecardFile))
    assert file.language == "en"  # the other language is not wanted here


def test_what_is_printed_already_does_not_wait_behind_a_release(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    (other,) = inside(session, "CN002")
    printed(session, app, without=other)
    ordered(client_of(head_office), wave)
    query = "SELECT (args->>'scorecard_id')::int, priority FROM procrastinate_jobs WHERE status = 'todo'"
    waiting = dict(session.execute(text(query)).all())
    release = 5
    assert waiting.pop(other.id) < release
    assert len(waiting) == 2
    assert all(priority > release for priority in waiting.values())


def test_a_second_click_leads_to_the_first_ones_page_until_it_is_ready(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    printed(session, app, "en")
    browser = client_of(head_office)
    first = ordered(browser, wave)
    assert ordered(browser, wave) == first
    assert ordered(browser, wave, "en") != first
    assert jobs.status(session) == {"todo": 6}
    jobs.run_until_idle(app)
    assert ordered(browser, wave) != first


def test_the_same_scorecards_are_the_same_bytes_whoever_orders_them(
    wave: Wave, head_office: Person, admin: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    for person in (head_office, admin):
        ordered(client_of(person), wave)
    jobs.run_until_idle(app)
    first, second = session.scalars(select(Batch.zip_sha256))
    assert first == second is not None


def test_jobs_that_run_twice_count_once(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    ordered(client_of(head_office), wave)
    items = session.scalars(select(BatchItem)).all()
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    pairs = [(item.batch_id, item.scorecard_id) for item in items]
    for batch_id, scorecard_id in [*pairs, *pairs]:
        batch_tasks.make_batch_item(batch_id=batch_id, scorecard_id=scorecard_id)
    assert jobs.status(session) == {"todo": 1}  # the ZIP, asked for once
    for _run in range(2):
        batch_tasks.make_batch_file(batch_id=pairs[0][0])
    batch = session.get_one(Batch, pairs[0][0])
    assert batch.finished_at is not None
    assert len(app.extensions["storage"].read(batch.zip_sha256)) == batch.zip_bytes


def test_what_is_missing_can_be_tried_again_without_doubling_it(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    browser = client_of(head_office)
    address = ordered(browser, wave)
    assert "/again" not in browser.get(address).text
    session.execute(text("UPDATE batch SET at = at - interval '1 hour'"))
    session.execute(text("DELETE FROM procrastinate_jobs"))  # given up after too many failures
    session.commit()
    assert f"{address}/again" in browser.get(address).text
    for _click in range(2):
        assert browser.post(f"{address}/again").status_code == 303
    assert jobs.status(session) == {"todo": 3}
    jobs.run_until_idle(app)
    assert browser.get(f"{address}/file").status_code == 200
    assert browser.post(f"{address}/again").status_code == 303
    assert jobs.status(session).get("todo", 0) == 0


def test_when_all_is_printed_only_the_zip_is_tried_again(
    wave: Wave, head_office: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, wave)
    session.execute(text("UPDATE batch_item SET done_at = now()"))
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    browser.post(f"{address}/again")
    assert session.scalars(text("SELECT task_name FROM procrastinate_jobs")).all() == [batches.WHOLE]


def test_a_batch_is_its_owners(
    wave: Wave, head_office: Person, area_manager: Person, admin: Person, client_of: ClientOf
) -> None:
    address = ordered(client_of(head_office), wave)
    for person in (area_manager, admin):
        browser = client_of(person)
        for path in (address, f"{address}/progress", f"{address}/file"):
            assert browser.get(path).status_code == 404, path
        assert browser.post(f"{address}/again").status_code == 404


def test_who_lost_the_right_gets_no_file_any_more(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session, world: World
) -> None:
    printed(session, app)
    browser = client_of(head_office)
    address = ordered(browser, wave)
    jobs.run_until_idle(app)
    assert browser.get(f"{address}/file").status_code == 200
    head_office.grants[0].client_id = world.foreign.id
    session.commit()
    assert browser.get(f"{address}/file").status_code == 404


@pytest.mark.parametrize("who", ["shopper", "editor"])
def test_others_order_nothing(
    who: str, wave: Wave, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(who))
    assert browser.get("/batches/new").status_code == 403
    assert browser.post("/batches", data={"wave": str(wave.id), "language": "vi"}).status_code == 403


def test_what_is_not_there_cannot_be_ordered(
    wave: Wave, head_office: Person, other_client: Person, client_of: ClientOf, session: Session
) -> None:
    assert (
        client_of(other_client).post("/batches", data={"wave": str(wave.id), "language": "vi"}).status_code
        == 404
    )
    browser = client_of(head_office)
    assert browser.post("/batches", data={"wave": "", "language": "vi"}).status_code == 422
    assert browser.post("/batches", data={"wave": "x" * 99, "language": "vi"}).status_code == 422
    assert browser.post("/batches", data={"wave": str(wave.id), "language": "fr"}).status_code == 422
    assert browser.post("/batches", data={"wave": "999999", "language": "vi"}).status_code == 404
    assert session.scalars(select(Batch)).all() == []
    assert f'value="{wave.id}" selected' in browser.get(f"/batches/new?wave={wave.id}").text


def test_somebody_without_scorecards_is_told_so(
    session: Session, head_office: Person, client_of: ClientOf
) -> None:
    page = client_of(head_office).get("/batches/new").text
    assert "Chưa có phiếu điểm nào được phát hành" in page
    assert "<select" not in page


def test_newer_editions_are_told_on_its_page(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    browser = client_of(head_office)
    address = ordered(browser, wave)
    jobs.run_until_idle(app)
    assert "phiên bản mới" not in browser.get(address).text
    session.execute(
        text("UPDATE scorecard SET is_current = false WHERE branch_id = (SELECT min(id) FROM branch)")
    )
    session.commit()
    assert "1 phiếu điểm trong tệp này nay đã có phiên bản mới" in browser.get(address).text


def test_a_page_without_script_loads_itself_anew_only_while_it_waits(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    printed(session, app)
    browser = client_of(head_office)
    address = ordered(browser, wave)
    assert 'http-equiv="refresh"' in browser.get(address).text
    jobs.run_until_idle(app)
    assert 'http-equiv="refresh"' not in browser.get(address).text
    assert address in browser.get("/batches/new").text


def test_slow_is_ten_minutes(head_office: Person, session: Session) -> None:
    at = now()
    batch = Batch(person_id=head_office.id, title="x", language="vi", at=at)
    assert not batches.is_slow(batch, at + timedelta(minutes=10))
    assert batches.is_slow(batch, at + timedelta(minutes=11))


@pytest.mark.parametrize(
    ("code", "expected"), [("CN001", "CN001"), ("../../etc", "etc"), ("Á/B c", "Á-B-c"), ("…", "branch")]
)
def test_a_branchs_code_makes_no_folders(code: str, expected: str) -> None:
    assert batch_tasks._plain(code) == expected
