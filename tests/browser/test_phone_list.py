"""The list of visits on a phone: what is unsent, what was sent, the home screen, signing out."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from audit.db import db
from audit.visits.models import Visit
from tests.browser.field import Field, Shopper
from tests.browser.form import Form
from tests.browser.phone import Phone, ready_for_offline, until
from tests.browser.visitor import AXE, SERIOUS
from tests.browser.words import vi

Begin = Callable[..., Form]

ANSWER = {"value": "yes", "na": False, "comment": "", "at": "2026-11-21T02:00:00Z", "rev": 0, "sent": False}
KEEP = """([person, id, title, more]) => visit.store.change(`${person}:${id}`, (draft) => Object.assign(draft, more),
  { base: { person, visit: id, title, version: "0", round: 1 } })"""
KEEP_PHOTO = """async ([key, state]) => {
  const canvas = document.createElement("canvas");
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg"));
  const buffer = await blob.arrayBuffer();
  await visit.store.addPhoto({ id: visit.uuid(), key, question: "front", state, decoding: false,
    size: buffer.byteLength, type: "image/jpeg", sha256: await visit.sha256(buffer), thumb: buffer,
    taken: new Date().toISOString(), position: null, source: "camera", name: "a.jpg",
    originalSize: buffer.byteLength, refused: null, added: Date.now() }, buffer);
}"""
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)
ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
    " Chrome/120.0.0.0 Mobile Safari/537.36 Zalo android/24101 ZaloTheme/light ZaloLanguage/vi"
)


def at_list(begin: Begin, **look: Any) -> Form:
    """A phone at the list, which is wholly kept, without network."""
    form = begin(open_form=False, **look)
    form.phone.offline()
    return form


def keep(form: Form, person: int, number: int, title: str, **more: Any) -> None:
    """Put a draft on the phone, as an earlier visit to the form has left it."""
    form.page.evaluate(KEEP, [person, number, title, more])


def begun(form: Form) -> None:
    """Two answers and a photo, all unsent."""
    answers = {"greeted": ANSWER, "queue": ANSWER}
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", answers=answers)
    form.page.evaluate(KEEP_PHOTO, [form.key, "ready"])


def days_ago(page: Page, days: int) -> str:
    """A time by the page's clock."""
    return str(page.evaluate("days => new Date(Date.now() - days * 86400000).toISOString()", days))


def part(page: Page, name: str) -> Any:
    """A piece of the box about this phone."""
    return page.locator(f"#phone [data-part={name}]")


def card(form: Form) -> Any:
    """The visit's own card."""
    return form.page.locator(f"li[data-visit='{form.visit}']")


def faults(page: Page) -> list[str]:
    """What axe finds serious, and a page wider than the phone."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    wrong = [f"{one['id']}: {one['help']}" for one in found["violations"] if one["impact"] in SERIOUS]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*wrong, *([f"{wide} px too wide"] if wide > 0 else [])]


def test_ready_is_said_only_of_what_the_worker_has_confirmed(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone, shopper = phones(), field.shopper(2)
    phone.sign_in(shopper.cookies)
    other = next(one for one in visits_of(field, shopper) if one != shopper.visit)
    missing = f"/visits/{other}/answer"
    field.faults.fail(f"GET {missing}", 500, times=None)
    page = phone.boot()
    page.goto(f"{field.url}/visits")
    ready = page.locator(f"[data-ready='/visits/{shopper.visit}/answer']")
    expect(ready).to_have_text(vi("Opens without network too."))
    page.wait_for_timeout(500)
    expect(page.locator(f"[data-ready='{missing}']")).to_be_hidden()
    assert page.evaluate("document.documentElement.dataset.offlineReady") is None

    field.heal()
    page.reload()
    ready_for_offline(page)
    phone.offline()
    page.reload()
    ready_for_offline(page)
    expect(page.locator(f"[data-ready='{missing}']")).to_have_text(vi("Opens without network too."))


def visits_of(field: Field, shopper: Shopper) -> list[int]:
    """The numbers of a shopper's visits."""
    with field.house.app.app_context():
        return [one.id for one in db.session.query(Visit).filter_by(shopper_id=shopper.id).order_by(Visit.id)]


