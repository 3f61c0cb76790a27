"""Every form of the house filled with nonsense, one field at a time: always an answer, never a breakdown."""

import dataclasses
import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.security import LARGEST_FORM
from tests.browser.showcase import Showcase, showcase
from tests.house import methods, rules
from tests.routes import PAGES

ClientOf = Callable[[Person | None], FlaskClient]
TEXTS = (  # each stands in every field of a form at once
    "x" * 20_000,
    "-1",
    "1e9999",
    "1/0",
    "31/02/2026",
    "9999-12-31",
    "\u200b",
    "\u202e👩‍👩‍👧‍👦%(x)s {0}",
    "",
)
ALONE = ("a\0b", "9" * 30)  # each stands in one field after the other, the rest being right


@pytest.fixture
def made(session: Session) -> Showcase:
    """A record of every kind."""
    return showcase()


@dataclasses.dataclass
class Found:
    """A form of a page: where it goes, and its fields as a browser would send them."""

    action: str
    method: str
    fields: dict[str, str] = dataclasses.field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, html: str, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[Found] = []
        self._chooser = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Fields belong to the form that was opened last."""
        names = dict(attrs)
        if tag == "form":
            self.found.append(Found(names.get("action") or self.path, (names.get("method") or "get").lower()))
            return
        name, value = names.get("name"), names.get("value") or ""
        if not self.found:
            return
        fields = self.found[-1].fields
        if tag in ("input", "textarea", "select", "button") and name and name != "csrf_token":
            self._chooser = name
            if names.get("type") in ("checkbox", "radio") and "checked" not in names:
                fields.setdefault(name, value)
            else:
                fields[name] = value
        elif tag == "option" and "selected" in names:
            fields[self._chooser] = value


def pages(app: Flask, made: Showcase, client_of: ClientOf) -> Iterator[tuple[FlaskClient, str]]:
    """Every page that one who may open it gets, with that person's browser."""
    for who in ("admin", "editor", "shopper", "branch_manager", "head_office", "nobody"):
        browser = client_of(made.cast.people.get(who))
        for rule in rules(app):
            page = PAGES[rule.endpoint]
            mine = page.public if who == "nobody" else who in page.people
            if not mine or "GET" not in methods(rule):
                continue
            arguments = page.arguments(made)
            built = rule.build({name: arguments[name] for name in rule.arguments})
            assert built is not None
            yield browser, built[1]


def tried(browser: FlaskClient, form: Found, sent: dict[str, object], kind: str) -> str | None:
    """What went wrong when this was sent; None when the answer was one."""
    try:
        if form.method == "get":
            answer = browser.get(form.action, query_string=sent)
        else:
            answer = browser.post(form.action, data=sent)
    except Exception as fault:
        return f"{kind} at {form.action}: {type(fault).__name__}: {str(fault)[:200]}"
    return f"{kind} at {form.action}: {answer.status_code}" if answer.status_code >= 500 else None


def upload() -> tuple[io.BytesIO, str]:
    """A file where a text belongs."""
    return io.BytesIO(b"not a text"), "name.txt"


def nonsense(form: Found, seen: set[tuple[str, str]]) -> Iterator[tuple[str, dict[str, object]]]:
    """The form with its fields spoilt; a field that another page's form has too is spoilt once."""
    new = [name for name in form.fields if (form.action, name) not in seen]
    seen.update((form.action, name) for name in new)
    if new:
        for text in TEXTS:
            yield f"{text[:12]!r} everywhere", dict.fromkeys(form.fields, text)
    for name in new:
        for text in ALONE:
            yield f"{name}={text[:12]!r}", {**form.fields, name: text}
        if form.method == "post":
            yield f"{name} as a file", {**form.fields, name: upload()}


def test_no_nonsense_in_a_form_breaks_the_house(app: Flask, made: Showcase, client_of: ClientOf) -> None:
    wrong: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for browser, path in pages(app, made, client_of):
        answer = browser.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for form in Forms(answer.text, path).found:
            if form.action == "/sign-out":
                continue
            for kind, sent in nonsense(form, seen):
                fault = tried(browser, form, sent, kind)
                if fault:
                    wrong.add(re.sub(r"0x[0-9a-f]+", "", fault))
    assert len(seen) > 100
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("body", ["[1]", '{"name": 5}', '{"name": ["a"]}', "5", "null"])
def test_pages_take_forms_and_no_json(body: str, made: Showcase, client_of: ClientOf) -> None:
    browser = client_of(made.cast.people["shopper"])
    answer = browser.post("/account", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (415, "text/html")


@pytest.mark.parametrize("path", ["/account", "/sign-in", "/nowhere"])
def test_only_a_visit_may_bring_much(path: str, made: Showcase, client_of: ClientOf) -> None:
    browser = client_of(made.cast.people["shopper"] if path == "/account" else None)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=xx"):
        answer = browser.post(path, data=b"name=" + b"x" * (LARGEST_FORM + 1), content_type=kind)
        assert answer.status_code == (404 if path == "/nowhere" else 413)


@pytest.mark.parametrize(
    "query",
    ["endpoint=x", "_external=1&_scheme=javascript", "_anchor=x&_method=PUT", "values=1", "client_id=2"],
)
def test_no_name_in_an_address_changes_where_links_lead(
    query: str, made: Showcase, client_of: ClientOf
) -> None:
    answer = client_of(made.cast.people["admin"]).get(f"/clients/{made.cast.client.id}?{query}&sort=-code")
    assert answer.status_code == 200
    heads = re.findall(r'<th [^>]*><a href="([^"]*sort=[^"]*)"', answer.text)
    assert len(heads) == 5
    for head in heads:
        assert head.startswith(f"/clients/{made.cast.client.id}?{query.split('&')[0]}&amp;")


def test_a_number_too_large_for_any_row_is_no_place(made: Showcase, client_of: ClientOf) -> None:
    browser = client_of(made.cast.people["admin"])
    address = f"/people/{made.cast.people['shopper'].id}/rights"
    for number in ("99999999999", "9" * 24, "9" * 5000, "-1", "１"):
        sent = {"role": "branch_manager", "client_id": number, "branch_id": number}
        assert browser.get(address, query_string=sent).status_code == 200
        assert browser.post(address, data=sent).status_code == 422


def test_what_cannot_be_kept_is_left_out_of_a_note(
    session: Session, made: Showcase, client_of: ClientOf
) -> None:
    visit = made.visits["in_progress"]
    sent = {"reason": "closed", "note": "Đóng\0 cửa"}
    assert (
        client_of(made.cast.people["shopper"]).post(f"/visits/{visit.id}/abort", data=sent).status_code == 303
    )
    session.rollback()
    session.refresh(visit)
    assert (visit.state, visit.abort_note) == ("aborted", "Đóng cửa")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01", "31/12/9999"])
def test_a_day_far_away_is_a_slip_and_stays_as_typed(day: str, made: Showcase, client_of: ClientOf) -> None:
    browser = client_of(made.cast.people["admin"])
    days = {"opens_on": day, "closes_on": day, "submit_on": ""}
    sent = {**days, "fee": "1", "expense_cap": "1", "seen": "0", "branch": made.cast.branch.id}
    answer = browser.post(f"/waves/{made.wave.id}/plan", data=sent)
    assert answer.status_code == 422
    assert answer.text.count(f'value="{day}"') == 2
    assert "trong khoảng từ 2000 đến 2100" in answer.text
