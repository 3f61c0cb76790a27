"""Two tabs or two devices on one visit: the newest answer per question wins, the other one is kept and shown."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from audit.db import now
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import NO_BACKGROUND, Phone, ready_for_offline, until
from tests.browser.words import vi

Begin = Callable[..., Form]


def second_device(field: Field, phones: Callable[..., Phone], form: Form) -> Form:
    """The same shopper with another phone."""
    phone = phones()
    phone.sign_in(form.shopper.cookies)
    page = phone.boot()
    page.goto(f"{field.url}/visits")
    ready_for_offline(page)
    return Form(phone, page, form.shopper).open()


def test_an_answer_in_one_tab_appears_in_the_other(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    other = Form(form.phone, form.phone.page(), form.shopper).open()
    form.give("greeted", "no")
    form.give("counters", "4")
    other.has("greeted", "no")
    other.has("counters", "4")


def test_two_tabs_answer_different_questions_and_both_are_kept(begin: Begin, field: Field) -> None:
    form = begin()
    form.phone.offline()
    other = Form(form.phone, form.phone.page(), form.shopper).open()
    form.give("greeted", "no")
    other.give("counters", "4")
    form.give("nps", "3")
    form.phone.offline(False)
    until(lambda: {"greeted": "no", "counters": 4, "nps": 3}.items() <= field.answers(form.visit).items())


def test_the_newer_tab_wins_and_the_older_answer_is_shown(begin: Begin, field: Field) -> None:
    form = begin()
    form.phone.offline()
    other = Form(form.phone, form.phone.page(), form.shopper).open()
    form.text().fill("Từ cửa sổ thứ nhất")
    form.kept("remark", "Từ cửa sổ thứ nhất")
    other.text().fill("Từ cửa sổ thứ hai")
    other.kept("remark", "Từ cửa sổ thứ hai")
    form.has("remark", "Từ cửa sổ thứ hai")
    expect(form.box("remark")).to_contain_text("Từ cửa sổ thứ nhất")
    form.phone.offline(False)
    until(lambda: field.answers(form.visit).get("remark") == "Từ cửa sổ thứ hai")


def test_the_newer_device_wins_although_it_arrives_first(
    begin: Begin, field: Field, phones: Callable[..., Phone]
) -> None:
    form = begin()
    form.phone.offline()
    form.text().fill("Điện thoại cũ, gõ trước")
    form.kept("remark", "Điện thoại cũ, gõ trước")
    other = second_device(field, phones, form)
    other.text().fill("Điện thoại mới, gõ sau")
    until(lambda: field.answers(form.visit).get("remark") == "Điện thoại mới, gõ sau")
    form.phone.offline(False)
    until(lambda: "Điện thoại cũ, gõ trước" in field.history(form.visit))
    form.has("remark", "Điện thoại mới, gõ sau")
    expect(form.box("remark")).to_contain_text("Điện thoại cũ, gõ trước")
    assert field.answers(form.visit)["remark"] == "Điện thoại mới, gõ sau"


def test_a_later_answer_of_the_first_device_wins_and_the_other_one_is_kept(
    begin: Begin, field: Field, phones: Callable[..., Phone]
) -> None:
    form = begin()
    form.phone.offline()
    other = second_device(field, phones, form)
    other.give("greeted", "yes")
    until(lambda: field.answers(form.visit).get("greeted") == "yes")
    form.give("greeted", "no")
    form.phone.offline(False)
    until(lambda: field.answers(form.visit).get("greeted") == "no")
    assert "yes" in field.history(form.visit)
    other.reload().has("greeted", "no")


def test_a_clock_hours_behind_does_not_lose_to_an_older_answer(
    begin: Begin, field: Field, phones: Callable[..., Phone]
) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_BACKGROUND)  # the clock can be set for the page only, not for the worker
    form.page.clock.install(time=now().timestamp() - 5 * 3600)
    form.open().phone.offline()
    other = second_device(field, phones, form)
    other.give("greeted", "yes")
    until(lambda: field.answers(form.visit).get("greeted") == "yes")
    form.give("greeted", "no")  # later, by a clock that is five hours behind
    form.phone.offline(False)

    def is_there() -> bool:
        form.page.clock.run_for(500)
        return bool(field.answers(form.visit).get("greeted") == "no")

    until(is_there)


def test_what_another_device_gave_appears_on_this_one(
    begin: Begin, field: Field, phones: Callable[..., Phone]
) -> None:
    form = begin()
    other = second_device(field, phones, form)
    other.give("greeted", "yes")
    until(lambda: field.answers(form.visit).get("greeted") == "yes")
    form.reload().has("greeted", "yes")


def test_a_visit_submitted_elsewhere_says_so_and_deletes_nothing(
    begin: Begin, field: Field, phones: Callable[..., Phone]
) -> None:
    form = begin()
    form.phone.offline()
    form.text().fill("Chưa gửi")
    form.kept("remark", "Chưa gửi")
    field.submit_elsewhere(form.visit, form.shopper.id)
    form.phone.offline(False)
    expect(form.line).to_have_attribute("data-state", "bad")
    assert form.draft()["answers"]["remark"]["value"] == "Chưa gửi"


def taken_back(form: Form) -> None:
    """The photo is shown as removed elsewhere, never as sent, and is owed again."""
    thumb = form.thumbs("front")
    expect(thumb).to_contain_text(vi("This photo was removed on another device."))
    expect(thumb).not_to_contain_text(vi("sent"))
    form.check()
    expect(form.submit_button).to_be_disabled()
    expect(form.page.locator("#owed a[href='#q-front']")).to_have_count(1)


def test_a_photo_removed_on_another_device_is_gone_here_too(
    begin: Begin, field: Field, phones: Callable[..., Phone], picture: Path
) -> None:
    form = begin()
    form.fill(picture)
    until(lambda: field.photos(form.visit))
    other = second_device(field, phones, form)
    other.remove_photo("front")
    until(lambda: not field.photos(form.visit))
    form.reload()
    taken_back(form)
    form.page.goto(f"{form.phone.url}/visits")
    expect(form.page.locator("#phone [data-part=drafts] li")).to_have_count(0)
    form.open().remove_photo("front")
    form.photo("front", picture)
    form.submit()
    form.submitted()
    assert len(field.photos(form.visit)) == 1


def test_a_photo_removed_on_another_device_before_this_one_knew_that_it_arrived(
    begin: Begin, field: Field, phones: Callable[..., Phone], picture: Path
) -> None:
    form = begin()
    form.give_all()
    lost = field.faults.fail("PUT .*/photos/", times=None, commit=True)
    form.photo("front", picture)
    until(lambda: field.photos(form.visit))
    other = second_device(field, phones, form)
    other.remove_photo("front")
    until(lambda: not field.photos(form.visit))
    lost.times = 0
    form.send_now()
    taken_back(form)
    assert field.photos(form.visit) == []


def test_a_removal_that_the_submission_finds_out_leads_back_to_the_form(
    begin: Begin, field: Field, phones: Callable[..., Phone], picture: Path
) -> None:
    form = begin()
    form.fill(picture)
    until(lambda: field.photos(form.visit))
    other = second_device(field, phones, form)
    other.remove_photo("front")
    until(lambda: not field.photos(form.visit))
    form.submit()  # this page has not heard of it yet
    form.wait("draft => draft.status === 'draft' && draft.problem && draft.problem.code === 'missing'")
    taken_back(form)
