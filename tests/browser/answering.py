"""Filling in the shopper's form as a person does: tapping labels, typing, choosing pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


def ready(page: Page) -> None:
    """Wait until the form's script has taken over."""
    page.wait_for_function("() => document.documentElement.dataset.ready === '1'")


def question(page: Page, name: str) -> Locator:
    """The block of one question."""
    return page.locator(f"[data-question={name}]")


def give(page: Page, name: str, value: Any) -> None:
    """Answer one question; "na" where it does not apply."""
    box = question(page, name)
    kind = box.get_attribute("data-type")
    if value == "na":
        _tap(box, "~na")
    elif kind == "number":
        box.locator("input[inputmode]").fill(str(value))
    elif kind == "duration":
        box.locator("input[type=datetime-local]").nth(0).fill(value[0])
        box.locator("input[type=datetime-local]").nth(1).fill(value[1])
    elif kind == "text":
        box.locator("textarea").first.fill(value)
    elif kind == "multi":
        for one in value or ["~none"]:
            _tap(box, one)
    else:
        _tap(box, str(value))


def _tap(box: Locator, value: str) -> None:
    """Tap the label around the input, which is what a finger meets."""
    box.locator(f"label:has(> input[value='{value}'])").first.click()


def comment(page: Page, name: str, text: str) -> None:
    """Open the note of a question and write it."""
    box = question(page, name)
    box.locator("details.comment summary").click()
    box.locator("details.comment textarea").fill(text)


def picture(page: Page, name: str, file: Path) -> None:
    """Choose one picture from the gallery and wait until the server has it."""
    box = question(page, name)
    before = box.locator("li[data-photo]").count()
    box.locator("input[type=file]:not([capture])").set_input_files(file)
    expect(box.locator("li[data-photo]")).to_have_count(before + 1)


def fill(page: Page, values: Mapping[str, Any], pictures: Mapping[str, Path]) -> list[str]:
    """Answer every question that this screen shows, also those that answers bring up; their names in order."""
    done: list[str] = []
    while True:
        shown = [
            str(one.get_attribute("data-question"))
            for one in page.locator("[data-question]:not([hidden])").all()
        ]
        left = [name for name in shown if name not in done]
        if not left:
            return done
        name = left[0]
        if name in values:
            give(page, name, values[name])
        if name in pictures:
            picture(page, name, pictures[name])
        done.append(name)
