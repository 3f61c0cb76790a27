"""The draft as a page holds it: what is typed before it is open, and what two windows write one after another."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.workbench import laid_out

OLD = {
    "value": "Sàn bẩn",
    "na": False,
    "comment": "gần cửa",
    "at": "2026-11-14T07:00:00.000Z",
    "rev": 3,
    "sent": True,
}
CONFIG = {
    "person": 4,
    "visit": 85,
    "title": "Lê Lợi",
    "version": "v",
    "round": 1,
    "state": "in_progress",
    "serverTime": "2026-11-14T06:00:00+00:00",
    "answers": {},
    "photos": [],
    "questions": [],
}
STORED = """([config, answers]) => visit.store.change("4:85", (draft) => Object.assign(draft, {
  answers, synced: "2026-11-14T08:00:00+00:00",
}), { base: { person: 4, visit: 85, title: "", version: "v", round: 1 } })"""
MAKE = "(config) => { self.draft = new visit.Draft(config); }"
TYPE = "([name, answer]) => self.draft.put(name, answer)"
OPEN = "async () => { await self.draft.open(); await self.draft.settle(); await self.draft.reload(); }"
LOOK = """async (name) => {
  const draft = await visit.store.draft("4:85");
  const { tab, ...answer } = draft.answers[name];
  return { ...answer, shown: self.draft.answers[name].value, others: draft.others[name] || [],
    journal: Object.keys(visit.journal.entries("4:85")) };
}"""


@pytest.fixture
def context(engine: Browser) -> Iterator[BrowserContext]:
    """A browser with empty storage."""
    found = engine.new_context()
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab that has not opened the draft of a visit with one answer yet."""
    page = laid_out(context)
    page.evaluate(STORED, [CONFIG, {"q": OLD}])
    page.evaluate(MAKE, CONFIG)
    return page


def look(page: Page, name: str = "q") -> dict[str, Any]:
    """What is stored of an answer, and shown."""
    found: dict[str, Any] = page.evaluate(LOOK, name)
    return found


def test_a_comment_typed_before_the_answer_is_shown_does_not_empty_it(page: Page) -> None:
    page.evaluate(TYPE, ["q", {"value": None, "na": False, "comment": "phía sau"}])
    page.evaluate(OPEN)

    found = look(page)
    assert (found["value"], found["shown"], found["comment"]) == ("Sàn bẩn", "Sàn bẩn", "phía sau")
    assert (found["sent"], found["rev"], found["journal"]) == (False, 3, [])
    assert [one["comment"] for one in found["others"]] == ["gần cửa"]


def test_a_text_begun_before_the_old_one_is_shown_keeps_the_old_one(page: Page) -> None:
    page.evaluate(TYPE, ["q", {"value": "K", "na": False, "comment": ""}])
    page.evaluate(OPEN)

    found = look(page)
    assert (found["value"], found["comment"]) == ("K", "gần cửa")
    assert [one["value"] for one in found["others"]] == ["Sàn bẩn"]


def test_it_is_kept_although_the_page_dies_before_it_is_open(page: Page) -> None:
    page.evaluate(TYPE, ["q", {"value": None, "na": False, "comment": "phía sau"}])
    page.reload()
    page.evaluate(MAKE, CONFIG)
    page.evaluate(OPEN)

    found = look(page)
    assert (found["value"], found["comment"]) == ("Sàn bẩn", "phía sau")


def test_it_wins_although_the_clock_was_set_back(page: Page) -> None:
    late = "2126-11-14T07:00:00.000Z"
    page.evaluate("([late]) => visit.store.change('4:85', (draft) => { draft.answers.q.at = late; })", [late])
    page.evaluate(TYPE, ["q", {"value": "K", "na": False, "comment": ""}])
    page.evaluate(OPEN)

    found = look(page)
    assert found["value"] == "K"
    assert found["at"] > late


def test_an_answer_whose_writing_had_to_wait_does_not_overrule_a_newer_one(
    context: BrowserContext, page: Page
) -> None:
    page.evaluate(OPEN)
    other = laid_out(context)
    other.evaluate(MAKE, CONFIG)
    other.evaluate(OPEN)
    # The first window cannot write, nor does it hear anything meanwhile.
    page.evaluate(
        """() => {
          const { change } = visit.store;
          visit.store.change = () => Promise.reject(new Error("away"));
          self.draft.reload = () => Promise.resolve();
          self.again = () => {
            delete self.draft.reload;
            visit.store.change = change;
          };
        }"""
    )
    page.evaluate(TYPE, ["q", {"value": "first", "na": False, "comment": ""}])
    page.wait_for_timeout(50)
    other.evaluate(TYPE, ["q", {"value": "second", "na": False, "comment": ""}])
    other.evaluate("() => self.draft.settle()")

    page.evaluate("async () => { self.again(); await self.draft.settle(); await self.draft.reload(); }")

    found = look(page)
    assert (found["value"], found["shown"]) == ("second", "second")
    assert [one["value"] for one in found["others"]] == ["first"]


def test_what_another_window_is_just_typing_stays_in_the_journal(page: Page) -> None:
    page.evaluate(
        """() => {
          const { change } = visit.store;
          visit.store.change = async (...all) => {
            const found = await change.apply(visit.store, all);
            visit.journal.put("4:85", "other", { value: "x", na: false, comment: "", at: "2026-11-14T09:00:00.000Z" });
            visit.store.change = change;
            return found;
          };
        }"""
    )
    page.evaluate(OPEN)

    assert page.evaluate("() => Object.keys(visit.journal.entries('4:85'))") == ["other"]
