"""What is covered in a photo is gone for good, and the rest of it is unchanged to the eye."""

import io
import random

import pytest
from PIL import Image, ImageChops, ImageStat

from audit.visits import covering, photos

SIZE = (1200, 800)
AREA = (0.25, 0.25, 0.25, 0.5)  # 300…600 by 200…600
BOX = (300, 200, 600, 600)
EDGE = 8  # pixels: a JPEG works in blocks, so the first one at an edge knows both sides


def scene(seed: int = 1) -> Image.Image:
    """A soft background, as in a shop, and in the area something sharp, like a face or a badge."""
    made = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    noise = random.Random(seed)
    badge = Image.frombytes("L", (30, 40), noise.randbytes(1200)).resize((300, 400), Image.Resampling.NEAREST)
    made.paste(badge.convert("RGB"), BOX)
    return made


def larger(image: Image.Image, scale: int) -> Image.Image:
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def copy_of(data: bytes, size: str, *areas: covering.Area) -> Image.Image:
    found = Image.open(io.BytesIO(getattr(photos.accept(data, covered=areas).derivatives, size)))
    return found.convert("RGB")


def inside(image: Image.Image) -> Image.Image:
    """The covered part without its edge, at whatever scale."""
    across, down = image.width / SIZE[0], image.height / SIZE[1]
    left, top, right, bottom = BOX
    return image.crop(
        (
            int(left * across) + EDGE,
            int(top * down) + EDGE,
            int(right * across) - EDGE,
            int(bottom * down) - EDGE,
        )
    )


def tones(image: Image.Image) -> int:
    """How many distinct greys an image has, those apart that a JPEG's own noise does not explain."""
    counts = image.convert("L").histogram()
    least = image.width * image.height // 200
    return sum(1 for value in range(0, 256, 16) if sum(counts[value : value + 16]) > least)


@pytest.mark.parametrize("size", ["screen", "pdf", "grid"])
def test_the_covered_area_holds_two_tones_in_every_copy(size: str) -> None:
    data = as_png(scene())

    assert tones(inside(copy_of(data, size))) > 8
    assert tones(inside(copy_of(data, size, AREA))) <= 3


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("size", ["screen", "pdf", "grid"])
def test_what_was_there_leaves_no_trace(size: str, scale: int) -> None:
    """Photos that differ inside the area alone give the same bytes: nothing can be told from them.

    Also where the photo is larger than its copies, so that making it smaller blends neighbours.
    """
    one, other = scene(), scene()
    other.paste(one.crop(BOX).transpose(Image.Transpose.ROTATE_180), BOX)
    sharp = Image.frombytes("L", (300, 400), random.Random(2).randbytes(120_000))
    third = scene()
    third.paste(sharp.convert("RGB"), BOX)

    found = {
        getattr(photos.accept(as_png(larger(image, scale)), covered=[AREA]).derivatives, size)
        for image in (one, other, third)
    }

    assert len(found) == 1


@pytest.mark.parametrize("size", ["screen", "pdf", "grid"])
def test_the_rest_is_unchanged_to_the_eye(size: str) -> None:
    data = as_png(scene())
    plain, covered = copy_of(data, size), copy_of(data, size, AREA)
    across = plain.width / SIZE[0]
    right = int(BOX[2] * across) + 2 * EDGE

    rest = (right, 0, plain.width, plain.height)
    difference = ImageChops.difference(plain.crop(rest), covered.crop(rest))

    largest = difference.convert("L").histogram()
    assert sum(largest[4:]) == 0
    assert max(ImageStat.Stat(difference).mean) < 0.5
    assert plain.size == covered.size


def test_an_area_is_one_of_the_upright_picture() -> None:
    """The file lies on its side; the mark stands in the upright picture's upper right corner."""
    upright = Image.new("RGB", (600, 800), "white")
    upright.paste("black", (450, 0, 600, 200))
    upright.paste("yellow", (475, 25, 575, 175))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=95, exif=exif)

    def blacks(*areas: covering.Area) -> int:
        image = copy_of(out.getvalue(), "screen", *areas)
        assert image.size == (600, 800)
        return sum(image.convert("L").histogram()[:50])

    assert blacks() > 10_000
    assert blacks((0.75, 0.0, 0.25, 0.25)) == 0


def test_the_copies_carry_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Tell-Tale"
    out = io.BytesIO()
    scene().save(out, "JPEG", exif=exif, comment=b"Tell-Tale")

    made = photos.accept(out.getvalue(), covered=[AREA]).derivatives

    for copy in (made.screen, made.pdf, made.grid):
        assert b"Tell-Tale" not in copy
        assert not Image.open(io.BytesIO(copy)).getexif()


@pytest.mark.parametrize(
    ("area", "box"),
    [
        ((0.0, 0.0, 1.0, 1.0), (0, 0, 100, 80)),
        ((0.111, 0.111, 0.001, 0.001), (11, 8, 12, 9)),  # outwards to whole pixels
        ((0.9999, 0.9999, 0.5, 0.5), (99, 79, 100, 80)),
        ((0.25, 0.5, 0.5, 0.25), (25, 40, 75, 60)),
    ],
)
def test_an_area_is_covered_whole_with_a_margin(area: covering.Area, box: covering.Box) -> None:
    image = Image.new("RGB", (100, 80), "red")

    covering.cover(image, [area])

    changed = ImageChops.difference(image, Image.new("RGB", (100, 80), "red")).getbbox()
    left, top, right, bottom = box
    assert changed == (max(0, left - 4), max(0, top - 4), min(100, right + 4), min(80, bottom + 4))
    part = image.crop(changed)
    assert len(part.getcolors() or ()) <= 2
    assert all(colour != (255, 0, 0) for _count, colour in part.getcolors() or ())


def test_without_areas_nothing_changes() -> None:
    image = scene()
    covering.cover(image, [])

    assert ImageChops.difference(image, scene()).getbbox() is None
