"""The scorecard's pages and files over HTTP: who gets them, when, and that the bytes stay."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.mails.services import link_to
from audit.reports import tasks
from audit.review.models import Scorecard, ScorecardFile
from audit.trail.models import Entry
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.insights.cards import card as plain_card

Browser = Callable[[Person | None], FlaskClient]
EVENING = datetime(2026, 11, 14, 20, 0, tzinfo=UTC)  # the 15th at the branch


@pytest.fixture
def approved(session: Session, world: World, shopper: Person, editor: Person, admin: Person) -> Visit:
    """An approved visit of `world.branch` with photos."""
    made = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    stories.submitted(made, shopper)
    stories.approved(made, editor)
    return made


@pytest.fixture
def card(approved: Visit, admin: Person) -> Scorecard:
    """Released late in the evening by UTC; its files are not made yet."""
    return stories.released(approved, admin, EVENING)


def test_a_scorecard_does_not_exist_before_its_release(
    approved: Visit, client_of: Browser, branch_manager: Person, editor: Person, session: Session
) -> None:
    made = session.scalars(select(Scorecard)).one()
    for person in (branch_manager, editor):
        for page in ("", "/pdf", "/photos/0/screen"):
            assert client_of(person).get(f"/scorecards/{made.id}{page}").status_code == 404


@pytest.mark.parametrize("who", ["other_manager", "other_client", "shopper"])
def test_a_scorecard_of_others_is_out_of_reach(
    who: str, card: Scorecard, client_of: Browser, request: pytest.FixtureRequest
) -> None:
    tasks.make_scorecard_files(card.id)
    browser = client_of(request.getfixturevalue(who))
    wanted = 403 if who == "shopper" else 404
    for page in ("", "/pdf", "/photos/0/screen"):
        assert browser.get(f"/scorecards/{card.id}{page}").status_code == wanted


def test_the_pdf_is_made_once_and_its_bytes_stay(
    card: Scorecard, client_of: Browser, branch_manager: Person, head_office: Person, session: Session
) -> None:
    address, manager = f"/scorecards/{card.id}/pdf", client_of(branch_manager)
    early = manager.get(address)
    assert (early.status_code, "PDF" in early.text) == (409, True)

    tasks.make_scorecard_files(card.id)
    rows = {row.language: row.sha256 for row in session.scalars(select(ScorecardFile))}
    tasks.make_scorecard_files(card.id)  # a job may run twice

    for language, sha in rows.items():
        for person in (branch_manager, head_office):
            answer = client_of(person).get(address, query_string={"language": language})
            assert answer.mimetype == "application/pdf"
            assert hashlib.sha256(answer.data).hexdigest() == sha
    assert set(rows) == {"vi", "en"}
    assert len(session.scalars(select(ScorecardFile)).all()) == 2
    assert manager.get(address, query_string={"language": "xx"}).data == manager.get(address).data
    assert card.number in PdfReader(io.BytesIO(manager.get(address).data)).pages[0].extract_text()


def test_page_file_and_trail_name_the_same_hashes(
    card: Scorecard, client_of: Browser, branch_manager: Person, session: Session
) -> None:
    tasks.make_scorecard_files(card.id)
    rows = {row.language: row.sha256 for row in session.scalars(select(ScorecardFile))}
    browser, fingerprint = client_of(branch_manager), card.sha256 or ""
    page = browser.get(f"/scorecards/{card.id}").text
    for sha in (*rows.values(), fingerprint):
        assert f"<dd><code>{sha}</code></dd>" in page
    assert f'<code title="{rows["vi"]}">{rows["vi"][:12]}…</code>' in page

    counts = {"vi": "Bản nào đang có hiệu lực", "en": "Which version counts"}
    for language, sha in rows.items():
        answer = browser.get(f"/scorecards/{card.id}/pdf", query_string={"language": language})
        entry = session.scalars(select(Entry).order_by(Entry.id.desc())).first()
        assert entry is not None
        assert (entry.kind, entry.data["sha256"]) == ("scorecard.downloaded", sha)
        pages = PdfReader(io.BytesIO(answer.data)).pages
        address = link_to(f"/scorecards/{card.id}")
        for one in pages:
            foot = " ".join(one.extract_text().split())
            assert fingerprint[:12] in foot
            assert f"{counts[language]}: {address}" in foot
        assert fingerprint in "".join(pages[-1].extract_text().split())
        notes: Any = pages[-1]["/Annots"]
        assert address in [note.get_object()["/A"]["/URI"] for note in notes]


@pytest.mark.parametrize("change", ["DELETE FROM scorecard_file", "UPDATE scorecard_file SET sha256 = ''"])
def test_the_database_keeps_which_file_was_made(card: Scorecard, session: Session, change: str) -> None:
    tasks.make_scorecard_files(card.id)
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(change))


def test_a_photo_goes_out_without_metadata(card: Scorecard, client_of: Browser, head_office: Person) -> None:
    browser = client_of(head_office)
    for size in ("screen", "grid"):
        answer = browser.get(f"/scorecards/{card.id}/photos/0/{size}")
        assert answer.mimetype == "image/jpeg"
        assert not Image.open(io.BytesIO(answer.data)).getexif()
    for nothing in ("0/original", "99/screen", "0/pdf"):
        assert browser.get(f"/scorecards/{card.id}/photos/{nothing}").status_code == 404


def test_days_are_those_of_the_branch(card: Scorecard, client_of: Browser, branch_manager: Person) -> None:
    page = client_of(branch_manager).get(f"/scorecards/{card.id}").text
    assert "15/11/2026" in page
    assert "22/11/2026" in page  # seven days to object


@pytest.mark.parametrize(("days", "is_open"), [(7, True), (8, False)])
def test_a_manager_sees_own_branches_and_until_when_to_object(
    days: int,
    is_open: bool,
    approved: Visit,
    client_of: Browser,
    branch_manager: Person,
    other_manager: Person,
    admin: Person,
    world: World,
) -> None:
    world.branch.timezone = "Pacific/Kiritimati"  # fourteen hours ahead: more often than not another day
    db.session.commit()
    card = stories.released(approved, admin, now() - timedelta(days))
    until = (now() + timedelta(days=7 - days, hours=14)).strftime("%d/%m/%Y")
    page = client_of(branch_manager).get("/my-branches").text
    assert card.number in page
    assert (until in page) == is_open
    assert card.number not in client_of(other_manager).get("/my-branches").text


def test_a_visit_without_a_score_says_so(
    session: Session,
    world: World,
    client_of: Browser,
    branch_manager: Person,
    shopper: Person,
    admin: Person,
) -> None:
    made = plain_card(factories.wave(world.client, admin), world.branch, shopper, None)
    session.commit()
    page = client_of(branch_manager).get(f"/scorecards/{made.id}")
    assert page.status_code == 200
    assert "không có điểm" in page.text
    assert client_of(branch_manager).get(f"/scorecards/{made.id}/pdf").status_code == 404


def test_many_heavy_photos_are_printed_small(app: Flask) -> None:
    storage = app.extensions["storage"]
    heavy, small = storage.put(b"h" * 300_000), storage.put(b"s" * 30_000)
    photos = [{"pdf": heavy, "grid": small}]
    assert tasks.photo_size(Scorecard(photos=photos * 2), storage) == "pdf"
    assert tasks.photo_size(Scorecard(photos=photos * 3), storage) == "grid"
