"""Means as a grid: rows are branches, columns factors or sections. Every cell prints its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from audit.insights.charts import look
from audit.insights.words import Number, whole

LETTERS, FEWER = 12, 8  # of a column's head on one line, and on a phone
LINE = 14  # pixels
MANY = 5  # columns: more are read from below on a phone


@dataclass(frozen=True)
class Cell:
    """One mean of `n` visits; None is unknown."""

    mean: Number | None
    n: int
    about: str = ""  # the tooltip


@dataclass(frozen=True)
class Row:
    """One branch with `n` visits; a cell with another n says so."""

    name: str
    code: str
    n: int
    cells: Sequence[Cell]
    href: str = ""


def heat(columns: Sequence[str], rows: Sequence[Row]) -> look.Document:
    """The document, of at least one column; low scores are dark, in steps of the shown number."""
    names = look.distinct([row.name for row in rows], [row.code for row in rows])
    wide, narrow = (_wrapped(_numbered(columns), letters) for letters in (LETTERS, FEWER))
    heads = [f"{one}|{other}" for one, other in zip(wide, narrow, strict=True)]
    values = [
        _cell(cell, name, head, row)
        for row, name in zip(rows, names, strict=True)
        for cell, head in zip(row.cells, heads, strict=True)
    ]
    places = _places(heads, names)
    layers = [_rects(places), *_numbers(places), _counts(places, heads[0])]
    padding = {"left": 5, "top": 5, "bottom": 5, "right": 52}
    return look.document(layers, look.step(len(rows)), data={"values": values}, padding=padding)


def _numbered(columns: Sequence[str]) -> list[str]:
    """Two columns of one name are told apart by their place."""
    return [
        name if columns.count(name) == 1 else f"{name} {place}" for place, name in enumerate(columns, start=1)
    ]


def _wrapped(heads: Sequence[str], letters: int) -> list[str]:
    """Each in as many lines as the longest one, standing on the last: an axis hangs its lines from the first."""
    lines = [wrap(head, letters) or [""] for head in heads]
    most = max(map(len, lines), default=1)
    return ["\n".join([*["\u00a0"] * (most - len(each)), *each]) for each in lines]


def _cell(cell: Cell, name: str, head: str, row: Row) -> dict[str, Any]:
    known = cell.mean is not None
    shown = whole(cell.mean) if cell.mean is not None else "–"
    found: dict[str, Any] = {
        "name": name,
        "column": head,
        "n": cell.n,
        "visits": f"n = {row.n}",
        "shown": f"{shown} (n = {cell.n})" if known and cell.n != row.n else shown,
        "brief": shown,
        "step": step_of(shown) if known else 0,
        "about": cell.about or f"{name}, {_flat(head)}: {shown} (n = {cell.n})",
    }
    return {**found, "href": row.href} if row.href else found


def _flat(head: str) -> str:
    return " ".join(head.split("|")[0].split())


def step_of(shown: str) -> int:
    """The step of the ramp, from 1: decided by the number as printed, so that both always agree."""
    return 1 + sum(int(shown) >= limit for limit in look.THRESHOLDS)


def _places(heads: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    upright = f"{look.NARROW} && {len(heads)} > {MANY}"
    own = f"split(datum.label, '|')[{look.NARROW} ? 1 : 0]"
    flat = "trim(replace(split(datum.label, '|')[0], /\\s+/g, ' '))"
    wide, narrow = (max(head.split("|")[place].count("\n") for head in heads) * LINE for place in (0, 1))
    axis = {
        "orient": "top",
        "title": None,
        "labelExpr": f"{upright} ? {flat} : split({own}, '\\n')",
        "labelAngle": {"expr": f"{upright} ? -90 : 0"},
        "labelAlign": {"expr": f"{upright} ? 'left' : 'center'"},
        "labelBaseline": {"expr": f"{upright} ? 'middle' : 'bottom'"},
        "labelPadding": {"expr": f"{upright} ? 6 : {look.NARROW} ? {narrow + 6} : {wide + 6}"},
        "labelFontSize": {"expr": f"{look.NARROW} ? 10 : 12"},
        "labelLineHeight": LINE,
        "labelLimit": 170,
        "labelOverlap": False,
    }
    rows = {"title": None, "labelLimit": look.name_limit(280, 104)}
    return {
        "x": {"field": "column", "type": "nominal", "sort": list(heads), "axis": axis},
        "y": {"field": "name", "type": "nominal", "sort": list(names), "axis": rows},
        "tooltip": {"field": "about"},
        "href": {"field": "href"},
    }


def _rects(places: dict[str, Any]) -> dict[str, Any]:
    steps = list(range(1, len(look.THRESHOLDS) + 2))
    colour = {
        "field": "step",
        "type": "ordinal",
        "scale": {"domain": steps, "range": "ramp"},
        "legend": None,
    }
    return {
        "transform": [{"filter": "datum.step > 0"}],
        "mark": {"type": "rect", "style": "cell"},
        "encoding": {**places, "fill": colour},
    }


def _numbers(places: dict[str, Any]) -> list[dict[str, Any]]:
    text = {"condition": {"test": look.NARROW, "field": "brief"}, "field": "shown"}
    return [
        {
            "transform": [{"filter": f"datum.step == {step}"}],
            "mark": {"type": "text", "style": f"on-{step}" if step else "empty"},
            "encoding": {**places, "text": text},
        }
        for step in range(len(look.THRESHOLDS) + 2)
    ]


def _counts(places: dict[str, Any], first: str) -> dict[str, Any]:
    """How many visits a row is made of stands at its end, once."""
    return {
        "transform": [{"filter": {"field": "column", "equal": first}}],
        "mark": {"type": "text", "style": "network-text", "align": "left", "dx": 8},
        "encoding": {"y": places["y"], "x": {"value": "width"}, "text": {"field": "visits"}},
    }
