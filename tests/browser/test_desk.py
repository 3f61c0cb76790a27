"""The editor's desk with scripts: photos at large, keys, ready notes, taking over with nothing lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from audit.accounts.models import Person
from audit.db import db
from audit.visits.models import Visit
from tests.browser.house import House
from tests.browser.showcase import showcase
from tests.browser.visitor import Visitor
from tests.browser.words import vi

NOTE = "Ai chào anh/chị, lúc nào?"


@pytest.fixture(scope="module")
def number(house: House) -> int:
    """A submitted visit of the bank's."""
    with house.app.app_context():
        return showcase().visits["submitted"].id


@pytest.fixture
def editor(visitors: Callable[..., Visitor], number: int) -> Visitor:
    """At the desk with that visit."""
    made = visitors().sign_in("editor")
    made.open(f"/review/{number}")
    return made


def shown(image: Locator) -> float:
    """How many times larger the photo is than the whole of it."""
    return float(image.evaluate("one => new DOMMatrix(getComputedStyle(one).transform).a"))


def test_a_photo_enlarges_by_wheel_buttons_and_keys(editor: Visitor) -> None:
    page = editor.page
    page.locator("a[data-enlarge]").first.click()
    dialog, image = page.locator("dialog.large"), page.locator("dialog.large img")
    expect(dialog).to_be_visible()
    assert shown(image) == 1

    image.hover()
    page.mouse.wheel(0, -400)
    expect(dialog.locator("output")).to_have_text("272 %")
    page.keyboard.press("0")
    assert shown(image) == 1
    page.keyboard.press("+")
    assert shown(image) == pytest.approx(1.5)
    dialog.locator("[data-zoom=in]").click()
    assert shown(image) == pytest.approx(2.25)
    dialog.locator("[data-zoom=out]").click()
    dialog.locator("[data-zoom=fit]").click()
    assert shown(image) == 1
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("a[data-enlarge]").first).to_be_focused()


def test_two_fingers_enlarge_it_on_a_phone(visitors: Callable[..., Visitor], number: int) -> None:
    phone = visitors(phone=True).sign_in("editor")
    phone.open(f"/review/{number}")
    page = phone.page
    page.locator("a[data-enlarge]").first.click()
    expect(page.locator("dialog.large")).to_be_visible()
    fingers = phone.context.new_cdp_session(page)

    def touch(kind: str, *places: int) -> None:
        points = [{"x": x, "y": 300, "id": place} for place, x in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 170, 220)
    for width in (60, 80, 100, 120, 150):
        touch("touchMove", 195 - width // 2, 195 + width // 2)
    touch("touchEnd")

    assert shown(page.locator("dialog.large img")) == pytest.approx(3, abs=0.1)
    assert phone.faults() == []


def test_the_keys_explain_themselves_and_put_notes(editor: Visitor) -> None:
    page = editor.page
    page.keyboard.press("?")
    expect(page.locator("dialog.keylist")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("n")
    note = page.locator("textarea[name='note:greeted']")
    expect(note).to_be_focused()
    page.keyboard.type(NOTE)
    page.locator("select[name='canned:greeted']").select_option(label="Mặt tiền chưa đủ")

    expect(note).to_have_value(f"{NOTE}\nAnh/chị chụp lại cho thấy toàn bộ mặt tiền giúp nhé.")
    expect(page.locator("select[name='canned:greeted']")).to_have_value("")
    note.fill("")  # leaving asks about what is written


def test_taking_over_loses_no_note(
    house: House, editor: Visitor, visitors: Callable[..., Visitor], number: int
) -> None:
    editor.press(vi("Take this visit"))
    editor.sees(vi("You are working on this visit"))
    admin = visitors().sign_in("admin")
    admin.open(f"/review/{number}")
    expect(admin.page.locator("#approve")).to_have_count(0)
    ask = admin.page.locator("article:has(textarea[name='note:greeted'])")
    ask.locator("details.ask summary").click()
    ask.locator("textarea").fill(NOTE)
    admin.page.locator("#claim summary").click()
    admin.page.locator("#claim_reason").fill("Lan nghỉ ốm")
    admin.press(vi("Take it over"))

    expect(admin.page.locator("textarea[name='note:greeted']")).to_have_value(NOTE)
    expect(admin.page.locator("#approve")).to_be_visible()
    with house.app.app_context():
        held = db.session.get_one(Visit, number).claimed_by_id
        assert db.session.get_one(Person, held).email == "admin@example.com"
    editor.page.reload()
    expect(editor.page.locator("#approve")).to_have_count(0)
    admin.page.locator("textarea[name='note:greeted']").fill("")
