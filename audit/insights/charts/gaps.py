"""Key drivers: the difference of the outcome between met and not met, with its range, one row a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.i18n import gettext as _
from audit.insights.charts import look
from audit.insights.words import Number


@dataclass(frozen=True)
class Gap:
    """One question; `clear` if the difference is more than chance. `words` stand at the right end."""

    name: str  # "12. Được chào ngay"
    gap: Number
    low: Number | None
    high: Number | None
    clear: bool
    words: str  # "2,5 (2,0–3,0; 35 và 20 lượt)"
    brief: str  # "2,5 (35 + 20)"
    about: str = ""


def gaps(rows: Sequence[Gap]) -> look.Document:
    """The document: filled dots are clear, hollow ones are not; the line stands at no difference."""
    values = [
        {
            "name": row.name,
            "gap": look.point(row.gap),
            "low": look.point(row.low),
            "high": look.point(row.high),
            "clear": row.clear,
            "words": row.words,
            "brief": row.brief,
            "about": row.about or f"{row.name}: {row.words}",
        }
        for row in rows
    ]
    order = _rows([row.name for row in rows])
    return look.document(
        [_zero(), _ranges(order), *_points(order), _words(order)],
        look.step(len(rows)),
        data={"values": values},
    )


def _rows(names: Sequence[str]) -> dict[str, Any]:
    axis = {"title": None, "labelLimit": look.name_limit(360, 120), "grid": False}
    return {"field": "name", "type": "nominal", "sort": list(names), "axis": axis}


def _across(field: str) -> dict[str, Any]:
    axis = {"title": _("difference of the outcome"), "orient": "top", "grid": True, "tickCount": 5}
    return {"field": field, "type": "quantitative", "scale": {"zero": True}, "axis": axis}


def _zero() -> dict[str, Any]:
    return {
        "data": {"values": [{"none": 0}]},
        "mark": {"type": "rule", "style": "zero"},
        "encoding": {"x": _across("none")},
    }


def _ranges(rows: dict[str, Any]) -> dict[str, Any]:
    encoding = {"y": rows, "x": _across("low"), "x2": {"field": "high"}, "tooltip": {"field": "about"}}
    known = [{"filter": "isValid(datum.low)"}]
    return {"transform": known, "mark": {"type": "rule", "style": "span"}, "encoding": encoding}


def _points(rows: dict[str, Any]) -> list[dict[str, Any]]:
    encoding = {"y": rows, "x": _across("gap"), "tooltip": {"field": "about"}}
    return [
        {
            "transform": [{"filter": test}],
            "mark": {"type": "point", "style": style, "filled": False},
            "encoding": encoding,
        }
        for style, test in (("dot", "datum.clear"), ("hollow", "!datum.clear"))
    ]


def _words(rows: dict[str, Any]) -> dict[str, Any]:
    text = {"condition": {"test": look.NARROW, "field": "brief"}, "field": "words"}
    return {
        "mark": {"type": "text", "style": "words", "align": "left", "dx": 12},
        "encoding": {"y": rows, "x": {"value": "width"}, "text": text},
    }
