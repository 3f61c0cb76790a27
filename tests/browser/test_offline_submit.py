"""Exactly one submission, whatever is repeated, lost, killed or done twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from audit.db import now
from tests.browser import answering
from tests.browser.field import ANSWERS, Field
from tests.browser.form import Form
from tests.browser.phone import NO_BACKGROUND, ready_for_offline, until

Begin = Callable[..., Form]
SUBMISSION = "PUT .*/submissions/"
JOURNAL = "(key) => Object.keys(visit.journal.entries(key)).length"


@pytest.fixture
def filled(begin: Begin, picture: Path) -> Form:
    """A form filled offline, nothing of it sent."""
    form = begin()
    form.phone.offline()
    form.fill(picture, remark="Xong")
    return form


@pytest.fixture
def queued(filled: Form) -> Form:
    """Submitted offline."""
    filled.submit()
    filled.queued()
    return filled


def arrived(field: Field, visit: int) -> None:
    """Submitted, and nothing further comes after it."""
    until(lambda: field.submissions(visit))
    field.whole(visit)


def test_a_double_tap_submits_once(filled: Form, field: Field) -> None:
    filled.phone.offline(False)
    filled.check()
    filled.submit_button.dblclick()
    filled.submitted()
    arrived(field, filled.visit)
    assert len({hit.path for hit in field.faults.seen(SUBMISSION)}) == 1


def test_three_flushes_at_once_submit_once(queued: Form, field: Field) -> None:
    queued.phone.offline(False)
    queued.page.evaluate(
        "() => Promise.all([visit.sync.flush(), visit.sync.flush(), visit.sync.flush()]).then(() => null)"
    )
    queued.submitted()
    arrived(field, queued.visit)
    assert len(field.faults.seen(SUBMISSION)) == 1, "the lock lets one through"


def test_flushes_without_locks_submit_once(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });")
    form.open()
    form.phone.offline()
    form.fill(picture)
    form.submit()
    form.queued()
    form.phone.offline(False)
    form.page.evaluate("() => Promise.all([visit.sync.flush(), visit.sync.flush()]).then(() => null)")
    arrived(field, form.visit)


def test_two_tabs_submit_once(filled: Form, field: Field) -> None:
    other = Form(filled.phone, filled.phone.page(), filled.shopper).open()
    filled.check()
    other.check()
    filled.phone.offline(False)
    at = filled.page.evaluate("() => Date.now() + 1500")
    for tab in (filled, other):
        tab.page.evaluate(
            "at => { setTimeout(() => document.getElementById('submit').click(), at - Date.now()); }", at
        )
    arrived(field, filled.visit)
    for tab in (filled, other):
        expect(tab.page.locator("#done")).to_contain_text(field.submissions(filled.visit)[0].receipt)
    arrived(field, filled.visit)


def test_background_sync_and_the_page_together_submit_once(queued: Form, field: Field) -> None:
    for _ in range(3):
        queued.phone.offline(False)
        queued.page.evaluate("() => { window.dispatchEvent(new Event('online')); }")
        queued.page.wait_for_timeout(30)
    arrived(field, queued.visit)
    queued.submitted()


def test_it_is_sent_although_no_page_is_open(queued: Form, field: Field) -> None:
    icon = queued.page.locator("link[rel=icon]").get_attribute("href")
    queued.page.goto(f"{queued.phone.url}{icon}")  # nothing of ours runs there
    queued.phone.offline(False)
    queued.phone.background_sync(queued.page, "audit-flush")
    until(lambda: field.submissions(queued.visit))
    field.whole(queued.visit)


def test_it_is_sent_without_background_sync(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_BACKGROUND)
    form.open().phone.offline()
    form.fill(picture)
    form.submit()
    form.queued()
    form.phone.offline(False)
    arrived(field, form.visit)
    form.submitted()


def test_it_is_sent_by_any_page_of_the_app(queued: Form, field: Field) -> None:
    queued.phone.kill()
    page = queued.phone.boot()
    page.goto(f"{queued.phone.url}/visits")
    arrived(field, queued.visit)
    expect(page.locator("body")).to_contain_text(field.submissions(queued.visit)[0].receipt)


@pytest.mark.parametrize("request_", ["PUT .*/photos/", "PUT .*/answers", SUBMISSION])
@pytest.mark.parametrize("how", ["503", "cut"])
def test_an_answer_that_got_lost_after_the_work_was_done(
    queued: Form, field: Field, request_: str, how: str
) -> None:
    if how == "503":
        field.faults.fail(request_, 503, commit=True)
    else:
        field.faults.add(request_, after=field.proxy.cut)
    queued.phone.offline(False)
    arrived(field, queued.visit)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("request_", ["GET /api/v1/session", "PUT .*/answers", "PUT .*/photos/", SUBMISSION])
def test_a_kill_between_any_two_requests(queued: Form, field: Field, request_: str, after: bool) -> None:
    with field.faults.hold(request_, after=after) as held:
        queued.phone.offline(False)
        held.wait()
        queued.phone.kill()
    page = queued.phone.boot()
    page.goto(f"{queued.phone.url}/visits")
    arrived(field, queued.visit)
    form = Form(queued.phone, page, queued.shopper)
    form.submitted()


def test_what_is_sent_again_is_the_same_to_the_byte(queued: Form, field: Field) -> None:
    field.faults.fail(SUBMISSION, 503, times=2)
    queued.phone.offline(False)
    until(lambda: field.faults.seen(SUBMISSION))
    queued.phone.kill()
    page = queued.phone.boot()
    page.goto(f"{queued.phone.url}/visits")
    arrived(field, queued.visit)
    sent = field.faults.seen(SUBMISSION)
    assert len(sent) >= 2
    assert len({(hit.path, hit.body) for hit in sent}) == 1


def test_a_second_device_with_a_submission_of_its_own(queued: Form, field: Field) -> None:
    field.submit_elsewhere(queued.visit, queued.shopper.id)
    queued.phone.offline(False)
    until(lambda: field.submissions(queued.visit, "conflict"))
    queued.wait("draft => draft.status === 'conflict'")
    assert len(field.submissions(queued.visit)) == 1, "the first one stands"
    assert field.submissions(queued.visit, "conflict")[0].payload["answers"]["remark"]["value"] == "Xong"
    expect(queued.line).to_have_attribute("data-state", "bad")
    assert queued.draft()["answers"]["remark"]["value"] == "Xong", "nothing is deleted"
    queued.page.goto(f"{queued.phone.url}/visits")
    queued.page.wait_for_timeout(1000)
    assert len(field.submissions(queued.visit, "conflict")) == 1


def test_a_visit_called_off_keeps_what_was_sent(queued: Form, field: Field) -> None:
    field.change(queued.visit, state="cancelled")
    queued.phone.offline(False)
    until(lambda: field.submissions(queued.visit, "conflict"))
    queued.wait("draft => draft.status === 'withdrawn'")
    expect(queued.line).to_have_attribute("data-state", "bad")


def test_a_refused_answer_opens_the_form_again_at_its_question(queued: Form, field: Field) -> None:
    body = {"code": "answers", "message": "Có câu chưa hợp lệ.", "questions": {"skill": "Chọn từ 1 đến 5."}}
    field.faults.add(SUBMISSION, answer=(422, "application/json", json.dumps(body).encode()))
    queued.phone.offline(False)
    queued.wait("draft => draft.status === 'draft'")
    expect(queued.box("skill").locator("[data-problem]")).to_contain_text("Chọn từ 1 đến 5.")
    queued.give("skill", "4")
    queued.submit()
    until(lambda: field.submissions(queued.visit))
    assert field.answers(queued.visit)["skill"] == 4


def test_something_missing_opens_the_form_again(queued: Form, field: Field) -> None:
    body = {"code": "missing", "message": "Còn thiếu.", "missing": ["greeted"]}
    field.faults.add(SUBMISSION, answer=(422, "application/json", json.dumps(body).encode()))
    queued.phone.offline(False)
    queued.wait("draft => draft.status === 'draft'")
    queued.submit()
    arrived(field, queued.visit)


def test_photos_that_the_server_lost_are_sent_again(queued: Form, field: Field) -> None:
    lost: list[int] = []

    def lose() -> None:
        lost.append(field.lose_photos(queued.visit))

    field.faults.add(SUBMISSION, before=lose)
    queued.phone.offline(False)
    until(lambda: lost)
    arrived(field, queued.visit)
    assert len(field.faults.seen("PUT .*/photos/")) == 2


def test_an_answer_that_another_one_hides_is_sent_as_hidden(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin()
    form.phone.offline()
    form.give("queue", "yes")
    box = form.box("wait")
    box.locator("[data-now$=start]").click()
    box.locator("[data-now$=end]").click()
    form.wait("draft => draft.answers.wait && draft.answers.wait.value")
    form.fill(picture)  # queue: no
    expect(form.page.locator("[data-question=wait]")).to_be_hidden()
    form.submit()
    form.phone.offline(False)
    arrived(field, form.visit)
    sent = json.loads(field.faults.seen(SUBMISSION)[0].body)["answers"]
    assert [one["question"] for one in sent if one.get("hidden")] == ["wait"]


def test_submitting_waits_until_nothing_is_missing(begin: Begin) -> None:
    form = begin()
    form.phone.offline()
    for question, value in ANSWERS.items():
        if question != "nps":
            form.give(question, value)
    form.check()
    expect(form.page.locator("#owed a")).to_have_count(2)
    expect(form.submit_button).to_be_disabled()
    form.page.locator("#owed a[href*='nps']").click()
    expect(form.page.locator("[data-question=nps]")).to_be_visible()


def test_a_queued_submission_can_be_taken_back_and_changed(queued: Form, field: Field) -> None:
    queued.page.locator("#reopen").click()
    queued.wait("draft => draft.status === 'draft'")
    queued.text().fill("Sửa lại")
    queued.kept("remark", "Sửa lại")
    queued.submit()
    queued.queued()
    queued.phone.offline(False)
    arrived(field, queued.visit)
    assert field.answers(queued.visit)["remark"] == "Sửa lại"


def test_submitting_waits_for_the_disk(begin: Begin, picture: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(
        """
        self.strict = [];
        const begin = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (names, mode, options) {
          if (options && options.durability === "strict") self.strict.push(...[names].flat());
          return begin.call(this, names, mode, options);
        };
        """
    )
    form.open().phone.offline()
    form.give_all()
    form.page.evaluate("() => { self.strict = []; }")
    form.photo("front", picture)
    assert "blobs" in form.page.evaluate("() => self.strict")
    form.page.evaluate("() => { self.strict = []; }")
    form.submit()
    form.queued()
    assert "drafts" in form.page.evaluate("() => self.strict")


def test_returned_questions_are_corrected_offline(begin: Begin, field: Field) -> None:
    form = begin(open_form=False)
    field.submit_elsewhere(form.visit, form.shopper.id)
    field.send_back(form.visit, {"greeted": "Ai chào anh/chị?", "remark": "Nhận xét gì?"})
    form.page.goto(f"{form.phone.url}/visits")
    ready_for_offline(form.page)
    form.phone.offline()
    form.page.goto(form.address)
    answering.ready(form.page)
    expect(form.page.locator("[data-question]")).to_have_count(2)
    expect(answering.question(form.page, "greeted")).to_contain_text("Ai chào anh/chị?")
    answering.give(form.page, "greeted", "no")
    form.phone.kill()
    form = Form(form.phone, form.phone.boot(offline=True), form.shopper)
    form.page.goto(form.address)
    answering.ready(form.page)
    expect(answering.question(form.page, "greeted").locator("input[value=no]")).to_be_checked()
    answering.give(form.page, "remark", "Cô mặc áo xanh chào ở cửa")
    form.submit()
    form.queued()
    form.phone.offline(False)
    until(lambda: len(field.submissions(form.visit)) == 2)
    form.submitted()
    assert sorted(one.round for one in field.submissions(form.visit)) == [1, 2]
    answers = field.answers(form.visit)
    assert (answers["greeted"], answers["remark"]) == ("no", "Cô mặc áo xanh chào ở cửa")


def test_what_was_sent_stays_readable_without_originals(queued: Form, field: Field) -> None:
    queued.phone.offline(False)
    arrived(field, queued.visit)
    queued.submitted()
    left = queued.page.evaluate(
        """async (key) => {
          const photos = await visit.store.photos(key);
          const bytes = await Promise.all(photos.map((one) => visit.store.bytes(one.id)));
          return [photos.length, bytes.filter(Boolean).length, photos.every((one) => one.thumb)];
        }""",
        queued.key,
    )
    assert left == [1, 0, True]
    queued.phone.offline()
    queued.page.evaluate(
        "async (key) => visit.journal.put(key, 'remark', (await visit.store.draft(key)).answers.remark)",
        queued.key,
    )
    queued.page.goto(f"{queued.phone.url}/visits")
    until(lambda: not queued.page.evaluate(JOURNAL, queued.key))  # a killed phone may bring it back
    expect(queued.page.locator("#sent")).to_contain_text(field.submissions(queued.visit)[0].receipt)


def test_a_week_after_it_was_sent_the_phone_forgets(queued: Form, field: Field) -> None:
    queued.phone.offline(False)
    arrived(field, queued.visit)
    queued.submitted()
    queued.page.goto(f"{queued.phone.url}/visits")
    queued.page.evaluate(
        """(key) => visit.store.change(key, (draft) => {
          draft.receipt.at = new Date(Date.now() - 8 * 86400000).toISOString();
        }).then(() => null)""",
        queued.key,
    )
    late = {"value": "x", "na": False, "comment": "", "at": "2126-11-14T07:00:00.000Z"}
    queued.page.evaluate("([key, late]) => visit.journal.put(key, 'remark', late)", [queued.key, late])
    queued.page.reload()
    queued.page.wait_for_function("() => document.readyState === 'complete'")
    gone = "async (key) => !(await visit.store.draft(key))"
    until(lambda: queued.page.evaluate(gone, queued.key))
    until(lambda: not queued.page.evaluate(JOURNAL, queued.key))


def test_a_clock_that_is_hours_wrong_is_kept_with_the_difference(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_BACKGROUND)  # the clock can be set for the page only, not for the worker
    form.page.clock.install(time=now().timestamp() + 5 * 3600)
    form.open().fill(picture)
    form.submit()
    arrived(field, form.visit)
    sent = field.submissions(form.visit)[0]
    assert 4.9 * 3600 < sent.payload["device"]["clock_offset"] < 5.1 * 3600
    assert field.visit(form.visit).started_at <= now()


def test_could_not_be_done_offline(begin: Begin, field: Field, picture: Path) -> None:
    form = begin()
    form.phone.offline()
    form.stop("closed", "Đóng cửa cả ngày", picture)
    form.wait("draft => draft.status === 'stopping'")
    form.phone.kill()
    page = form.phone.boot()
    page.goto(f"{form.phone.url}/visits")
    until(lambda: field.state(form.visit) == "aborted")
    visit = field.visit(form.visit)
    assert (visit.abort_reason, visit.abort_note) == ("closed", "Đóng cửa cả ngày")
    assert len(field.photos(form.visit)) == 1
