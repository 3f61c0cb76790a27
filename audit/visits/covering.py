"""Covering areas of a picture for good: nothing of what was there is left in the pixels but one rounded mean.

Works on a Pillow image that is handed in, in place; needs no Pillow itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

# Left, top, width, height as parts of the upright picture, 0…1.
Area = tuple[float, float, float, float]
Box = tuple[int, int, int, int]

TILES: Final = 6  # across the longer side: coarse enough that it shows as covered and not as a fault
LEAST_TILE: Final = 4  # pixels
STEP: Final = 32  # of a colour channel: the mean is rounded to it
MARGIN: Final = 4  # pixels around: making a picture smaller carries what was there a little way out
SHADE: Final = 24  # between the two tones


def cover(image: Image, areas: Sequence[Area]) -> None:
    """Lay a coarse pattern of two flat tones over each area of an RGB image, with a small margin."""
    for area in areas:
        box = _box(area, image.size)
        tones = _tones(image.crop(box))
        image.paste(tones[0], box)
        for tile in _every_other_tile(box):
            image.paste(tones[1], tile)


def _box(area: Area, size: tuple[int, int]) -> Box:
    left, top, width, height = area
    across, down = size
    return (
        max(0, math.floor(left * across) - MARGIN),
        max(0, math.floor(top * down) - MARGIN),
        min(across, math.ceil((left + width) * across) + MARGIN),
        min(down, math.ceil((top + height) * down) + MARGIN),
    )


def _tones(part: Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shades of the mean, rounded so far that they tell light from dark and hardly more."""
    mean = part.resize((1, 1)).getpixel((0, 0))
    channels = mean if isinstance(mean, tuple) else (int(mean or 0),) * 3
    base = tuple(min(int(value) // STEP * STEP + STEP // 2, 255 - SHADE) for value in channels)
    return base, tuple(value + SHADE for value in base)


def _every_other_tile(box: Box) -> list[Box]:
    left, top, right, bottom = box
    side = max(LEAST_TILE, math.ceil(max(right - left, bottom - top) / TILES))
    return [
        (x, y, min(x + side, right), min(y + side, bottom))
        for row, y in enumerate(range(top, bottom, side))
        for column, x in enumerate(range(left, right, side))
        if (row + column) % 2
    ]
