"""The scorecard's graphics: well-formed, explicit in size, honest in scale."""

import re
from xml.etree import ElementTree

import pytest

from audit.reports import charts

SEGMENTS = [charts.Segment(0, 60, "#6E0F2B", current=False), charts.Segment(60, 100, "#0B4F8A", current=True)]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(text))


def waves(*values: float) -> list[charts.Point]:
    return [
        charts.Point((f"Đợt {place}",), value, f"{value:.0f}", "n = 2") for place, value in enumerate(values)
    ]


def pictures() -> list[str]:
    gauge = charts.gauge(76.5, "76,5", SEGMENTS, title="Điểm", caption="trên 100 điểm", network=85.9)
    return [
        str(gauge),
        str(charts.bar(65, "#C4520F", "Tốc độ", 80)),
        str(charts.trend(waves(70, 80), "Xu hướng")),
    ]


@pytest.mark.parametrize("picture", pictures())
def test_every_graphic_has_a_size_a_title_and_no_style_attribute(picture: str) -> None:
    root = drawn(picture)
    assert int(root.attrib["width"]) > 0
    assert int(root.attrib["height"]) > 0
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert " style=" not in picture
    assert "<style" not in picture


def test_texts_are_escaped() -> None:
    picture = charts.gauge(50, "50", SEGMENTS, title="<b>&", caption='"><script>')
    assert "<script>" not in picture
    assert drawn(picture)[0].text == "<b>&"


def test_the_bar_is_as_long_as_the_score() -> None:
    bars = [drawn(charts.bar(value, "#C4520F", "x", width=200)) for value in (25, 100)]
    assert [float(bar.findall(f"{SVG}rect")[1].attrib["width"]) for bar in bars] == [50, 200]


def test_a_score_of_nothing_draws_no_bar_and_no_arc() -> None:
    assert len(drawn(charts.bar(0, "#C4520F", "x")).findall(f"{SVG}rect")) == 1
    empty = charts.gauge(0, "0,0", [], title="x", caption="y")
    assert len(drawn(empty).findall(f"{SVG}path")) == 1


def test_a_wave_of_one_or_two_visits_is_a_hollow_dot_also_as_the_last_one() -> None:
    points = [charts.Point(("Đợt",), 50, "50", "n = 2", sure=sure) for sure in (True, False, True, False)]
    fills = [circle.attrib["fill"] for circle in drawn(charts.trend(points, "x")).iter(f"{SVG}circle")]
    assert fills == [charts.ACTION, "#FFFFFF"] * 2


def test_the_trend_axis_always_runs_from_0_to_100() -> None:
    near = [text.text for text in drawn(charts.trend(waves(79, 80, 81), "x")).findall(f"{SVG}text")]
    assert {"0", "25", "50", "75", "100"} <= set(near)
    heights = [
        float(circle.attrib["cy"])
        for circle in drawn(charts.trend(waves(0, 50, 100), "x")).iter(f"{SVG}circle")
    ]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2])


def test_every_point_carries_its_mean_and_its_n_and_at_most_six_are_drawn() -> None:
    picture = drawn(charts.trend(waves(10, 20, 30, 40, 50, 60, 70), "x"))
    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert texts.count("n = 2") == 6
    assert {"20", "30", "40", "60", "70"} <= set(texts)
    assert "10" not in texts


def test_coordinates_are_finite_and_inside_the_picture() -> None:
    for picture in (charts.trend(waves(0, 100), "x"), charts.trend(waves(100), "x"), *pictures()):
        root = drawn(picture)
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["y"]) <= float(root.attrib["height"])
        assert not re.search(r"nan|inf|e-\d", str(picture))
