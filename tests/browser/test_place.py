"""Where the phone is: position or the reason why not, in any case within 15 seconds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.workbench import laid_out

HERE = {"latitude": 10.7769123456, "longitude": 106.7009, "accuracy": 12.4}


@pytest.fixture
def opened(engine: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser with these settings."""
    made: list[BrowserContext] = []

    def page(**settings: Any) -> Page:
        made.append(engine.new_context(**settings))
        return laid_out(made[-1])

    yield page
    for context in made:
        context.close()


def now(page: Page) -> Any:
    """What the script finds."""
    return page.evaluate("() => visit.place.now()")


def test_a_position_has_accuracy_and_age(opened: Callable[..., Page]) -> None:
    page = opened(geolocation=HERE, permissions=["geolocation"])

    found = now(page)

    age = found["position"].pop("age")
    assert found == {"position": {"latitude": 10.776912, "longitude": 106.7009, "accuracy": 12}}
    assert 0 <= age <= 61
    assert page.evaluate("() => visit.place.state()") == "granted"


def test_nobody_is_asked_without_an_explanation(opened: Callable[..., Page]) -> None:
    page = opened(geolocation=HERE)

    assert now(page) == {"error": "not_asked"}


def test_who_said_no_is_not_located_even_if_the_browser_would(opened: Callable[..., Page]) -> None:
    page = opened(geolocation=HERE, permissions=["geolocation"])

    page.evaluate("() => visit.place.wish(false)")
    assert now(page) == {"error": "denied"}
    page.evaluate("() => visit.place.wish(true)")
    assert now(page)["position"]["accuracy"] == 12


def test_the_browser_says_no(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate("() => visit.place.wish(true)")

    assert now(page) == {"error": "denied"}


def test_a_question_that_stays_open_ends_after_15_seconds(opened: Callable[..., Page]) -> None:
    page = opened(geolocation=HERE, permissions=["geolocation"])
    page.clock.install()
    page.evaluate("() => { navigator.geolocation.getCurrentPosition = () => {}; }")
    page.evaluate("() => { visit.place.now().then((found) => { self.found = found; }); }")
    page.clock.run_for(14_900)
    assert page.evaluate("() => self.found") is None
    page.clock.run_for(200)

    assert page.evaluate("() => self.found") == {"error": "timeout"}


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("(_found, failed) => failed({ code: 2 })", "unavailable"),
        ("(_found, failed) => failed({ code: 3 })", "timeout"),
        ("(_found, failed) => failed({ code: 99 })", "unavailable"),
        ("() => { throw new Error('policy'); }", "unavailable"),
    ],
)
def test_other_failures_are_told_not_thrown(opened: Callable[..., Page], script: str, error: str) -> None:
    page = opened(geolocation=HERE, permissions=["geolocation"])
    page.evaluate(f"() => {{ navigator.geolocation.getCurrentPosition = {script}; }}")

    assert now(page) == {"error": error}


def test_a_browser_without_places(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate("() => { Object.defineProperty(navigator, 'geolocation', { value: undefined }); }")
    page.evaluate("() => { Object.defineProperty(navigator, 'permissions', { value: undefined }); }")

    assert now(page) == {"error": "unsupported"}
    assert page.evaluate("() => visit.place.state()") == "unknown"
