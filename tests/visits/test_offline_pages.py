"""What a phone may keep: which pages are marked for whom, when a mark changes, the worker, the manifest."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from PIL import Image
from sqlalchemy import event
from sqlalchemy.orm import Session

from audit import assets
from audit.accounts.models import Person
from audit.db import db
from audit.visits import answering, offline_pages
from audit.visits.answering import Given
from audit.visits.lifecycle import State
from audit.visits.models import ReturnNote, Visit
from tests import factories
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]
MakeVisit = Callable[..., Visit]
MARK = "X-Offline-Cache"


@pytest.fixture
def make(session: Session, world: World, shopper: Person, admin: Person) -> MakeVisit:
    """A visit of the shopper in a state."""
    wave = factories.wave(world.client, admin, scenario="Hỏi mở thẻ cho con.")

    def made(state: State = State.ACCEPTED) -> Visit:
        found = factories.visit(wave, world.branch, shopper, state)
        session.commit()
        return found

    return made


@pytest.fixture
def offline_off(app: Flask) -> Iterator[None]:
    """The switch of operations.md."""
    kept = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(kept, offline=False)
    yield
    app.extensions["settings"] = kept


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """From now on this script has other content."""
    content = assets.content

    def forget() -> None:
        assets.digest.cache_clear()
        offline_pages.release.cache_clear()

    def deploy(script: str) -> None:
        monkeypatch.setattr(assets, "content", lambda name: content(name) + b"\n" * (name == script))
        forget()

    yield deploy
    monkeypatch.undo()
    forget()


def pages(html: str) -> dict[str, str]:
    """Stamps by address, from `data-pages`."""
    found = re.search(r'data-pages="([^"]*)"', html)
    assert found is not None
    return {page["url"]: page["stamp"] for page in json.loads(Markup(found[1]).unescape())}


def test_the_list_names_every_page_of_what_is_to_do_with_the_stamp_it_has(
    make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    to_do = [make(state) for state in (State.ACCEPTED, State.IN_PROGRESS, State.RETURNED)]
    for state in (State.OFFERED, State.SUBMITTED, State.RELEASED, State.ABORTED):
        make(state)
    browser = client_of(shopper)
    answer = browser.get("/visits")
    named = pages(answer.text)
    wanted = [f"/visits/{visit.id}{rest}" for visit in to_do for rest in ("", "/answer")]
    assert sorted(named) == sorted(["/visits", *wanted])
    for address, stamp in named.items():
        page = browser.get(address)
        assert (page.status_code, page.headers[MARK]) == (200, f"{shopper.id};{stamp}")
        assert page.headers["Cache-Control"] == "no-store"
    assert len(set(named.values())) == 4


def test_only_pages_that_opened_for_their_shopper_are_marked(
    make: MakeVisit, client_of: Browser, shopper: Person, other_shopper: Person, admin: Person, editor: Person
) -> None:
    visit = make(State.IN_PROGRESS)
    submitted = make(State.SUBMITTED)
    for person in (None, other_shopper, admin, editor):
        for address in (f"/visits/{visit.id}", f"/visits/{visit.id}/answer"):
            assert MARK not in client_of(person).get(address).headers
    for person in (None, admin, editor):
        assert MARK not in client_of(person).get("/visits").headers
    assert client_of(other_shopper).get("/visits").headers[MARK].startswith(f"{other_shopper.id};")
    browser = client_of(shopper)
    away = browser.get(f"/visits/{submitted.id}/answer")
    assert (away.status_code, MARK in away.headers) == (303, False)
    for rest in ("/plain", "/answer/arrival", "/check", "/abort"):
        assert MARK not in browser.get(f"/visits/{visit.id}{rest}").headers
    assert MARK not in browser.get("/visits/999999").headers


def test_a_page_with_a_message_for_once_is_not_kept(
    make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    visit = make(State.OFFERED)
    browser = client_of(shopper)
    browser.post(f"/visits/{visit.id}/decline")
    first, second = browser.get("/visits"), browser.get("/visits")
    assert 'class="note good"' in first.text
    assert (MARK in first.headers, MARK in second.headers) == (False, True)


def stamps(browser: FlaskClient, visit: Visit) -> tuple[str, str]:
    """Of the form and of the list."""
    form = browser.get(f"/visits/{visit.id}/answer").headers[MARK]
    assert browser.get(f"/visits/{visit.id}").headers[MARK] == form
    return form, browser.get("/visits").headers[MARK]


@pytest.mark.parametrize(
    "change",
    [
        lambda visit: setattr(visit, "state", State.IN_PROGRESS),
        lambda visit: setattr(visit, "round", 2),
        lambda visit: setattr(visit, "fee", visit.fee + 1),
        lambda visit: setattr(visit, "terms", {"fee": 1}),
        lambda visit: setattr(visit.branch, "address", "2 Phố Mới"),
        lambda visit: setattr(visit.wave, "scenario", "Hỏi mở thẻ cho chồng."),
        lambda visit: setattr(visit.shopper, "language", "en"),
        lambda visit: setattr(visit.shopper, "name", "Trần Thu Hằng"),
    ],
)
def test_what_the_page_shows_changes_its_stamp(
    change: Callable[[Visit], None], make: MakeVisit, client_of: Browser, shopper: Person, session: Session
) -> None:
    visit = make()
    browser = client_of(shopper)
    before = stamps(browser, visit)
    assert stamps(browser, visit) == before
    change(visit)
    session.commit()
    after = stamps(browser, visit)
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_a_return_note_changes_the_stamp_and_an_answer_does_not(
    make: MakeVisit, client_of: Browser, shopper: Person, editor: Person, session: Session
) -> None:
    visit = make(State.IN_PROGRESS)
    browser = client_of(shopper)
    before = stamps(browser, visit)
    answering.save_answers(
        visit, shopper, factories.AT, [Given("greeted", "no", False, "vắng", factories.AT)]
    )
    session.commit()
    assert stamps(browser, visit) == before
    visit.state, visit.round, visit.submitted_at = State.RETURNED, 2, factories.AT
    session.commit()
    bare = stamps(browser, visit)
    note = {"visit_id": visit.id, "round": 1, "question_id": "queue", "note": "Ảnh có hàng dài."}
    session.add(ReturnNote(**note, by_id=editor.id, at=factories.AT))
    session.commit()
    assert stamps(browser, visit)[0] != bare[0]
    assert pages(browser.get("/visits").text)[f"/visits/{visit.id}/answer"] in stamps(browser, visit)[0]


def test_ten_visits_cost_the_same_queries_as_one(
    make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    states = (State.ACCEPTED, State.IN_PROGRESS, State.RETURNED)
    for state in states:
        make(state)
    browser = client_of(shopper)
    browser.get("/visits")
    few = _count(browser)
    for _ in range(3):
        for state in states:
            make(state)
    assert _count(browser) == few


def _count(browser: FlaskClient) -> int:
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", heard)
    browser.get("/visits")
    event.remove(db.engine, "before_cursor_execute", heard)
    return len(asked)


def test_the_worker_is_never_old_and_its_files_are_there(client_of: Browser) -> None:
    browser = client_of(None)
    answer = browser.get("/sw.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert MARK not in answer.headers
    named = set(re.findall(r'"(/static/[^"?]+)\?v=[0-9a-f]{12}"', answer.text))
    assert {
        f"/static/{name}"
        for name in ("vendor/idb.js", "js/visit-store.js", "js/visit-server.js", "js/visit-sync.js")
    } <= named
    assert {"/static/css/visit.css", "/static/icons/icon-192.png", "/static/icons/maskable-512.png"} <= named
    for address in named:
        assert browser.get(address).status_code == 200


def test_the_worker_fetches_what_pages_share_and_leaves_scripts_to_the_pages(client_of: Browser) -> None:
    text = client_of(None).get("/sw.js").text
    found = re.search(r"const ASSETS = (\[.*\]);", text)
    assert found is not None
    named = {address.split("?")[0] for address in json.loads(found[1])}
    assert {one.rpartition(".")[2] for one in named} == {"css", "svg", "png", "webmanifest"}
    assert "/manifest.webmanifest" in named


SCRIPTS = ["vendor/idb.js", *sorted(f"js/{path.name}" for path in assets.STATIC.glob("js/visit-*.js"))]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_deploy_of_one_script_is_a_new_worker_and_new_pages(
    script: str, make: MakeVisit, client_of: Browser, shopper: Person, deployed: Callable[[str], None]
) -> None:
    visit = make(State.IN_PROGRESS)
    browser = client_of(shopper)
    before = (browser.get("/sw.js").text, *stamps(browser, visit))
    deployed(script)
    after = (browser.get("/sw.js").text, *stamps(browser, visit))
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_the_switch_takes_the_worker_off_the_phones(
    offline_off: None, make: MakeVisit, client_of: Browser, shopper: Person
) -> None:
    visit = make(State.IN_PROGRESS)
    browser = client_of(shopper)
    worker = browser.get("/sw.js")
    assert "registration.unregister()" in worker.text
    assert "caches.delete" in worker.text
    assert "indexedDB" not in worker.text
    assert "fetch" not in worker.text
    assert worker.headers["Cache-Control"] == "no-cache"
    for address in ("/visits", f"/visits/{visit.id}", f"/visits/{visit.id}/answer"):
        assert MARK not in browser.get(address).headers
    assert pages(browser.get("/visits").text) == {}


def test_it_can_be_installed_and_its_name_tells_nothing(client_of: Browser) -> None:
    browser = client_of(None)
    answer = browser.get("/manifest.webmanifest", headers={"Accept-Language": "vi"})
    assert answer.mimetype == "application/manifest+json"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    found = json.loads(answer.text)
    icons = found.pop("icons")
    assert found == {
        "id": "/visits",
        "name": "Việc của tôi",
        "short_name": "Việc của tôi",
        "lang": "vi",
        "start_url": "/visits",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#10243e",
    }
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        (f"{side}x{side}", purpose) for side in (192, 512) for purpose in ("any", "maskable")
    }
    for icon in icons:
        with Image.open(assets.STATIC / Path(icon["src"].split("?")[0]).relative_to("/static")) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            if icon["purpose"] == "maskable":
                lowest = picture.convert("RGBA").getchannel("A").getextrema()[0]
                assert lowest == 255  # nothing shows through where the phone cuts
    english = browser.get("/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert json.loads(english.text)["name"] == "My tasks"


def test_the_pages_of_a_shopper_name_the_manifest_and_others_do_not(
    client_of: Browser, shopper: Person, admin: Person
) -> None:
    page = client_of(shopper).get("/visits").text
    assert '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">' in page
    assert 'rel="apple-touch-icon"' in page
    assert "manifest" not in client_of(admin).get("/waves").text


def test_the_page_without_network_belongs_to_nobody(client_of: Browser, shopper: Person) -> None:
    nobody, somebody = client_of(None).get("/offline"), client_of(shopper).get("/offline")
    assert nobody.status_code == 200
    assert MARK not in somebody.headers
    assert shopper.name not in somebody.text
    assert "csrf_token" not in somebody.text
    assert 'href="/visits"' in nobody.text
