"""Signing in: by mail or phone, one answer for every mistake, limits, and where one lands."""

import hashlib
import re
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from audit.accounts import sessions
from audit.accounts.models import EndedSession, Person, RoleName
from audit.accounts.passwords import hash_once
from audit.accounts.signin import ROUNDS
from audit.db import now
from tests import factories
from tests.accounts.conftest import PASSWORD, sign_in

REFUSED = "không khớp nhau"


def is_signed_in(visitor: FlaskClient) -> bool:
    """Whether the account page opens."""
    return visitor.get("/account").status_code == 200


@pytest.mark.parametrize(
    "identity",
    [
        "an@example.com",
        " AN@Example.COM ",
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "+84912345678",
        "+84 912 345 678",
        "84912345678",
        "0084 912 345 678",
        "+84 (0)912 345 678",
        "912345678",
        "０９１２３４５６７８",
    ],
)
def test_signs_in_by_mail_or_phone_in_any_spelling(an: Person, visitor: FlaskClient, identity: str) -> None:
    answer = sign_in(visitor, identity)
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(visitor)


def test_password_may_be_typed_decomposed(an: Person, visitor: FlaskClient) -> None:
    import unicodedata

    sign_in(visitor, "an@example.com", unicodedata.normalize("NFD", PASSWORD))
    assert is_signed_in(visitor)


