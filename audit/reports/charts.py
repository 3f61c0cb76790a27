"""The scorecard's three graphics as SVG text (gauge, factor bar, trend), for the page and the PDF alike.

Pure. Sizes are CSS pixels. Colours are presentation attributes: a strict policy forbids style attributes.
The axis always runs from 0 to 100.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

from markupsafe import Markup, escape

NAVY, QUIET, LINE, SOFT, ACTION = "#10243E", "#E4E9F0", "#D5DCE6", "#5A6B82", "#0B4F8A"
_START, _SWEEP = 150.0, 240.0  # degrees, clockwise from three o'clock


@dataclass(frozen=True)
class Segment:
    """A band on the outer ring, from `start` to `end` points; `current` is drawn in full colour."""

    start: float
    end: float
    colour: str
    current: bool


@dataclass(frozen=True)
class Point:
    """One wave of the trend: `label` in up to two lines, `text` the mean as shown; `sure` ones have enough visits."""

    label: tuple[str, ...]
    value: float
    text: str
    visits: str  # e.g. "n = 3"
    low: float | None = None
    high: float | None = None
    network: float | None = None
    sure: bool = True


@dataclass(frozen=True)
class Tone:
    """Colours of the gauge on its background."""

    arc: str
    track: str
    text: str
    soft: str
    tick: str
    dim: str  # opacity of the bands that do not apply


DARK = Tone("#FFFFFF", "#2B4362", "#FFFFFF", "#B9C7D9", "#F5D565", "0.42")
LIGHT = Tone(NAVY, "#E4E9F0", NAVY, SOFT, "#C4520F", "0.4")


def gauge(
    value: float,
    shown: str,
    segments: Sequence[Segment],
    *,
    title: str,
    caption: str,
    network: float | None = None,
    network_caption: str = "",
    tone: Tone = DARK,
) -> Markup:
    """Draw the 240-degree gauge, 264 × 212: arc of the score, bands outside, tick of the network."""
    x, y = 132.0, 128.0
    parts = [_arc(x, y, 96, 0, 100, tone.track, 22)]
    if value > 0:
        parts.append(_arc(x, y, 96, 0, min(value, 100), tone.arc, 22))
    for segment in segments:
        opacity = "1" if segment.current else tone.dim
        gap = 0.35 if segment.end < 100 else 0
        parts.append(_arc(x, y, 117, segment.start, segment.end - gap, segment.colour, 8, opacity))
    if network is not None:
        parts.append(_tick(x, y, 80, 112, network, tone.tick))
    parts.append(_text(x, 146, shown, 58, tone.text, weight=700, spacing="-1.5"))
    parts.append(_text(x, 171, caption, 13, tone.soft))
    if network_caption:
        parts.append(_text(x, 191, network_caption, 12, tone.tick))
    return _svg(264, 212, title, parts)


def bar(
    value: float | None, colour: str, title: str, network: float | None = None, width: int = 210
) -> Markup:
    """Draw a factor's score on a 0–100 track, `width` × 20, with a dark tick for the network."""
    parts = [f'<rect x="0" y="3" width="{width}" height="14" rx="2" fill="{QUIET}"/>']
    if value:
        parts.append(
            f'<rect x="0" y="3" width="{_n(value / 100 * width)}" height="14" rx="2" fill="{escape(colour)}" '
            f'stroke="{NAVY}" stroke-opacity="0.25" stroke-width="0.5"/>'
        )
    if network is not None:
        at = min(max(network / 100 * width, 2), width - 2)
        parts.append(f'<rect x="{_n(at - 3)}" y="0" width="6" height="20" fill="#FFFFFF"/>')
        parts.append(f'<rect x="{_n(at - 1.75)}" y="0" width="3.5" height="20" fill="{NAVY}"/>')
    return _svg(width, 20, title, parts)


def trend(points: Sequence[Point], title: str, width: int = 320, height: int = 176) -> Markup:
    """Draw up to six waves on a 0–100 axis, every point with its mean, range (if given) and n."""
    left, top, bottom = 26.0, 12.0, 40.0
    floor = height - bottom
    known = points[-6:]

    def across(place: int) -> float:
        room = width - left - 16
        return left + room * (place + 0.5) / len(known)

    def up(value: float) -> float:
        return floor - (floor - top) * value / 100

    parts = _grid(left, width, up)
    network = [
        (across(place), up(point.network)) for place, point in enumerate(known) if point.network is not None
    ]
    if network:
        parts.append(_line(network, SOFT, 1.5, dashed=True))
    own = [(across(place), up(point.value)) for place, point in enumerate(known)]
    parts.append(_line(own, ACTION, 2.5))
    for place, point in enumerate(known):
        parts += _mark(across(place), up, point, floor, last=place == len(known) - 1)
    return _svg(width, height, title, parts)


