"""The README's pictures, taken from the demo: `make test ARGS="-k screenshots"` with AUDIT_SCREENSHOTS=1."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from audit.db import db
from audit.demo import load, names
from audit.reports import queries, tasks
from audit.review.models import Scorecard
from tests.browser import answering
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.browser.words import vi

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
LARGEST = 1_500_000  # bytes, all together

pytestmark = [
    pytest.mark.skipif(os.environ.get("AUDIT_SCREENSHOTS") != "1", reason="AUDIT_SCREENSHOTS=1 writes them"),
    pytest.mark.timeout(600),
]


def take(visitor: Visitor, name: str) -> None:
    """What is on the screen, as a file with few colours: these pages need no more."""
    visitor.page.mouse.move(0, 0)
    visitor.page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    visitor.page.screenshot(path=path, animations="disabled")
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(192, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def come_in(visitor: Visitor, name: str) -> Visitor:
    """Sign in as somebody of the demo."""
    return visitor.sign_in_as(names.mail(name), names.PASSWORD)


def test_screenshots(house: House, visitors: Callable[..., Visitor], tmp_path: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    load.load(house.app)
    shopper = come_in(visitors(phone=True), "shopper")
    take(shopper, "phone-list")
    shopper.page.get_by_role("link", name="Làm tiếp").first.click()
    answering.ready(shopper.page)
    take(shopper, "phone-question")

    editor = come_in(visitors(), "editor")
    editor.page.locator("table.queue tbody a").first.click()
    editor.press(vi("Take this visit"))
    expect(editor.page.locator("#approve")).to_be_visible()
    editor.page.locator("article:has(.pictures)").first.scroll_into_view_if_needed()
    take(editor, "review-desk")

    manager = come_in(visitors(), "branch-sm-001")
    manager.page.locator("main a[href^='/scorecards/']").nth(1).click()
    number = int(manager.page.url.rsplit("/", 1)[1])
    with house.app.app_context():
        tasks.make_scorecard_files(number)
    manager.page.reload()
    take(manager, "scorecard")
    take(come_in(visitors(), "head-bank"), "network")
    first_page_of_pdf(house, number, tmp_path)
    assert sum(file.stat().st_size for file in FOLDER.glob("*.png")) < LARGEST


def first_page_of_pdf(house: House, number: int, folder: Path) -> None:
    """Page 1 as it is printed."""
    with house.app.app_context():
        card = db.session.get_one(Scorecard, number)
        file = queries.file_of(card, "vi")
        assert file is not None
        folder.joinpath("card.pdf").write_bytes(house.app.extensions["storage"].read(file.sha256))
    target = FOLDER / "scorecard-pdf"
    command = ["pdftoppm", "-png", "-singlefile", "-r", "80", folder / "card.pdf", target]
    subprocess.run(command, check=True)
    with Image.open(f"{target}.png") as picture:
        picture.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(f"{target}.png", optimize=True)
