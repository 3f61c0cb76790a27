"""A form sent after the session has ended: its texts come back on a page, to be sent again; nothing else does."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once
from tests import factories
from tests.conftest import World

PASSWORD = "Ba con mèo đen 1975"
TEXT = '\nKhách hàng chờ 15 phút,\nkhông ai <b>chào</b> "ai" & không ai xin lỗi'
OURS = {"Origin": "http://localhost"}
ADDRESS = "/people/new"


@pytest.fixture
def boss(session: Session) -> Person:
    """An admin with a password."""
    return factories.person(
        "Đỗ Hải Yến", RoleName.ADMIN, email="yen@example.com", password=hash_once(PASSWORD)
    )


def fields_of(page: str) -> dict[str, str]:
    """What the form of the page would send."""
    form = page[page.index('<form method="post" action="/people') :]
    form = form[: form.index("</form>")]
    found = {}
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S):
        found[name] = unescape(text)
    for name, text in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form, re.S):
        found[name] = unescape(text)
    return found


def sign_in(browser: FlaskClient) -> None:
    """As a person does in another tab."""
    token = fields_of_sign_in(browser.get("/sign-in").text)
    data = {"identity": "yen@example.com", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/sign-in", data=data, headers=OURS).location == "/"


def fields_of_sign_in(page: str) -> str:
    """The token of the page."""
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_nobody_is_signed_in_and_the_texts_come_back(app: Flask, session: Session) -> None:
    data = {"name": TEXT, "email": "moi@example.com", "password": "hush-hush-hush", "csrf_token": "old"}
    answer = app.test_client().post(ADDRESS, data=data, headers=OURS)
    assert answer.status_code == 401
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<b>chào</b>" not in answer.text
    kept = fields_of(answer.text)
    assert kept.pop("csrf_token") != "old"
    assert kept == {"name": TEXT, "email": "moi@example.com"}
    assert "hush-hush-hush" not in answer.text
    assert "Tệp và mật khẩu không được giữ lại" in answer.text
    assert 'target="_blank"' in answer.text


@pytest.mark.parametrize("cookie", ["none", "ended", "other"])
def test_it_is_sent_again_after_signing_in_in_another_tab(
    boss: Person, app: Flask, session: Session, csrf_on: None, cookie: str
) -> None:
    browser = app.test_client()
    token = "of a page that was open for long"
    if cookie != "none":
        sign_in(browser)
        token = fields_of_sign_in(browser.get("/account").text)
    if cookie == "ended":  # an admin set a new password meanwhile, say
        with browser.session_transaction() as kept:
            kept["_user_id"] = "0" * 32
    if cookie == "other":  # signed out and in again in another tab
        browser.post("/sign-out", data={"csrf_token": token}, headers=OURS)
        sign_in(browser)
    data = {"name": "Lê Thị Mới", "email": "moi@example.com", "csrf_token": token}
    refused = browser.post(f"{ADDRESS}?x=1", data=data, headers=OURS)
    assert refused.status_code == (401 if cookie == "ended" else 400)
    assert f'action="{ADDRESS}?x=1"' in refused.text
    assert session.query(Person).filter_by(email="moi@example.com").count() == 0
    if cookie != "other":
        assert "không còn đăng nhập" in refused.text
        sign_in(browser)
    again = browser.post(ADDRESS, data=fields_of(refused.text), headers=OURS)
    assert (again.status_code, "Lê Thị Mới" in again.text) == (422, True)  # only the password is missing
    fields = {**fields_of(refused.text), "password": "Bốn con chim sẻ nâu"}
    assert browser.post(ADDRESS, data=fields, headers=OURS).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "https://evil.example/localhost"},
    ],
)
def test_another_site_cannot_put_words_into_our_pages(
    boss: Person,
    client_of: Callable[[Person | None], FlaskClient],
    csrf_on: None,
    headers: dict[str, str],
) -> None:
    for person, status in ((None, 400), (boss, 400)):
        answer = client_of(person).post(ADDRESS, data={"name": "Xin chuyển tiền ngay"}, headers=headers)
        assert answer.status_code == status
        assert "chuyển tiền" not in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Referer": "http://localhost/x"}])
def test_our_own_pages_are_known(
    client_of: Callable[[Person | None], FlaskClient], headers: dict[str, str]
) -> None:
    answer = client_of(None).post(ADDRESS, data={"name": "Lê Thị Mới"}, headers=headers)
    assert (answer.status_code, "Lê Thị Mới" in answer.text) == (401, True)


def test_files_are_not_kept_and_the_form_stays_of_its_kind(
    client_of: Callable[[Person | None], FlaskClient],
) -> None:
    data = {"fact": "Nhân viên đã chào", "photo": (io.BytesIO(b"JPEG"), "a.jpg")}
    answer = client_of(None).post(
        "/scorecards/1/disputes/new", data=data, headers=OURS, content_type="multipart/form-data"
    )
    assert answer.status_code == 401
    assert 'enctype="multipart/form-data"' in answer.text
    assert "JPEG" not in answer.text
    assert "Nhân viên đã chào" in answer.text


def _plain(browser: FlaskClient, path: str, **given: Any) -> TestResponse:
    return browser.post(path, headers=OURS, **given)


def test_without_anything_typed_all_is_as_it_was(
    client_of: Callable[[Person | None], FlaskClient], world: World
) -> None:
    browser = client_of(None)
    for data in ({}, {"csrf_token": "x"}, {"password": "hush-hush-hush"}):
        answer = _plain(browser, ADDRESS, data=data)
        assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert _plain(browser, "/nowhere", data={"name": "x"}).status_code == 404


def test_programs_and_the_sign_in_page_get_what_they_got(
    client_of: Callable[[Person | None], FlaskClient], csrf_on: None
) -> None:
    browser = client_of(None)
    answer = browser.put("/api/v1/visits/1/answers", json={"note": "typed"}, headers=OURS)
    assert answer.content_type == "application/json"
    assert answer.status_code == 401
    answer = _plain(browser, "/sign-in", data={"identity": "someone typed", "password": "x"})
    assert answer.status_code == 400
    assert "someone typed" not in answer.text
