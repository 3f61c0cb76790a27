"""Passwords: which are taken, changing one's own, and the mail that helps when one is lost."""

import dataclasses
import email
import email.policy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts import services
from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once, problem
from audit.db import now
from audit.errors import Invalid
from tests import factories

OLD = "Ba con mèo đen 1975"
NEW = "Bốn con chim sẻ nâu"
ABOUT = ("Nguyễn Thị Hồng Nhung", "hongnhung@example.com", "+84912345678")


@pytest.fixture
def an(session: Session) -> Person:
    """A branch-less person with a password."""
    return factories.person("Nguyễn An", RoleName.SHOPPER, email="an@example.com", password=hash_once(OLD))


def mails(app: Flask) -> list[Path]:
    """Mails written so far, oldest first."""
    return sorted((app.extensions["settings"].var / "mails").glob("*.eml"))


@pytest.fixture
def no_mails(app: Flask) -> None:
    """Start with an empty folder."""
    for path in mails(app):
        path.unlink()


def read(path: Path) -> email.message.EmailMessage:
    """A mail as its reader sees it."""
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("word", ["ba con mèo đen", "Xanh-lá-cây-7", "correct horse battery", "j4Kd93mZq1"])
def test_good_passwords(app: Flask, session: Session, word: str) -> None:
    assert problem(word, ABOUT) is None


@pytest.mark.parametrize(
    "word",
    [
        "ngắn",
        "123456789",
        "1234567890",
        "0123456789",
        "9876543210",
        "0000000000",
        "1111111111111",
        "abcabcabcabc",
        "121212121212",
        "qwertyuiop",
        "Password123!",
        "p@ssw0rd2026",
        "matkhau123456",
        "Mật khẩu 2026",
        "anhyeuem1234",
        "hongnhung2026",
        "NguyenThiHongNhung1",
        "0912345678 abc",
        "x" * 201,
    ],
)
def test_bad_passwords(app: Flask, session: Session, word: str) -> None:
    assert problem(word, ABOUT)


def test_changing_it_ends_the_other_sessions_and_keeps_this_one(
    an: Person, client_of: Callable[[Person], FlaskClient], app: Flask, no_mails: None
) -> None:
    here, elsewhere = client_of(an), client_of(an)
    assert elsewhere.get("/account").status_code == 200
    form = {"password": OLD, "new_password": NEW, "new_password_confirm": NEW}
    answer = here.post("/account/password", data=form)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Đã đổi mật khẩu" in here.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"identity": an.email, "password": OLD}).status_code == 422
    assert fresh.post("/sign-in", data={"identity": an.email, "password": NEW}).status_code == 302
    assert read(mails(app)[0])["Subject"] == "Mật khẩu của anh/chị đã được đổi"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"password": "another one entirely"}, "không phải mật khẩu hiện tại"),
        ({"password": ""}, "Vui lòng nhập mật khẩu"),
        ({"new_password": OLD, "new_password_confirm": OLD}, "trùng với mật khẩu cũ"),
        ({"new_password_confirm": "khác hẳn rồi đấy"}, "Hai mật khẩu không giống nhau"),
        ({"new_password": "ngắn", "new_password_confirm": "ngắn"}, "ít nhất 10 ký tự"),
        ({"new_password": "1234567890", "new_password_confirm": "1234567890"}, "bị thử đầu tiên"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(
    an: Person, client_of: Callable[[Person], FlaskClient], form: dict[str, str], sentence: str
) -> None:
    here, elsewhere = client_of(an), client_of(an)
    usual = {"password": OLD, "new_password": NEW, "new_password_confirm": NEW}
    answer = here.post("/account/password", data={**usual, **form})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert NEW not in answer.text
    assert elsewhere.get("/account").status_code == 200


def test_changing_needs_a_session(app: Flask, session: Session) -> None:
    answer = app.test_client().get("/account/password")
    assert answer.location == "/sign-in?next=/account/password"


def test_links_in_mails_never_follow_the_name_that_a_request_gives_us(
    an: Person, app: Flask, no_mails: None
) -> None:
    app.test_client().post("/forgot", data={"email": an.email}, headers={"Host": "evil.example"})
    text = read(mails(app)[0]).get_content()
    assert "evil.example" not in text
    assert f"{app.extensions['settings'].link_base}/reset/" in text


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({"host": "127.0.0.1", "port": 8000}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0", "port": 81}, "http://localhost:81"),
        ({"host": "::1", "port": 81}, "http://[::1]:81"),
        ({"address": "https://audit.example.vn"}, "https://audit.example.vn"),
    ],
)
def test_where_links_in_mails_lead(app: Flask, changes: dict[str, Any], base: str) -> None:
    assert dataclasses.replace(app.extensions["settings"], **changes).link_base == base