def test_what_is_unsent_is_told_per_visit_and_in_total(begin: Begin, field: Field) -> None:
    form = at_list(begin)
    begun(form)
    form.page.reload()
    total = vi("Not sent completely: visits: {visits} · answers: {answers} · photos: {photos}")
    expect(part(form.page, "total")).to_have_text(total.format(visits=1, answers=2, photos=1))
    unsent = vi("Saved on this phone, not sent yet: answers: {answers} · photos: {photos}")
    expect(card(form).locator("[data-local]")).to_have_text(unsent.format(answers=2, photos=1))
    expect(part(form.page, "drafts")).to_contain_text("Hoàn Kiếm")
    expect(part(form.page, "net")).to_have_text(
        vi("No network. It is sent by itself as soon as there is some.")
    )
    assert faults(form.page) == []

    form.phone.offline(False)
    part(form.page, "send").click()
    expect(part(form.page, "total")).to_have_text(
        vi("Everything you have filled in on this phone has reached us.")
    )
    expect(part(form.page, "send")).to_be_hidden()
    assert field.answers(form.visit) == {"greeted": "yes", "queue": "yes"}
    assert len(field.photos(form.visit)) == 1


def test_what_is_typed_but_not_yet_in_the_database_counts(begin: Begin) -> None:
    form = at_list(begin)
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", answers={})
    form.page.evaluate("([key, one]) => visit.journal.put(key, 'greeted', one)", [form.key, ANSWER])
    form.page.reload()
    expect(part(form.page, "drafts").locator("li")).to_have_count(1)


def test_signed_out_is_said_with_the_way_back(begin: Begin) -> None:
    form = at_list(begin)
    begun(form)
    form.phone.sign_out()
    form.phone.offline(False)
    part(form.page, "send").click()
    expect(part(form.page, "net")).to_have_text(
        vi("You are signed out, so nothing can be sent. Sign in again; everything is kept.")
    )
    expect(part(form.page, "sign-in")).to_have_attribute("href", re.compile("/sign-in"))


def test_of_another_account_only_the_number_is_told(begin: Begin) -> None:
    form = at_list(begin)
    keep(form, 999_001, 77, "Bí mật", answers={"greeted": ANSWER})
    form.page.reload()
    waits = vi("Visits of another account that wait on this phone: {n}")
    expect(part(form.page, "others")).to_have_text(waits.format(n=1))
    assert "Bí mật" not in form.page.content()
    expect(part(form.page, "send")).to_be_hidden()


@pytest.mark.parametrize(
    ("draft", "chip", "sentence"),
    [
        ({"status": "queued", "finalised": "2026-11-21T02:00:00Z"}, "Waiting to be sent", "Máy sẽ tự gửi"),
        ({"status": "stopped"}, "Could not be completed", "“Could not be done” has reached us."),
        ({"status": "conflict"}, "Needs attention", "được nộp từ nơi khác"),
        (
            {"status": "submitted", "receipt": {"receipt": "K7QM-2MXA", "at": "2026-11-21T07:05:00Z"}},
            "Submitted",
            "21/11/2026, 14:05",
        ),
    ],
)
def test_the_phone_s_state_stands_over_the_kept_page_s(
    begin: Begin, draft: dict[str, Any], chip: str, sentence: str
) -> None:
    form = at_list(begin)
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", **draft)
    expect(card(form).locator(".chip")).to_have_text(vi(chip))
    wanted = vi(sentence) if sentence.startswith("“") else sentence
    expect(card(form).locator("[data-local]")).to_contain_text(wanted)
    assert faults(form.page) == []


