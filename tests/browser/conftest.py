"""A served house and a Chromium for each file of browser tests."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.house import ARGUMENTS, House, chromium
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.cluster import Cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is `browser`."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    """One server with one database for a file's tests."""
    opened = House(cluster)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[Browser]:
    """Chromium. For one file only: Playwright keeps an event loop running, which others must not find."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitors(house: House, engine: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes signed-out visitors, each with a browser context of its own; their complaints fail the test."""
    made: list[Visitor] = []

    def visitor(*, phone: bool = False, javascript: bool = True, dark: bool = False) -> Visitor:
        look = {**(PHONE if phone else DESK), "color_scheme": "dark" if dark else "light"}
        context = engine.new_context(
            **look, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", java_script_enabled=javascript
        )
        made.append(Visitor(house.url, context))
        return made[-1]

    yield visitor
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.context.close()
    assert not complaints, "\n".join(complaints)
