"""The life of a visit after its submission in a real browser: every role takes its part, one after another."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, expect

from audit.accounts.models import RoleName
from audit.accounts.passwords import hash_once
from audit.db import db, now
from audit.followup.models import Action
from audit.visits.models import Visit
from tests import factories, photo_files, stories
from tests.browser import answering
from tests.browser.house import House
from tests.browser.showcase import PASSWORD, Cast, cast
from tests.browser.visitor import Visitor
from tests.browser.words import vi

FIRST, SECOND = "Vì sao anh/chị cho điểm này?", "Ai chào anh/chị, lúc nào?"
FACT = "Bảo vệ chào ở cửa lúc mở cửa, có hình camera."
LOST = {"greeted": "no", "solved": "later", "queue": "no"}


@dataclass
class Stage:
    """The cast, and the visit that the story is about."""

    cast: Cast
    visit: int


@pytest.fixture
def stage(house: House) -> Stage:
    """A submitted visit of three lost answers; a second editor."""
    with house.app.app_context():
        made = cast()
        factories.person(
            "Mai Thị Hạnh", RoleName.EDITOR, email="second-editor@example.com", password=hash_once(PASSWORD)
        )
        return Stage(made, submitted(made, "Quý 4"))


def submitted(made: Cast, wave: str, lost: dict[str, str] | None = None) -> int:
    """A visit of the branch, submitted an hour ago; its number."""
    at = now() - timedelta(hours=1)
    admin, shopper = (db.session.merge(made.people[name]) for name in ("admin", "shopper"))
    planned = factories.wave(db.session.merge(made.client), admin, name=wave)
    visit = factories.visit(planned, db.session.merge(made.branch), shopper)
    visit.submit_by = now() + timedelta(days=3)
    db.session.commit()
    stories.submitted(visit, shopper, LOST if lost is None else lost, at)
    return visit.id


@pytest.mark.timeout(400)
def test_from_the_submission_to_the_action_that_a_later_visit_confirms(
    house: House, visitors: Callable[..., Visitor], stage: Stage, tmp_path: Path
) -> None:
    picture = tmp_path / "camera.jpg"
    picture.write_bytes(photo_files.jpeg(1200, 900, 31))
    editor, shopper = visitors().sign_in("editor"), visitors(phone=True).sign_in("shopper")
    second, manager = visitors().sign_in("second_editor"), visitors().sign_in("branch_manager")

    send_back(editor, stage, "skill", FIRST)
    answer_again(shopper, house, stage, "skill", "4")
    send_back(editor, stage, "greeted", SECOND)
    answer_again(shopper, house, stage, "greeted", "no")
    correct(editor, stage)
    agree(second, stage)
    approve_and_grade(editor, stage)

    admin = visitors().sign_in("admin")
    release(admin, house, stage)
    card = object_to_an_answer(manager, picture)
    uphold(second)
    house.work()
    both_versions(manager, card, tmp_path)
    finish_an_action(manager, picture)
    later_visit(house, stage)
    confirmed(manager)

    area = visitors().sign_in("area_manager")
    talk(area, manager, card)
    download(visitors().sign_in("head_office"), house, tmp_path)
    pay(admin, house, stage)
    earned(shopper)
    read_trail(admin, stage)


def box(visitor: Visitor, question: str) -> Locator:
    """The place of a question on the editor's page."""
    return visitor.page.locator(f"article:has(textarea[name='note:{question}'])")


def state_of(house: House, visit_id: int) -> str:
    """The visit's state in the database."""
    with house.app.app_context():
        return db.session.get_one(Visit, visit_id).state


def send_back(editor: Visitor, stage: Stage, question: str, note: str) -> None:
    """Taken from the queue, returned with one note."""
    editor.open("/review")
    editor.follow("Hoàn Kiếm")
    editor.press(vi("Take this visit"))
    editor.sees(vi("You are working on this visit"))
    place = box(editor, question)
    place.locator("details.ask summary").click()
    place.locator("textarea").fill(note)
    editor.page.locator("#return").click()
    editor.has_heading(vi("Nothing waits for review"))


def answer_again(shopper: Visitor, house: House, stage: Stage, question: str, value: str) -> None:
    """Only what was returned is open."""
    shopper.open("/earnings")
    shopper.sees("1 câu hỏi đang chờ anh/chị sửa")
    shopper.open("/visits")
    shopper.follow(vi("Correct"))
    page = shopper.page
    answering.ready(page)
    expect(page.locator("[data-question]")).to_have_count(1)
    answering.give(page, question, value)
    answering.comment(page, question, "Tôi đã xem lại.")
    answering.go_on(page)
    shopper.has_heading(vi("Ready to submit"))
    page.locator("#submit").click()
    shopper.has_heading(vi("Submitted"))
    assert state_of(house, stage.visit) == "submitted"


