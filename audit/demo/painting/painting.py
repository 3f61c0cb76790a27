"""From a picture's plan to the bytes a phone would send: paint, tilt, light, grain, EXIF, JPEG."""

import io
from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageFilter

from audit.demo.chance import dice
from audit.demo.painting import close, inside, outside, slips
from audit.demo.painting.canvas import Canvas
from audit.demo.painting.jobs import Picture

LONG, SHORT = 1280, 960  # painted at this size, then brought to the camera's
TILE = 1024

SCENES: Mapping[str, Callable[[Canvas], None]] = {
    "front": outside.front,
    "shutter": outside.shutter,
    "hours": outside.hours,
    "atm": outside.atm,
    "litter": outside.litter,
    "poster": outside.poster,
    "hall": inside.hall,
    "kiosk": inside.kiosk,
    "desk": inside.desk,
    "till": inside.till,
    "aisle": inside.aisle,
    "floor": inside.floor,
    "shelf": inside.shelf,
    "bare_shelf": inside.bare_shelf,
    "rates": close.rates,
    "tag": close.tag,
    "receipt": close.receipt,
    "label": close.label,
    "slip": slips.slip,
    "contact": slips.contact,
}


def paint(picture: Picture) -> bytes:
    """The JPEG: the same bytes for the same picture."""
    rng = dice(picture.seed)
    width, height = picture.size if picture.turn == 1 else picture.size[::-1]
    canvas = Canvas(*((LONG, SHORT) if width > height else (SHORT, LONG)), rng, picture.facts, picture.colour)
    SCENES[picture.scene](canvas)
    image = _tilted(_lit(canvas.image, rng), rng, (width, height))
    if picture.turn == 6:
        image = image.transpose(Image.Transpose.ROTATE_90)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=rng.randint(72, 82), exif=_exif(picture))
    return out.getvalue()


def _tilted(image: Image.Image, rng: Random, size: tuple[int, int]) -> Image.Image:
    """Some part of the picture at the camera's size, now and then slanting: nobody holds a phone straight."""
    w, h = image.size

    def slip(side: int) -> float:
        return rng.uniform(0.004, 0.045) * side

    if rng.random() < 0.12:  # in a hurry
        image = image.filter(ImageFilter.BoxBlur(rng.uniform(0.8, 1.6)))
    if rng.random() < 0.75:  # held straight enough; the slanting ones take ten times as long
        return image.resize(size, Image.Resampling.BILINEAR, (slip(w), slip(h), w - slip(w), h - slip(h)))
    corners = (slip(w), slip(h), slip(w), h - slip(h), w - slip(w), h - slip(h), w - slip(w), slip(h))
    return image.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)


def _lit(image: Image.Image, rng: Random) -> Image.Image:
    """Light from one side, dark corners, a cast of warm or cold, and the sensor's grain."""
    light = Image.new("L", (8, 6))
    slope_x, slope_y = rng.uniform(-0.16, 0.16), rng.uniform(-0.12, 0.06)
    base = rng.uniform(0.9, 1.0)
    for x in range(8):
        for y in range(6):
            across, down = x / 3.5 - 1, y / 2.5 - 1
            level = base + slope_x * across + slope_y * down - 0.09 * (across**2 + down**2)
            light.putpixel((x, y), round(255 * min(1.0, max(0.3, level))))
    # The grain rides on the light: one pass over the picture instead of two.
    veil = ImageChops.add(
        light.resize(image.size, Image.Resampling.BICUBIC), _grain(image.size, rng), 1, -128
    )
    warm = rng.uniform(-0.06, 0.07)
    gains = (1 + warm, 1.0, 1 - warm)
    lift = rng.uniform(0, 10)
    table = [min(255, round(lift + value * gain)) for gain in gains for value in range(256)]
    return ImageChops.multiply(image, Image.merge("RGB", (veil, veil, veil))).point(table)


def _grain(size: tuple[int, int], rng: Random) -> Image.Image:
    tile = _noise(rng.choice((4, 6, 9)))
    left, top = rng.randrange(TILE // 2), rng.randrange(TILE // 2)
    grain = ImageChops.offset(tile, left, top)
    sheet = Image.new("L", size)
    for x in range(0, size[0], TILE):
        for y in range(0, size[1], TILE):
            sheet.paste(grain, (x, y))
    return sheet


@cache
def _noise(spread: int) -> Image.Image:
    raw = Image.frombytes("L", (TILE, TILE), dice("grain", spread).randbytes(TILE * TILE))
    soft = raw.filter(ImageFilter.BoxBlur(0.6))
    return soft.point([round(128 + (value - 128) * spread / 64) for value in range(256)])


def _exif(picture: Picture) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = picture.camera
    tags[0x0112] = picture.turn
    taken = f"{picture.taken_at:%Y:%m:%d %H:%M:%S}"
    tags[0x0132] = taken
    tags.get_ifd(0x8769).update({0x9003: taken, 0x9004: taken, 0x9011: "+07:00"})
    if picture.position is not None:
        latitude, longitude = picture.position
        tags.get_ifd(0x8825).update(
            {
                1: "N" if latitude >= 0 else "S",
                2: _degrees(abs(latitude)),
                3: "E" if longitude >= 0 else "W",
                4: _degrees(abs(longitude)),
            }
        )
    return tags


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value - int(value)) * 60
    return float(int(value)), float(int(minutes)), round((minutes - int(minutes)) * 60, 4)
