"""Nothing lost: what was given is there after reload, kill, a full phone, a lost database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from audit.db import db
from audit.visits.models import Visit
from tests import factories
from tests.browser import answering
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import until

Begin = Callable[..., Form]

# Every write to the named stores fails while `broken` is set, as on a phone whose storage is damaged or full.
BROKEN_WRITES = """
  self.broken = false;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...values) {
    if (self.broken && (self.broken === true || self.broken.includes(this.name))) {
      throw new DOMException("no room", "QuotaExceededError");
    }
    return put.apply(this, values);
  };
"""
# From the touch to the database in ms: the shortest of some rounds, at once when one is short enough.
SHORTEST = """async ([key, question, values, enough]) => {
  const box = document.querySelector(`[data-question=${question}]`);
  const give = (value) => {
    const tick = box.querySelector(`input[value="${value}"]`);
    if (tick) return tick.click();
    box.querySelector("textarea").value = value;
    return box.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  };
  let shortest = Infinity;
  for (let round = 0; round < 60 && shortest >= enough; round++) {
    const begun = performance.now();
    give(values[round % 2]);
    for (;;) {
      const { [question]: found } = (await visit.store.draft(key)).answers;
      if (found && found.value === values[round % 2]) break;
    }
    shortest = Math.min(shortest, performance.now() - begun);
  }
  return shortest;
}"""
# How long after the next input the line is red, in ms by the page's own clock: Playwright's turn comes later.
WATCH_LINE = """() => {
  const line = document.getElementById("save-line");
  let begun = 0;
  self.redAfter = 0;
  document.addEventListener("input", () => { begun = begun || performance.now(); }, { capture: true });
  new MutationObserver(() => {
    if (begun && line.dataset.state === "bad") self.redAfter = self.redAfter || performance.now() - begun;
  }).observe(line, { attributes: true });
}"""
KEEP_CONNECTION = """
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...values) {
    const request = open.apply(this, values);
    request.addEventListener("success", () => { self.connection = request.result; });
    return request;
  };