def correct(editor: Visitor, stage: Stage) -> None:
    """A scored answer gets another value; until somebody else agrees nothing can be approved."""
    editor.open(f"/review/{stage.visit}")
    editor.sees(FIRST, SECOND)
    box(editor, "solved").locator(".layer-links a").first.click()
    editor.page.locator("label:has(> input[value=yes])").first.click()
    editor.page.locator("textarea[name=reason]").fill("Ảnh phiếu cho thấy đã xong ngay.")
    editor.press(vi("Correct the answer"))
    editor.open(f"/review/{stage.visit}")
    editor.page.locator("#approve").click()
    editor.sees(
        vi("A correction still waits for the shopper or a second editor: get it settled, or withdraw it.")
    )
    assert editor.page.url.endswith("/approve")


def agree(second: Visitor, stage: Stage) -> None:
    """The second editor's yes."""
    second.open(f"/review/{stage.visit}")
    second.page.locator("section.layers a[href*='/corrections/']").first.click()
    second.page.locator(".choices label").first.click()
    second.press(vi("Send"))
    second.open(f"/review/{stage.visit}")
    expect(second.page.locator("section.layers")).not_to_contain_text(vi("Yes, no or withdraw"))


def approve_and_grade(editor: Visitor, stage: Stage) -> None:
    """The signs that were found ask for a word; the score is made of the corrected answers; the grade."""
    editor.open(f"/review/{stage.visit}")
    editor.page.locator("[name=flag_note]").fill("Ảnh thử của cùng một máy, đã đối chiếu giờ.")
    editor.page.locator("#approve").click()
    editor.has_heading(vi("Nothing waits for review"))
    editor.open(f"/review/{stage.visit}")
    editor.page.locator("label[for=grade-4]").click()
    editor.page.locator("#grade-note").fill("Ảnh rõ, trả lời nhanh.")
    editor.press(vi("Keep the grade"))
    editor.sees("Đã chấm 4 trên 5")


def release(admin: Visitor, house: House, stage: Stage) -> None:
    """Released; the mails are there to be read, without a figure."""
    admin.open(f"/review/{stage.visit}")
    admin.page.locator("form[action$='/release'] button").click()
    expect(admin.page.locator(".note.good")).to_contain_text("PDF")
    house.work()
    admin.open("/mails")
    admin.page.get_by_role("row").filter(has_text="branch-manager@example.com").get_by_role(
        "link"
    ).first.click()
    mail = admin.page.locator("main").inner_text()
    assert "/scorecards/" in mail
    assert not re.search(r"\d+,\d", mail), "a mail carries no figure"


def object_to_an_answer(manager: Visitor, picture: Path) -> str:
    """Read, acknowledged, one answer objected to with a photo; the scorecard's path."""
    manager.open("/my-branches")
    manager.page.locator("main a[href^='/scorecards/']").first.click()
    card = re.sub(r"[?#].*", "", manager.page.url.removeprefix(manager.url))
    manager.press(vi("I have read this scorecard"))
    manager.sees("Nguyễn Văn Nam")
    manager.page.locator("a[href*='question=greeted']").first.click()
    manager.page.locator("textarea[name=fact]").fill(FACT)
    manager.page.locator("input[type=file]").set_input_files(picture)
    manager.press(vi("Object to this answer"))
    manager.sees(FACT)
    return card


def uphold(second: Visitor) -> None:
    """Somebody other than the approver answers: the branch was right."""
    second.open("/disputes")
    second.follow("Hoàn Kiếm")
    second.sees(FACT)
    second.page.locator("#verdict label").first.click()
    second.page.locator("fieldset.right label:has(> input[value=yes])").click()
    second.page.locator("textarea[name=reason]").fill("Hình camera cho thấy khách được chào.")
    second.press(vi("Answer the dispute"))
    second.sees("Hình camera cho thấy khách được chào.")


def both_versions(manager: Visitor, card: str, folder: Path) -> None:
    """Version 1 says that there is another one; both can be downloaded and differ."""
    manager.open(card)
    manager.sees("bản 2")
    files = []
    for version in (1, 2):
        if version == 2:
            manager.page.locator(".note a[href^='/scorecards/']").first.click()
            manager.sees("Hình camera cho thấy khách được chào.")
        with manager.page.expect_download() as started:
            manager.page.locator("a[href*='/pdf']").first.click()
        assert f"-v{version}-" in started.value.suggested_filename
        files.append(folder / f"v{version}.pdf")
        started.value.save_as(files[-1])
    first, second = (file.read_bytes() for file in files)
    assert first[:5] == second[:5] == b"%PDF-"
    assert first != second


