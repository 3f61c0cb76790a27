"""Charts as documents: what is drawn where, and that neither colour nor a shortened axis tells anything."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from audit.insights.charts import dots, gaps, heat, look, trend
from tests.insights.charts import examples

pytestmark = pytest.mark.usefixtures("vietnamese")
Maker = Callable[[], look.Document]
MAKERS: dict[str, Maker] = {
    "dots": lambda: dots.dots(examples.DOTS, 78),
    "heat": lambda: heat.heat(examples.FACTORS, examples.ROWS),
    "trend": lambda: trend.trend(examples.POINTS),
    "gaps": lambda: gaps.gaps(examples.GAPS),
}


def channels(document: look.Document, *names: str) -> Iterator[dict[str, Any]]:
    """What these channels of all layers encode."""
    for layer in document["layer"]:
        for name in names:
            if name in layer["encoding"]:
                yield layer["encoding"][name]


def test_a_dot_stands_at_its_mean_and_its_range_is_drawn_whole() -> None:
    first, _second, last = MAKERS["dots"]()["data"]["values"]
    assert (first["mean"], first["low"], first["high"], first["n"]) == (83.33, 78.2, 88.4, 4)
    assert (last["low"], last["high"]) == (None, None)
    ranges = MAKERS["dots"]()["layer"][2]
    assert ranges["transform"] == [{"filter": "isValid(datum.low)"}], "an unknown range is not drawn as zero"


def test_every_row_says_how_many_visits_it_is_made_of() -> None:
    for row in MAKERS["dots"]()["data"]["values"]:
        assert f"{row['n']} lượt" in row["words"]
        assert f"{row['n']} lượt" in row["brief"]
    texts = [layer["encoding"]["text"] for layer in MAKERS["heat"]()["layer"] if "text" in layer["encoding"]]
    assert {"field": "visits"} in texts
    assert [row["wave"].split("\n")[1] for row in MAKERS["trend"]()["data"]["values"]] == [
        "n = 3",
        "n = 0",
        "n = 3",
    ]


def test_a_cell_made_of_other_visits_than_its_row_says_so() -> None:
    shown = [value["shown"] for value in MAKERS["heat"]()["datasets"]["cells"]]
    assert shown == ["84", "60", "12 (n = 2)", "100", "–", "0"]


def test_the_shade_follows_the_number_that_is_printed() -> None:
    steps = {value["shown"]: value["step"] for value in MAKERS["heat"]()["datasets"]["cells"]}
    assert steps == {"84": 5, "60": 3, "12 (n = 2)": 1, "100": 6, "–": 0, "0": 1}
    assert [heat.step_of(shown) for shown in ("49", "50", "59", "89", "90")] == [1, 2, 2, 5, 6]


@pytest.mark.parametrize("name", ["dots", "trend"])
def test_scores_stand_on_the_whole_axis(name: str) -> None:
    found = [
        channel for channel in channels(MAKERS[name](), "x", "y") if channel.get("type") == "quantitative"
    ]
    assert found
    for channel in found:
        assert channel["scale"] == {"domain": [0, 100], "nice": False}
        assert channel["axis"]["values"] == [0, 20, 40, 60, 80, 100]


def test_a_difference_is_shown_with_where_none_would_be() -> None:
    document = MAKERS["gaps"]()
    assert document["layer"][0]["mark"]["style"] == "zero"
    assert all(
        channel["scale"] == {"zero": True} for channel in channels(document, "x") if "scale" in channel
    )


def test_no_chart_says_anything_by_colour_alone() -> None:
    for name, make in MAKERS.items():
        for channel in channels(make(), "color", "fill", "stroke"):
            assert name == "heat", "only the cells of a grid differ in colour, and each prints its number"
            assert channel["field"] == "step"
    marks = next(iter(channels(MAKERS["dots"](), "shape")))
    assert marks["scale"]["range"] == ["circle", "triangle-up", "triangle-down"]


def test_the_ramp_gets_darker_all_the_way_so_that_greys_tell_the_same() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(part, 16) for part in re.findall("..", colour[1:]))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    greys = [grey(colour) for colour in look.PAPER.ramp]
    assert all(later - earlier > 20 for earlier, later in itertools.pairwise(greys))


def test_few_visits_are_drawn_hollow() -> None:
    drawn = {
        layer["mark"]["style"]: layer["transform"]
        for layer in MAKERS["dots"]()["layer"]
        if "transform" in layer
    }
    assert drawn["dot"] == [{"filter": "datum.sure"}]
    assert drawn["hollow"] == [{"filter": "!datum.sure"}]
    hollow = look.dressed(MAKERS["dots"](), look.PAPER)["layer"][4]["mark"]
    assert hollow["fill"] == look.PAPER.paper


def test_rows_keep_the_order_they_come_in_and_equal_names_are_told_apart() -> None:
    twice = [
        examples.DOTS[1],
        *examples.DOTS[:1],
        examples.DOTS[1].__class__(**{**vars(examples.DOTS[1]), "code": "N2"}),
    ]
    rows = next(iter(channels(dots.dots(twice), "y")))
    assert rows["sort"] == ["Nguyễn Huệ (NH)", "Hoàn Kiếm", "Nguyễn Huệ (N2)"]


def test_a_wave_of_one_or_two_visits_is_a_hollow_point() -> None:
    points = [trend.Point(f"Đợt {n}", 60, None, None, n) for n in (1, 2, 3, 4)]
    document = trend.trend(points)
    assert [value["sure"] for value in document["data"]["values"]] == [False, False, True, True]
    marks = {layer["mark"]["style"]: layer["transform"] for layer in document["layer"]}
    known = {"filter": "isValid(datum.mean)"}
    assert marks["dot"] == [known, {"filter": "datum.sure"}]
    assert marks["hollow"] == [known, {"filter": "!datum.sure"}]


def test_a_line_breaks_where_waves_cannot_be_compared() -> None:
    assert [value["run"] for value in MAKERS["trend"]()["data"]["values"]] == [0, 0, 1]


@pytest.mark.parametrize("name", MAKERS)
def test_on_screen_every_colour_is_the_page_s_own(name: str) -> None:
    document = look.on_screen(MAKERS[name]())
    assert not re.search(r"#[0-9a-f]{3,8}\b", str({**document, "data": None}))
    assert "var(--ink)" in str(document["config"])
    assert all("style" not in layer["mark"] for layer in document["layer"])


@pytest.mark.parametrize(("fixture", "decimal"), [("vietnamese", ","), ("english", ".")])
def test_numbers_are_written_as_the_reader_writes_them(
    fixture: str, decimal: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(fixture)
    assert look.on_screen(MAKERS["gaps"]())["config"]["locale"]["number"]["decimal"] == decimal


def test_nothing_to_draw_makes_no_fault() -> None:
    for document in (dots.dots([]), trend.trend([]), gaps.gaps([]), heat.heat(examples.FACTORS, [])):
        drawn = look.on_screen(document)
        assert drawn.get("datasets", {}).get("cells", drawn["data"].get("values")) == []