def test_a_lost_password_is_replaced_by_mail_once(
    an: Person, client_of: Callable[[Person], FlaskClient], app: Flask, no_mails: None
) -> None:
    elsewhere, browser = client_of(an), app.test_client()
    said = browser.post("/forgot", data={"email": " AN@example.com"})
    assert "Nếu địa chỉ này có tài khoản" in said.text
    (path,) = mails(app)
    assert path.stat().st_mode & 0o077 == 0
    mail = read(path)
    assert (mail["To"], mail["Subject"]) == ("an@example.com", "Mật khẩu mới cho tài khoản của anh/chị")
    assert "Chào Nguyễn An," in mail.get_content()
    assert "dùng được một lần" in mail.get_content()
    link = re.search(r"http://127.0.0.1:8000(/reset/\S+)", mail.get_content())
    assert link is not None
    page = browser.get(link[1])
    assert page.status_code == 200
    assert 'content="no-referrer"' in page.text
    assert browser.post(link[1], data={"password": "ngắn", "password_confirm": "ngắn"}).status_code == 422
    done = browser.post(link[1], data={"password": NEW, "password_confirm": NEW})
    assert (done.status_code, done.location) == (302, "/sign-in")
    assert elsewhere.get("/account").status_code == 302
    assert browser.post("/sign-in", data={"identity": an.email, "password": NEW}).status_code == 302
    again = app.test_client()
    assert again.get(link[1]).location in ("/forgot", "/reset")
    again.post(link[1], data={"password": OLD, "password_confirm": OLD})
    assert again.post("/sign-in", data={"identity": an.email, "password": OLD}).status_code == 422


def test_asking_for_an_unknown_or_wrong_address_looks_the_same(
    an: Person, app: Flask, session: Session, no_mails: None
) -> None:
    def page(address: str) -> str:
        text = app.test_client().post("/forgot", data={"email": address}).text
        return re.sub(r'value="I[\w.-]+"', "", text.replace(address, ""))

    assert page("nobody@example.com") == page("an@example.com") == page("no address")
    an.active = False
    session.commit()
    assert page("an@example.com") == page("nobody@example.com")
    assert len(mails(app)) == 1


def test_a_made_up_link_leads_back(app: Flask, session: Session) -> None:
    for token in ("x", "WyIxIl0.aaaa.bbbb", "%00"):
        answer = app.test_client().get(f"/reset/{token}", follow_redirects=True)
        assert "Liên kết không đầy đủ" in answer.text


def test_an_admin_sets_a_password_and_the_person_is_signed_out(
    an: Person, admin: Person, client_of: Callable[[Person], FlaskClient], app: Flask
) -> None:
    elsewhere, desk = client_of(an), client_of(admin)
    answer = desk.post(f"/people/{an.id}/password", data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, f"/people/{an.id}")
    assert elsewhere.get("/account").status_code == 302
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"identity": an.email, "password": NEW}).status_code == 302


def test_an_admin_gets_the_rules_and_not_their_own_back_door(
    an: Person, admin: Person, client_of: Callable[[Person], FlaskClient]
) -> None:
    desk = client_of(admin)
    weak = desk.post(f"/people/{an.id}/password", data={"password": "1234567890"})
    assert weak.status_code == 422
    assert "bị thử đầu tiên" in weak.text
    assert desk.post(f"/people/{admin.id}/password", data={"password": NEW}).status_code == 409


def test_the_service_refuses_weak_passwords(an: Person, session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        services.set_password(an, "an@example.com1", by=None, at=now())
    assert refusal.value.details["field"] == "password"