def finish_an_action(manager: Visitor, picture: Path) -> None:
    """What was proposed for the lost point is taken on and done, with a photo."""
    manager.open("/actions")
    manager.page.get_by_role("row").filter(has_text="Chuyên môn").get_by_role("link").first.click()
    manager.page.locator("#take ~ form [name=text]").fill("Tập huấn sản phẩm mỗi sáng thứ hai")
    manager.page.locator("#take ~ form [name=owner]").fill("Trưởng quầy")
    manager.page.locator("#take ~ form [name=due_on]").fill((now() + timedelta(days=10)).date().isoformat())
    manager.press(vi("Take on this action"))
    manager.page.locator("input[type=file]").set_input_files(picture)
    manager.press(vi("It is done"))
    manager.sees(vi("Done. The next released visit that asks this question confirms it or not."))


def later_visit(house: House, stage: Stage) -> None:
    """The next wave asks the same question, and nothing is lost."""
    with house.app.app_context():
        number = submitted(stage.cast, "Quý 1", {})
        visit = db.session.get_one(Visit, number)
        people = {name: db.session.merge(stage.cast.people[name]) for name in ("editor", "admin")}
        stories.approved(visit, people["editor"], now())
        stories.released(visit, people["admin"], now())
    house.work()
    with house.app.app_context():
        found = db.session.query(Action).filter_by(owner="Trưởng quầy").one()
        assert found.state == "confirmed"


def confirmed(manager: Visitor) -> None:
    """The manager reads it, with the whole history."""
    manager.open("/actions?state=confirmed")
    manager.page.get_by_role("row").filter(has_text="Tập huấn sản phẩm").get_by_role("link").first.click()
    steps = manager.page.locator("ol.history li strong").all_inner_texts()
    assert steps[-3:] == ["Đã nhận làm", "Đã báo làm xong", "Một lượt ghé thăm sau thấy đã đạt"]


def talk(area: Visitor, manager: Visitor, card: str) -> None:
    """The area asks, the branch answers."""
    for visitor, text in ((area, "Chi nhánh cần hỗ trợ gì?"), (manager, "Cần thêm một buổi tập huấn.")):
        visitor.open(f"{card}/thread")
        visitor.page.locator("textarea[name=text]").fill(text)
        visitor.press(vi("Send the message"))
        visitor.sees(text)
    manager.sees("Chi nhánh cần hỗ trợ gì?", "Vũ Đức Long")


def download(office: Visitor, house: House, folder: Path) -> None:
    """All scorecards of the wave as one file, each in its latest version."""
    office.open("/batches/new")
    wave = office.page.locator("#wave option").filter(has_text="Quý 4").get_attribute("value")
    office.page.locator("#wave").select_option(wave)
    office.press(vi("Make the file"))
    expect(office.page.locator("progress")).to_be_visible()
    house.work()
    office.has_heading(vi("The file is ready"))
    with office.page.expect_download() as started:
        office.page.locator("a[href$='/file']").click()
    target = folder / "wave.zip"
    started.value.save_as(target)
    with ZipFile(target) as archive:
        names = archive.namelist()
        assert all(archive.read(name)[:5] == b"%PDF-" for name in names)
    assert len(names) == 1
    assert "-v2-" in names[0]


def pay(admin: Visitor, house: House, stage: Stage) -> None:
    """Approved and paid; the Excel file is there."""
    admin.open("/payments")
    admin.sees("2 khoản chờ duyệt", "150.000")
    admin.press(vi("Approve what is chosen"))
    admin.open("/payments?state=approved")
    admin.page.locator("[name=paid_on]").fill((now() - timedelta(days=1)).date().isoformat())
    admin.page.locator("[name=reference]").fill("VCB 20261122")
    admin.press(vi("Mark what is chosen as paid"))
    admin.open("/payments?state=paid")
    with admin.page.expect_download() as started:
        admin.page.locator("a[href^='/payments.xlsx']").click()
    assert started.value.suggested_filename == "payments.xlsx"


def earned(shopper: Visitor) -> None:
    """Paid, graded, in plain words."""
    shopper.open("/earnings")
    shopper.sees("VCB 20261122", "4 / 5: Ảnh rõ, trả lời nhanh.")
    assert shopper.faults() == []


def read_trail(admin: Visitor, stage: Stage) -> None:
    """Everything that happened, in its order."""
    admin.open(f"/trail/visits/{stage.visit}")
    rows = admin.page.locator("tbody tr")
    text = rows.all_inner_texts()
    wanted = (
        "Đã nộp",
        "Câu trả lời được sửa",
        "Đã duyệt",
        "Đã phát hành",
        "bị khiếu nại",
        "Chấp nhận khiếu nại",
    )
    places = [next(place for place, row in enumerate(text) if words in row) for words in wanted]
    assert places == sorted(places)
    assert admin.faults() == []
