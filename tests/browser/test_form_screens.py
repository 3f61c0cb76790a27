"""The form's screens: where focus goes, the clocks, what else was answered, and a phone that keeps nothing."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser import answering
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import until
from tests.browser.words import vi

Begin = Callable[..., Form]

CLOCK_BACK = """() => {
  const real = Date;
  self.Date = class extends real {
    constructor(...values) { super(...(values.length ? values : [real.now() - 3600000])); }
    static now() { return real.now() - 3600000; }
  };
}"""
FULL = """() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (one, ...rest) {
    if (["queued", "stopping"].includes(one && one.status)) throw new DOMException("full", "QuotaExceededError");
    return put.call(this, one, ...rest);
  };
}"""
NOT_KEPT = "The phone could not keep this; its storage may be full. Make room, then try again."
NO_DATABASE = """
  IDBFactory.prototype.open = () => { throw new DOMException("private window", "InvalidStateError"); };
"""


def test_focus_goes_to_the_heading_and_to_the_question_that_is_missing(begin: Begin) -> None:
    form = begin()
    page = form.page
    expect(page.locator("h1:visible")).to_have_count(1)
    answering.go_on(page)
    expect(page.locator("#s-counter h1")).to_be_focused()
    expect(page).to_have_title(re.compile("^2/3 "))
    page.go_back()
    expect(page.locator("#s-arrival h1")).to_be_focused()
    expect(page.locator("nav.steps button[value=back]")).to_be_hidden()
    form.check()
    expect(form.submit_button).to_be_disabled()
    page.locator(".owed a[href='#q-nps']").click()
    expect(answering.question(page, "nps")).to_be_focused()
    expect(page.locator("#s-leaving")).to_be_visible()
    page.locator("#more summary").click()
    expect(page.locator("#all-sections [aria-current]")).to_have_attribute("href", "#s-leaving")
    form.give("nps", "9")
    page.locator("#more summary").click()
    expect(page.locator("[data-count=s-leaving]")).to_have_text("1/1")


def test_a_tap_on_a_line_of_the_note_measures_a_duration(begin: Begin) -> None:
    form = begin()
    page = form.page
    form.give("queue", "yes")
    form.go("note")
    expect(page).to_have_title(vi("Notes"))
    expect(page.locator(".working progress")).to_be_hidden()
    expect(page.locator("#note")).not_to_contain_text(
        re.compile("chờ|wait", re.IGNORECASE)
    )  # a note, no questions
    line = page.locator("[data-clock=wait]")
    line.click()
    expect(line).to_have_attribute("aria-pressed", "true")
    form.reload()
    expect(line).to_have_attribute("aria-pressed", "true")
    expect(line.locator(".num")).to_have_text(re.compile(r"^0:(0[2-9]|[1-5]\d)$"))
    line.click()
    form.wait("draft => draft && draft.answers.wait && draft.answers.wait.value")
    shown = line.locator(".num").inner_text()
    line.click()
    page.locator("#ask button[value='']").click()  # not again from zero
    expect(line).to_have_attribute("aria-pressed", "false")
    expect(line.locator(".num")).to_have_text(shown)
    expect(form.box("wait").locator("[data-elapsed]")).to_have_text(shown)


def test_a_clock_that_is_set_back_does_not_shorten_a_duration(begin: Begin) -> None:
    form = begin()
    form.give("queue", "yes")
    box = form.box("wait")
    begun = time.monotonic()
    box.locator("[data-now]:visible").click()
    form.page.evaluate(CLOCK_BACK)
    form.page.wait_for_timeout(2100)
    box.locator("[data-now]:visible").click()
    form.wait("draft => draft && draft.answers.wait && draft.answers.wait.value")
    value = form.draft()["answers"]["wait"]["value"]
    took = form.page.evaluate("({start, end}) => (Date.parse(end) - Date.parse(start)) / 1000", value)
    assert 2 <= took <= time.monotonic() - begun + 1


def test_the_answer_of_another_device_is_shown_and_can_be_taken(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.give("greeted", "yes")
    form.kept("greeted", "yes")
    form.page.evaluate(
        """key => visit.store.change(key, (draft) => {
          draft.others.greeted = [{
            value: "no", na: false, comment: "vắng", at: "2026-11-14T07:03:00Z", from: "device",
          }];
        })""",
        form.key,
    )
    aside = form.box("greeted").locator("[data-others]")
    expect(aside).to_contain_text("Trên máy khác lúc 14:03: Không – vắng")
    button = aside.get_by_role("button")
    button.evaluate("button => { button.isFirst = true; }")
    form.give("counters", "3")
    form.page.evaluate("key => visit.store.change(key, (draft) => { draft.refused.nps = '?'; })", form.key)
    expect(form.page.locator("[data-question=nps] [data-problem]")).to_have_text("?")
    form.box("greeted")
    assert button.evaluate("button => button.isFirst"), "put anew, it would lose a tap"
    button.click()
    form.has("greeted", "no")
    form.kept("greeted", "no")
    expect(form.box("greeted").locator("details.comment textarea")).to_have_value("vắng")
    expect(aside).to_be_hidden()


def test_a_reason_to_stop_survives_the_camera(begin: Begin) -> None:
    form = begin()
    page = form.page
    form.phone.offline()
    form.go("stop")
    page.locator("#stop-go").click()
    expect(page.locator("#stop [data-problem]")).to_be_visible()
    page.locator("label[for=stop-unsafe]").click()
    page.locator("#stop-note").fill("Đang cãi nhau")
    kept = "key => visit.store.meta(`stop:${key}`).then((found) => found && found.note)"
    until(lambda: page.evaluate(kept, form.key) == "Đang cãi nhau")
    form.phone.kill_renderers()
    form.page = form.phone.page()
    form.page.goto(f"{form.address}#stop")
    answering.ready(form.page)
    expect(form.page.locator("#stop-unsafe")).to_be_checked()
    expect(form.page.locator("#stop-note")).to_have_value("Đang cãi nhau")


def test_the_stop_screen_shows_its_own_photos_only(begin: Begin, field: Field, picture: Path) -> None:
    form = begin()
    form.photo("front", picture)
    form.go("stop")
    own = form.page.locator("#stop li[data-photo]")
    expect(own).to_have_count(0)
    form.page.locator("#stop input[type=file]:not([capture])").set_input_files(str(picture))
    expect(own).to_have_count(1)
    form.reload()
    expect(own).to_have_count(1)
    until(lambda: len(field.photos(form.visit)) == 2)


def test_room_is_told_only_near_the_end_and_nothing_is_cut_off(begin: Begin) -> None:
    form = begin()
    field, room = form.text(), form.box("remark").locator(".room").first
    field.fill("a" * 9000)
    expect(room).to_be_hidden()
    field.fill("a" * 9900)
    expect(room).to_have_text("Còn 100 ký tự")
    field.fill("a" * 10020)
    expect(room).to_have_text("Dài quá 20 ký tự")
    expect(field).to_have_value("a" * 10020)


def test_a_browser_that_keeps_nothing_says_so_and_offers_the_plain_pages(begin: Begin) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_DATABASE)
    form.page.goto(form.address)
    answering.ready(form.page)
    expect(form.line).to_have_attribute("data-state", "bad")
    expect(form.line).to_have_text(vi("NOT SAVED – keep this page open, trying again"))
    form.page.locator("#no-store a").click()
    form.page.locator("main").get_by_role("button", name=vi("Start"), exact=True).click()
    form.page.locator("#no-store a[href$=plain]").click()
    expect(form.page).to_have_url(re.compile("/answer/arrival$"))  # a section page, which needs no script


def test_the_time_of_the_start_stands_at_the_last_check_without_a_reload(begin: Begin) -> None:
    form = begin()
    form.check()
    expect(form.page.locator("#visited_at")).to_have_value(re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d"))


def test_a_start_that_is_not_sent_is_not_called_safe(begin: Begin) -> None:
    form = begin(open_form=False)
    form.phone.offline()
    form.open()
    expect(form.line).to_have_text(vi("No network – saved on this phone"))
    form.phone.offline(False)
    expect(form.line).to_have_text(vi("Safe: all is with us"))


def test_what_stands_in_a_field_and_is_no_answer_is_listed_before_the_end(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.give("counters", "3")
    form.kept("counters", 3)
    form.box("counters").locator("input").first.fill("3 hay 4")
    form.check()
    listed = form.page.locator("#owed li", has=form.page.locator("a[href='#q-counters']"))
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text(vi("Write a number, for example 3 or 2.5."))
    form.page.go_back()
    form.box("counters").locator("input").first.fill("4")
    form.check()
    expect(listed).to_have_count(0)


def test_a_phone_too_full_to_submit_or_to_stop_says_so(begin: Begin, picture: Path) -> None:
    form = begin()
    form.fill(picture)
    form.phone.offline()
    form.check()
    form.page.evaluate(FULL)
    form.submit_button.click()
    expect(form.page.locator("#submit-why")).to_have_text(vi(NOT_KEPT))
    expect(form.submit_button).to_be_enabled()
    form.go("stop")
    form.page.locator("label[for=stop-unsafe]").click()
    form.page.locator("#stop-go").click()
    expect(form.page.locator("#stop [data-problem]")).to_have_text(vi(NOT_KEPT))
