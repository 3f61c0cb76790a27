"""How often signing in may be tried: by network, by account, and on a device that is known."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.attempts import Attempt
from tests.accounts.conftest import PASSWORD, sign_in


def attempt(app: Flask, address: str, identity: str, password: str = "another password") -> int:
    """The status of one attempt from an address, by a browser that nobody used before."""
    data = {"identity": identity, "password": password}
    return app.test_client().post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def test_addresses_of_one_connection_count_together(app: Flask, session: Session, limited: None) -> None:
    codes = [attempt(app, f"2001:db8:1:2::{n:x}", f"n{n}@example.com") for n in range(1, 6)]
    assert codes == [422, 422, 422, 429, 429]
    assert attempt(app, "2001:db8:1:3::1", "n@example.com") == 422  # the neighbour's
    codes = [attempt(app, place, "n@example.com") for place in ("203.0.113.7", "::ffff:203.0.113.7") * 2]
    assert codes == [422, 422, 422, 429]


def test_an_account_is_guessed_at_ten_times_from_wherever(an: Person, app: Flask, session: Session) -> None:
    spellings = ("0912345678", "+84 912 345 678", "0912.345.678")
    codes = [attempt(app, f"198.51.100.{n}", spellings[n % 3]) for n in range(11)]
    assert codes == [422] * 10 + [429]
    assert attempt(app, "203.0.113.1", "0912345678", PASSWORD) == 429
    assert attempt(app, "203.0.113.1", "0912345679") == 422
    assert "0912345678" not in "".join(session.scalars(select(Attempt.key)))


def test_the_refusal_is_the_same_for_who_has_no_account(an: Person, app: Flask, session: Session) -> None:
    pages = []
    for identity in ("an@example.com", "nobody@example.com"):
        for n in range(10):
            attempt(app, f"198.51.100.{n}", identity)
        data = {"identity": identity, "password": "another password"}
        refused = app.test_client().post("/sign-in", data=data)
        assert 1 <= int(refused.headers["Retry-After"]) <= 900
        pages.append(re.sub(r'value="[^"]*"', "", refused.text))
    assert pages[0] == pages[1]
    assert "Hãy đợi 15 phút rồi thử lại" in pages[0]


def test_who_signs_in_is_not_counted(an: Person, app: Flask, session: Session, limited: None) -> None:
    assert [attempt(app, "203.0.113.9", "an@example.com", PASSWORD) for _ in range(8)] == [302] * 8
    assert [attempt(app, "203.0.113.9", "an@example.com") for _ in range(4)] == [422, 422, 422, 429]


def test_a_right_password_ends_the_count_of_the_account(an: Person, app: Flask, session: Session) -> None:
    for _time in range(2):
        assert [attempt(app, f"198.51.100.{n}", "an@example.com") for n in range(9)] == [422] * 9
        assert attempt(app, "203.0.113.1", "an@example.com", PASSWORD) == 302


def test_others_do_not_lock_out_a_device_that_is_known(
    an: Person, app: Flask, visitor: FlaskClient, session: Session, limited: None
) -> None:
    assert sign_in(visitor, "an@example.com").status_code == 302
    visitor.post("/sign-out")
    for n in range(12):  # somebody guesses, from far and from the same address
        attempt(app, f"198.51.100.{n}", "an@example.com")
        attempt(app, "127.0.0.1", f"n{n}@example.com")
    assert attempt(app, "127.0.0.1", "an@example.com", PASSWORD) == 429
    assert sign_in(visitor, "0912345678").status_code == 302
    visitor.post("/sign-out")
    codes = [sign_in(visitor, "an@example.com", "another password").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]  # whoever found the device may not guess for ever


def test_a_new_password_from_an_admin_opens_at_once(
    an: Person, admin: Person, app: Flask, client_of: Callable[[Person], FlaskClient]
) -> None:
    for n in range(11):
        attempt(app, f"198.51.100.{n}", "0912345678")
    new = "Bốn con chim sẻ nâu"
    assert client_of(admin).post(f"/people/{an.id}/password", data={"password": new}).status_code == 303
    assert attempt(app, "203.0.113.1", "0912345678", new) == 302
