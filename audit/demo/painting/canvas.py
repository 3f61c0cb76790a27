"""A sheet to paint on: flat shapes, gradients, texts, soft shadows, panes of glass."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
Point = tuple[float, float]
SHRINK = 8  # soft things are drawn so much smaller
BLACK, WHITE, INK = (0, 0, 0), (255, 255, 255), (38, 40, 44)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    """Towards black."""
    return mixed(colour, BLACK, share)


def lighter(colour: Colour, share: float) -> Colour:
    """Towards white."""
    return mixed(colour, WHITE, share)


@cache
def font(size: int, weight: int = 400) -> ImageFont.FreeTypeFont:
    """The face of the scorecards: weights 400, 600, 700."""
    path = files("audit").joinpath("static", "fonts", "pdf", f"Inter-{weight}.ttf")
    return ImageFont.truetype(str(path), max(4, size))


@cache
def _slope() -> Image.Image:
    return Image.linear_gradient("L")


class Canvas:
    """An upright picture of w × h pixels, the unit u a thousandth of its short side, and dice."""

    def __init__(self, w: int, h: int, rng: Random, facts: Mapping[str, str], colour: Colour) -> None:
        self.w, self.h, self.u = w, h, min(w, h) / 1000
        self.rng, self.facts, self.colour = rng, facts, colour
        self.image = Image.new("RGB", (w, h), (200, 200, 196))
        self.draw = ImageDraw.Draw(self.image)

    def near(self, colour: Colour, spread: int = 14) -> Colour:
        """A colour like this one."""
        shift = self.rng.randint(-spread, spread)
        red, green, blue = (min(255, max(0, part + shift + self.rng.randint(-3, 3))) for part in colour)
        return red, green, blue

    def rect(self, box: Box, colour: Colour, edge: Colour | None = None, round_: float = 0) -> None:
        """A box, with an edge and round corners where wanted."""
        x0, y0, x1, y1 = box
        if x1 <= x0 or y1 <= y0:
            return
        wide = max(1, round(2 * self.u)) if edge else 0
        if round_:
            self.draw.rounded_rectangle(box, round_, colour, edge, wide)
        else:
            self.draw.rectangle(box, colour, edge, wide)

    def poly(self, points: Sequence[Point], colour: Colour) -> None:
        """A shape with corners."""
        self.draw.polygon(points, colour)

    def oval(self, box: Box, colour: Colour) -> None:
        """An ellipse in a box."""
        self.draw.ellipse(box, colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1) -> None:
        """A line of some units' width."""
        self.draw.line(points, colour, max(1, round(width * self.u)))

    def fade(self, box: Box, top: Colour, bottom: Colour) -> None:
        """A box from one colour to another, downwards."""
        x0, y0, x1, y1 = (round(one) for one in box)
        if x1 <= x0 or y1 <= y0:
            return
        mask = _slope().resize((1, y1 - y0))
        strip = Image.composite(_plain(mask.size, bottom), _plain(mask.size, top), mask)
        self.image.paste(strip.resize((x1 - x0, y1 - y0), Image.Resampling.NEAREST), (x0, y0))

    def shade(self, points: Sequence[Point], strength: float, blur: float, colour: Colour = BLACK) -> None:
        """A soft shadow (or light) in the shape of the corners; strength 0 … 1, blur in units."""
        reach = 3 * blur * self.u + SHRINK
        left, right = _span([x for x, _y in points], reach, self.w)
        top, foot = _span([y for _x, y in points], reach, self.h)
        if right <= left or foot <= top:
            return
        mask = Image.new("L", ((right - left) // SHRINK + 1, (foot - top) // SHRINK + 1), 0)
        corners = [((x - left) / SHRINK, (y - top) / SHRINK) for x, y in points]
        ImageDraw.Draw(mask).polygon(corners, fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(max(0.5, blur * self.u / SHRINK)))
        mask = mask.resize((mask.width * SHRINK, mask.height * SHRINK), Image.Resampling.BILINEAR)
        self.image.paste(colour, (left, top, right, foot), mask.crop((0, 0, right - left, foot - top)))

    def shadow(self, box: Box, strength: float = 0.35, blur: float = 14, drop: float = 10) -> None:
        """The soft shadow of a box on what is behind it."""
        x0, y0, x1, y1 = box
        step = drop * self.u
        self.shade(
            [(x0 + step, y0 + step), (x1 + step, y0 + step), (x1 + step, y1 + step), (x0 + step, y1 + step)],
            strength,
            blur,
        )

    def glass(self, box: Box, tint: Colour) -> None:
        """A pane that mirrors the sky in slanting bands."""
        x0, y0, x1, y1 = box
        self.fade(box, lighter(tint, 0.25), darker(tint, 0.3))
        for _ in range(self.rng.randint(2, 4)):
            at = self.rng.uniform(x0, x1)
            wide, slant = self.rng.uniform(0.04, 0.16) * (x1 - x0), (y1 - y0) * 0.35
            corners = [(at, y0), (at + wide, y0), (at + wide - slant, y1), (at - slant, y1)]
            inside = [(min(x1, max(x0, x)), y) for x, y in corners]
            self.shade(inside, self.rng.uniform(0.1, 0.25), 3, WHITE)

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        colour: Colour = INK,
        weight: int = 400,
        anchor: str = "la",
        most: float | None = None,
    ) -> None:
        """Words of a height in units; made smaller until they are at most `most` pixels wide."""
        chosen = font(round(size * self.u), weight)
        if most is not None:
            width = chosen.getlength(words)
            if width > most:
                chosen = font(int(size * self.u * most / width), weight)
        self.draw.text(at, words, fill=colour, font=chosen, anchor=anchor)

    def tiles(self, top: float, colour: Colour, columns: int = 9, grout: float = 0.18) -> None:
        """A tiled floor seen from above its near edge: from `top` down to the picture's edge."""
        self.fade((0, top, self.w, self.h), darker(colour, 0.12), lighter(colour, 0.08))
        joint = darker(colour, grout)
        middle, depth = self.w / 2, self.h - top
        for column in range(-columns * 3, columns * 3 + 1):
            near = middle + column * self.w / columns
            self.line([(middle + (near - middle) * 0.3, top), (near, self.h)], joint, 2)
        step, y = 0.05, 0.0
        while y < 1:
            self.line([(0, top + y * depth), (self.w, top + y * depth)], joint, 1 + 2 * y)
            y += step
            step *= 1.32


def _span(values: Sequence[float], reach: float, most: int) -> tuple[int, int]:
    """From the least to the largest value and some more on both sides, inside 0 … most."""
    return max(0, int(min(values) - reach)), min(most, int(max(values) + reach) + 1)


def _plain(size: tuple[int, int], colour: Colour) -> Image.Image:
    return Image.new("RGB", size, colour)
