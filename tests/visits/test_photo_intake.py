"""Photo intake against honest and hostile files: the table of the design, row by row."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from audit.visits import photos
from audit.visits.photos import AcceptedPhoto, PhotoRefused, accept
from tests import photo_files as files

GOOD = files.jpeg(800, 600, 1)
HONEST = {
    "jpeg": GOOD,
    "png": files.saved(files.scene(300, 200, 2), "PNG"),
    "webp": files.saved(files.scene(300, 200, 3), "WEBP"),
    "heic": files.heic(),
}


def code_of(data: bytes | Path) -> str:
    """Return the refusal's code, or "accepted"."""
    try:
        accept(data)
    except PhotoRefused as refusal:
        return refusal.code if str(refusal.message) else "no sentence"
    return "accepted"


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def copies(photo: AcceptedPhoto) -> tuple[bytes, bytes, bytes]:
    return photo.derivatives.screen, photo.derivatives.pdf, photo.derivatives.grid


def near(first: object, second: tuple[int, ...], tolerance: int = 12) -> bool:
    assert isinstance(first, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(first, second, strict=True))


def corners_of(data: bytes) -> list[Any]:
    image = opened(data)
    x, y = image.width - 20, image.height - 20
    return [image.getpixel(place) for place in ((20, 20), (x, 20), (20, y), (x, y))]


