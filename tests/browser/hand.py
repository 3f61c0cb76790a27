"""What a shopper does on the form in the random test: answers, notes, photos, submitting; all written down."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, expect

from tests import photo_files
from tests.browser import answering
from tests.browser.field import ANSWERS, Field
from tests.browser.form import SECTIONS, Form
from tests.browser.ledger import TYPES, Given, Ledger, Picture
from tests.browser.phone import until
from tests.browser.soak_plan import Step

LARGE = 0.15  # of the photos are too large to be sent as they are
CHOICES: dict[str, list[Any]] = {
    "greeted": ["yes", "no", None],
    "queue": ["yes", "no", "yes"],
    "solved": ["yes", "later", "no", "na", None],
    "skill": [1, 2, 3, 4, 5, None],
    "nps": [0, 3, 7, 10, None],
    "mess": [[], ["dirty"], ["broken"], ["dirty", "broken"]],
}


class Hand:
    """Acts on the tab in front, as far as the form lets it. `told` lists what was done."""

    def __init__(self, field: Field, folder: Path) -> None:
        self.field, self.folder = field, folder
        self.told: list[str] = []
        self.shopper = field.shopper()
        self.ledger = Ledger(self.shopper.visit)
        self.forms: list[Form] = []
        self.is_gone = False  # the visit was submitted: its form is no more to be had

    @property
    def form(self) -> Form:
        """The tab in front."""
        return self.forms[-1]

    def _is_form(self) -> bool:
        return self.form.page.locator("#visit-form").count() == 1

    def _status(self) -> str:
        """The draft's; nothing else can be asked of a page that is not the form."""
        if self.is_gone:
            return "submitted"
        return str(self.form.draft().get("status"))

    def _is_open(self) -> bool:
        """Whether something can be given at the moment."""
        if self.is_gone or self._status() != "draft":
            return False
        return not self.field.submissions(self.ledger.visit) or not self.form.draft().get("problem")

    # Giving

    def _answer(self, step: Step) -> None:
        self._give(step.pick(list(SECTIONS)), step.how)

    def _give(self, question: str, how: float) -> Given | None:
        """Another answer than the one that stands; what stood before, None where there is nothing to give."""
        if not self._is_open() or TYPES[question] == "photo" or not self.ledger.is_shown(question):
            return None
        old = self._seen(question)
        values = [one for one in self._values(question, how) if not _equal(one, old)]
        self._write(question, values[int(how * len(values))], old)
        return old

    def _seen(self, question: str) -> Given:
        """What stands at the question; older than the newest, if another phone gave that."""
        if question in self.ledger.elsewhere:
            return on_phone(self.form.draft()["answers"].get(question))
        return self.ledger.now(question)

    def _values(self, question: str, how: float) -> list[Any]:
        """What could be answered; None clears."""
        match TYPES[question]:
            case "text":
                return [f"Ghi chú {len(self.told)} – {how:.4f}", ""]
            case "number":
                return [str(int(how * 50)), str(int(how * 50) + 1), ""]
            case "duration":
                return [(f"08:0{int(how * 9)}", f"08:{int(10 + how * 49)}"), ("07:00", "07:59")]
            case _:
                return CHOICES[question]

    def _write(self, question: str, value: Any, old: Given) -> None:
        box = self.form.box(question)
        if TYPES[question] == "duration":
            fields = box.locator("input[type=time]")
            fields.nth(0).fill(value[0])
            fields.nth(1).fill(value[1])
        elif TYPES[question] == "multi":
            self._tick(question, value, old)
        elif TYPES[question] == "number":
            box.locator("input[inputmode]").fill(value)
        elif value is None:
            box.locator("label:has(> input[value=''])").click()
        else:
            answering.give(self.form.page, question, value)
        self._given(question, as_given(question, value, old))

    def _tick(self, question: str, wanted: list[str], old: Given) -> None:
        box = answering.question(self.form.page, question)
        for one in ("~none", *(["dirty", "broken"] if wanted else [])):
            input_ = box.locator(f"input[value='{one}']")
            expect(input_).to_be_checked(checked=_is_ticked(one, old.value))
        if not wanted:
            box.locator("label:has(> input[value='~none'])").click()
            return
        for one in ("dirty", "broken"):
            if (one in wanted) != _is_ticked(one, old.value):
                box.locator(f"label:has(> input[value='{one}'])").click()

    def _given(self, question: str, given: Given) -> None:
        self.told.append(f"  {question} = {given.plain}")
        self.ledger.elsewhere.discard(question)
        self.ledger.answers[question] = given
        if self.field.submissions(self.ledger.visit):
            self.ledger.late[question] = given

    def _comment(self, step: Step) -> None:
        question = step.pick([name for name, kind in TYPES.items() if kind != "text"])
        if question in self.ledger.elsewhere or not self._is_open() or not self.ledger.is_shown(question):
            return
        text = f"Vì {len(self.told)} – {step.how:.4f}"
        box = self.form.box(question)
        if not box.locator("details.comment textarea").is_visible():
            box.locator("details.comment summary").click()
        box.locator("details.comment textarea").fill(text)
        self._given(question, dataclasses.replace(self.ledger.now(question), comment=text))

    def _elsewhere(self, step: Step) -> None:
        """The shopper's other phone answers; this one may not know for a while."""
        question, value = step.pick(
            (("remark", "Ở máy khác"), ("skill", 2), ("counters", 7), ("greeted", "no"))
        )
        if self.field.answer_elsewhere(self.ledger.visit, question, value):
            self.told.append(f"  {question} = {value} on another phone")
            self.ledger.answers[question] = Given(value)
            self.ledger.elsewhere.add(question)

    # Photos

    def _photo(self, step: Step) -> None:
        if not self._is_open() or self.field.submissions(self.ledger.visit):
            return
        question = step.pick(("front", "front", "solved"))
        if not self.ledger.is_shown(question):
            return
        made = [self._picture(question, step.how) for _ in range(1 + int(step.how * 2.4))]
        files = [self.folder / one.name for one in made]
        for one, file in zip(made, files, strict=True):
            file.write_bytes(one.data)
        self.form.add_photo(question, *files)
        self.told.append(f"  {question} + {', '.join(one.name for one in made)}")
        names = [one.name for one in made]
        self.form.wait(f"list => {names}.every((name) => list.some((one) => one.name === name))", "photos")
        self.ledger.pictures += made
        for file in files:
            file.unlink()

    def _picture(self, question: str, how: float) -> Picture:
        number = len(self.ledger.pictures) + int(how * 1000) * 100 + len(self.told)
        name = f"anh-{self.ledger.visit}-{len(self.told)}-{self._next()}.jpg"
        size = (2600, 1950) if how * 7 % 1 < LARGE else (480, 360)
        data = photo_files.jpeg(*size, self.ledger.visit * 1000 + number + self._count)
        return Picture(name, question, data)

    _count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _unphoto(self, step: Step) -> None:
        shown = [one for one in self.ledger.kept() if self.ledger.is_shown(one.question)]
        if not self._is_open() or not shown or self.field.submissions(self.ledger.visit):
            return
        picture = step.pick(shown)
        record = next((one for one in self.form.photos() if one["name"] == picture.name), None)
        assert record, f"{picture.name} is not on the phone"
        thumb = self.form.thumbs(picture.question).and_(
            self.form.page.locator(f"[data-photo='{record['id']}']")
        )
        thumb.locator("button.remove").click()
        self.form.page.locator("#ask button[value=yes]").click()
        self.told.append(f"  {picture.question} - {picture.name}")
        self.form.wait(
            f"list => list.every((one) => one.name !== '{picture.name}' || one.state === 'removing')",
            "photos",
        )
        picture.is_removed = True

    # The end

    def _complete(self, step: Step) -> None:
        """What is still owed, at its best."""
        for _ in range(3):
            if not self._is_open():
                return
            for name in self._owed():
                if name in ("front",) or name.endswith(":photo"):
                    question = name.removesuffix(":photo")
                    self._photo(Step("photo", {"front": 0.1, "solved": 0.9}[question], step.how))
                else:
                    value = {**ANSWERS, "wait": ("08:00", "08:10"), "mess": []}[name]
                    self._write(name, value, self._seen(name))
        assert not self._is_open() or not self._owed(), self._owed()

    def _owed(self) -> list[str]:
        """What is missing as far as this phone knows."""
        known = self.form.draft()["answers"]
        unknown = [
            name
            for name in sorted(self.ledger.elsewhere - {"remark"})
            if on_phone(known.get(name)).value is None
        ]
        return [*self.ledger.missing(), *unknown]

    def _submit(self, _step: Step) -> None:
        if not self._is_open() or self.ledger.late:
            return
        self.form.go("check")
        if self._owed():
            expect(self.form.submit_button).to_be_disabled()
            return
        until(self._is_submitted)
        self.form.queued()

    def _is_submitted(self) -> bool:
        """After a press, unless the form has found out meanwhile that an earlier submission had arrived."""
        if self._status() == "draft":
            with contextlib.suppress(Error):
                self.form.submit_button.click(timeout=500)
        return self._status() != "draft"

    def _reopen(self, _step: Step) -> None:
        """Taken back while it waits; perhaps it has arrived all the same."""
        button = self.form.page.locator("#reopen")
        if not self.is_gone and self._status() == "queued" and button.is_visible():
            with contextlib.suppress(Error):
                button.click(timeout=500)


def _equal(value: Any, old: Given) -> bool:
    if value in (None, ""):
        return old.value is None and not old.na
    if value == "na":
        return old.na
    if isinstance(value, tuple):
        return Given(old.value).plain[0] == Given({"start": _day(value[0]), "end": _day(value[1])}).plain[0]
    return bool(not old.na and str(old.value) == str(value))


def _day(time_: str) -> str:
    return f"2026-01-01T{time_}:00+07:00"


def _is_ticked(option: str, value: Any) -> bool:
    return option == "~none" if value == [] else option in (value or [])


def on_phone(answer: dict[str, Any] | None) -> Given:
    """The answer of a draft."""
    return Given(answer["value"], answer["na"], answer["comment"]) if answer else Given()


def as_given(question: str, value: Any, old: Given) -> Given:
    """The answer that comes of a choice, with the comment that was there."""
    if value in (None, ""):
        return Given(None, False, old.comment)
    if value == "na":
        return Given(None, True, old.comment)
    if isinstance(value, tuple):
        return Given({"start": _day(value[0]), "end": _day(value[1])}, False, old.comment)
    is_number = TYPES[question] in ("number", "scale")
    return Given(int(value) if is_number else value, False, old.comment)
