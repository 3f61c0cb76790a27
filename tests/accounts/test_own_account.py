"""One's own name and language."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts import services
from audit.accounts.models import Person
from audit.errors import Forbidden
from audit.trail.models import Entry
from tests.factories import AT

Browser = Callable[[Person | None], FlaskClient]


def test_shows_and_saves(shopper: Person, client_of: Browser, session: Session) -> None:
    browser = client_of(shopper)
    assert 'value="Trần Thu Hà"' in browser.get("/account").text
    answer = browser.post("/account", data={"name": " Trần  Thu Hiền", "language": "en"})
    assert (answer.status_code, answer.location) == (303, "/account")
    page = browser.get("/account").text
    assert 'value="Trần Thu Hiền"' in page
    assert "Your account" in page


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "  "}, "Vui lòng nhập tên"),
        ({"name": "x" * 121}, "tối đa 120 ký tự"),
        ({"language": "fr"}, "Hãy chọn tiếng Việt hoặc tiếng Anh"),
    ],
)
def test_bad_input_stays_on_the_page(
    shopper: Person, client_of: Browser, form: dict[str, str], sentence: str
) -> None:
    browser = client_of(shopper)
    answer = browser.post("/account", data={"name": "Hà", "language": "vi", **form})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Trần Thu Hà"' in browser.get("/account").text


def test_needs_a_session_and_a_token(
    shopper: Person, client_of: Browser, app: Flask, csrf_on: None, session: Session
) -> None:
    assert client_of(None).get("/account").location == "/sign-in?next=/account"
    answer = client_of(shopper).post("/account", data={"name": "Khác", "language": "vi"})
    assert answer.status_code == 400
    session.refresh(shopper)
    assert shopper.name == "Trần Thu Hà"


def test_nobody_can_give_themselves_more(shopper: Person, client_of: Browser, session: Session) -> None:
    form = {"name": "Hà", "language": "vi", "role": "admin", "active": "", "email": "x@example.com"}
    client_of(shopper).post("/account", data=form)
    session.refresh(shopper)
    assert [grant.role for grant in shopper.grants] == ["shopper"]
    assert shopper.active
    assert shopper.email != "x@example.com"


def test_the_language_is_kept_on_the_device_before_signing_in(app: Flask, session: Session) -> None:
    browser = app.test_client()
    answer = browser.post("/language", data={"language": "en", "back": "/sign-in?next=/account"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account")
    cookie = answer.headers["Set-Cookie"]
    assert "language=en" in cookie
    assert "Max-Age=31536000" in cookie
    assert "HttpOnly" in cookie
    assert 'lang="en"' in browser.get("/sign-in").text


def test_the_language_follows_the_person(shopper: Person, client_of: Browser) -> None:
    client_of(shopper).post("/language", data={"language": "en", "back": "/account"})
    elsewhere = client_of(shopper)
    assert "Your account" in elsewhere.get("/account", headers={"Accept-Language": "vi"}).text


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/language", "/nowhere", "", "/a\nb"],
)
def test_the_language_switch_never_leads_astray(app: Flask, session: Session, back: str) -> None:
    answer = app.test_client().post("/language", data={"language": "en", "back": back})
    assert answer.location == "/"


def test_an_unknown_language_is_refused(shopper: Person, client_of: Browser, session: Session) -> None:
    assert client_of(shopper).post("/language", data={"language": "fr"}).status_code == 422
    session.refresh(shopper)
    assert shopper.language == "vi"


def renames(session: Session) -> list[Entry]:
    """What the trail says of changed people."""
    return list(session.scalars(select(Entry).where(Entry.kind == "person.changed").order_by(Entry.id)))


def test_another_name_leaves_a_trace(
    shopper: Person, admin: Person, client_of: Browser, session: Session
) -> None:
    browser = client_of(shopper)
    browser.post("/account", data={"name": "Trần Thu Hà", "language": "en"})
    assert renames(session) == []  # only the language
    browser.post("/account", data={"name": "Phạm Ngọc Lan", "language": "en"})
    (entry,) = renames(session)
    assert (entry.by_id, entry.person_id) == (shopper.id, shopper.id)
    assert entry.data == {"changed": ["name"], "old": "Trần Thu Hà", "new": "Phạm Ngọc Lan"}
    trail = client_of(admin).get("/trail").text
    assert "Trần Thu Hà" in trail


@pytest.mark.parametrize("role", ["branch_manager", "area_manager", "head_office"])
def test_who_reads_for_a_client_keeps_the_name_that_the_agency_gave(
    role: str, request: pytest.FixtureRequest, client_of: Browser, session: Session
) -> None:
    person = request.getfixturevalue(role)
    before, browser = person.name, client_of(person)
    page = browser.get("/account").text
    assert 'name="name"' not in page
    assert "Tên của anh/chị do đơn vị khảo sát quản lý" in page
    answer = browser.post("/account", data={"name": "Ban giám đốc", "language": "en"})
    assert answer.status_code == 303
    session.refresh(person)
    assert (person.name, person.language) == (before, "en")
    with pytest.raises(Forbidden):
        services.set_own_details(person, name="Ban giám đốc", language="en", at=AT)
    assert renames(session) == []
