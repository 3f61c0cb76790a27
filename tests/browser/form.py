"""The offline form as a person sees and touches it; the only place that knows its marks."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import answering
from tests.browser.field import ANSWERS, Shopper
from tests.browser.phone import Phone
from tests.factories import CHECKLIST

SECTIONS = {one["id"]: one["section"] for one in CHECKLIST["questions"]}


class Form:
    """One tab with the form of one visit."""

    def __init__(self, phone: Phone, page: Page, shopper: Shopper, visit: int | None = None) -> None:
        self.phone, self.page, self.shopper = phone, page, shopper
        self.visit = visit or shopper.visit
        self.key = f"{shopper.id}:{self.visit}"

    @property
    def address(self) -> str:
        """Where the form is."""
        return f"{self.phone.url}/visits/{self.visit}/answer"

    def open(self, section: str = "arrival") -> "Form":
        """Go there, and begin the visit unless it has begun."""
        # The part behind # alone would not load the page anew.
        if self.page.url.partition("#")[0] == self.address:
            self.page.goto("about:blank")
        self.page.goto(f"{self.address}#s-{section}")
        answering.ready(self.page)
        if self.page.locator("#start").is_visible():
            self.start()
            self.go(f"s-{section}")
        return self

    def start(self) -> None:
        """Press the button that begins the visit; where it is asked for, without the place."""
        start = self.page.locator("#start")
        no = start.locator("button[value=no]")
        (no if no.is_visible() else start.locator("button:visible").first).click()
        expect(start).to_be_hidden()

    def stop(self, reason: str, note: str, file: Path) -> None:
        """ "Could not be done", with a photo."""
        self.go("stop")
        screen = self.page.locator("#stop")
        screen.locator(f"label:has(> input[value={reason}])").click()
        screen.locator("#stop-note").fill(note)
        screen.locator("input[type=file]:not([capture])").set_input_files(str(file))
        self.wait("list => list.some((one) => one.state !== 'raw')", "photos")
        screen.locator("#stop-go").click()

    def leave_account(self, *, sure: bool) -> None:
        """Sign out on the list of visits; where the phone asks, stay or go."""
        self.page.locator("form[data-signout] button").click()
        dialog = self.page.locator("#signout")
        expect(dialog).to_be_visible()
        expect(dialog.locator("[data-part=unsent]")).to_contain_text("1")
        dialog.locator(f"button:visible[value='{'go' if sure else ''}']").click()

    def remove_photo(self, question: str) -> None:
        """Take the last photo of a question back; it is asked first."""
        thumbs = self.thumbs(question)
        before = thumbs.count()
        thumbs.locator("button.remove").last.click()
        self.page.locator("#ask button[value=yes]").click()
        expect(thumbs).to_have_count(before - 1)

    def reload(self) -> "Form":
        """Again from wherever it comes."""
        self.page.reload()
        answering.ready(self.page)
        return self

    def go(self, screen: str) -> None:
        """To a screen by its name in the address: s-<section>, check, note, stop."""
        self.page.evaluate("screen => { location.hash = screen; }", screen)
        answering.ready(self.page)

    def box(self, question: str) -> Locator:
        """The block of a question, brought to the screen."""
        self.go(f"s-{SECTIONS[question]}")
        found = answering.question(self.page, question)
        expect(found).to_be_visible()
        return found

    def give(self, question: str, value: Any) -> None:
        """Answer by tapping and typing."""
        self.box(question)
        answering.give(self.page, question, value)

    def give_all(self, **other: Any) -> None:
        """Everything that has to be answered, at its best but for `other`; without photos."""
        for question, value in {**ANSWERS, **other}.items():
            self.give(question, value)

    def text(self, question: str = "remark") -> Locator:
        """The text field of a question."""
        return self.box(question).locator("textarea").first

    def has(self, question: str, value: Any) -> None:
        """The question shows this answer; nobody is typing in it."""
        box = self.box(question)
        self.page.evaluate("() => document.activeElement.blur()")
        if CHECKLIST_TYPES[question] == "text":
            expect(box.locator("textarea").first).to_have_value(value)
        elif CHECKLIST_TYPES[question] == "number":
            expect(box.locator("input[inputmode]")).to_have_value(str(value))
        else:
            for one in value if isinstance(value, list) else [value]:
                expect(box.locator(f"input[value='{one}']").first).to_be_checked()

    def add_photo(self, question: str, *files: Path) -> None:
        """Choose from the gallery; returns at once."""
        box = self.box(question)
        box.locator("input[type=file]:not([capture])").set_input_files([str(file) for file in files])

    def thumbs(self, question: str) -> Locator:
        """The photos shown at a question."""
        return self.box(question).locator("li[data-photo]")

    def photo(self, question: str, *files: Path) -> None:
        """Choose and wait until each is ready to be sent."""
        ready = "list.filter((one) => !['raw', 'removing'].includes(one.state)).length"
        before = self.page.evaluate(f"key => visit.store.photos(key).then((list) => {ready})", self.key)
        self.add_photo(question, *files)
        self.wait(f"list => {ready} >= {before + len(files)}", "photos")

    def fill(self, photo: Path, **other: Any) -> None:
        """All that must be there before it can be submitted."""
        self.give_all(**other)
        self.photo("front", photo)

    def draft(self) -> dict[str, Any]:
        """The record on the phone."""
        found = self.page.evaluate("key => visit.store.draft(key)", self.key)
        return dict(found) if found else {}

    def photos(self) -> list[dict[str, Any]]:
        """The records of the photos on the phone."""
        return list(self.page.evaluate("key => visit.store.photos(key)", self.key))

    def wait(self, holds: str, what: str = "draft") -> None:
        """Until the function of JavaScript holds for the draft or photos as they stand in IndexedDB."""
        # Playwright polls synchronously: a promise is true, so the asking is put into the page.
        self.page.evaluate(
            f"""async (key) => {{
              const holds = {holds};
              const end = Date.now() + 60000;
              while (!holds(await visit.store.{what}(key))) {{
                if (Date.now() > end) throw new Error("it did not come to hold: " +
                  JSON.stringify(await visit.store.{what}(key)));
                await new Promise((resolve) => setTimeout(resolve, 50));
              }}
            }}""",
            self.key,
        )

    def kept(self, question: str, value: Any) -> None:
        """Wait until the answer is in IndexedDB."""
        self.page.evaluate(
            """async ([key, question, value]) => {
              const end = Date.now() + 60000;
              for (;;) {
                const draft = await visit.store.draft(key);
                const found = draft && draft.answers[question];
                if (found && JSON.stringify(found.value) === JSON.stringify(value)) return;
                if (Date.now() > end) throw new Error(`not kept: ${JSON.stringify(found)}`);
                await new Promise((resolve) => setTimeout(resolve, 10));
              }
            }""",
            [self.key, question, value],
        )

    @property
    def line(self) -> Locator:
        """The line that says what is happening."""
        return self.page.locator("#save-line")

    @property
    def submit_button(self) -> Locator:
        """On the screen `check`."""
        return self.page.locator("#submit")

    def check(self) -> None:
        """To the screen before submitting."""
        self.go("check")
        expect(self.submit_button).to_be_visible()

    def submit(self) -> None:
        """Check, and press."""
        self.check()
        self.submit_button.click()

    def queued(self) -> None:
        """Wait until the submission is frozen on the phone."""
        self.wait("draft => draft && ['queued', 'submitted', 'conflict'].includes(draft.status)")

    def submitted(self) -> None:
        """Wait until the phone knows that it arrived."""
        self.wait("draft => draft && draft.status === 'submitted'")

    def send_now(self) -> None:
        """The button of the line."""
        self.page.locator("#send-now").click()


CHECKLIST_TYPES = {one["id"]: one["type"] for one in CHECKLIST["questions"]}
