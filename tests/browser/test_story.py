"""The main job in a real browser: a visit on a phone becomes a PDF and a line in head office's table."""

import hashlib
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from audit.db import db
from audit.visits.models import Answer, Photo, Submission, Visit
from tests import photo_files
from tests.browser import answering
from tests.browser.house import House
from tests.browser.plot import HIDDEN, PHOTOGRAPHED, Plot, answers, plot
from tests.browser.visitor import Visitor
from tests.browser.words import vi

NOTES = {
    "greeting": "Ai chào anh/chị, ở cửa hay ở quầy?",
    "needs_asked": "Nhân viên hỏi câu gì trước khi giới thiệu?",
}


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """A picture for each question that gets one."""
    files = {}
    for seed, name in enumerate(PHOTOGRAPHED):
        files[name] = tmp_path / f"{name}.jpg"
        files[name].write_bytes(photo_files.jpeg(1600, 1200, seed))
    return files


@pytest.mark.timeout(300)
def test_from_the_phone_to_the_comparison(
    house: House, visitors: Callable[..., Visitor], pictures: dict[str, Path], tmp_path: Path
) -> None:
    with house.app.app_context():
        stage = plot()
    shopper = visitors(phone=True).sign_in("shopper")
    accept(shopper)
    answer_everything(shopper, house.app, stage, pictures)
    submit_twice_at_once(shopper, house.app, stage)

    editor = visitors().sign_in("editor")
    send_back(editor, stage)
    correct(shopper, house.app, stage)
    approve(editor, stage)

    admin = visitors().sign_in("admin")
    release(admin, house.app, stage)
    house.work()

    card = read_as_manager(visitors().sign_in("branch_manager"), tmp_path)
    other = visitors().sign_in("other_manager")
    other.open(card, status=404)
    other.open(f"{card}/pdf", status=404)
    reached = compare(visitors().sign_in("head_office"), card)
    stranger = visitors().sign_in("other_client")
    for address in reached:
        stranger.open(address, status=404)
    switch_language(shopper)


def state_of(app: Flask, visit_id: int) -> str:
    """The visit's state in the database."""
    with app.app_context():
        return db.session.get_one(Visit, visit_id).state


def rows(app: Flask, kind: Any, visit_id: int) -> list[Any]:
    """What the database has of a visit."""
    with app.app_context():
        return db.session.query(kind).filter_by(visit_id=visit_id).all()


def accept(shopper: Visitor) -> None:
    """Read the terms, answer the conflict question, take the visit, start."""
    shopper.sees("Hoàn Kiếm", "150.000")
    shopper.follow(vi("See the terms"))
    shopper.press(vi("Accept these terms"))
    expect(shopper.page.locator("#errors")).to_be_visible()  # the question cannot be passed over
    shopper.page.locator("label:has(> input[value=no])").click()
    shopper.press(vi("Accept these terms"))
    shopper.sees("quà cho mẹ")
    shopper.press(vi("Start"))
    answering.start(shopper.page)


def answer_everything(shopper: Visitor, app: Flask, stage: Plot, pictures: dict[str, Path]) -> None:
    """All 46 questions but one, section by section, with a reload in the middle."""
    page, values = shopper.page, answers(stage.questions)
    del values["csat"]
    seen: list[str] = []
    for place in range(8):
        expect(page).to_have_title(re.compile(f"{place + 1}/8"))
        answering.ready(page)
        seen += answering.fill(page, values, pictures)
        if place == 1:
            answering.comment(page, "address_match", "Ghim lệch sang số nhà bên cạnh.")
        if place == 3:
            answering.comment(page, "knowledge", "Nhân viên tra trên máy rồi mới trả lời, đúng với bao bì.")
            reload(shopper, app, stage)
        answering.go_on(page)
        expect(page).not_to_have_title(re.compile(f"{place + 1}/8"))
    assert set(seen) == set(stage.questions) - HIDDEN
    assert len(stage.questions) == 46
    shopper.has_heading(vi("Not complete yet"))
    expect(page.locator(".owed a")).to_have_count(1)
    expect(page.locator("#submit")).to_be_disabled()
    page.locator(".owed a").click()
    expect(answering.question(page, "csat")).to_be_focused()
    answering.give(page, "csat", 4)
    answering.go_on(page)
    shopper.has_heading(vi("Ready to submit"))


