"""A branch over its waves, with ranges, beside the network: one axis from 0 to 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.i18n import gettext as _
from audit.insights.charts import look
from audit.insights.words import Number, whole
from audit.scoring.inference import MIN_VISITS

HEIGHT = 260  # pixels


@dataclass(frozen=True)
class Point:
    """One wave: the mean of `n` visits, None without any, and the network's mean. Waves go from old to new."""

    wave: str
    mean: Number | None
    low: Number | None
    high: Number | None
    n: int
    network: Number | None = None
    about: str = ""
    joined: bool = True  # whether it may be compared with the wave before: a line leads there


def trend(points: Sequence[Point]) -> look.Document:
    """The document; where versions cannot be compared the line breaks."""
    names = [f"{name}\nn = {point.n}" for name, point in zip(_names(points), points, strict=True)]
    order, values, run = _waves(names), [], 0
    for point, name in zip(points, names, strict=True):
        run += not point.joined
        values.append(_value(point, name, run))
    return look.document(
        [*_network(order), _ranges(order), _line(order), *_points(order), _numbers(order)],
        HEIGHT,
        data={"values": values},
    )


def _names(points: Sequence[Point]) -> list[str]:
    waves = [point.wave for point in points]
    return [
        name if waves.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(waves, start=1)
    ]


def _value(point: Point, name: str, run: int) -> dict[str, Any]:
    shown = whole(point.mean) if point.mean is not None else ""
    return {
        "wave": name,
        "run": run,
        "mean": look.point(point.mean),
        "low": look.point(point.low),
        "high": look.point(point.high),
        "n": point.n,
        "sure": point.n >= MIN_VISITS,
        "shown": shown,
        "network": look.point(point.network),
        "about": point.about or f"{point.wave}: {shown} (n = {point.n})",
    }


def _waves(names: Sequence[str]) -> dict[str, Any]:
    """How many visits a mean is made of stands under its wave."""
    axis = {
        "title": None,
        "labelExpr": "split(datum.label, '\\n')",
        "labelAngle": {"expr": f"{look.NARROW} ? -35 : 0"},
        "labelAlign": {"expr": f"{look.NARROW} ? 'right' : 'center'"},
        "labelLimit": 110,
    }
    return {"field": "wave", "type": "ordinal", "sort": list(names), "axis": axis}


def _scores(field: str) -> dict[str, Any]:
    return {"field": field, **look.scores(_("points, 0 to 100"), "left")}


def _known(field: str) -> list[dict[str, str]]:
    return [{"filter": f"isValid(datum.{field})"}]


def _ranges(waves: dict[str, Any]) -> dict[str, Any]:
    encoding = {"x": waves, "y": _scores("low"), "y2": {"field": "high"}, "tooltip": {"field": "about"}}
    return {"transform": _known("low"), "mark": {"type": "rule", "style": "span"}, "encoding": encoding}


def _line(waves: dict[str, Any]) -> dict[str, Any]:
    encoding = {"x": waves, "y": _scores("mean"), "detail": {"field": "run", "type": "nominal"}}
    return {"transform": _known("mean"), "mark": {"type": "line", "style": "line"}, "encoding": encoding}


def _points(waves: dict[str, Any]) -> list[dict[str, Any]]:
    """Filled ones carry a conclusion; hollow ones have too few visits for any."""
    encoding = {"x": waves, "y": _scores("mean"), "tooltip": {"field": "about"}}
    return [
        {
            "transform": [*_known("mean"), {"filter": test}],
            "mark": {"type": "point", "style": style, "filled": False},
            "encoding": encoding,
        }
        for style, test in (("dot", "datum.sure"), ("hollow", "!datum.sure"))
    ]


def _numbers(waves: dict[str, Any]) -> dict[str, Any]:
    mark = {"type": "text", "style": "words", "align": "left", "dx": 8, "dy": -11}
    encoding = {"x": waves, "y": _scores("mean"), "text": {"field": "shown"}}
    return {"transform": _known("mean"), "mark": mark, "encoding": encoding}


def _network(waves: dict[str, Any]) -> list[dict[str, Any]]:
    known = _known("network")
    place = {"x": waves, "y": _scores("network")}
    line = {"transform": known, "mark": {"type": "line", "style": "network"}}
    dot = {"transform": known, "mark": {"type": "point", "style": "network-dot", "shape": "square"}}
    return [
        {**line, "encoding": {**place, "detail": {"field": "run", "type": "nominal"}}},
        {**dot, "encoding": place},
    ]
