"""What stands at a question that was hidden in the end: the shopper's own, part of no scorecard, page, file or list."""

import copy
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import now
from audit.reports import tasks
from audit.review.lines import ScorecardPhoto
from audit.review.models import Scorecard
from audit.visits import queries
from audit.visits.answering import Given, save_answers
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]
SECRET, ASIDE = "Chị Lan ở quầy 3 là bạn tôi", "Hàng dài vì chị Lan đi vắng"


@pytest.fixture
def at() -> datetime:
    """Some hours ago."""
    return now() - timedelta(hours=5)


@pytest.fixture
def visit(session: Session, world: World, admin: Person, shopper: Person, at: datetime) -> Visit:
    """Submitted after the answer changed that had brought up a written answer, a comment and two photos."""
    document = copy.deepcopy(factories.CHECKLIST)
    document["questions"][-1]["show_if"] = {"q": "queue", "in": ["yes"]}
    wave = factories.wave(world.client, admin, factories.version(document))
    made = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.answered(made, shopper, {"queue": "yes", "remark": SECRET, "solved": "no"}, at)
    locked = queries.locked_visit_for(shopper, made.id)
    took = stories.best({"type": "duration"})
    later = at + timedelta(minutes=1)
    for seed, question in enumerate(("wait", "solved", "wait"), start=7):
        stories.add_photo(locked, shopper, question, seed, at)
    save_answers(locked, shopper, at, [Given("wait", took, False, ASIDE, later)])
    save_answers(locked, shopper, at, [Given("queue", "no", False, "", later + timedelta(minutes=1))])
    session.commit()
    stories.sent(made, shopper, at + timedelta(minutes=10))
    return made


@pytest.fixture
def card(visit: Visit, editor: Person, admin: Person, at: datetime) -> Scorecard:
    """Released."""
    stories.approved(visit, editor, at + timedelta(hours=1))
    return stories.released(visit, admin, at + timedelta(hours=2))


@pytest.fixture
def old(visit: Visit, editor: Person, admin: Person, session: Session, at: datetime) -> Scorecard:
    """Released when scorecards still took all with them."""
    card = stories.approved(visit, editor, at + timedelta(hours=1))
    submission = queries.submission_of(visit)
    assert submission is not None
    card.answers = card.answers | {
        name: submission.payload["answers"][name] for name in ("remark", "wait") if name not in card.answers
    }
    keys = {"id": "x", **{size: card.photos[0][size] for size in ("screen", "pdf", "grid")}}
    # The first in form order after the front's, so that the numbers behind it would move up.
    card.photos = [card.photos[0], {"question": "wait", **keys}, *card.photos[1:]]
    session.commit()
    stories.released(visit, admin, at + timedelta(hours=2))
    lines = session.scalars(select(ScorecardPhoto.place).order_by(ScorecardPhoto.place)).all()
    assert lines == [place for place in range(len(card.photos)) if place != 1]
    session.execute(insert(ScorecardPhoto), [{"scorecard_id": card.id, "place": 1, "question_id": "wait"}])
    session.commit()
    return card


def words_of(answer: bytes) -> str:
    """All that a PDF says."""
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer)).pages)


def test_a_scorecard_keeps_nothing_of_it(card: Scorecard, visit: Visit) -> None:
    states = {line["id"]: line["state"] for line in card.result["questions"]}
    assert (states["wait"], states["remark"]) == ("hidden", "hidden")
    assert not {"wait", "remark"} & card.answers.keys()
    assert {photo["question"] for photo in card.photos} == {"front", "solved"}
    assert {"ignored:wait", "ignored:remark"} <= set(card.result["flags"])  # the score knew of them
    submission = queries.submission_of(visit)
    assert submission is not None
    assert submission.payload["answers"]["remark"]["value"] == SECRET  # kept as sent


@pytest.mark.parametrize("which", ["card", "old"])
def test_no_page_and_no_file_tells_of_it(
    which: str,
    request: pytest.FixtureRequest,
    client_of: Browser,
    branch_manager: Person,
    head_office: Person,
) -> None:
    card: Scorecard = request.getfixturevalue(which)
    tasks.make_scorecard_files(card.id)
    shown = [place for place, photo in enumerate(card.photos) if photo["question"] != "wait"]
    for person in (branch_manager, head_office):
        browser = client_of(person)
        page = browser.get(f"/scorecards/{card.id}").text
        told = [page, browser.get(f"/scorecards/{card.id}/disputes/new?question=greeted").text]
        told += [
            words_of(browser.get(f"/scorecards/{card.id}/pdf?language={one}").data) for one in ("vi", "en")
        ]
        for secret in (SECRET, ASIDE, "Lan"):
            assert not any(secret in one for one in told)
        assert "Nhận xét chung" not in page
        for place in range(len(card.photos)):
            address = f"/scorecards/{card.id}/photos/{place}/screen"
            assert (address in page) is (place in shown)
            assert browser.get(address).status_code == (200 if place in shown else 404)
    wall = client_of(head_office).get(f"/network/photos?wave={card.wave_id}").text
    assert "question=wait" not in wall
    assert wall.count("/grid") == len(shown)
    assert SECRET not in client_of(head_office).get(f"/network/comments?wave={card.wave_id}").text


def test_photos_keep_the_numbers_of_the_paper(
    old: Scorecard, client_of: Browser, branch_manager: Person
) -> None:
    page = client_of(branch_manager).get(f"/scorecards/{old.id}").text
    assert "Ảnh 1 ·" in page
    assert "Ảnh 2 ·" not in page
    assert "Ảnh 3 ·" in page
