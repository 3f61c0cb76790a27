"""Charts on paper: the text is text, in Vietnamese, and nothing is fetched."""

import re
from xml.etree import ElementTree

import pytest

from audit.insights.charts import dots, gaps, heat, look, trend
from audit.insights.charts.svg import svg
from tests.insights.charts import examples

pytestmark = pytest.mark.usefixtures("vietnamese")


def texts(drawn: str) -> list[str]:
    """The text of every text element."""
    root = ElementTree.fromstring(drawn)
    return ["".join(found.itertext()) for found in root.iter("{http://www.w3.org/2000/svg}text")]


def test_text_stays_text_with_every_accent() -> None:
    found = texts(svg(dots.dots(examples.DOTS, 78)))
    assert {"Hoàn Kiếm", "Nguyễn Huệ", "Ninh Kiều", "83 (78–88) · 4 lượt"} <= set(found)
    assert {"0", "20", "40", "60", "80", "100"} <= set(found)


def test_decimals_of_an_axis_have_a_comma() -> None:
    small = [examples.GAPS[1].__class__(**{**vars(examples.GAPS[1]), "low": -0.6, "high": 0.4})]
    found = texts(svg(gaps.gaps(small)))
    assert "−0,4" in found
    assert not [text for text in found if re.fullmatch(r"−?\d\.\d", text)]


def test_a_grid_prints_each_number_once() -> None:
    found = texts(svg(heat.heat(examples.FACTORS, examples.ROWS)))
    assert sorted(found) == sorted(set(found) | {"Hoàn Kiếm"})
    assert {"84", "60", "12 (n = 2)", "100", "–", "0", "n = 4", "n = 1"} <= set(found)


def test_a_drawing_is_as_wide_as_asked_and_inks_are_of_paper() -> None:
    drawn = svg(trend.trend(examples.POINTS), width=500)
    assert re.search(r'<svg[^>]* width="500"', drawn)
    assert "var(" not in drawn
    assert look.PAPER.span in drawn


def test_a_name_is_text_whatever_it_holds() -> None:
    strange = examples.DOTS[0].__class__(
        **{**vars(examples.DOTS[0]), "name": '<b>"A" & B</b>', "words": "{{7}}"}
    )
    found = texts(svg(dots.dots([strange])))
    assert '<b>"A" & B</b>' in found
    assert "{{7}}" in found


def test_the_same_figures_give_the_same_bytes() -> None:
    assert svg(dots.dots(examples.DOTS, 78)) == svg(dots.dots(examples.DOTS, 78))