@pytest.mark.parametrize(
    ("draft", "button"),
    [
        ({}, "Read the brief"),
        ({"status": "queued"}, "Look at it"),
        ({"status": "stopping", "stop": {"reason": "closed", "at": "2026-11-21T02:00:00Z"}}, "Look at it"),
        ({"status": "submitted"}, None),
        ({"status": "stopped"}, None),
        ({"status": "conflict"}, None),
        ({"status": "withdrawn"}, None),
        ({"problem": {"code": "not_open"}}, None),
        ({"status": "submitted", "round": 0}, "Read the brief"),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_the_button_is_that_of_the_phone_s_state(
    begin: Begin, draft: dict[str, Any], button: str | None
) -> None:
    form = at_list(begin)
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", answers={"greeted": ANSWER}, **draft)
    expect(card(form).locator("[data-local]" if draft.get("round") != 0 else ".chip")).not_to_be_empty()
    shown = card(form).locator(".btn:visible")
    expect(shown).to_have_text([vi(button)] if button else [])


def test_what_the_form_sends_in_another_tab_changes_the_open_list(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin(open_form=False)
    shown = card(form).locator(".btn:visible")
    expect(shown).to_have_text(vi("Read the brief"))
    other = Form(form.phone, form.phone.page(), form.shopper).open()
    other.fill(picture)
    other.phone.offline()
    other.submit()
    other.queued()
    expect(shown).to_have_text(vi("Look at it"))
    expect(shown).to_have_attribute("href", f"/visits/{form.visit}/answer")
    other.phone.offline(False)
    other.submitted()
    expect(shown).to_have_count(0)
    field.whole(form.visit)


def test_a_round_opened_since_is_not_called_submitted(begin: Begin) -> None:
    form = at_list(begin)
    before = card(form).locator(".chip").text_content()
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", status="submitted", round=0)
    expect(form.page.locator("#sent summary")).to_have_count(1)
    expect(card(form).locator(".chip")).to_have_text(str(before))


def test_what_was_sent_stays_readable_for_a_week(begin: Begin) -> None:
    form = at_list(begin)
    sent = {**ANSWER, "sent": True, "comment": "Chào ngay ở cửa"}
    for number, days in ((form.visit, 6), (70_001, 8)):
        receipt = {"receipt": f"R-{days}", "at": days_ago(form.page, days)}
        more = {"status": "submitted", "receipt": receipt, "answers": {"greeted": sent}}
        keep(form, form.shopper.id, number, f"Trước {days} ngày", **more)
    form.page.evaluate(KEEP_PHOTO, [form.key, "uploaded"])
    form.page.reload()
    summary = form.page.locator("#sent summary")
    expect(summary).to_have_count(1)
    expect(summary).to_contain_text("Trước 6 ngày")
    summary.click()
    box = form.page.locator("#sent details")
    expect(box).to_contain_text("Chào ngay ở cửa")
    expect(box.locator(".fw-bold")).to_have_text(vi("Yes"))
    assert box.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert faults(form.page) == []
    assert form.page.evaluate("visit.store.drafts().then((all) => all.length)") == 1


def test_a_copy_holds_answers_and_photos(begin: Begin) -> None:
    form = at_list(begin)
    begun(form)
    with form.page.expect_download() as download:
        form.page.locator(f"#copy-{form.visit}").click()
    copy = json.loads(download.value.path().read_text())
    assert copy["answers"]["greeted"]["value"] == "yes"
    assert copy["visit"] == form.visit
    assert [photo["data"][:4] for photo in copy["photos"]] == ["/9j/"]  # base64 of a JPEG's first bytes


def test_signing_out_without_network_changes_nothing(begin: Begin) -> None:
    form = at_list(begin)
    form.page.locator("form[data-signout] button").click()
    expect(form.page.locator("#signout")).to_contain_text(
        vi("Signing out needs the network. Nothing has changed.")
    )
    form.page.keyboard.press("Escape")
    form.page.reload()
    ready_for_offline(form.page)


def test_signing_out_asks_once_and_takes_the_pages_but_not_the_drafts(begin: Begin, field: Field) -> None:
    form = begin(open_form=False)
    field.faults.fail("PUT /api", 503, times=None)
    begun(form)
    button, box = form.page.locator("form[data-signout] button"), form.page.locator("#signout")
    button.click()
    expect(box.locator("[data-count]")).to_have_text("1")
    box.get_by_role("button", name=vi("Stay signed in")).click()
    expect(box).to_be_hidden()
    assert form.page.evaluate("caches.match('/visits').then(Boolean)")
    button.click()
    box.get_by_role("button", name=vi("Sign out")).click()
    form.page.wait_for_url(re.compile("/sign-in"))
    until(lambda: not form.page.evaluate("caches.match('/visits').then(Boolean)"))
    keys = form.page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("audit").onsuccess = (event) => {
            const asked = event.target.result.transaction("drafts").objectStore("drafts").getAllKeys();
            asked.onsuccess = () => resolve(asked.result);
          };
        })"""
    )
    assert keys == [form.key]


def test_signing_out_with_everything_sent_asks_nothing(begin: Begin) -> None:
    form = begin(open_form=False)
    form.page.locator("form[data-signout] button").click()
    form.page.wait_for_url(re.compile("/sign-in"))


def test_an_android_phone_offers_the_home_screen_until_told_not_to(begin: Begin) -> None:
    form = begin(open_form=False)
    offer = """() => {
      const event = new Event("beforeinstallprompt", { cancelable: true });
      event.prompt = async () => { document.documentElement.dataset.asked = "1"; };
      window.dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    box = form.page.locator("#install")
    assert form.page.evaluate(offer)
    box.get_by_role("button", name=vi("Put on the home screen")).click()
    expect(box).to_be_hidden()
    assert form.page.evaluate("document.documentElement.dataset.asked") == "1"
    form.page.reload()
    form.page.evaluate(offer)
    expect(box).to_be_visible()
    assert faults(form.page) == []
    box.get_by_role("button", name=vi("Not now")).click()
    form.page.reload()
    form.page.evaluate(offer)
    expect(box).to_be_hidden()


def test_an_iphone_is_told_how_before_the_first_visit_only(begin: Begin) -> None:
    form = at_list(begin, user_agent=IPHONE)
    hint = form.page.locator("#install [data-for=apple]")
    expect(hint).to_be_visible()
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", answers={"greeted": ANSWER})
    form.page.reload()
    expect(part(form.page, "drafts").locator("li")).to_have_count(1)
    expect(hint).to_be_hidden()


@pytest.mark.parametrize(("days", "warned"), [(2, False), (4, True)])
def test_an_iphone_s_tab_warns_from_the_third_day(begin: Begin, days: int, warned: bool) -> None:
    form = at_list(begin, user_agent=IPHONE)
    old = {**ANSWER, "at": days_ago(form.page, days)}
    keep(form, form.shopper.id, form.visit, "Hoàn Kiếm", answers={"greeted": old})
    form.page.reload()
    expect(part(form.page, "drafts").locator("li")).to_have_count(1)
    expect(part(form.page, "evict")).to_be_visible(visible=warned)


def test_inside_another_app_it_says_where_to_open_it(begin: Begin) -> None:
    form = begin(open_form=False, user_agent=ZALO)
    expect(form.page.locator("#install")).to_contain_text("Chrome")
    expect(form.page.locator("#install [data-install]")).to_be_hidden()


def test_the_page_without_network_lists_the_forms_of_this_phone(begin: Begin) -> None:
    form = at_list(begin)
    title = card(form).locator("h3").text_content()
    form.page.goto(f"{form.phone.url}/visits/{form.visit}/receipt")
    link = form.page.locator("#forms").get_by_role("link", name=str(title))
    expect(link).to_have_attribute("href", f"/visits/{form.visit}/answer")
    assert faults(form.page) == []


def test_the_brief_begins_the_form_without_network(begin: Begin) -> None:
    form = at_list(begin)
    form.page.goto(f"{form.phone.url}/visits/{form.visit}")
    form.page.get_by_role("button", name=vi("Start")).click()
    form.page.wait_for_url(re.compile(f"/visits/{form.visit}/answer"))
    form.page.wait_for_function("() => document.documentElement.dataset.ready === '1'")


def test_list_and_brief_fit_at_twice_the_size(begin: Begin) -> None:
    form = begin(open_form=False, viewport={"width": 180, "height": 370})
    for path in ("/visits", f"/visits/{form.visit}"):
        form.page.goto(form.phone.url + path)
        wide = form.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{path} is {wide} px wider than the screen"
