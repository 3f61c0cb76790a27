"""Asking the house: every address as everybody, and what a page may contain."""

import dataclasses
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.browser.showcase import Showcase
from tests.routes import PAGES, ClientOf, Page


def rules(app: Flask) -> list[Rule]:
    """Every address but static files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def methods(rule: Rule) -> list[str]:
    """What can be asked of it."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@dataclasses.dataclass
class Asked:
    """One question to the house and its answer."""

    who: str
    method: str
    endpoint: str
    path: str
    answer: TestResponse

    def __str__(self) -> str:
        return f"{self.who} gets {self.answer.status_code} for {self.method} {self.path} ({self.endpoint})"

    @property
    def is_to_sign_in(self) -> bool:
        """Whether it leads to the sign-in page."""
        return self.answer.status_code in (302, 303) and "/sign-in" in self.answer.location


@dataclasses.dataclass
class House:
    """Asks everything of everybody."""

    app: Flask
    made: Showcase
    client_of: ClientOf

    def browser(self, who: str) -> FlaskClient:
        """Signed in as one of the cast; "nobody" is signed out."""
        return self.client_of(self.made.cast.people.get(who))

    def path(self, rule: Rule, arguments: dict[str, object]) -> str:
        """The address of a record."""
        built = rule.build({name: arguments[name] for name in rule.arguments})
        assert built is not None, rule.rule
        return built[1]

    def ask(self, who: str, wanted: Callable[[Page, str], bool], kinds: tuple[str, ...]) -> Iterator[Asked]:
        """Every address that is wanted for this person, with these methods."""
        browser = self.browser(who)
        for rule in rules(self.app):
            page = PAGES.get(rule.endpoint)
            if page is None or not wanted(page, rule.endpoint):
                continue
            path = self.path(rule, page.arguments(self.made))
            for method in methods(rule):
                if method in kinds:
                    answer = browser.open(path, method=method, **page.sent)
                    yield Asked(who, method, rule.endpoint, path, answer)


class Markup(HTMLParser):
    """What the content policy would stop, and the texts a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.texts: set[str] = set()
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Scripts come from files; looks and behaviour from files too."""
        names = dict(attrs)
        self._inside.append(tag)
        is_data = names.get("type") == "application/json"  # no script: browsers do not run it
        if tag == "style" or (tag == "script" and not names.get("src") and not is_data):
            self.faults.append(f"<{tag}> within the page")
        self.faults += [f"{name}= at <{tag}>" for name in names if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        """Back outside."""
        while self._inside and self._inside.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        """One piece of text."""
        if "script" not in self._inside:
            self.texts.add(" ".join(data.split()))
