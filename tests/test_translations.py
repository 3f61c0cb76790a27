"""The Vietnamese: every text has one, with the same values in it, and no page falls back to English."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy.orm import Session

import audit
from tests.browser.showcase import Showcase, showcase
from tests.house import House, Markup
from tests.routes import EVERYBODY, ClientOf

ROOT = Path(audit.__file__).parent


@pytest.fixture
def made(session: Session) -> Showcase:
    """A record of every kind."""
    return showcase()


@pytest.fixture
def house(app: Flask, made: Showcase, client_of: ClientOf) -> House:
    """Everything needed to ask."""
    return House(app, made, client_of)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Vietnamese as it is kept."""
    with (ROOT / "translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="vi")


def test_every_text_has_its_vietnamese(catalogue: Catalog) -> None:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None, "N_": None}
    kinds = [("**.py", "python"), ("**.html", "jinja2"), ("**/email/*.txt", "jinja2")]
    wrong = set()
    for file, line, found, _comments, _context in extract_from_dir(ROOT, kinds, keywords=keywords):
        name = found if isinstance(found, str) else found[0]
        message = catalogue.get(name)
        told = message.string if message else ""
        if not (all(told) if isinstance(told, tuple) else told):
            wrong.add(f"{file}:{line} {name!r}")
        elif message and message.fuzzy:
            wrong.add(f"{file}:{line} {name!r} is marked fuzzy")
    assert not wrong, "Without Vietnamese:\n" + "\n".join(sorted(wrong))


def test_translations_keep_the_values_of_their_texts(catalogue: Catalog) -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)|\{(\w+)\}", text))

    wrong = []
    for message in catalogue:
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and any(values(one) != values(texts[-1]) for one in told):
            wrong.append(f"{message.id!r} → {message.string!r}")
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_compiles(catalogue: Catalog) -> None:
    """As pybabel looks at it; it ends the setting up where a per cent sign looks like a value."""
    assert [(message.id, str(error)) for message, errors in catalogue.check() for error in errors] == []


def test_vietnamese_pages_hold_no_english(house: House, catalogue: Catalog) -> None:
    english = {
        message.id
        for message in catalogue
        if message.id and isinstance(message.id, str) and message.string and message.string != message.id
    }
    wrong = set()
    for who in sorted(EVERYBODY):
        for one in house.ask(who, lambda page, _name, who=who: who in page.people, ("GET",)):
            if one.answer.mimetype == "text/html" and one.answer.status_code == 200:
                wrong |= {f"{one.path}: {text!r}" for text in Markup(one.answer.text).texts & english}
    assert not wrong, "\n".join(sorted(wrong))
