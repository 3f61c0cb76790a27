"""The small picture in a row of the report: an estimate with its range on an axis from 0 to 100. Pure.

The same marks as in the charts: a filled dot carries a conclusion, a hollow one has too few visits for any,
triangles point where a branch clearly differs from the network, whose mean is the dashed line.
"""

from markupsafe import Markup

from audit.insights.charts.look import PAPER

WIDTH, HEIGHT, _EDGE = 110, 12, 5  # one pixel a point, and room for the marks at both ends


def span(
    mean: float | None,
    low: float | None,
    high: float | None,
    network: float | None,
    *,
    flag: str = "",
    sure: bool = True,
) -> Markup:
    """Draw one row, 110 × 12; without a mean only the axis and the network."""
    middle = HEIGHT / 2
    parts = [f'<path d="M{_EDGE} {middle}H{_EDGE + 100}" stroke="{PAPER.line}" stroke-width="1"/>']
    if low is not None and high is not None:
        ends = f"M{_x(low)} {middle}H{_x(high)}"
        parts.append(f'<path d="{ends}" stroke="{PAPER.span}" stroke-width="5" stroke-linecap="round"/>')
    if network is not None:
        line = f"M{_x(network)} 0V{HEIGHT}"
        parts.append(f'<path d="{line}" stroke="{PAPER.muted}" stroke-width="1" stroke-dasharray="2.5 1.5"/>')
    if mean is not None:
        parts.append(_mark(mean, flag, sure=sure))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    # Only numbers and our own colours stand in it.
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>')  # noqa: S704


def _mark(mean: float, flag: str, *, sure: bool) -> str:
    x, y = _x(mean), HEIGHT / 2
    if flag == "above":
        return f'<path d="M{x} {y - 4.5}l4.5 8h-9z" fill="{PAPER.ink}"/>'
    if flag == "below":
        return f'<path d="M{x} {y + 4.5}l4.5 -8h-9z" fill="{PAPER.ink}"/>'
    if sure:
        return f'<circle cx="{x}" cy="{y}" r="3.6" fill="{PAPER.ink}"/>'
    hollow = f'fill="{PAPER.paper}" stroke="{PAPER.ink}" stroke-width="1.3"'
    return f'<circle cx="{x}" cy="{y}" r="3.1" {hollow}/>'


def _x(value: float) -> float:
    return round(_EDGE + min(max(value, 0.0), 100.0), 2)