"""


@pytest.mark.parametrize(("question", "values"), [("greeted", ["no", "yes"]), ("remark", ["Một", "Hai"])])
def test_an_answer_is_in_the_database_at_once(begin: Begin, question: str, values: list[str]) -> None:
    form = begin()
    form.phone.offline()
    form.box(question)
    took = form.page.evaluate(SHORTEST, [form.key, question, values, 50])
    assert took < 50, "what the page itself puts off shows in every round, a busy machine does not"


@pytest.mark.parametrize("leave", ["reload", "navigate", "close"])
def test_typing_and_leaving_at_once_loses_nothing(begin: Begin, leave: str) -> None:
    form = begin()
    form.phone.offline()
    for round_ in range(4):
        text = f"Gõ rồi đi ngay, lần {round_}"
        field = form.text()
        field.fill("")
        field.press_sequentially(text)
        if leave == "reload":
            form.page.reload()
        elif leave == "navigate":
            form.page.goto(f"{form.phone.url}/visits")
        else:
            form.page.close(run_before_unload=round_ % 2 == 1)
            form.page = form.phone.page()
        form.open("leaving").has("remark", text)


def test_a_kill_a_moment_after_typing_loses_nothing(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.text().press_sequentially("Pin hết ngay bây giờ")
    form.kept("remark", "Pin hết ngay bây giờ")  # how soon that is, another test asks
    form.phone.kill()
    form = Form(form.phone, form.phone.boot(offline=True), form.shopper).open("leaving")
    form.has("remark", "Pin hết ngay bây giờ")


def test_the_end_of_the_renderer_loses_nothing(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.give("greeted", "no")
    form.text().press_sequentially("Mở máy ảnh, trang bị đóng")
    form.phone.kill_renderers()
    form.page = form.phone.page()
    form.open("leaving").has("remark", "Mở máy ảnh, trang bị đóng")
    form.has("greeted", "no")


def test_what_is_tapped_before_the_draft_was_read_is_kept(begin: Begin) -> None:
    form = begin()
    form.give("greeted", "no")
    form.give("counters", "4")
    form.phone.offline()
    # The database answers late: the person is faster.
    form.page.add_init_script(
        """
        document.addEventListener("DOMContentLoaded", () => {
          document.querySelector("[data-question=greeted] input[value=yes]").click();
        });
        """
    )
    form.reload()
    form.has("greeted", "yes")
    form.kept("greeted", "yes")
    form.has("counters", "4")


def test_failing_writes_are_said_in_red_and_submitting_is_refused(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(BROKEN_WRITES)
    form.open().fill(picture)
    form.phone.offline()
    form.page.evaluate("() => { self.broken = true; }")
    form.page.evaluate(WATCH_LINE)
    form.text().fill("Máy đầy")
    expect(form.line).to_have_attribute("data-state", "bad")
    assert 0 < form.page.evaluate("() => self.redAfter") < 3500
    expect(form.text()).to_have_value("Máy đầy")
    form.check()
    expect(form.submit_button).to_be_disabled()
    assert form.draft()["status"] == "draft"
    form.page.evaluate("() => { self.broken = false; }")
    form.kept("remark", "Máy đầy")  # tried again by itself
    expect(form.line).not_to_have_attribute("data-state", "bad")
    form.phone.offline(False)
    form.submit()
    until(lambda: field.submissions(form.visit))
    assert field.answers(form.visit)["remark"] == "Máy đầy"


def test_a_closed_connection_to_the_database_is_opened_again(begin: Begin) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(KEEP_CONNECTION)
    form.open().phone.offline()
    form.give("greeted", "yes")
    form.kept("greeted", "yes")
    form.page.evaluate("() => self.connection.close()")
    form.give("greeted", "no")
    form.kept("greeted", "no")
    expect(form.line).not_to_have_attribute("data-state", "bad")


def test_a_record_that_vanished_is_made_again_from_the_page(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.give("greeted", "no")
    form.kept("greeted", "no")
    form.phone.devtools(
        form.page, "Storage.clearDataForOrigin", origin=form.phone.url, storageTypes="indexeddb"
    )
    form.give("counters", "7")
    form.kept("counters", 7)
    form.kept("greeted", "no")
    form.reload().has("greeted", "no")
    form.has("counters", "7")


def test_what_had_reached_the_server_comes_back_when_the_phone_was_emptied(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin()
    form.fill(picture, remark="Đã gửi lên")
    until(lambda: field.answers(form.visit).get("remark") == "Đã gửi lên" and field.photos(form.visit))
    form.page.goto("about:blank")
    form.phone.devtools(form.page, "Storage.clearDataForOrigin", origin=form.phone.url, storageTypes="all")
    form.phone.sign_in(form.shopper.cookies)
    form.open("leaving").has("remark", "Đã gửi lên")
    form.has("greeted", "yes")
    expect(form.thumbs("front")).to_have_count(1)
    form.submit()
    until(lambda: field.submissions(form.visit))
    field.whole(form.visit)


def test_storage_that_is_never_granted_does_not_hold_up_the_form(begin: Begin) -> None:
    form = begin(open_form=False)
    form.page.add_init_script("StorageManager.prototype.persist = () => new Promise(() => {});")
    form.open().give("greeted", "yes")
    form.kept("greeted", "yes")


def test_a_full_phone_keeps_answers_and_takes_the_photo_when_there_is_room(
    begin: Begin, picture: Path
) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(BROKEN_WRITES)
    form.open().phone.offline()
    form.page.evaluate("() => { self.broken = ['blobs', 'photos']; }")
    form.add_photo("front", picture)
    expect(form.box("front").locator("[data-problem]")).to_be_visible()
    assert form.photos() == []
    form.give("greeted", "no")
    form.kept("greeted", "no")
    form.page.evaluate("() => { self.broken = false; }")
    form.photo("front", picture)
    expect(form.thumbs("front")).to_have_count(1)


def test_a_newer_edition_of_the_database_is_not_held_up_by_an_old_tab(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    form.give("greeted", "no")
    form.kept("greeted", "no")
    other = form.phone.page()
    other.goto(f"{form.phone.url}/visits")
    upgraded = other.evaluate(
        """() => new Promise((resolve, reject) => {
          const request = indexedDB.open("audit", 99);
          request.onupgradeneeded = () => {};
          request.onblocked = () => reject(new Error("blocked"));
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const read = request.result.transaction("drafts").objectStore("drafts").getAll();
            read.onsuccess = () => { request.result.close(); resolve(read.result.length); };
          };
        })"""
    )
    assert upgraded == 1, "the draft is there after the upgrade"
    form.page.evaluate(WATCH_LINE)
    form.give("greeted", "yes")  # the old tab cannot write any more: it must say so, and keep the text
    expect(form.line).to_have_attribute("data-state", "bad")
    assert 0 < form.page.evaluate("() => self.redAfter") < 5000


def test_a_started_clock_survives_a_reload(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("queue", "yes")
    box = form.box("wait")
    box.locator("[data-now$=start]").click()
    begun = box.locator("input[id$=start]").input_value()
    assert begun
    form.phone.offline()
    form.reload()
    expect(form.box("wait").locator("input[id$=start]")).to_have_value(begun)
    form.box("wait").locator("[data-now$=end]").click()
    form.wait("draft => draft.answers.wait && draft.answers.wait.value")
    form.phone.offline(False)
    until(lambda: (field.answers(form.visit).get("wait") or {}).get("end"))


def test_a_comment_is_kept_and_sent(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("greeted", "no")
    form.box("greeted")
    answering.comment(form.page, "greeted", "Không ai nhìn lên")
    form.reload()
    expect(form.box("greeted").locator("details.comment textarea")).to_have_value("Không ai nhìn lên")
    until(lambda: field.comments(form.visit).get("greeted") == "Không ai nhìn lên")


def test_a_cleared_answer_stays_cleared(begin: Begin, field: Field) -> None:
    form = begin()
    form.text().fill("Một câu")
    until(lambda: field.answers(form.visit).get("remark") == "Một câu")
    form.text().fill("")
    until(lambda: field.answers(form.visit).get("remark") is None)
    form.reload().has("remark", "")


def long_form(field: Field, visit: int, count: int) -> list[str]:
    """Give the visit a checklist with so many more fields for text; their ids."""
    names = [f"more{number}" for number in range(count)]
    more = [
        {"id": name, "type": "text", "required": False, "section": "leaving", "text": factories.both(name)}
        for name in names
    ]
    with field.house.app.app_context():
        document = {**factories.CHECKLIST, "questions": [*factories.CHECKLIST["questions"], *more]}
        db.session.get_one(Visit, visit).version_id = factories.version(document).id
        db.session.commit()
    return names


def test_more_than_a_megabyte_of_answers_arrives_in_small_parts(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin(open_form=False)
    names = long_form(field, form.visit, 40)
    form.open().fill(picture)
    form.phone.offline()
    text = "ế" * 10_000  # three bytes each
    form.page.evaluate(
        """([key, names, value]) => visit.store.change(key, (draft) => {
          for (const name of names) {
            draft.answers[name] = { value, na: false, comment: "", at: new Date().toISOString(), rev: 0, sent: false };
          }
        })""",
        [form.key, names, text],
    )
    form.reload().submit()
    form.queued()
    form.phone.offline(False)
    form.submitted()
    assert {field.answers(form.visit)[name] for name in names} == {text}
    assert [hit for hit in field.faults.hits if hit.status == 413] == []
    parts = [len(hit.body) for hit in field.faults.seen("PUT .*/answers")]
    assert sum(parts) > 1_000_000
    assert max(parts) <= 256_000