@pytest.mark.parametrize(
    ("identity", "password"),
    [
        ("an@example.com", "another password"),
        ("0912345678", "another password"),
        ("nobody@example.com", PASSWORD),
        ("0999999999", PASSWORD),
        ("not an identity", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("an@example.com\x00", "\x00"),
        ("a" * 5000, "b" * 5000),
    ],
)
def test_every_mistake_reads_the_same(an: Person, visitor: FlaskClient, identity: str, password: str) -> None:
    answer = sign_in(visitor, identity, password)
    assert answer.status_code == 422
    assert answer.text.count(REFUSED) == 1
    assert 'class="field wrong"' not in answer.text
    assert not is_signed_in(visitor)


def test_what_was_typed_stays_but_not_the_password(an: Person, visitor: FlaskClient) -> None:
    answer = sign_in(visitor, "0912 345 678", "wrong-password-1")
    assert 'value="0912 345 678"' in answer.text
    assert "wrong-password-1" not in answer.text


def test_empty_form_says_what_is_missing(visitor: FlaskClient) -> None:
    answer = sign_in(visitor, "", "")
    assert answer.status_code == 422
    assert "Vui lòng nhập địa chỉ email hoặc số điện thoại" in answer.text
    assert "Vui lòng nhập mật khẩu" in answer.text


def test_an_unknown_person_costs_a_hash_too(an: Person, visitor: FlaskClient, app: Flask) -> None:
    """With hashes of a real price the two refusals take about as long; without one the unknown is instant."""
    from passlib.context import CryptContext

    dear = CryptContext(schemes=["argon2"], **{**ROUNDS["normal"], "argon2__time_cost": 40})
    library = app.extensions["security"]
    usual, library.pwd_context = library.pwd_context, dear
    try:
        an.password = dear.hash(PASSWORD)
        from audit.db import db

        db.session.commit()

        def seconds(identity: str) -> float:
            started = time.perf_counter()
            sign_in(visitor, identity, "another password")
            return time.perf_counter() - started

        known, unknown = seconds("an@example.com"), seconds("nobody@example.com")
    finally:
        library.pwd_context = usual
    assert unknown > known / 3


def test_deactivated_person_is_refused_and_told_only_with_the_right_password(
    an: Person, visitor: FlaskClient, session: Session
) -> None:
    an.active = False
    session.commit()
    assert REFUSED in sign_in(visitor, "an@example.com", "another password").text
    answer = sign_in(visitor, "an@example.com")
    assert answer.status_code == 422
    assert "Tài khoản này đã đóng" in answer.text
    assert not is_signed_in(visitor)


def test_a_person_without_password_cannot_sign_in(session: Session, visitor: FlaskClient) -> None:
    factories.person("Chưa có", RoleName.SHOPPER, email="none@example.com", password=None)
    assert REFUSED in sign_in(visitor, "none@example.com", "any password at all").text


@pytest.mark.parametrize(
    "outside",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
@pytest.mark.parametrize("place", ["form", "address"])
def test_never_leads_outside(an: Person, visitor: FlaskClient, outside: str, place: str) -> None:
    data = {"identity": "an@example.com", "password": PASSWORD}
    if place == "form":
        answer = visitor.post("/sign-in", data={**data, "next": outside})
    else:
        answer = visitor.post("/sign-in", query_string={"next": outside}, data=data)
    assert answer.status_code == 302
    landed = urlsplit(urljoin("http://localhost/sign-in", answer.location.replace("\\", "/")))
    assert landed.netloc == "localhost"
    assert is_signed_in(visitor)


def test_leads_to_the_page_that_was_wanted(an: Person, visitor: FlaskClient) -> None:
    asked = visitor.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    page = visitor.get(asked.location)
    assert 'value="/account?x=1"' in page.text
    answer = sign_in(visitor, "an@example.com", next="/account?x=1")
    assert answer.location == "/account?x=1"


def test_a_program_gets_401_instead_of_the_sign_in_page(app: Flask, visitor: FlaskClient) -> None:
    with app.test_request_context("/api/v1/anything"):
        from audit.accounts.signin import SignedOut

        with pytest.raises(SignedOut) as refusal:
            app.login_manager.unauthorized()  # type: ignore[attr-defined]
    assert (refusal.value.status, refusal.value.code) == (401, "signed_out")


def test_limits_attempts_and_says_when_to_come_back(an: Person, visitor: FlaskClient, limited: None) -> None:
    for _ in range(3):
        assert sign_in(visitor, "an@example.com", "another password").status_code == 422
    answer = sign_in(visitor, "an@example.com")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Thử quá nhiều lần" in answer.text
    assert "/language" in answer.text
    assert visitor.get("/sign-in").status_code == 200


def test_limits_requests_for_reset_mails(an: Person, visitor: FlaskClient, limited: None) -> None:
    codes = [visitor.post("/forgot", data={"email": "an@example.com"}).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


def test_needs_the_csrf_token(an: Person, visitor: FlaskClient, csrf_on: None) -> None:
    assert sign_in(visitor, "an@example.com").status_code == 400
    assert not is_signed_in(visitor)


def test_json_and_tokens_open_nothing(an: Person, visitor: FlaskClient) -> None:
    both = {"identity": "an@example.com", "password": PASSWORD}
    assert visitor.post("/sign-in", json=both).status_code == 415
    assert visitor.post("/sign-in", json=[1]).status_code == 415
    asked = visitor.get("/sign-in", headers={"Accept": "application/json"})
    assert asked.content_type.startswith("text/html")
    for path in ("/register", "/login", "/verify", "/us-signin", "/fs-static/x", "/tf-setup"):
        assert visitor.get(path).status_code == 404


def test_an_authentication_token_is_no_session(an: Person, app: Flask, visitor: FlaskClient) -> None:
    token = an.get_auth_token()
    assert visitor.get("/account", headers={"Authentication-Token": token}).status_code == 302
    assert visitor.get(f"/account?auth_token={token}").status_code == 302


def cookie_of(answer: TestResponse) -> str:
    """The session cookie that an answer sets; empty for none."""
    return next((one for one in answer.headers.getlist("Set-Cookie") if one.startswith("audit=")), "")


def lasts(cookie: str) -> timedelta:
    """How long the browser keeps it."""
    found = re.search(r"Expires=([^;]+)", cookie)
    assert found is not None
    return parsedate_to_datetime(found[1]) - now()


def test_the_session_lasts_a_month_and_is_closed_to_scripts(an: Person, visitor: FlaskClient) -> None:
    cookie = cookie_of(sign_in(visitor, "an@example.com"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert timedelta(days=29, hours=23) < lasts(cookie) <= timedelta(days=30)


@pytest.mark.parametrize("address", ["/account", "/visits", "/api/v1/session"])
def test_the_month_begins_anew_on_each_day_of_use(address: str, an: Person, visitor: FlaskClient) -> None:
    sign_in(visitor, "an@example.com")
    visitor.get("/visits")  # by now the token of the forms is in the session
    assert cookie_of(visitor.get(address)) == ""
    with visitor.session_transaction() as kept:
        kept["day"] = (now() - timedelta(days=1)).date().isoformat()
    assert timedelta(days=29, hours=23) < lasts(cookie_of(visitor.get(address))) <= timedelta(days=30)
    assert cookie_of(visitor.get(address)) == ""
    assert is_signed_in(visitor)


def test_an_answer_under_way_does_not_undo_a_sign_out(an: Person, visitor: FlaskClient, app: Flask) -> None:
    sign_in(visitor, "an@example.com")
    visitor.get("/api/v1/session")
    before = visitor.get_cookie("audit")
    visitor.post("/sign-out")
    late = app.test_client()
    assert before is not None
    late.set_cookie("audit", before.value)
    answer = late.get("/api/v1/session")  # sent before, answered after
    assert (answer.status_code, cookie_of(answer)) == (401, "")
    assert not is_signed_in(visitor)


def copied(app: Flask, visitor: FlaskClient) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = visitor.get_cookie("audit")
    assert cookie is not None
    other = app.test_client()
    other.set_cookie("audit", cookie.value)
    return other


def test_signing_out_ends_the_session_wherever_its_cookie_is(
    an: Person, visitor: FlaskClient, app: Flask, session: Session
) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, "an@example.com")
    sign_in(visitor, "an@example.com")
    thief = copied(app, visitor)
    assert is_signed_in(thief)
    visitor.post("/sign-out")
    assert not is_signed_in(thief)
    assert is_signed_in(elsewhere)  # the phone stays signed in when the desk is left
    ended = session.scalars(select(EndedSession)).one()
    with elsewhere.session_transaction() as kept:
        assert ended.id != hashlib.sha256(kept["sid"].encode()).hexdigest()
        assert kept["sid"] not in ended.id


def test_an_ended_session_is_not_renewed(an: Person, visitor: FlaskClient, app: Flask) -> None:
    sign_in(visitor, "an@example.com")
    with visitor.session_transaction() as kept:
        kept["day"] = "2026-01-01"
        kept.pop("csrf_token", None)
    thief, again = copied(app, visitor), copied(app, visitor)
    visitor.post("/sign-out")
    for address in ("/account", "/sign-in", "/api/v1/session"):
        thief.get(address)
        with thief.session_transaction() as kept:
            assert "_user_id" not in kept  # what was written anew is nobody's
        thief = again


def test_a_session_from_before_sessions_had_ids_ends_too(
    an: Person, visitor: FlaskClient, app: Flask
) -> None:
    sign_in(visitor, "an@example.com")
    with visitor.session_transaction() as kept:
        del kept["sid"]
    thief = copied(app, visitor)
    assert is_signed_in(visitor)
    visitor.post("/sign-out")
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    ("role", "hours", "valid"),
    [
        (RoleName.SHOPPER, 29 * 24, True),
        (RoleName.EDITOR, 11.9, True),
        (RoleName.EDITOR, 12.1, False),
        (RoleName.ADMIN, 12.1, False),
        (RoleName.ADMIN, 11.9, True),
    ],
)
def test_the_desk_signs_in_each_working_day(
    session: Session, visitor: FlaskClient, role: RoleName, hours: float, valid: bool
) -> None:
    factories.person("Bàn làm việc", role, email="ban@example.com", password=hash_once(PASSWORD))
    sign_in(visitor, "ban@example.com")
    with visitor.session_transaction() as kept:
        kept["fs_paa"] -= hours * 3600
    assert is_signed_in(visitor) is valid


def test_ended_sessions_are_forgotten_after_their_cookies_died(
    an: Person, visitor: FlaskClient, app: Flask, session: Session
) -> None:
    assert app.config["PERMANENT_SESSION_LIFETIME"] == sessions.MONTH
    for name, days in (("a", 32), ("b", 29)):
        session.add(EndedSession(id=name * 64, ended_at=now() - timedelta(days=days)))
    session.commit()
    sessions.forget_ended()
    assert session.scalars(select(EndedSession.id)).all() == ["b" * 64]
    assert "forget_ended_sessions" in app.extensions["jobs"]


def test_signs_out_by_post_only(an: Person, visitor: FlaskClient) -> None:
    sign_in(visitor, "an@example.com")
    assert visitor.get("/sign-out").status_code == 405
    assert is_signed_in(visitor)
    assert visitor.post("/sign-out").location == "/sign-in"
    assert not is_signed_in(visitor)


def test_signed_in_people_skip_the_page(client_of: Callable[[Person], FlaskClient], an: Person) -> None:
    assert client_of(an).get("/sign-in").location == "/"


def test_the_page_betrays_no_client_and_stays_out_of_caches(visitor: FlaskClient) -> None:
    answer = visitor.get("/sign-in")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "style=" not in answer.text
    assert 'lang="vi"' in answer.text
    english = visitor.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert "Mail address or phone number" in english
    assert "Forgotten your password?" in english


def test_knowing_who_asks_costs_one_query(client_of: Callable[[Person], FlaskClient], an: Person) -> None:
    from sqlalchemy import event

    from audit.db import db

    asked: list[str] = []
    page = client_of(an)
    page.get("/")

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert page.get("/").status_code == 302
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([text for text in asked if text.startswith("SELECT")]) == 1


def test_the_page_does_not_say_what_the_system_is(visitor: FlaskClient, app: Flask) -> None:
    assert app.extensions["settings"].agency_name not in visitor.get("/sign-in").text
