"""A visit filled in at random, in all weathers, with the phone dying in between; a seed makes the whole plan."""

import contextlib
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Playwright

from tests.browser import answering
from tests.browser.field import Field
from tests.browser.form import Form
from tests.browser.hand import CHOICES, Hand, as_given, on_phone
from tests.browser.ledger import Given
from tests.browser.phone import Phone, ready_for_offline, until
from tests.browser.soak_plan import Step, plan
from tests.browser.weather import STORMS, SUBMISSIONS, WEATHERS, Weather

NUDGES = ("reload", "list", "online", "send", "reboot")


class Soak(Hand):
    """One seed's run: the hand, its phone, and the weather."""

    def __init__(self, seed: int, field: Field, playwright: Playwright, folder: Path) -> None:
        super().__init__(field, folder)
        self.seed = seed
        self.notes: list[str] = []
        self.phone = Phone(playwright, field.url)
        self.weather = Weather(field, self.phone, self.shopper, self.ledger)

    def run(self) -> None:
        """All steps, then the check on the server; raises what went wrong."""
        began = time.monotonic()
        try:
            self.phone.sign_in(self.shopper.cookies)
            page = self.phone.boot()
            page.goto(f"{self.field.url}/visits")
            ready_for_offline(page)
            self._tab(page)
            for step in plan(self.seed):
                self.told.append(f"{time.monotonic() - began:5.1f} s {step} in {self.weather.name}")
                getattr(self, f"_{step.name}")(step)
            self.ledger.verify(self.field)
            assert not self.phone.complaints, self.phone.complaints
        finally:
            self.weather.become("good")
            self.phone.discard()

    # Tabs

    def _tab(self, at: Page | Step) -> None:
        """A further tab with the form, or back to the other one, or one fewer."""
        if isinstance(at, Step) and len(self.forms) > 1:
            self.forms.reverse()
            if at.how < 0.5:
                self.forms.pop(0).page.close()
            return
        page = self.phone.page() if isinstance(at, Step) else at
        self.forms.append(Form(self.phone, page, self.shopper))
        self._open()

    def _both(self, step: Step) -> None:
        """Two tabs at the same moment, each another question."""
        if not self._is_open():
            return
        if len(self.forms) < 2:
            self._tab(step)
        at = 1000 * time.time() + 500
        chosen = []
        for form, question in zip(self.forms[-2:], ("skill", "nps"), strict=True):
            old = on_phone(form.draft()["answers"].get(question))
            values = [
                one
                for one in CHOICES[question]
                if one not in (None, old.value, self.ledger.now(question).value)
            ]
            value = values[int(step.how * len(values))]
            form.page.evaluate(_TAP_AT, [question, str(value), at])
            chosen.append((question, as_given(question, value, old)))
        self.form.page.wait_for_timeout(800)
        for question, given in chosen:
            self.form.kept(question, given.value)
            self._given(question, given)
        self._shows()

    def _open(self) -> None:
        """The form in the tab in front; a portal's page is clicked away, a sign-in done."""
        for _ in range(3):
            self.form.page.goto(self.form.address)
            if self._is_form():
                answering.ready(self.form.page)
                start = self.form.page.locator("#start button:visible")
                if start.count():
                    start.last.click()
                return
            if self.field.state(self.ledger.visit) == "submitted":
                self.is_gone = True
                return
            self.told.append(f"  not the form but {self.form.page.url}: {self.form.page.title()}")
            assert self.weather.name in ("captive", "signed_out", "expired"), "the form did not open"
            self.weather.become("good")
        raise AssertionError("the form did not open")

    # The phone

    def _reload(self, step: Step) -> None:
        """At once after typing, in the same task of the page; or at leisure."""
        if step.where < 0.5 and self._is_open():
            self._leave(f"Gõ rồi đi {len(self.told)} – {step.how:.4f}")
        else:
            self._open() if step.how < 0.3 else self._again()
        self._shows()

    def _leave(self, text: str) -> None:
        with self.form.page.expect_navigation():
            self.form.page.evaluate(_TYPE_AND_LEAVE, text)
        self._given("remark", Given(text))
        if not self._is_form():
            self._open()
        else:
            answering.ready(self.form.page)

    def _again(self) -> None:
        with contextlib.suppress(Error):
            self.form.page.reload()
        if not self._is_form():
            self._open()
        else:
            answering.ready(self.form.page)

    def _kill(self, step: Step) -> None:
        """The battery is pulled when the phone has written down the answer that was given."""
        if step.where < 0.6:
            self._give("remark" if step.where < 0.3 else "greeted", step.how)
        self.form.page.wait_for_function(_WRITTEN, arg=self.shopper.key, polling=20)
        self._boot()
        self._shows()

    def _killed(self, step: Step) -> None:
        """The battery is pulled at the same moment: the old answer or the new one."""
        question = step.pick(["remark", "skill", "counters"])
        before, is_stale = self.ledger.now(question), question in self.ledger.elsewhere
        old = self._give(question, step.how)
        self._boot()
        if old is None or self.is_gone:
            return
        found, given = on_phone(self.form.draft()["answers"].get(question)), self.ledger.now(question)
        assert found.plain in (old.plain, before.plain, given.plain), f"{question} is {found} after a kill"
        self.told.append(f"  {question} is {found.plain}")
        if found.plain != given.plain:
            self.ledger.answers[question] = before
            self.ledger.elsewhere |= {question} if is_stale else set()

    def _boot(self) -> None:
        self.phone.kill()
        page = self.phone.boot(offline=self.weather.name == "offline")
        self.forms = [Form(self.phone, page, self.shopper)]
        self._open()

    def _renderer(self, step: Step) -> None:
        """Android takes the page away while the camera is open, or one that hangs right after typing."""
        if step.where < 0.6 and self._is_open():
            text = f"Rồi máy treo {len(self.told)} – {step.how:.4f}"
            with self.form.page.expect_console_message(lambda message: message.text == "typed"):
                self.form.page.evaluate(_TYPE_AND_HANG, text)
            self._given("remark", Given(text))
            time.sleep(0.2)
        self.phone.kill_renderers()
        for form in self.forms:
            with contextlib.suppress(Error):
                form.page.close()
        self.forms = [Form(self.phone, self.phone.page(), self.shopper)]
        self._open()
        self._shows()

    def _shows(self) -> None:
        """The phone has what was given."""
        if self.is_gone or self.ledger.late:
            return
        draft = self.form.draft()
        for name, given in self.ledger.answers.items():
            if name in self.ledger.elsewhere:
                continue
            found = on_phone(draft["answers"].get(name))
            assert found.plain == given.plain, f"{name} on the phone is {found.plain}, given {given.plain}"

    def _weather(self, step: Step) -> None:
        self.weather.become(step.pick(WEATHERS), step.how)
        self.told.append(f"  now {self.weather.name}")

    def _storm(self, step: Step) -> None:
        """The weather to submit in: at best good, else what makes people press again."""
        self.weather.become(step.pick(STORMS), SUBMISSIONS)
        self.told.append(f"  now {self.weather.name}")

    def _nap(self, step: Step) -> None:
        self.form.page.wait_for_timeout(1000 * step.how)

    # The end

    def _heal(self, step: Step) -> None:
        """A good network and a sign-in; then one thing must be enough, whichever."""
        self.weather.become("good")
        if self._is_open() and not self.field.submissions(self.ledger.visit):
            self._complete(step)
            self._submit(step)
        self._nudge(step.pick(NUDGES))
        began = time.monotonic()
        if not self._settles(12):
            self.told.append("  once more, with the form")
            self._open()
            assert self._settles(60), f"not done: {self._left()}"
        self.notes.append(f"{time.monotonic() - began:.1f} s")

    def _nudge(self, name: str) -> None:
        self.told.append(f"  {name}")
        if name == "send" and self.form.page.locator("#send-now:visible").count():
            with contextlib.suppress(Error):
                self.form.page.locator("#send-now").click(timeout=500)
        elif name == "online":
            self.phone.offline(True)
            self.phone.offline(False)
        elif name == "list":
            self.form.page.goto(f"{self.phone.url}/visits")
        elif name == "reboot":
            self.phone.kill()
            page = self.phone.boot()
            self.forms = [Form(self.phone, page, self.shopper)]
            page.goto(f"{self.phone.url}/visits")
        else:
            self._again()

    def _settles(self, seconds: float) -> bool:
        with contextlib.suppress(AssertionError):
            return until(lambda: not self._left(), seconds)
        return False

    def _left(self) -> dict[str, Any]:
        """What the phone still holds that the server has not; empty when all is done."""
        if not re.search(r"/visits($|/\d+/answer)", self.form.page.url):
            self.form.page.goto(f"{self.phone.url}/visits")
        try:
            found: dict[str, Any] = self.form.page.evaluate(_LEFT, self.shopper.key)
        except Error:
            return {"page": self.form.page.url}  # it is just being left
        if not self.field.submissions(self.ledger.visit):
            found["server"] = "not submitted"
        return found


