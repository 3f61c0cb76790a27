"""How charts look: one dress for the screen, whose colours follow the page's CSS, and one for paper.

A document names styles only; `dressed` adds what they mean. Colour never carries a meaning alone: shapes, hollow
and filled marks and printed numbers say the same, so a chart can be read in greys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.i18n import MINUS, language
from audit.insights.words import Number

Document = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
NARROW = "narrow"  # the parameter that is true on a phone
SCALE = [0, 20, 40, 60, 80, 100]  # scores are never shown on a shortened axis
THRESHOLDS = [50, 60, 70, 80, 90]  # of the shown number; below the first is the darkest
FONT = "Inter, system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
_LOCALES: Mapping[str, Mapping[str, Any]] = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", "\u00a0₫"], "minus": MINUS},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["₫", ""], "minus": MINUS},
}


@dataclass(frozen=True)
class Look:
    """Colours by their use; `ramp` goes from low scores (darkest) to high ones, `on_ramp` is the text on each."""

    ink: str
    muted: str
    line: str
    paper: str
    span: str
    ramp: Sequence[str]
    on_ramp: Sequence[str]


SCREEN = Look(
    ink="var(--ink)",
    muted="var(--muted)",
    line="var(--line)",
    paper="var(--paper)",
    span="var(--chart-span)",
    ramp=[f"var(--chart-{step})" for step in range(1, 7)],
    on_ramp=[f"var(--chart-on-{step})" for step in range(1, 7)],
)
PAPER = Look(
    ink="#10243e",
    muted="#4a5b70",
    line="#d5dde7",
    paper="#ffffff",
    span="#9fb2c8",
    ramp=["#10243e", "#2f4d72", "#5f7fa6", "#94aecb", "#c3d3e4", "#eef2f7"],
    on_ramp=["#ffffff", "#ffffff", "#ffffff", "#10243e", "#10243e", "#10243e"],
)


def document(layers: Sequence[Mapping[str, Any]], height: int | Mapping[str, int], **more: Any) -> Document:
    """A document of layers, as wide as its place; `narrow` is a parameter that its reader may set."""
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 4,
        "params": [{"name": NARROW, "value": False}],
        "layer": list(layers),
        **more,
    }


def on_screen(plain: Document) -> Document:
    """The document for the page: its colours are the page's, in light, dark and print."""
    return dressed(plain, SCREEN)


def dressed(plain: Document, look: Look) -> Document:
    """The document with what its styles mean, in the language of the request."""
    styles = _styles(look)
    layers = [{**layer, "mark": _mark(layer["mark"], styles)} for layer in plain["layer"]]
    return {**plain, "layer": layers, "config": _config(look)}


def _mark(mark: Mapping[str, Any], styles: Mapping[str, Any]) -> dict[str, Any]:
    """A mark with its style written out: Vega-Lite's own styles give way to the colours of its marks."""
    rest = {name: value for name, value in mark.items() if name != "style"}
    return {**styles[mark["style"]], **rest}


def point(value: Number | None) -> float | None:
    """Where a number stands in the picture, to a hundredth; its text is made by the words."""
    return None if value is None else round(float(value), 2)


def scores(title: str, orient: str = "top") -> dict[str, Any]:
    """The axis of scores: 0 to 100, always whole."""
    axis = {"values": SCALE, "title": title, "orient": orient, "grid": True}
    return {"type": "quantitative", "scale": {"domain": [0, 100], "nice": False}, "axis": axis}


def name_limit(wide: int, narrow: int) -> dict[str, str]:
    """How many pixels a name may take."""
    return {"expr": f"{NARROW} ? {narrow} : {wide}"}


def step(rows: int) -> dict[str, int]:
    """The height by row: long charts stand closer."""
    return {"step": 26 if rows <= 30 else 20}


def distinct(names: Sequence[str], codes: Sequence[str]) -> list[str]:
    """The names, with the code where two are the same: rows of a chart are told apart by name."""
    return [
        name if names.count(name) == 1 else f"{name} ({code})"
        for name, code in zip(names, codes, strict=True)
    ]


def _config(look: Look) -> dict[str, Any]:
    label = {"labelColor": look.ink, "labelFont": FONT, "labelFontSize": 12, "labelFontWeight": 400}
    title = {"titleColor": look.muted, "titleFont": FONT, "titleFontSize": 12, "titleFontWeight": 400}
    lines = {"domain": False, "ticks": False, "gridColor": look.line, "gridOpacity": 1}
    return {
        "background": None,
        "font": FONT,
        "locale": {"number": _LOCALES[language()]},
        "aria": False,  # the table beside it is what a screen reader reads
        "view": {"stroke": "transparent"},
        "axis": {**label, **title, **lines, "labelPadding": 6},
        "text": {"font": FONT, "fontSize": 12, "color": look.ink},
        "range": {"ramp": list(look.ramp)},
    }


def _styles(look: Look) -> dict[str, Any]:
    ink, span, muted = look.ink, look.span, look.muted
    numbers = {
        f"on-{step}": {"color": colour, "fontSize": 12, "fontWeight": 600}
        for step, colour in enumerate(look.on_ramp, start=1)
    }
    return {
        **numbers,
        "span": {"color": span, "strokeWidth": 8, "strokeCap": "round", "opacity": 1},
        "dot": {"fill": ink, "stroke": look.paper, "strokeWidth": 1, "size": 95, "opacity": 1},
        "hollow": {"fill": look.paper, "stroke": ink, "strokeWidth": 1.75, "size": 70, "opacity": 1},
        "line": {"color": ink, "strokeWidth": 2},
        "network": {"color": muted, "strokeWidth": 1.5, "strokeDash": [5, 3]},
        "network-dot": {"fill": look.paper, "stroke": muted, "strokeWidth": 1.5, "size": 45, "opacity": 1},
        "network-text": {"color": muted, "fontSize": 11},
        "zero": {"color": ink, "strokeWidth": 1},
        "words": {"color": ink, "fontSize": 12},
        "cell": {"stroke": look.paper, "strokeWidth": 2},
        "empty": {"color": muted, "fontSize": 12},
    }
