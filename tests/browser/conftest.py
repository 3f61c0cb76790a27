"""A served house and a Chromium for each file of browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests import photo_files
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.house import ARGUMENTS, House, chromium
from tests.browser.phone import Phone, ready_for_offline
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.cluster import Cluster

expect.set_options(timeout=30_000)  # a poll, not a bound: other tests share the machine


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
def driver() -> Iterator[Playwright]:
    """Playwright. For one file only: it keeps an event loop running, which others must not find."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def engine(driver: Playwright) -> Iterator[Browser]:
    """Chromium."""
    browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
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


@pytest.fixture(scope="module")
def whole_field(cluster: Cluster) -> Iterator[Field]:
    """One server behind one bad network for a file's tests."""
    opened = Field(cluster)
    yield opened
    opened.close()


@pytest.fixture
def field(whole_field: Field) -> Iterator[Field]:
    """The file's server, with a good network at the start of each test; a fault that never hit fails the test."""
    whole_field.heal()
    whole_field.faults.missed()
    yield whole_field
    missed = whole_field.faults.missed()
    whole_field.heal()
    assert not missed, f"faults that were never met: {missed}"


@pytest.fixture
def phones(driver: Playwright, field: Field) -> Iterator[Callable[..., Phone]]:
    """Makes phones that are off; what their browsers complain about fails the test."""
    made: list[Phone] = []

    def phone(**look: Any) -> Phone:
        made.append(Phone(driver, field.url, **look))
        return made[-1]

    yield phone
    for one in made:
        one.discard()
    complaints = [complaint for one in made for complaint in one.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def begin(field: Field, phones: Callable[..., Phone]) -> Callable[..., Form]:
    """A shopper with a new phone opens the list of visits once, as at home; then the form, unless told not to."""

    def begun(*, visits: int = 1, open_form: bool = True, **look: Any) -> Form:
        phone, shopper = phones(**look), field.shopper(visits)
        phone.sign_in(shopper.cookies)
        page = phone.boot()
        page.goto(f"{field.url}/visits")
        ready_for_offline(page)
        form = Form(phone, page, shopper)
        return form.open() if open_form else form

    return begun


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo of two megapixels."""
    file = tmp_path / "picture.jpg"
    file.write_bytes(photo_files.jpeg(1600, 1200, 7))
    return file