_TAP_AT = """([name, value, at]) => {
  const input = document.querySelector(`[data-question=${name}] input[value="${value}"]`);
  setTimeout(() => input.click(), at - Date.now());
}"""

_WRITTEN = """(key) => !self.visit || !visit.journal || !Object.keys(visit.journal.entries(key)).length"""

_TYPE_AND_LEAVE = """(text) => {
  const field = document.querySelector("[data-question=remark] textarea");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  location.reload();
}"""

_TYPE_AND_HANG = """(text) => {
  const field = document.querySelector("[data-question=remark] textarea");
  setTimeout(() => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    console.log("typed");
    for (const end = Date.now() + 20000; Date.now() < end;);
  });
}"""

_LEFT = """async (key) => {
  const left = {};
  const draft = await visit.store.draft(key);
  if (!draft) return { draft: "none" };
  if (!["submitted", "conflict"].includes(draft.status)) left.status = [draft.status, draft.problem];
  const unsent = Object.keys(draft.answers).filter((name) => !draft.answers[name].sent);
  if (unsent.length && draft.status !== "conflict") left.answers = unsent;
  const photos = (await visit.store.photos(key)).filter((one) => one.state !== "uploaded");
  if (photos.length) left.photos = photos.map((one) => [one.name, one.state, one.refused]);
  const typed = Object.keys(visit.journal.entries(key));
  if (typed.length) left.journal = typed;
  return left;
}"""


def run(seed: int, field: Field, playwright: Playwright, folder: Path) -> list[str]:
    """Run one seed; AssertionError carries the seed and the steps so far. Returns remarks."""
    soak = Soak(seed, field, playwright, folder)
    try:
        soak.run()
    except Exception as error:
        steps = "\n".join(f"  {one}" for one in soak.told)
        raise AssertionError(
            f"seed {seed}, visit {soak.ledger.visit} (again: make soak SEEDS=1 FIRST={seed})\n{steps}\n{error}"
        ) from error
    return soak.notes
