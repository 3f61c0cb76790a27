"""A slow, broken or lying network, and a server in trouble: everything arrives in the end, once."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import photo_files
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import NO_BACKGROUND, until

Begin = Callable[..., Form]
SUBMISSION = "PUT .*/submissions/"
# The second pause between two attempts: what is sent then was sent by the button.
NOT_AFTER_8_SECONDS = """() => {
  const later = self.setTimeout;
  self.setTimeout = (fn, ms, ...rest) => later(fn, ms === 8000 ? 1e9 : ms, ...rest);
}"""
PHOTO = "PUT .*/photos/"


@pytest.fixture
def queued(begin: Begin, picture: Path) -> Form:
    """Submitted offline."""
    form = begin()
    form.phone.offline()
    form.fill(picture)
    form.submit()
    form.queued()
    return form


def arrived(field: Field, form: Form) -> None:
    """Submitted once, and the phone knows."""
    until(lambda: field.submissions(form.visit))
    form.submitted()
    field.whole(form.visit)


def test_a_connection_cut_in_the_middle_sends_only_what_is_not_there(
    begin: Begin, field: Field, tmp_path: Path
) -> None:
    files = []
    for seed in range(3):
        files.append(tmp_path / f"{seed}.jpg")
        files[-1].write_bytes(photo_files.jpeg(1800, 1400, seed))
    form = begin()
    form.phone.offline()
    for file in files:
        form.photo("front", file)
    form.give_all()
    form.submit()
    form.queued()
    sizes = [one["size"] for one in form.photos()]
    field.faults.clear()
    field.proxy.cut_after = sizes[0] + sizes[1] // 2 + 12_000
    form.phone.offline(False)
    until(lambda: field.submissions(form.visit))
    form.submitted()
    stored = [hit.path for hit in field.faults.seen(PHOTO) if hit.status < 300]
    assert len(stored) == len(set(stored)) == 3


def test_the_portal_of_a_cafe_clears_nothing(queued: Form, field: Field) -> None:
    field.faults.captive("(PUT|POST|DELETE) |GET /api")
    queued.phone.offline(False)
    until(lambda: field.faults.hits)
    queued.page.wait_for_timeout(500)
    assert queued.draft()["status"] == "queued"
    assert field.submissions(queued.visit) == []
    field.faults.clear()
    queued.send_now()
    arrived(field, queued)


@pytest.mark.parametrize("request_", ["PUT .*/answers", PHOTO, SUBMISSION])
def test_a_page_of_html_in_place_of_our_answer_clears_nothing(
    queued: Form, field: Field, request_: str
) -> None:
    field.faults.add(request_, times=1, answer=(200, "text/html", b"<h1>Welcome</h1>"))
    queued.phone.offline(False)
    arrived(field, queued)


def test_a_receipt_for_something_else_clears_nothing(queued: Form, field: Field) -> None:
    body = json.dumps({"receipt": "AAAAA-BBBBB", "payload_sha256": "0" * 64, "at": "2026-11-14T00:00:00Z"})
    field.faults.add(SUBMISSION, answer=(200, "application/json", body.encode()))
    queued.phone.offline(False)
    arrived(field, queued)


@pytest.mark.parametrize("change", [None, "Sửa lại"])
def test_what_had_arrived_unheard_is_taken_back_and_submitted_again(
    queued: Form, field: Field, change: str | None
) -> None:
    field.faults.fail(SUBMISSION, 503, times=None, commit=True)
    queued.phone.offline(False)
    until(lambda: field.submissions(queued.visit))
    queued.phone.offline()
    queued.page.locator("#reopen").click()
    queued.wait("draft => draft.status === 'draft'")
    if change:
        queued.text().fill(change)
        queued.kept("remark", change)
    queued.submit()
    queued.queued()
    field.faults.clear()
    queued.phone.offline(False)
    queued.wait(f"draft => draft.status === '{'conflict' if change else 'submitted'}'")
    kept = field.submissions(queued.visit, "conflict")
    assert [one.payload["answers"]["remark"]["value"] for one in kept] == ([change] if change else [])
    assert len(field.submissions(queued.visit)) == 1


def test_a_server_in_trouble_is_asked_ever_less_often(queued: Form, field: Field) -> None:
    field.faults.fail("(PUT|GET) /api", 500, times=None)
    queued.page.evaluate(NOT_AFTER_8_SECONDS)
    queued.phone.offline(False)
    queued.page.wait_for_timeout(6000)
    asked = len(field.faults.seen("/api/"))
    assert asked <= 8, "once at once, then after 4 s; the worker may have tried too"
    until(lambda: len(field.faults.seen("/api/")) >= 2)
    expect(queued.line).to_have_attribute("data-state", "bad")
    field.faults.clear()
    queued.send_now()
    arrived(field, queued)


def test_without_any_event_it_is_tried_again_by_itself(queued: Form, field: Field) -> None:
    field.faults.fail("GET /api/v1/session", 503, times=1)
    queued.phone.offline(False)
    arrived(field, queued)


@pytest.mark.parametrize("event", ["visible", "button", "load"])
def test_a_busy_server_is_left_alone_as_long_as_it_says(begin: Begin, field: Field, event: str) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_BACKGROUND)
    form.open().give("counters", "3")
    until(lambda: field.answers(form.visit).get("counters") == 3)
    field.faults.fail("PUT .*/answers", 429, times=None, headers=(("Retry-After", "60"),))
    form.give("greeted", "yes")
    until(
        lambda: field.faults.seen("PUT .*/answers") and field.faults.seen("PUT .*/answers")[-1].status == 429
    )
    asked = -1
    while asked != len(field.faults.seen("/api/")):  # what began meanwhile may ask once more
        asked = len(field.faults.seen("/api/"))
        form.page.wait_for_timeout(2000)
    form.page.wait_for_timeout(4500)
    assert len(field.faults.seen("/api/")) == asked
    assert field.answers(form.visit).get("greeted") is None
    field.faults.clear()
    if event == "visible":  # the phone comes out of the pocket
        form.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    elif event == "button":
        form.send_now()
    else:
        form.page.goto(f"{form.phone.url}/visits")
    until(lambda: field.answers(form.visit).get("greeted") == "yes")


def test_a_slow_uplink_says_how_much_has_arrived(begin: Begin, field: Field, picture: Path) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(NO_BACKGROUND)  # the page sends, and counts
    form.open()
    form.phone.offline()
    form.fill(picture)
    field.proxy.upload = 20_000
    form.phone.offline(False)
    expect(form.line).to_contain_text(re.compile(r"\d+/\d+"))
    until(lambda: field.photos(form.visit))
    expect(form.line).not_to_contain_text("/")
    form.submit()
    arrived(field, form)


def test_nothing_comes_back_and_then_the_network_is_good_again(queued: Form, field: Field) -> None:
    field.proxy.become("blackhole")
    queued.phone.offline(False)
    queued.page.wait_for_timeout(1500)
    assert queued.draft()["status"] == "queued"
    field.proxy.become("open")
    arrived(field, queued)


def test_a_request_that_never_ends_is_given_up(begin: Begin, field: Field) -> None:
    form = begin(open_form=False)
    # Half a minute of patience, a hundred times as fast.
    form.page.add_init_script(
        """
        const later = self.setTimeout;
        self.setTimeout = (fn, ms, ...rest) => later(fn, ms >= 30000 ? ms / 100 : ms, ...rest);
        """
    )
    form.open().give("greeted", "no")
    until(lambda: field.answers(form.visit).get("greeted") == "no")
    with field.faults.hold("PUT .*/answers") as held:
        form.give("greeted", "yes")
        held.wait()
        until(lambda: len(field.faults.seen("GET /api/v1/session")) > 0)
        until(lambda: field.answers(form.visit).get("greeted") == "yes")


def test_a_flapping_network_in_the_end_sends_all(queued: Form, field: Field) -> None:
    for _ in range(4):
        queued.phone.offline(False)
        queued.page.wait_for_timeout(120)
        field.proxy.cut()
        queued.phone.offline()
        queued.page.wait_for_timeout(80)
    queued.phone.offline(False)
    arrived(field, queued)


def test_old_programs_are_told_to_load_the_new_one(begin: Begin, field: Field) -> None:
    form = begin()
    body = json.dumps({"code": "client_too_old", "message": "…"}).encode()
    field.faults.add("PUT /api", times=None, answer=(426, "application/json", body))
    form.give("greeted", "no")
    expect(form.line).to_have_attribute("data-state", "bad")
    form.kept("greeted", "no")
    field.faults.clear()
    form.reload().has("greeted", "no")
    until(lambda: field.answers(form.visit).get("greeted") == "no")


def test_an_answer_given_while_the_rest_is_being_sent_follows_by_itself(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin()
    form.phone.offline()
    form.photo("front", picture)
    form.page.evaluate("dispatchEvent(new Event('online'))")
    form.page.wait_for_timeout(300)  # it was tried in vain a moment ago
    with field.faults.hold(PHOTO) as held:
        form.phone.offline(False)
        held.wait()
        form.give("greeted", "yes")
    # Nothing else is done on the phone.
    until(lambda: field.answers(form.visit).get("greeted"))
    assert field.photos(form.visit)
