"""Every address of the house against every person: who gets in, who does not, and what a page may contain.

The list of addresses is the application's own. One that is not in `PAGES` (routes.py) fails the first test.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from audit.security import POLICY
from tests.browser.showcase import Showcase, showcase
from tests.house import House, Markup, methods, rules
from tests.routes import EVERYBODY, MIXED, PAGES, ClientOf


@pytest.fixture
def made(session: Session) -> Showcase:
    """A record of every kind."""
    return showcase()


@pytest.fixture
def house(app: Flask, made: Showcase, client_of: ClientOf) -> House:
    """Everything needed to ask."""
    return House(app, made, client_of)


ALL = ("GET", "POST", "PUT", "DELETE")


def test_every_address_says_who_may_open_it(app: Flask) -> None:
    known = {rule.endpoint for rule in rules(app)}
    new = known - set(PAGES)
    assert not new, f"Add to PAGES in tests/routes.py who may open, and for which record: {sorted(new)}"
    assert set(PAGES) == known, f"PAGES names addresses that are gone: {sorted(set(PAGES) - known)}"


def test_signed_out_people_are_asked_to_sign_in(house: House) -> None:
    asked = list(house.ask("nobody", lambda page, _name: not page.public, ALL))
    wrong = [
        str(one)
        for one in asked
        if not (one.answer.status_code == 401 if one.path.startswith("/api/") else one.is_to_sign_in)
    ]
    assert len(asked) > 70
    assert not wrong, "\n".join(wrong)


def test_what_is_not_theirs_stays_closed(house: House) -> None:
    wrong = []
    count = 0
    for who in sorted(EVERYBODY):
        for one in house.ask(who, lambda page, _name, who=who: who not in page.people, ALL):
            count += 1
            if one.answer.status_code not in ((401,) if PAGES[one.endpoint].by_token else (403, 404)):
                wrong.append(str(one))
    assert count > 400
    assert not wrong, "\n".join(wrong)


def test_what_is_theirs_opens(house: House) -> None:
    wrong = []
    for who in sorted(EVERYBODY):
        for one in house.ask(who, lambda page, _name, who=who: who in page.people, ("GET",)):
            made_by_job = one.endpoint == "reports.pdf" and one.answer.status_code == 409
            if one.answer.status_code not in (200, 302, 303) and not made_by_job:
                wrong.append(str(one))
            if one.is_to_sign_in and one.endpoint not in ("security.reset_password", "home.index"):
                wrong.append(str(one))
    assert not wrong, "\n".join(wrong)


def test_no_empty_form_breaks_the_house(house: House) -> None:
    wrong = []
    for who in sorted(EVERYBODY):
        for one in house.ask(who, lambda page, _name, who=who: who in page.people, ("POST", "PUT", "DELETE")):
            if one.answer.status_code >= 500:
                wrong.append(str(one))
    assert not wrong, "\n".join(wrong)


def test_a_change_without_the_token_is_refused(house: House, csrf_on: None) -> None:
    wrong = []
    for who in ("nobody", *sorted(EVERYBODY)):
        for one in house.ask(
            who, lambda page, _name, who=who: who in page.people or page.public, ("POST", "PUT", "DELETE")
        ):
            if one.answer.status_code != 400:
                wrong.append(str(one))
    assert not wrong, "\n".join(wrong)


def test_records_that_do_not_exist_are_pages_that_do_not_exist(house: House) -> None:
    wrong = []
    for who in ("admin", "shopper", "head_office"):
        browser = house.browser(who)
        for rule in rules(house.app):
            if who not in PAGES[rule.endpoint].people or not any(
                name.endswith("_id") for name in rule.arguments
            ):
                continue  # a token or the name of a table is no number
            for number in (999_999, 2**31 - 1, 2**31, 10**30):
                wrong += _missing(house, browser, rule, number)
    assert not wrong, "\n".join(wrong)


def _missing(house: House, browser: FlaskClient, rule: Rule, number: int) -> list[str]:
    arguments = PAGES[rule.endpoint].arguments(house.made)
    path = house.path(rule, arguments)
    last = next(
        name for name in rule.arguments if name.endswith("_id") and name not in ("photo_id", "submission_id")
    )
    strange = path.replace(f"/{arguments[last]}", f"/{number}", 1)
    sent = PAGES[rule.endpoint].sent
    answers = [(method, browser.open(strange, method=method, **sent)) for method in methods(rule)]
    return [
        f"{answer.status_code} for {method} {strange}"
        for method, answer in answers
        # Numbers that no column holds fit no address: the router may say so as 405.
        if answer.status_code != 404 and not (answer.status_code == 405 and number >= 2**31)
    ]


def test_parts_of_different_records_do_not_fit_together(house: House) -> None:
    wrong = []
    for endpoint, arguments in MIXED.items():
        for rule in rules(house.app):
            if rule.endpoint != endpoint:
                continue
            for who in PAGES[endpoint].people:
                browser = house.browser(who)
                path = house.path(rule, arguments(house.made))
                for method in methods(rule):
                    answer = browser.open(path, method=method, data={"shopper_id": "1"})
                    if answer.status_code != 404:
                        wrong.append(f"{who} gets {answer.status_code} for {method} {path}")
    assert not wrong, "\n".join(wrong)


def test_pages_hold_to_the_content_policy(house: House) -> None:
    wrong = []
    seen = 0
    for who in ("nobody", *sorted(EVERYBODY)):
        for one in house.ask(who, lambda page, _name, who=who: who in page.people or page.public, ("GET",)):
            if one.answer.status_code != 200:
                continue
            if one.answer.headers.get("Content-Security-Policy") != POLICY:
                wrong.append(f"{one}: another content policy")
            if one.answer.mimetype == "text/html":
                seen += 1
                wrong += [f"{one}: {fault}" for fault in Markup(one.answer.text).faults]
    assert seen > 80
    assert not wrong, "\n".join(wrong)
