"""Head office's charts in a browser: drawn within the content policy, and without a script a table instead."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from audit.db import db
from tests.browser.house import House
from tests.browser.showcase import cast
from tests.browser.visitor import Visitor
from tests.insights.wide import wide

FIGURES = 4  # branches, factors, sections, regions


@pytest.fixture(scope="module", autouse=True)
def network(house: House) -> None:
    """Ten branches with ranges and ranks."""
    with house.app.app_context():
        made = cast()
        wide(made, made.people["shopper"], made.people["admin"], db.session())


def drawings(visitor: Visitor) -> Locator:
    """The charts of the network's page, once all are drawn."""
    visitor.open("/network")
    found = visitor.page.locator("figure.chart.drawn")
    expect(found).to_have_count(FIGURES)
    return found


@pytest.mark.parametrize("look", [{}, {"phone": True}, {"dark": True}], ids=["desk", "phone", "dark"])
def test_the_charts_are_drawn_and_nothing_is_complained_about(
    visitors: Callable[..., Visitor], look: dict[str, bool]
) -> None:
    visitor = visitors(**look).sign_in("head_office")
    first = drawings(visitor).first
    for name in ("Rộng 0", "Rộng 9"):
        expect(first.locator("svg text", has_text=name)).to_be_visible()
    words = "92 · 4 lượt" if look.get("phone") else re.compile(r"^92 \(\d+–\d+\) · 4 lượt · hạng ")
    expect(first.locator("svg text").filter(has_text=words).first).to_be_visible()
    assert visitor.page.locator("head style, body style").count() == 0
    assert visitor.faults() == []


def test_what_is_drawn_has_the_colours_of_the_page(visitors: Callable[..., Visitor]) -> None:
    inks = {}
    for dark in (False, True):
        visitor = visitors(dark=dark).sign_in("head_office")
        name = drawings(visitor).first.locator("svg text", has_text="Rộng 0")
        inks[dark] = name.evaluate("text => getComputedStyle(text).fill")
        assert inks[dark] == visitor.page.evaluate("getComputedStyle(document.body).color")
    assert inks[False] != inks[True]


def test_a_drawn_chart_folds_its_table_away_and_a_click_opens_the_branch(
    visitors: Callable[..., Visitor],
) -> None:
    visitor = visitors().sign_in("head_office")
    found = drawings(visitor)
    table = visitor.page.locator("#factor-table table")
    expect(table).to_be_hidden()
    visitor.page.locator("#factor-table summary").click()
    expect(table).to_be_visible()
    found.first.locator("svg .mark-symbol path").first.click()
    expect(visitor.page).to_have_url(re.compile(r"/network/branches/\d+\?wave=\d+"))


def test_a_narrower_window_draws_anew(visitors: Callable[..., Visitor]) -> None:
    visitor = visitors().sign_in("head_office")
    first = drawings(visitor).first
    expect(first.locator("svg text").filter(has_text="hạng ").first).to_be_visible()
    visitor.page.set_viewport_size({"width": 400, "height": 900})
    expect(first.locator("svg text").filter(has_text=re.compile("^92 · 4 lượt$"))).to_be_visible()
    expect(first.locator("svg text").filter(has_text="hạng ")).to_have_count(0)
    wide_page = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visitor.page.evaluate(wide_page) <= 0


def test_without_a_script_the_tables_say_the_same(visitors: Callable[..., Visitor]) -> None:
    visitor = visitors(javascript=False).sign_in("head_office")
    visitor.open("/network")
    for name in ("#branch-table", "#factor-table table", "#section-table table", "#region-table table"):
        expect(visitor.page.locator(name)).to_be_visible()
    expect(visitor.page.locator("figure.chart").first.locator("figcaption")).to_be_hidden()
    visitor.sees("Mạng lưới đạt 76", "▲ rõ ràng cao hơn mạng lưới")


def test_on_paper_a_chart_is_as_wide_as_the_page_and_dark_ink_on_white(
    visitors: Callable[..., Visitor],
) -> None:
    visitor = visitors(dark=True).sign_in("head_office")
    drawn = drawings(visitor).first.locator("svg")
    before = drawn.get_attribute("width")
    visitor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert int(drawn.get_attribute("width") or 0) <= 680 < int(before or 0)
    visitor.page.emulate_media(media="print", color_scheme="dark")
    name = drawn.locator("text", has_text="Rộng 0")
    assert name.evaluate("text => getComputedStyle(text).fill") == "rgb(16, 36, 62)"
    visitor.page.emulate_media(media="screen", color_scheme="dark")
    visitor.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert drawn.get_attribute("width") == before
