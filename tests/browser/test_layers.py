"""What editors lay over a submission, in a browser: drawing over a photo, correcting, the shopper's yes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from audit.db import db
from audit.review.layers import PhotoRedaction
from audit.visits import queries
from audit.visits.models import Visit
from tests import factories, stories
from tests.browser.house import House
from tests.browser.showcase import Showcase, showcase
from tests.browser.visitor import Visitor
from tests.browser.words import vi

PEOPLE = Callable[..., Visitor]


@pytest.fixture(scope="module")
def made(house: House) -> Showcase:
    """A record of every kind."""
    with house.app.app_context():
        return showcase()


@pytest.fixture
def number(house: House, made: Showcase) -> int:
    """A fresh submitted visit."""
    with house.app.app_context():
        wave, people = db.session.merge(made.wave), made.cast.people
        shopper = db.session.merge(people["shopper"])
        visit = factories.visit(wave, db.session.merge(made.cast.branch), shopper)
        db.session.commit()
        stories.submitted(visit, shopper, {"greeted": "no"})
        return visit.id


def photo_page(house: House, number: int) -> str:
    with house.app.app_context():
        visit = db.session.get_one(Visit, number)
        return f"/review/{number}/photos/{queries.photos_of(visit)[0].id}/redact"


def areas(house: House) -> list[list[float]]:
    """The areas of the newest redaction."""
    with house.app.app_context():
        newest = db.session.query(PhotoRedaction).order_by(PhotoRedaction.id.desc()).limit(1).one()
        return list(newest.areas)


def test_an_area_is_drawn_with_the_mouse(house: House, visitors: PEOPLE, number: int) -> None:
    editor = visitors().sign_in("editor")
    editor.open(photo_page(house, number))
    page = editor.page
    box = page.locator(".drawing svg").bounding_box()
    assert box is not None

    for left, top, right, bottom in ((0.25, 0.25, 0.5, 0.75), (0.9, 0.9, 0.7, 0.7)):
        page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=4)
        page.mouse.up()
    page.mouse.click(box["x"] + 5, box["y"] + 5)  # a tap is no area
    expect(page.locator(".drawing rect")).to_have_count(2)
    editor.press(vi("Save"))

    expect(page.locator("img.result")).to_be_visible()
    drawn = [[round(side, 1) for side in area] for area in areas(house)]
    assert [[round(area[2], 1), round(area[3], 1)] for area in drawn] == [[0.2, 0.5], [0.2, 0.2]]
    assert drawn[1][:2] == [0.7, 0.7]


def test_an_area_is_taken_away_again(house: House, visitors: PEOPLE, number: int) -> None:
    editor = visitors().sign_in("editor")
    address = photo_page(house, number)
    editor.open(address)
    page = editor.page
    page.locator(".numbers summary").click()
    for name, value in (("left", "10"), ("top", "10"), ("width", "30"), ("height", "30")):
        page.locator(f"[name={name}]").first.fill(value)
    expect(page.locator(".drawing rect")).to_have_count(1)
    editor.press(vi("Save"))

    page.locator(".numbers summary").click()
    page.locator("[data-drop]").first.click()
    expect(page.locator(".drawing rect")).to_have_count(0)
    editor.press(vi("Save"))

    expect(page.locator("img.result")).to_have_count(0)
    assert areas(house) == []


def test_without_scripts_numbers_do(house: House, visitors: PEOPLE, number: int) -> None:
    editor = visitors(javascript=False).sign_in("editor")
    editor.open(photo_page(house, number))
    page = editor.page
    for name, value in (("left", "12,5"), ("top", "0"), ("width", "50"), ("height", "25")):
        page.locator(f"[name={name}]").first.fill(value)
    editor.press(vi("Save"))

    expect(page.locator("img.result")).to_be_visible()
    assert areas(house) == [[0.125, 0.0, 0.5, 0.25]]


def test_an_answer_is_corrected_and_the_shopper_agrees(visitors: PEOPLE, number: int) -> None:
    editor = visitors().sign_in("editor")
    editor.open(f"/review/{number}")
    editor.page.locator("#q-2 .layer-links a").first.click()
    editor.page.get_by_text(vi("Yes"), exact=True).click()
    editor.page.locator("#reason").fill("Ảnh cho thấy nhân viên chào")
    editor.press(vi("Correct the answer"))
    expect(editor.page.locator("#corrections")).to_be_visible()

    shopper = visitors(phone=True).sign_in("shopper")
    shopper.open(f"/visits/{number}")
    shopper.page.get_by_role("link", name=vi("What was changed")).click()
    shopper.page.get_by_text(vi("Yes, that is right")).click()
    shopper.press(vi("Send"))
    expect(shopper.page.get_by_text(vi("Counts"), exact=True)).to_be_visible()

    editor.open(f"/review/{number}")
    expect(editor.page.locator("#q-2 .chip").first).to_have_text(vi("Counts"))


def test_selected_words_are_covered(visitors: PEOPLE, number: int) -> None:
    editor = visitors().sign_in("editor")
    editor.open(f"/review/{number}/questions/10/redact")
    text = editor.page.locator("#text")
    text.evaluate("one => one.setSelectionRange(0, 9)")
    editor.press(vi("Cover what is selected"))

    expect(text).to_have_value("[…] chào rõ, hướng dẫn tận tình.")
