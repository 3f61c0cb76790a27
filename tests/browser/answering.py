"""Filling in the shopper's form as a person does: tapping labels, typing, choosing pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


def ready(page: Page) -> None:
    """Wait until the form's script has taken over."""
    page.wait_for_function("() => document.documentElement.dataset.ready === '1'")


def start(page: Page) -> None:
    """Begin on the form's first screen, without the phone's place."""
    ready(page)
    page.locator("#start button[value=no], #start-plain button").locator("visible=true").first.click()
    expect(page.locator("#start")).to_be_hidden()


def go_on(page: Page) -> None:
    """To the next screen."""
    page.locator("nav.steps button[value=next]").click()


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
        for place, moment in enumerate(value):
            field = box.locator(".times input").nth(place)
            is_time = field.get_attribute("type") == "time"
            field.fill(moment[11:] if is_time else moment)
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
    """Choose one picture from the gallery and wait until the phone has it."""
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
            for one in page.locator(".screen:not([hidden]) [data-question]:not([hidden])").all()
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