def reload(shopper: Visitor, app: Flask, stage: Plot) -> None:
    """What was given stands on the page and in the database, although no button was pressed."""
    page = shopper.page
    page.reload()  # at once, while the last words are still on their way
    answering.ready(page)
    box = answering.question(page, "knowledge")
    expect(box.locator("input[value=right]")).to_be_checked()
    expect(box.locator("details.comment textarea")).to_have_value(re.compile("tra trên máy"))
    expect(answering.question(page, "attention").locator("input[value='5']")).to_be_checked()
    until(lambda: "tra trên máy" in saved(app, stage).get("knowledge", Answer(comment="")).comment)
    kept = saved(app, stage)
    assert kept["knowledge"].value == "right"
    assert kept["photo_shelf"].na
    assert kept["parking_space"].value == "no"
    assert len(rows(app, Photo, stage.visit)) == 1
    assert state_of(app, stage.visit) == "in_progress"


def saved(app: Flask, stage: Plot) -> dict[str, Answer]:
    """The answers in the database by question."""
    return {row.question_id: row for row in rows(app, Answer, stage.visit)}


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for the server: pages may claim too much."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.1)


def submit_twice_at_once(shopper: Visitor, app: Flask, stage: Plot) -> None:
    """A double tap makes one submission; the back button makes no second one."""
    shopper.page.locator("#submit").dblclick()
    shopper.has_heading(vi("Submitted"))
    until(lambda: state_of(app, stage.visit) == "submitted")
    shopper.page.go_back()
    assert len(rows(app, Submission, stage.visit)) == 1
    assert state_of(app, stage.visit) == "submitted"
    receipt = rows(app, Submission, stage.visit)[0].receipt
    shopper.open(f"/visits/{stage.visit}/receipt")
    shopper.sees(receipt)


def send_back(editor: Visitor, stage: Plot) -> None:
    """Two questions get a note."""
    editor.has_heading("1")
    editor.follow("Hoàn Kiếm")
    editor.sees("Ghim lệch sang số nhà bên cạnh.")
    expect(editor.page.locator(".pictures img")).to_have_count(len(PHOTOGRAPHED))
    for name, note in NOTES.items():
        box = editor.page.locator(f"article:has(textarea[name='note:{name}'])")
        box.locator("details.ask summary").click()
        box.locator("textarea").fill(note)
    editor.press(vi("Take this visit"))  # nothing typed is lost by it
    expect(editor.page.locator("textarea[name='note:greeting']")).to_have_value(NOTES["greeting"])
    editor.page.locator("#return").click()
    editor.has_heading(vi("Nothing waits for review"))


def correct(shopper: Visitor, app: Flask, stage: Plot) -> None:
    """Only the two questions are open; both are answered anew."""
    shopper.open("/visits")
    shopper.follow(vi("Correct"))
    page = shopper.page
    answering.ready(page)
    shopper.sees(*NOTES.values())
    expect(page.locator("[data-question]")).to_have_count(2)
    answering.give(page, "greeting", "within_1min")
    answering.comment(page, "needs_asked", "Chị tìm quà cho ai?")
    answering.go_on(page)
    shopper.has_heading(vi("Ready to submit"))
    page.locator("#submit").click()
    until(lambda: state_of(app, stage.visit) == "submitted")
    shopper.has_heading(vi("Submitted"))
    assert [row.round for row in rows(app, Submission, stage.visit)] == [1, 2]


