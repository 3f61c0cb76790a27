"""Estimates as dots with their ranges on one axis from 0 to 100, one row for each branch or region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.i18n import gettext as _
from audit.insights.charts import look
from audit.insights.words import Number, whole

SHAPES = {"": "circle", "above": "triangle-up", "below": "triangle-down"}


@dataclass(frozen=True)
class Dot:
    """One row: `n` visits; `flag` is "", "above" or "below"; `sure` tells ranked ones from too few visits.

    `words` stand at the right end ("83 (78–88) · 4 lượt"), `brief` there on a phone, `about` in the tooltip.
    """

    name: str
    code: str
    mean: Number
    low: Number | None
    high: Number | None
    n: int
    words: str
    brief: str
    about: str = ""
    flag: str = ""
    sure: bool = True
    href: str = ""


def dots(rows: Sequence[Dot], network: Number | None = None) -> look.Document:
    """The document; `network` is drawn as a dashed line."""
    names = look.distinct([row.name for row in rows], [row.code for row in rows])
    values = [_row(row, name) for row, name in zip(rows, names, strict=True)]
    order = _rows(names)
    layers = [_ranges(order), *_points(order), _words(order)]
    if network is not None:
        layers[:0] = _network(network)
    return look.document(
        layers,
        look.step(len(rows)),
        data={"values": values},
    )


def _row(row: Dot, name: str) -> dict[str, Any]:
    found = {
        "name": name,
        "mean": look.point(row.mean),
        "low": look.point(row.low),
        "high": look.point(row.high),
        "n": row.n,
        "flag": row.flag,
        "sure": row.sure,
        "words": row.words,
        "brief": row.brief,
        "about": row.about or f"{name}: {row.words}",
    }
    return {**found, "href": row.href} if row.href else found


def _rows(names: Sequence[str]) -> dict[str, Any]:
    axis = {"title": None, "labelLimit": look.name_limit(280, 116), "grid": False}
    return {"field": "name", "type": "nominal", "sort": list(names), "axis": axis}


def _ranges(rows: dict[str, Any]) -> dict[str, Any]:
    scale = look.scores(_("points, 0 to 100"))
    encoding = {"y": rows, "x": {"field": "low", **scale}, "x2": {"field": "high"}, **_more()}
    return {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "style": "span"},
        "encoding": encoding,
    }


def _points(rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Filled ones carry a conclusion; hollow ones have too few visits for any."""
    shape = {
        "field": "flag",
        "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())},
        "legend": None,
    }
    encoding = {
        "y": rows,
        "x": {"field": "mean", **look.scores(_("points, 0 to 100"))},
        "shape": shape,
        **_more(),
    }
    return [
        {
            "transform": [{"filter": test}],
            "mark": {"type": "point", "style": style, "filled": False},
            "encoding": encoding,
        }
        for style, test in (("dot", "datum.sure"), ("hollow", "!datum.sure"))
    ]


def _more() -> dict[str, Any]:
    return {"tooltip": {"field": "about"}, "href": {"field": "href"}}


def _words(rows: dict[str, Any]) -> dict[str, Any]:
    text = {"condition": {"test": look.NARROW, "field": "brief"}, "field": "words"}
    return {
        "mark": {"type": "text", "style": "words", "align": "left", "dx": 12},
        "encoding": {"y": rows, "x": {"value": "width"}, "text": text},
    }


def _network(mean: Number) -> list[dict[str, Any]]:
    scale = look.scores(_("points, 0 to 100"))
    data = {"values": [{"network": look.point(mean), "label": _("network %(mean)s", mean=whole(mean))}]}
    place = {"x": {"field": "network", **scale}}
    words = {"type": "text", "style": "network-text", "baseline": "top", "dy": 4}
    return [
        {"data": data, "mark": {"type": "rule", "style": "network"}, "encoding": place},
        {
            "data": data,
            "mark": words,
            "encoding": {**place, "y": {"value": "height"}, "text": {"field": "label"}},
        },
    ]