def avif_as_mif1() -> bytes:
    data = files.saved(files.scene(200, 200, 1), "AVIF")
    return data[:8] + b"mif1" + data[12:]


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "empty"),
    ("svg", lambda: files.SVG, "not_an_image"),
    ("html", lambda: files.HTML, "not_an_image"),
    ("pdf", lambda: files.PDF, "not_an_image"),
    ("eps", lambda: files.EPS, "not_an_image"),
    ("gifar", files.gifar, "not_an_image"),
    ("gif", lambda: files.animated("GIF"), "not_an_image"),
    ("tiff", lambda: files.saved(files.scene(200, 200, 1), "TIFF"), "not_an_image"),
    ("bmp", lambda: files.saved(files.scene(200, 200, 1), "BMP"), "not_an_image"),
    ("ico", lambda: files.saved(files.scene(200, 200, 1), "ICO"), "not_an_image"),
    ("avif", lambda: files.saved(files.scene(200, 200, 1), "AVIF"), "not_an_image"),
    ("avif of a general brand", avif_as_mif1, "not_an_image"),
    ("jpeg, half", lambda: GOOD[: len(GOOD) // 2], "broken_data"),
    ("jpeg, last 100 bytes cut", lambda: GOOD[:-100], "broken_data"),
    ("jpeg, last 2 bytes cut", lambda: GOOD[:-2], "broken_data"),
    ("jpeg, only a start", lambda: GOOD[:20], "broken_header"),
    ("png, half", lambda: HONEST["png"][: len(HONEST["png"]) // 2], "broken_data"),
    ("webp, half", lambda: HONEST["webp"][: len(HONEST["webp"]) // 2], "broken_header"),
    ("png, 60 MB of text", files.png_text_bomb, "broken_header"),
    ("png 12000x12000", lambda: files.png_bomb(12000, 12000), "too_many_pixels"),
    ("png 20000x20000", lambda: files.png_bomb(20000, 20000), "too_many_pixels"),
    ("png 60000x60000 1 bit", lambda: files.png_bomb(60000, 60000, depth=1, colour=0), "too_many_pixels"),
    ("png 9000x9000 RGBA", lambda: files.png_bomb(9000, 9000, colour=6), "too_many_pixels"),
    ("jpeg 100 MP", lambda: files.jpeg_declared(11547, 8660), "too_many_pixels"),
    (
        "jpeg 100 MP progressive",
        lambda: files.jpeg_declared(11547, 8660, progressive=True),
        "too_many_pixels",
    ),
    ("jpeg 65000x10", lambda: files.jpeg(65000, 10, 1), "too_long"),
    ("jpeg 12001x64", lambda: files.jpeg(12001, 64, 1), "too_long"),
    ("jpeg 800x63", lambda: files.jpeg(800, 63, 1), "too_small"),
    ("jpeg of 80 passes", lambda: files.jpeg_scans(80), "broken_header"),
    ("animated webp", lambda: files.animated("WEBP"), "animated"),
    ("animated png", lambda: files.animated("PNG"), "animated"),
]


@pytest.mark.parametrize(("make", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_hostile_file_is_refused_whatever_its_name_says(
    make: Callable[[], bytes], code: str, tmp_path: Path
) -> None:
    data = make()
    named = tmp_path / "photo.jpg"
    named.write_bytes(data)
    assert (code_of(data), code_of(named)) == (code, code)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("width", "height"), [(12000, 12000), (20000, 20000)])
def test_pixels_are_counted_without_help_from_warning_filters(width: int, height: int) -> None:
    assert code_of(files.jpeg_declared(width, height)) == "too_many_pixels"


def test_heic_cut_anywhere_is_refused() -> None:
    whole = files.heic()
    for part in (0.3, 0.5, 0.9):
        assert code_of(whole[: int(len(whole) * part)]) in ("broken_header", "broken_data")


@pytest.mark.parametrize(("end", "code"), [(b"\xff\xd9", "broken_header"), (b"", "broken_data")])
def test_thousands_of_passes_are_not_made(end: bytes, code: str) -> None:
    data = files.jpeg_scans(3000)[:-2] + end
    start = time.process_time()
    assert code_of(data) == code
    assert time.process_time() - start < 1


def test_every_code_has_a_sentence_and_a_status() -> None:
    seen = {code for _, _, code in REFUSED} | {"too_large"}
    assert seen == photos.CODES
    with pytest.raises(PhotoRefused) as caught:
        accept(GOOD, limit_bytes=len(GOOD) - 1)
    assert (caught.value.code, caught.value.status) == ("too_large", 413)
    assert accept(GOOD, limit_bytes=len(GOOD))


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [
        (HONEST["jpeg"], "JPEG", "image/jpeg"),
        (HONEST["png"], "PNG", "image/png"),
        (HONEST["webp"], "WEBP", "image/webp"),
        (HONEST["heic"], "HEIF", "image/heic"),
        (files.mpo(), "JPEG", "image/jpeg"),
    ],
)
def test_content_decides_not_the_name(data: bytes, kind: str, media_type: str, tmp_path: Path) -> None:
    named = tmp_path / "photo.jpg"
    named.write_bytes(data)
    photo = accept(named)
    assert (photo.format, photo.media_type, photos.sniff(data[:64])) == (kind, media_type, kind)


def test_three_upright_copies_that_never_grow() -> None:
    photo = accept(files.jpeg(3000, 4000, 1, orientation=6))
    assert (photo.width, photo.height, photo.orientation) == (4000, 3000, 6)
    assert [opened(copy).size for copy in copies(photo)] == [(1600, 1200), (960, 720), (400, 300)]
    small = accept(files.jpeg(500, 300, 1))
    assert [opened(copy).size for copy in copies(small)] == [(500, 300), (500, 300), (400, 240)]


def test_draft_loses_nothing_that_a_person_could_see() -> None:
    data = files.jpeg(4000, 3000, 8, quality=92)
    screen = np.asarray(opened(accept(data).derivatives.screen), dtype=float)
    full = opened(data).resize((1600, 1200), Image.Resampling.LANCZOS)
    error = np.mean((screen - np.asarray(full, dtype=float)) ** 2)
    assert 10 * np.log10(255**2 / error) > 40


def test_the_largest_photo_of_a_phone_is_taken() -> None:
    photo = accept(files.saved(files.corners(8064, 6048), "JPEG", exif=files.exif(orientation=1)))
    assert (photo.width, photo.height) == (8064, 6048)
    assert all(near(a, b) for a, b in zip(corners_of(photo.derivatives.grid), files.CORNERS, strict=True))
    assert code_of(files.jpeg_declared(8400, 6048)) == "too_many_pixels"


def test_bombs_are_honest_pictures_but_for_their_size() -> None:
    image = opened(accept(files.png_bomb(500, 300)).derivatives.screen)
    assert image.size == (500, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = files.corners(400, 200)
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    data = files.saved(stored, "JPEG", exif=files.exif(orientation=orientation), quality=95)
    photo = accept(data)
    assert (photo.width, photo.height) == (400, 200)
    for copy in copies(photo):
        assert all(near(a, b) for a, b in zip(corners_of(copy), files.CORNERS, strict=True))


@pytest.mark.parametrize("orientation", [1, 6])
def test_heic_is_turned_once(orientation: int) -> None:
    naive = Image.open(io.BytesIO(files.heic(640, 480, orientation)))
    photo = accept(files.heic(640, 480, orientation))
    assert (photo.width, photo.height) == naive.size == ((640, 480) if orientation == 1 else (480, 640))
    assert photo.orientation == 1
    assert photo.gps == pytest.approx((10.77, 106.7), abs=1e-4)
    expected = corners_of(files.saved(naive, "PNG"))
    assert all(near(a, b) for a, b in zip(corners_of(photo.derivatives.grid), expected, strict=True))


@pytest.mark.parametrize(
    "data",
    [
        files.jpeg_with(files.PHP),
        files.jpeg_with(b"<script>PK\x03\x04</script>", 0xED),
        files.jpeg_zip(),
        files.png_with_metadata(),
        files.jpeg(800, 600, 1, gps=(10.77, 106.7), taken_at=files.TAKEN),
        files.saved(files.scene(800, 600, 1), "JPEG", icc_profile=files.foreign_profile(), comment=files.PHP),
        files.heic(),
    ],
    ids=["php comment", "html in segment", "zip tail", "png text", "gps", "icc", "heic"],
)
def test_copies_carry_nothing_but_pixels(data: bytes) -> None:
    for copy in copies(accept(data)):
        image = opened(copy)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not dict(image.getexif())
        for bad in (b"<?php", b"<script", b"PK\x03\x04", b"Exif", b"ICC_PROFILE", b"Testphone"):
            assert bad not in copy


def test_naive_saving_would_keep_the_comment() -> None:
    assert b"<?php" in files.saved(opened(files.jpeg_with(files.PHP)), "JPEG")


@pytest.mark.parametrize("seen", range(0, 256, 51))
def test_sixteen_bit_grey_keeps_its_brightness(seen: int) -> None:
    data = files.saved(Image.new("I;16", (100, 100), seen * 257), "PNG")
    assert near(opened(accept(data).derivatives.grid).getpixel((50, 50)), (seen, seen, seen), 2)


def test_odd_modes_become_rgb_on_white() -> None:
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    palette = Image.new("P", (100, 100), 1)
    palette.putpalette([0, 0, 0, 20, 200, 20])
    cases = [
        (files.saved(clear, "PNG"), (255, 255, 255)),
        (files.saved(clear, "WEBP"), (255, 255, 255)),
        (files.saved(palette, "PNG"), (20, 200, 20)),
        (files.saved(palette, "PNG", transparency=1), (255, 255, 255)),
        (files.saved(Image.new("1", (100, 100), 1), "PNG"), (255, 255, 255)),
        (files.saved(Image.new("L", (100, 100), 77), "JPEG"), (77, 77, 77)),
        (files.saved(Image.new("LA", (100, 100), (0, 128)), "PNG"), (127, 127, 127)),
        (files.saved(Image.new("CMYK", (100, 100), (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    ]
    for data, colour in cases:
        image = opened(accept(data).derivatives.screen)
        assert image.mode == "RGB"
        assert near(image.getpixel((50, 50)), colour, 3)


def test_foreign_colour_profile_is_applied_and_a_broken_one_ignored() -> None:
    red = Image.new("RGB", (100, 100), (200, 30, 30))
    swapped = accept(files.saved(red, "PNG", icc_profile=files.foreign_profile()))
    pixel = opened(swapped.derivatives.screen).getpixel((50, 50))
    assert isinstance(pixel, tuple)
    assert pixel[1] > pixel[0] + 50
    broken = accept(files.saved(red, "PNG", icc_profile=files.foreign_profile()[:60]))
    assert near(opened(broken.derivatives.screen).getpixel((50, 50)), (200, 30, 30), 3)


def test_weasyprint_imported_while_a_photo_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    load = ImageFile.ImageFile.load
    loosened = iter([True])

    def loosening(image: ImageFile.ImageFile) -> object:
        if next(loosened, False):
            ImageFile.LOAD_TRUNCATED_IMAGES = True
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", loosening)
    assert code_of(GOOD[: len(GOOD) // 2]) == "broken_data"
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_threads_give_the_same_verdicts_as_one() -> None:
    cases = [
        (GOOD, "accepted"),
        (GOOD[: len(GOOD) // 2], "broken_data"),
        (HONEST["png"], "accepted"),
        (files.png_bomb(9000, 9000), "too_many_pixels"),
        (HONEST["webp"], "accepted"),
        (files.heic(), "accepted"),
        (GOOD[:-2], "broken_data"),
        (files.HTML, "not_an_image"),
    ] * 6
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(code_of, [data for data, _ in cases]))
    assert seen == [code for _, code in cases]


def test_disk_trouble_is_not_blamed_on_the_photo(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        accept(tmp_path / "gone.jpg")


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(HONEST)),
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.floats(0.01, 1),
)
def test_damage_of_any_kind_is_a_verdict_never_an_error(
    kind: str, places: list[tuple[float, int]], cut: float
) -> None:
    data = bytearray(HONEST[kind])
    for place, value in places:
        data[int(place * len(data))] = value
    assert code_of(bytes(data[: int(len(data) * cut)])) in photos.CODES | {"accepted"}
