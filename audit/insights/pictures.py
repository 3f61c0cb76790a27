"""The small bar in a row: a mean on the whole axis from 0 to 100, with a tick for the network."""

from decimal import Decimal

from markupsafe import Markup

WIDTH, HEIGHT = 100, 12  # one pixel is one point


def mean_bar(mean: Decimal | None, network: Decimal | None = None) -> Markup:
    """SVG of a bar, 100 × 12; decoration only: the figure stands beside it, so readers are spared it."""
    parts = [_box("track", 0, 3, WIDTH, 6)]
    if mean is not None:
        parts.append(_box("mean", 0, 3, float(mean), 6))
    if network is not None:
        parts.append(_box("network", min(max(float(network) - 1, 0), WIDTH - 2), 0, 2, HEIGHT))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return Markup(f'<svg class="mean-bar" {size} aria-hidden="true" focusable="false">{"".join(parts)}</svg>')  # noqa: S704 - only numbers


def _box(look: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{look}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}"/>'
