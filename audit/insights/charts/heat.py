"""Means as a grid: rows are branches, columns factors or sections. Every cell prints its number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from audit.insights.charts import look
from audit.insights.words import Number, whole

LETTERS, FEWER = 12, 7  # of a column's head on one line, and on a phone
LINE = 14  # pixels
MANY = 5  # columns: more are read from below on a phone


@dataclass(frozen=True)
class Cell:
    """One mean of `n` visits; None is unknown."""

    mean: Number | None
    n: int


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
    drawn = list(zip(rows, names, strict=True))
    cells = [_cell(cell, name, place, row.n) for row, name in drawn for place, cell in enumerate(row.cells)]
    ends = [{"name": name, "visits": f"n = {row.n}", "href": row.href or None} for row, name in drawn]
    places, of_row = _places(columns, names), _of_row(columns)
    return look.document(
        [_rects(places, of_row), *_numbers(places, of_row), _counts(places)],
        look.step(len(rows)),
        datasets={"cells": cells, "rows": ends},
        data={"name": "cells"},
    )


def _cell(cell: Cell, name: str, place: int, visits: int) -> dict[str, Any]:
    if cell.mean is None:
        return {"name": name, "place": place, "shown": "–", "step": 0}
    shown = whole(cell.mean)
    told = shown if cell.n == visits else f"{shown} (n = {cell.n})"
    return {"name": name, "place": place, "shown": told, "step": step_of(shown)}


def step_of(shown: str) -> int:
    """The step of the ramp, from 1: decided by the number as printed, so that both always agree."""
    return 1 + sum(int(shown) >= limit for limit in look.THRESHOLDS)


def _lines(heads: Sequence[str], letters: int) -> list[list[str]]:
    """Each in as many lines as the longest one, standing on the last: an axis hangs its lines from the first."""
    lines = [wrap(head, letters) or [""] for head in heads]
    most = max(map(len, lines), default=1)
    return [["\u00a0"] * (most - len(each)) + each for each in lines]


def _places(columns: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    upright = f"{look.NARROW} && {len(columns)} > {MANY}"
    wide, narrow = _lines(columns, LETTERS), _lines(columns, FEWER)
    own = f"({look.NARROW} ? {json.dumps(narrow)} : {json.dumps(wide)})"
    above, over = (6 + LINE * (len(lines[0]) - 1) for lines in (wide, narrow))
    axis = {
        "orient": "top",
        "title": None,
        "labelExpr": f"{upright} ? {json.dumps(list(columns))}[datum.value] : {own}[datum.value]",
        "labelAngle": {"expr": f"{upright} ? -90 : 0"},
        "labelAlign": {"expr": f"{upright} ? 'left' : 'center'"},
        "labelBaseline": {"expr": f"{upright} ? 'middle' : 'bottom'"},
        "labelPadding": {"expr": f"{upright} ? 6 : {look.NARROW} ? {over} : {above}"},
        "labelFontSize": {"expr": f"{look.NARROW} ? 10 : 12"},
        "labelLineHeight": LINE,
        "labelLimit": 170,
        "labelOverlap": False,
    }
    rows = {"title": None, "labelLimit": look.name_limit(280, 104)}
    return {
        "x": {"field": "place", "type": "nominal", "sort": list(range(len(columns))), "axis": axis},
        "y": {"field": "name", "type": "nominal", "sort": list(names), "axis": rows},
        "tooltip": {"field": "about"},
        "href": {"field": "href"},
    }


def _of_row(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Where a cell leads, and what it says when it is pointed at."""
    rows = {"data": {"name": "rows"}, "key": "name", "fields": ["href"]}
    told = f"datum.name + ', ' + {json.dumps(list(columns))}[datum.place] + ': ' + datum.shown"
    return [{"lookup": "name", "from": rows}, {"calculate": told, "as": "about"}]


def _rects(places: dict[str, Any], of_row: list[dict[str, Any]]) -> dict[str, Any]:
    steps = list(range(1, len(look.THRESHOLDS) + 2))
    colour = {
        "field": "step",
        "type": "ordinal",
        "scale": {"domain": steps, "range": "ramp"},
        "legend": None,
    }
    return {
        "transform": [{"filter": "datum.step > 0"}, *of_row],
        "mark": {"type": "rect", "style": "cell"},
        "encoding": {**places, "fill": colour},
    }


def _numbers(places: dict[str, Any], of_row: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One layer for each step, as the number's ink follows the shade; on a phone without its n."""
    brief = {"calculate": f"{look.NARROW} ? split(datum.shown, ' ')[0] : datum.shown", "as": "text"}
    return [
        {
            "transform": [{"filter": f"datum.step == {step}"}, *of_row, brief],
            "mark": {"type": "text", "style": f"on-{step}" if step else "empty"},
            "encoding": {**places, "text": {"field": "text"}},
        }
        for step in range(len(look.THRESHOLDS) + 2)
    ]


def _counts(places: dict[str, Any]) -> dict[str, Any]:
    """How many visits a row is made of stands at its end, once."""
    return {
        "data": {"name": "rows"},
        "mark": {"type": "text", "style": "network-text", "align": "left", "dx": 8},
        "encoding": {"y": places["y"], "x": {"value": "width"}, "text": {"field": "visits"}},
    }