def approve(editor: Visitor, stage: Plot) -> None:
    """The editor sees what changed, and approves: the score is made."""
    editor.open(f"/review/{stage.visit}")
    editor.sees("Chị tìm quà cho ai?", NOTES["greeting"])
    expect(editor.page.locator("del").first).to_be_visible()
    editor.press(vi("Take this visit"))
    editor.page.locator("#approve").click()
    # The signs are looked for now at the latest, and painted pictures look alike: they ask for a word.
    editor.page.locator("[name=flag_note]").fill("Ảnh thử do cùng một máy vẽ, đã đối chiếu.")
    editor.page.locator("#approve").click()
    editor.has_heading(vi("Nothing waits for review"))


def release(admin: Visitor, app: Flask, stage: Plot) -> None:
    """One visit alone from its page, the other two with the wave's button."""
    admin.open(f"/review/{stage.visit}")
    admin.page.locator("form[action$='/release'] button").click()
    expect(admin.page.locator(".note.good")).to_contain_text("PDF")
    assert state_of(app, stage.visit) == "released"
    admin.open(f"/waves/{stage.wave}")
    admin.page.locator("section[aria-labelledby=release] summary").click()
    admin.page.locator("section[aria-labelledby=release] button").click()
    with app.app_context():
        states = [one.state for one in db.session.query(Visit).filter_by(wave_id=stage.wave)]
    assert states == ["released"] * 3


def read_as_manager(manager: Visitor, folder: Path) -> str:
    """Only the own branch; the scorecard, and its PDF twice; gives the scorecard's path."""
    manager.sees("Hoàn Kiếm")
    expect(manager.page.locator("main")).not_to_contain_text("Ba Đình")
    manager.page.locator("main a[href^='/scorecards/']").first.click()
    manager.has_heading(re.compile("Hoàn Kiếm|Ngân hàng"))
    card = manager.page.url.removeprefix(manager.url)
    link = manager.page.locator("a[href*='/pdf']").first
    files = []
    for turn in range(2):
        with manager.page.expect_download() as started:
            link.click()
        files.append(folder / f"{turn}.pdf")
        started.value.save_as(files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()
    with manager.page.expect_response(re.compile("/pdf")) as again:
        manager.page.evaluate("address => void fetch(address)", link.get_attribute("href"))
    digest = hashlib.sha256(files[0].read_bytes()).hexdigest()
    assert again.value.headers["etag"] == f'"{digest}"'
    text = subprocess.run(["pdftotext", files[0], "-"], capture_output=True, text=True, check=True).stdout
    assert "Hoàn Kiếm" in text
    assert "Trần Thu Hà" not in text
    return card


def compare(office: Visitor, card: str) -> list[str]:
    """The table by region and in order, then down to the branch and its scorecard; the paths on the way."""
    page = office.page
    rows_ = page.locator("table.network tbody tr:not(.average)")
    expect(rows_).to_have_count(3)
    page.locator("#region").select_option(label="Miền Bắc")
    page.get_by_role("search").get_by_role("button").click()
    expect(rows_).to_have_count(2)
    page.locator("thead a[href*='sort=mean']").click()
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    shown = [float(one.replace(",", ".")) for one in rows_.locator("strong").all_inner_texts()]
    assert shown == sorted(shown, reverse=page.locator("th[aria-sort=descending]").count() == 1)
    table = page.url.removeprefix(office.url)
    rows_.get_by_role("link", name="Hoàn Kiếm").click()
    office.has_heading("Hoàn Kiếm")
    branch = page.url.removeprefix(office.url)
    page.locator(f"main a[href='{card}']").first.click()
    expect(page).to_have_url(office.url + card)
    return [table, branch, card, f"{card}/pdf", f"{card}/photos/0/screen"]


def switch_language(shopper: Visitor) -> None:
    """English and back, kept with the person."""
    shopper.open("/visits")
    shopper.page.get_by_role("button", name="English").click()
    expect(shopper.page.locator("html")).to_have_attribute("lang", "en")
    shopper.has_heading("Nothing to do now")
    shopper.page.get_by_role("button", name="Tiếng Việt").click()
    expect(shopper.page.locator("html")).to_have_attribute("lang", "vi")
    shopper.has_heading(vi("Nothing to do now"))
