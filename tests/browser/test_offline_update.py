"""A new version of the program: never by itself, never half, never at the cost of a draft."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from audit import assets
from audit.visits import offline_pages
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.phone import controlled, ready_for_offline, until

Begin = Callable[..., Form]
LOOK_FOR_UPDATE = """() => navigator.serviceWorker.getRegistration()
  .then((one) => one.update()).then(() => null, () => null)"""
TAKE_OVER = """() => navigator.serviceWorker.getRegistration()
  .then((one) => one.waiting.postMessage({ type: "SKIP_WAITING" }))"""
IS_NEW = """() => navigator.serviceWorker.getRegistration()
  .then((one) => !one.waiting && one.active.state === "activated")"""
IS_OFF = "() => caches.keys().then((names) => names.length === 0)"  # the switched-off worker begins with that
# The registration tells of a new worker later than the page learns who answers for it.
LATE_REGISTRATION = """
  const ready = Object.getOwnPropertyDescriptor(ServiceWorkerContainer.prototype, "ready").get;
  Object.defineProperty(ServiceWorkerContainer.prototype, "ready", {
    get() {
      return ready.call(this).then(({ active }) => new Promise((resolve) => {
        self.go = () => resolve({ active });
      }));
    },
  });
"""
IS_INSTALLING = "() => navigator.serviceWorker.getRegistration().then((one) => Boolean(one.installing))"
HAS_WAITING = "() => navigator.serviceWorker.getRegistration().then((one) => Boolean(one && one.waiting))"


@pytest.fixture(autouse=True)
def old_version(field: Field) -> Iterator[None]:
    """Each test begins with the version that the phones know."""
    yield
    field.faults.undo_deploy()


def waiting(form: Form) -> None:
    """A new worker was found and waits."""
    form.page.evaluate(LOOK_FOR_UPDATE)
    until(lambda: form.page.evaluate(HAS_WAITING))


def test_a_new_version_waits_for_a_tap_and_loses_nothing(begin: Begin, field: Field) -> None:
    form = begin()
    form.text().press_sequentially("Đang gõ dở")
    form.page.evaluate("() => { self.isOld = true; }")
    field.faults.deploy()
    waiting(form)
    form.page.wait_for_timeout(1000)
    assert form.page.evaluate("() => self.isOld"), "nothing reloads by itself"
    banner = form.page.locator("#update button")
    expect(banner).to_be_visible()
    loads: list[str] = []
    form.page.on("load", lambda page: loads.append(page.url))
    form.text().press_sequentially(", gõ tiếp")
    banner.click()
    form.page.wait_for_function("() => !self.isOld && document.documentElement.dataset.ready === '1'")
    form.page.wait_for_timeout(700)
    assert len(loads) == 1, "one reload"
    form.has("remark", "Đang gõ dở, gõ tiếp")
    assert not form.page.evaluate(HAS_WAITING)


def test_a_deploy_of_one_script_is_a_new_version(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    form, content = begin(), assets.content
    assert not form.page.evaluate(HAS_WAITING)
    caches = (assets.digest, offline_pages.release)
    try:
        monkeypatch.setattr(
            assets, "content", lambda name: content(name) + b"\n" * (name == "js/visit-list.js")
        )
        for cache in caches:
            cache.cache_clear()
        waiting(form)
        expect(form.page.locator("#update button")).to_be_visible()
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()


def test_the_page_without_network_stays_whole_when_old_files_go(begin: Begin, field: Field) -> None:
    form = begin()
    form.page.goto(f"{form.phone.url}/visits")
    ready_for_offline(form.page)
    field.faults.deploy()
    waiting(form)
    form.page.evaluate(TAKE_OVER)
    until(lambda: form.page.evaluate(IS_NEW))
    assert form.page.evaluate(
        """async () => {
          const page = await (await caches.match("/offline")).text();
          const named = [...page.matchAll(/(?:href|src)="(\\/static\\/[^"]+)"/g)].map((one) => one[1]);
          const kept = await Promise.all(named.map((address) => caches.match(address)));
          return [named.length > 6, named.filter((_address, index) => !kept[index])];
        }"""
    ) == [True, []]
    form.phone.offline()
    form.page.goto(f"{form.phone.url}/visits/999999/answer")
    expect(form.page.locator("#forms a")).to_have_count(1)


def test_a_deploy_while_the_phone_is_offline_breaks_no_form(begin: Begin, field: Field) -> None:
    form = begin(visits=2)
    form.give("greeted", "no")
    form.phone.offline()
    field.faults.deploy()
    form.reload().has("greeted", "no")
    form.phone.kill()
    field.proxy.become("refuse")
    form = Form(form.phone, form.phone.boot(), form.shopper).open()
    form.has("greeted", "no")
    other = Form(form.phone, form.page, form.shopper, form.visit + 1).open()
    other.give("greeted", "yes")
    field.proxy.become("open")
    form.page.goto(f"{form.phone.url}/visits")  # now it finds the new version
    ready_for_offline(form.page)
    field.proxy.become("refuse")
    form.page.wait_for_timeout(300)
    form.open().has("greeted", "no")
    other.open().has("greeted", "yes")


def test_a_queue_frozen_by_the_old_version_is_sent_by_the_new_one(
    begin: Begin, field: Field, picture: Path
) -> None:
    form = begin()
    form.phone.offline()
    form.fill(picture)
    form.submit()
    form.queued()
    field.faults.deploy()
    form.phone.kill()
    page = form.phone.boot()
    page.goto(f"{form.phone.url}/visits")
    until(lambda: field.submissions(form.visit))
    field.whole(form.visit)


def test_an_install_that_breaks_off_leaves_the_old_version_whole(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("greeted", "no")
    field.faults.deploy()
    field.faults.break_static(after=3)
    form.page.evaluate(LOOK_FOR_UPDATE)
    until(lambda: field.faults.static_refused)
    until(lambda: not form.page.evaluate(IS_INSTALLING))
    form.phone.offline()
    form.reload().has("greeted", "no")
    form.phone.offline(False)
    field.faults.break_static(after=None)
    waiting(form)


def test_the_worker_s_script_is_never_taken_from_a_cache(begin: Begin) -> None:
    form = begin(open_form=False)
    response = form.page.request.get(f"{form.phone.url}/sw.js")
    assert "no-cache" in response.headers["cache-control"]
    assert (
        form.page.evaluate(
            "() => navigator.serviceWorker.getRegistration().then((one) => one.updateViaCache)"
        )
        == "none"
    )


def test_old_files_go_when_the_new_version_starts_and_drafts_stay(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("greeted", "no")
    form.kept("greeted", "no")
    field.faults.deploy()
    waiting(form)
    form.page.evaluate(TAKE_OVER)
    until(lambda: not form.page.evaluate(HAS_WAITING))
    form.page.goto(f"{form.phone.url}/visits")
    ready_for_offline(form.page)
    names = form.page.evaluate("() => caches.keys()")
    assert len(names) <= 3, names
    form.phone.offline()
    form.open().has("greeted", "no")


def test_the_kill_switch_removes_the_worker_and_keeps_the_drafts(begin: Begin, field: Field) -> None:
    form = begin()
    form.give("greeted", "no")
    form.phone.offline()
    form.give("counters", "4")
    form.kept("counters", 4)
    field.faults.add("GET /sw.js", times=None, answer=(200, "text/javascript", field.kill_switch()))
    form.phone.offline(False)
    form.page.evaluate(LOOK_FOR_UPDATE)
    gone = """() => Promise.all([navigator.serviceWorker.getRegistration(), caches.keys()])
      .then(([one, names]) => !one && names.length === 0)"""
    until(lambda: form.page.evaluate(IS_OFF))
    page = form.phone.page()
    page.goto(f"{form.phone.url}/sign-in")
    until(lambda: page.evaluate(gone))
    page.close()
    form.open().has("greeted", "no")
    form.has("counters", "4")
    until(lambda: field.answers(form.visit).get("counters") == 4)


def test_the_worker_comes_back_after_the_kill_switch_is_off_again(begin: Begin, field: Field) -> None:
    form = begin()
    rule = field.faults.add("GET /sw.js", times=None, answer=(200, "text/javascript", field.kill_switch()))
    form.page.evaluate(LOOK_FOR_UPDATE)
    until(lambda: form.page.evaluate(IS_OFF))
    rule.times = 0
    form.page.goto(f"{form.phone.url}/visits")
    form.page.reload()
    controlled(form.page)
    ready_for_offline(form.page)


def test_no_tap_is_needed_to_replace_the_switched_off_worker(begin: Begin, field: Field) -> None:
    form = begin(open_form=False)
    rule = field.faults.add("GET /sw.js", times=None, answer=(200, "text/javascript", field.kill_switch()))
    form.page.evaluate(LOOK_FOR_UPDATE)
    until(lambda: form.page.evaluate(IS_OFF))
    rule.times = 0
    # What the worker before it was still writing keeps the next one from taking over by itself.
    form.page.evaluate(
        """async () => {
          await (await caches.open("audit-pages")).put("/visits", new Response("old"));
          await (await navigator.serviceWorker.register("/sw.js")).update();
        }"""
    )
    form.page.goto(f"{form.phone.url}/visits")
    ready_for_offline(form.page)


def test_a_page_that_just_opens_is_kept_by_the_new_worker(begin: Begin, field: Field) -> None:
    form = begin(open_form=False)
    form.page.add_init_script(LATE_REGISTRATION)
    form.page.goto(f"{form.phone.url}/visits")
    form.page.wait_for_function("() => Boolean(self.go)")
    field.faults.deploy()
    waiting(form)
    form.page.evaluate(TAKE_OVER)
    until(lambda: form.page.evaluate(IS_NEW))
    form.page.evaluate("() => self.go()")
    ready_for_offline(form.page)
