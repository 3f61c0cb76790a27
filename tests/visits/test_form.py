"""The form made from a version document: each type, without JavaScript, and nothing given is lost."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from audit.accounts.models import Person
from audit.scoring import visit as scoring
from audit.visits import forms, outline, queries, values
from audit.visits.lifecycle import State
from audit.visits.models import AnswerHistory, Photo, ReturnNote, Visit
from tests import factories
from tests.conftest import World
from tests.photo_files import jpeg
from tests.visits.helpers import fill, reloaded

Browser = Callable[[Person | None], FlaskClient]
ZONE = "Asia/Ho_Chi_Minh"
BUILTIN = Path(forms.__file__).parent.parent / "checklists" / "builtin"
QUESTIONS = {question["id"]: question for question in factories.CHECKLIST["questions"]}


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, admin: Person) -> Visit:
    """A visit under way."""
    made = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    return made


def read(app: Flask, question: str, *posted: tuple[str, str], **changes: Any) -> tuple[Any, bool, str | None]:
    """(value, N/A, problem) of one question in a posted form."""
    with app.test_request_context(headers={"Accept-Language": "en"}):
        document = {**QUESTIONS[question], **changes}
        data = MultiDict([(f"q{suffix}", text) for suffix, text in posted])
        entry, typed = values.read(document, "q", data, ZONE)
    return entry.value, entry.na, typed.problem


@pytest.mark.parametrize(
    ("question", "posted", "value"),
    [
        ("greeted", [("", "yes")], "yes"),
        ("greeted", [("", "")], None),
        ("greeted", [("-comment", "x")], None),
        ("solved", [("", "later")], "later"),
        ("skill", [("", "4")], 4),
        ("nps", [("", "0")], 0),
        ("mess", [("", "dirty"), ("", "broken")], ["dirty", "broken"]),
        ("mess", [("", "~none")], []),
        ("mess", [("-comment", "")], None),
        ("counters", [("", " 3 ")], 3),
        ("counters", [("", "2,5")], "2.5"),
        ("counters", [("", "0.125")], "0.125"),
        ("counters", [("", "")], None),
        ("remark", [("", " Tốt.\r\nCảm ơn ")], "Tốt.\nCảm ơn"),
        ("remark", [("", "  ")], None),
        (
            "wait",
            [("-start", "2026-11-14T14:05"), ("-end", "2026-11-14T14:12:30")],
            {"start": "2026-11-14T14:05:00+07:00", "end": "2026-11-14T14:12:30+07:00"},
        ),
        ("wait", [("-start", ""), ("-end", "")], None),
    ],
)
def test_each_type_is_read(
    question: str, posted: list[tuple[str, str]], value: Any, app: Flask, session: Session
) -> None:
    assert read(app, question, *posted) == (value, False, None)


@pytest.mark.parametrize(
    ("question", "posted", "problem"),
    [
        ("greeted", [("", "maybe")], "Answer yes or no."),
        ("greeted", [("", "~na")], "Answer yes or no."),
        ("solved", [("", "never")], "Choose one of the options shown."),
        ("skill", [("", "6")], "Choose a whole number from 1 to 5."),
        ("skill", [("", "٣")], "Choose a whole number from 1 to 5."),
        ("mess", [("", "~none"), ("", "dirty")], "Either tick what applies"),
        ("mess", [("", "dirty"), ("", "dirty")], "Tick each option once."),
        ("counters", [("", "three")], "Write a number"),
        ("counters", [("", "1.500")], "without separators for thousands"),
        ("counters", [("", "1.500.000")], "without separators for thousands"),
        ("counters", [("", "9" * 40)], "Write a number"),
        ("wait", [("-start", "2026-11-14T14:05"), ("-end", "")], "Fill in both times"),
        ("wait", [("-start", "soon"), ("-end", "later")], "Fill in both times"),
        ("wait", [("-start", "2026-11-14T14:05"), ("-end", "2026-11-14T14:00")], "The end cannot be before"),
        ("remark", [("", "x" * 10_001)], "The text is too long"),
        ("greeted", [("", "yes"), ("-comment", "x" * 4_001)], "The note is too long"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(
    question: str, posted: list[tuple[str, str]], problem: str, app: Flask, session: Session
) -> None:
    found = read(app, question, *posted)
    assert found[0] is None
    assert found[2] is not None
    assert found[2].startswith(problem) or problem in found[2]


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_not_applicable_wins_where_it_is_offered(question: str, app: Flask, session: Session) -> None:
    assert read(app, question, ("-na", "~na"), na=True) == (None, True, None)


@pytest.mark.parametrize("name", ["retail", "bank", "enquiry"])
def test_every_built_in_question_is_on_the_page_and_shows_what_is_kept(
    name: str, session: Session, world: World, shopper: Person, admin: Person, client_of: Browser
) -> None:
    document = json.loads((BUILTIN / f"{name}.json").read_text())
    wave = factories.wave(world.client, admin, factories.version(document))
    visit = factories.visit(wave, world.branch, shopper, State.IN_PROGRESS)
    browser = client_of(shopper)
    for part in outline.sections(document):
        page = browser.get(f"/visits/{visit.id}/answer/{part.id}")
        assert page.status_code == 200
        for question in part.questions:
            assert f'id="q-{question["id"]}"' in page.text
            assert "style=" not in page.text


def test_the_whole_form_without_javascript(client_of: Browser, visit: Visit, shopper: Person) -> None:
    browser, base = client_of(shopper), f"/visits/{visit.id}"
    assert browser.get(f"{base}/plain").location == f"{base}/answer/arrival"
    photo = {"q-front-photo": (io.BytesIO(jpeg(800, 600, 1)), "front.jpg"), "q-front-comment": ""}
    step = browser.post(
        f"{base}/answer/arrival", data={**photo, "q-greeted": "no", "q-greeted-comment": "vắng"}
    )
    assert (step.status_code, step.location) == (303, f"{base}/answer/counter")
    counter = {"q-queue": "yes", "q-skill": "2", "q-solved": "~na", "q-mess": "~none", "q-counters": "2"}
    step = browser.post(f"{base}/answer/counter", data=counter)
    assert step.location == f"{base}/answer/counter#q-wait"  # the queue brought it up
    times = {"q-wait-start": "2026-11-14T10:00", "q-wait-end": "2026-11-14T10:04"}
    step = browser.post(f"{base}/answer/counter", data={**counter, **times})
    assert step.location == f"{base}/answer/leaving"
    page = browser.get(f"{base}/answer/counter").text
    assert 'value="2026-11-14T10:04:00"' in page
    step = browser.post(f"{base}/answer/leaving", data={"q-nps": "7", "q-remark": ""})
    assert step.location == f"{base}/check"
    assert browser.get(f"{base}/plain").location == f"{base}/check"
    reloaded(visit)
    assert (
        scoring.score(queries.checklist_of(visit).checklist, queries.scoring_answers(visit))["status"]
        == "scored"
    )
    assert queries.answers_of(visit)["greeted"].comment == "vắng"


def test_one_wrong_answer_and_one_wrong_photo_lose_nothing_else(
    client_of: Browser, visit: Visit, shopper: Person, session: Session
) -> None:
    data = MultiDict(
        [
            ("q-greeted", "yes"),
            ("q-front-comment", "mặt tiền"),
            ("q-front-photo", (io.BytesIO(jpeg(800, 600, 1)), "good.jpg")),
            ("q-front-photo", (io.BytesIO(b"<svg/>"), "bad.svg")),
        ]
    )
    answer = client_of(shopper).post(f"/visits/{visit.id}/answer/arrival", data=data)
    assert answer.status_code == 422
    assert "“bad.svg”" in answer.text
    assert "mặt tiền" in answer.text
    reloaded(visit)
    assert queries.answers_of(visit)["greeted"].value == "yes"
    assert len(queries.photos_of(visit)) == 1
    wrong = {"q-counters": "many", "q-skill": "5"}
    answer = client_of(shopper).post(f"/visits/{visit.id}/answer/counter", data=wrong)
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'href="#q-counters"' in answer.text
    reloaded(visit)
    assert queries.answers_of(visit)["skill"].value == 5


def test_posting_twice_changes_nothing(
    client_of: Browser, visit: Visit, shopper: Person, session: Session
) -> None:
    browser = client_of(shopper)
    for _ in range(2):
        data = {"q-greeted": "yes", "q-front-photo": (io.BytesIO(jpeg(800, 600, 1)), "front.jpg")}
        data["q-front-comment"] = ""
        assert browser.post(f"/visits/{visit.id}/answer/arrival", data=data).status_code == 303
    reloaded(visit)
    assert len(queries.photos_of(visit)) == 1
    assert queries.answers_of(visit)["greeted"].rev == 1
    assert session.scalars(select(AnswerHistory)).all() == []


def test_a_photo_removed_can_be_chosen_again(
    client_of: Browser, visit: Visit, shopper: Person, session: Session
) -> None:
    browser, address = client_of(shopper), f"/visits/{visit.id}/answer/arrival"

    def post(**extra: str) -> str | None:
        photo = (io.BytesIO(jpeg(800, 600, 1)), "front.jpg")
        return browser.post(address, data={"q-front-photo": photo, "q-front-comment": "", **extra}).location

    post()
    first = session.scalars(select(Photo)).one()
    ask = post(remove=str(first.id))
    assert ask == f"/visits/{visit.id}/photos/{first.id}/remove"
    browser.post(ask)
    post()
    reloaded(visit)
    assert [photo.id == first.id for photo in queries.photos_of(visit)] == [False]


def test_an_answer_can_be_cleared(client_of: Browser, visit: Visit, shopper: Person) -> None:
    browser, address = client_of(shopper), f"/visits/{visit.id}/answer/arrival"
    browser.post(address, data={"q-greeted": "yes", "q-greeted-comment": ""})
    browser.post(address, data={"q-greeted": "", "q-greeted-comment": ""})
    reloaded(visit)
    assert queries.answers_of(visit)["greeted"].value is None


def test_what_is_not_on_the_page_stays(client_of: Browser, visit: Visit, shopper: Person) -> None:
    fill(visit, shopper)
    client_of(shopper).post(f"/visits/{visit.id}/answer/counter", data={"q-skill": "1"})
    reloaded(visit)
    kept = {name: row.value for name, row in queries.answers_of(visit).items()}
    assert (kept["skill"], kept["counters"], kept["mess"]) == (1, 3, [])


def test_back_saves_too(client_of: Browser, visit: Visit, shopper: Person) -> None:
    step = client_of(shopper).post(f"/visits/{visit.id}/answer/counter", data={"q-skill": "1", "go": "back"})
    assert step.location == f"/visits/{visit.id}/answer/arrival"
    assert queries.answers_of(reloaded(visit))["skill"].value == 1


def test_a_hidden_question_is_hidden_and_cannot_be_posted_from(
    client_of: Browser, visit: Visit, shopper: Person
) -> None:
    page = client_of(shopper).get(f"/visits/{visit.id}/answer/counter").text
    tag = re.search(r'<fieldset[^>]*id="q-wait"[^>]*>', page)
    assert tag is not None
    assert "hidden disabled" in tag[0]


def test_no_such_section_and_a_closed_visit(
    client_of: Browser, visit: Visit, shopper: Person, session: Session
) -> None:
    browser = client_of(shopper)
    assert browser.get(f"/visits/{visit.id}/answer/roof").status_code == 404
    fill(visit, shopper)
    visit.state, visit.submitted_at = State.SUBMITTED, factories.AT
    session.commit()
    answer = browser.post(f"/visits/{visit.id}/answer/arrival", data={"q-greeted": "no"})
    assert answer.status_code == 409
    assert queries.answers_of(reloaded(visit))["greeted"].value == "yes"


def test_without_the_token_nothing_is_kept(
    client_of: Browser, visit: Visit, shopper: Person, csrf_on: None
) -> None:
    answer = client_of(shopper).post(f"/visits/{visit.id}/answer/arrival", data={"q-greeted": "yes"})
    assert answer.status_code == 400
    assert queries.answers_of(reloaded(visit)) == {}


@pytest.fixture
def returned(visit: Visit, shopper: Person, editor: Person, session: Session) -> Visit:
    """Returned for one question, which other questions hang on."""
    fill(visit, shopper)
    visit.state, visit.submitted_at, visit.round = State.RETURNED, factories.AT, 2
    note = ReturnNote(
        visit_id=visit.id,
        round=1,
        question_id="queue",
        note="Ảnh có hàng dài.",
        by_id=editor.id,
        at=factories.AT,
    )
    session.add(note)
    session.commit()
    return visit


def test_only_what_was_returned_can_be_corrected_and_what_hangs_on_it(
    client_of: Browser, returned: Visit, shopper: Person
) -> None:
    browser, base = client_of(shopper), f"/visits/{returned.id}"
    assert browser.get(f"{base}/plain").location == f"{base}/correct"
    page = browser.get(f"{base}/correct").text
    assert "<title>1 câu cần sửa</title>" in page
    assert "Ảnh có hàng dài." in page
    assert 'id="q-skill"' not in page
    step = browser.post(f"{base}/correct", data={"q-queue": "yes", "q-queue-comment": ""})
    assert step.location == f"{base}/correct#q-wait"
    times = {"q-wait-start": "2026-11-14T10:00", "q-wait-end": "2026-11-14T10:09"}
    assert browser.post(f"{base}/correct", data={"q-queue": "yes", **times}).location == f"{base}/check"
    other = browser.post(f"{base}/answer/counter", data={"q-skill": "1"})
    assert other.status_code == 422
    assert queries.answers_of(reloaded(returned))["skill"].value == 4