def _grid(left: float, width: int, up: Callable[[float], float]) -> list[str]:
    parts = []
    for value in (0, 25, 50, 75, 100):
        y, colour = _n(up(value)), SOFT if value == 0 else LINE
        parts.append(
            f'<line x1="{_n(left)}" y1="{y}" x2="{width}" y2="{y}" stroke="{colour}" stroke-width="0.7"/>'
        )
        parts.append(_text(left - 6, up(value) + 3.5, str(value), 9.5, SOFT, anchor="end"))
    return parts


def _mark(x: float, up: Callable[[float], float], point: Point, floor: float, *, last: bool) -> list[str]:
    y = up(point.value)
    parts = []
    if point.low is not None and point.high is not None:
        parts.append(
            f'<line x1="{_n(x)}" y1="{_n(up(point.low))}" x2="{_n(x)}" y2="{_n(up(point.high))}" '
            f'stroke="{ACTION}" stroke-opacity="0.35" stroke-width="5"/>'
        )
    radius, fill = 5.5 if last else 4, ACTION if point.sure else "#FFFFFF"
    parts.append(
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{radius}" fill="{fill}" stroke="{ACTION}" stroke-width="2"/>'
    )
    above = point.network is None or point.value >= point.network or point.value < 15
    size, weight = (13, 700) if last else (11.5, 600)
    if point.low is not None:  # beside the bar, off both lines
        text_y = y - 3 if above and point.value <= 97 else y + 13
        parts.append(_text(x + 8, text_y, point.text, size, NAVY, anchor="start", weight=weight))
    else:
        text_y = y - 10 if above and point.value <= 92 else y + 18
        parts.append(_text(x, text_y, point.text, size, NAVY, weight=weight))
    for line, label in enumerate(point.label):
        parts.append(
            _text(x, floor + 12 + 10 * line, label, 9, NAVY if last else SOFT, weight=600 if last else 400)
        )
    parts.append(_text(x, floor + 13 + 10 * len(point.label), point.visits, 9, SOFT))
    return parts


def _line(places: Sequence[tuple[float, float]], colour: str, width: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'


def _on_circle(x: float, y: float, radius: float, value: float) -> tuple[float, float]:
    angle = radians(_START + _SWEEP * min(max(value, 0), 100) / 100)
    return x + radius * cos(angle), y + radius * sin(angle)


def _arc(
    x: float, y: float, radius: float, start: float, end: float, colour: str, width: float, opacity: str = "1"
) -> str:
    first, last = _on_circle(x, y, radius, start), _on_circle(x, y, radius, end)
    large = int((end - start) * _SWEEP / 100 > 180)
    path = f"M{_n(first[0])} {_n(first[1])}A{_n(radius)} {_n(radius)} 0 {large} 1 {_n(last[0])} {_n(last[1])}"
    shade = "" if opacity == "1" else f' stroke-opacity="{opacity}"'
    return f'<path d="{path}" fill="none" stroke="{escape(colour)}" stroke-width="{_n(width)}"{shade}/>'


def _tick(x: float, y: float, inner: float, outer: float, value: float, colour: str) -> str:
    first, last = _on_circle(x, y, inner, value), _on_circle(x, y, outer, value)
    return (
        f'<line x1="{_n(first[0])}" y1="{_n(first[1])}" x2="{_n(last[0])}" y2="{_n(last[1])}" '
        f'stroke="{colour}" stroke-width="3.5"/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str,
    *,
    weight: int = 400,
    anchor: str = "middle",
    spacing: str = "",
) -> str:
    space = f' letter-spacing="{spacing}"' if spacing else ""
    shared = (
        f'x="{_n(x)}" y="{_n(y)}" font-family="Inter, sans-serif" font-size="{size}" font-weight="{weight}"'
    )
    words = escape(text)
    return f'<text {shared} text-anchor="{anchor}" fill="{colour}"{space}>{words}</text>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704 - every text inside was escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _n(value: float) -> str:
    """Write a coordinate with at most two decimals, the same on every machine."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
