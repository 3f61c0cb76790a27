"""The shopper's whole way on a browser without scripts: every screen is a form that saves and goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from audit.db import db
from audit.visits.models import Answer, Photo, Submission, Visit
from tests import photo_files
from tests.browser import answering
from tests.browser.house import House
from tests.browser.plot import HIDDEN, PHOTOGRAPHED, answers, plot
from tests.browser.visitor import Visitor
from tests.browser.words import vi


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """A picture for each question that gets one."""
    files = {}
    for seed, name in enumerate(PHOTOGRAPHED):
        files[name] = tmp_path / f"{name}.jpg"
        files[name].write_bytes(photo_files.jpeg(800, 600, seed))
    return files


def fill(page: Page, values: dict[str, Any], pictures: dict[str, Path], seen: set[str]) -> None:
    """Answer what stands on this screen and was not answered before."""
    boxes: list[Locator] = page.locator("[data-question]:not([hidden])").all()
    for box in boxes:
        name = str(box.get_attribute("data-question"))
        if name in seen:
            continue
        seen.add(name)
        if name in values:
            answering.give(page, name, values[name])
        if name in pictures:
            box.locator("input[type=file]:not([capture])").set_input_files(pictures[name])


def test_the_form_works_without_scripts(
    house: House, visitors: Callable[..., Visitor], pictures: dict[str, Path]
) -> None:
    with house.app.app_context():
        stage = plot()
    shopper = visitors(phone=True, javascript=False).sign_in("shopper")
    page = shopper.page
    shopper.follow(vi("See the terms"))
    page.locator("label:has(> input[value=no])").click()
    shopper.press(vi("Accept these terms"))
    shopper.press(vi("Start"))
    page.wait_for_url("**/answer/*")  # the whole form is for scripts: it leads on to its first section

    seen: set[str] = set()
    values = answers(stage.questions)
    screens = 0
    while page.locator("#visit-form").count():
        fill(page, values, pictures, seen)
        page.locator("nav.steps button[value=next]").click()
        screens += 1
        assert screens < 20, page.url
    assert seen == set(stage.questions) - HIDDEN
    assert screens > 8, "questions that answers bring up come on a further screen"
    expect(page.locator("h1")).to_contain_text(vi("Ready to submit"))
    page.locator("main .btn-primary").click()
    expect(page.locator("h1")).to_contain_text(vi("Submitted"))

    with house.app.app_context():
        kept = {row.question_id: row for row in db.session.query(Answer).filter_by(visit_id=stage.visit)}
        assert kept["price_corrected"].value == "yes"
        assert kept["policy_match"].na
        assert db.session.query(Photo).filter_by(visit_id=stage.visit).count() == len(PHOTOGRAPHED)
        assert db.session.query(Submission).filter_by(visit_id=stage.visit).count() == 1
        assert db.session.get_one(Visit, stage.visit).state == "submitted"
