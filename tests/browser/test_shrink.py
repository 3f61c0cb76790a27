"""Photos made smaller on the phone, in Chromium: upright, without camera data, one at a time, never lost."""

import base64
import contextlib
import io
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests import photo_files

SOURCE = (
    Path(__file__).parents[2].joinpath("audit", "static", "js", "visit-shrink.js").read_text(encoding="utf-8")
)
ASK = """async ({ data, type }) => {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
  const text = (buffer) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([buffer]));
  });
  const made = await visit.shrink(bytes(data), type);
  return { data: await text(made.buffer), type: made.type, thumb: made.thumb && (await text(made.thumb)) };
}"""
MEMORY = 250_000_000  # at full size, one photo alone is 48
SECONDS = 45  # of a core: how long it takes by the clock depends on who else is at work


@pytest.fixture(scope="module")
def page(engine: Browser) -> Iterator[Page]:
    """A blank page with the script."""
    found = engine.new_page()
    found.evaluate(SOURCE)
    yield found
    found.close()


def shrink(page: Page, data: bytes, type_: str = "image/jpeg") -> tuple[bytes, str, bytes | None]:
    """The file, its type and the thumbnail that come out."""
    made: dict[str, Any] = page.evaluate(ASK, {"data": base64.b64encode(data).decode(), "type": type_})
    thumb = made["thumb"] and base64.b64decode(made["thumb"])
    return base64.b64decode(made["data"] or ""), made["type"], thumb


def opened(data: bytes | None) -> Image.Image:
    """The picture as a viewer without EXIF shows it."""
    assert data is not None
    return Image.open(io.BytesIO(data))


def turned(orientation: int, size: tuple[int, int]) -> bytes:
    """A JPEG of the four corners that is upright when its orientation is heeded; with a position."""
    upright = photo_files.corners(*size)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    tags = photo_files.exif(orientation=orientation, gps=(10.77, 106.7))
    return photo_files.saved(stored, "JPEG", exif=tags, quality=98)


def assert_upright(picture: Image.Image) -> None:
    """Each corner has its colour."""
    wide, high = picture.size
    for place, colour in zip([(1, 1), (3, 1), (1, 3), (3, 3)], photo_files.CORNERS, strict=True):
        seen = picture.convert("RGB").getpixel((wide * place[0] // 4, high * place[1] // 4))
        assert isinstance(seen, tuple)
        assert max(abs(one - other) for one, other in zip(seen, colour, strict=True)) < 25, (place, seen)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(3000, 2000), (1200, 2400)])
def test_a_large_photo_comes_out_upright_and_without_camera_data(
    page: Page, orientation: int, size: tuple[int, int]
) -> None:
    original = turned(orientation, size)

    data, type_, thumb = shrink(page, original)

    made, small = opened(data), opened(thumb)
    assert type_ == "image/jpeg"
    assert max(made.size) == 2048
    assert made.size[0] / made.size[1] == pytest.approx(size[0] / size[1], rel=0.002)
    assert max(small.size) == 192
    assert len(thumb or b"") <= 10240
    for picture in (made, small):
        assert_upright(picture)
        assert not picture.getexif()
        assert "exif" not in picture.info
    assert b"Testphone" in original
    assert b"Testphone" not in data


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
def test_a_photo_that_is_small_enough_stays_as_it_is_and_has_an_upright_thumbnail(
    page: Page, orientation: int
) -> None:
    original = turned(orientation, (1200, 900))

    data, type_, thumb = shrink(page, original)

    assert (data, type_) == (original, "image/jpeg")
    assert opened(thumb).size == (192, 144)
    assert_upright(opened(thumb))


def test_a_heavy_photo_within_the_size_is_written_anew(page: Page) -> None:
    original = photo_files.jpeg(1600, 1200, 5, gps=(10.77, 106.7), kilobytes=2500)

    data, _type, _thumb = shrink(page, original)

    assert opened(data).size == (1600, 1200)
    assert len(data) < 600_000
    assert not opened(data).getexif()


def test_a_large_picture_that_would_grow_stays_as_it_is(page: Page) -> None:
    original = photo_files.saved(photo_files.scene(3000, 3000, 4), "WEBP", quality=5)

    data, type_, thumb = shrink(page, original, "image/webp")

    assert (data, type_) == (original, "image/webp")
    assert opened(thumb).size == (192, 192)


def test_a_picture_becomes_a_jpeg_whatever_it_is_called(page: Page) -> None:
    original = photo_files.saved(photo_files.scene(2800, 2100, 4), "PNG", compress_level=1)

    data, type_, _thumb = shrink(page, original, "application/octet-stream")

    assert (opened(data).format, type_, opened(data).size) == ("JPEG", "image/jpeg", (2048, 1536))


def test_the_thumbnail_of_the_busiest_picture_fits(page: Page) -> None:
    noise = (
        Image.effect_noise((2400, 2400), 200)
        .resize((192, 192))
        .resize((2400, 2400), Image.Resampling.NEAREST)
    )

    _data, _type, thumb = shrink(page, photo_files.saved(noise, "JPEG", quality=95))

    assert len(thumb or b"") <= 10240
    assert opened(thumb).size[0] >= 64


def test_a_ribbon_keeps_at_least_a_pixel(page: Page) -> None:
    data, _type, thumb = shrink(page, photo_files.saved(photo_files.scene(9000, 3, 1), "PNG"), "image/png")

    assert opened(thumb).size == (192, 1)
    assert data


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff\xe0 no picture", "image/jpeg"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4000), "image/heic"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4000), ""),
        (photo_files.jpeg(3000, 2000, 1)[:600], "image/jpeg"),
        (photo_files.jpeg_declared(60000, 60000), "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "image/svg+xml"),
        (b"%PDF-1.7\n" + bytes(2_000_000), "application/pdf"),
    ],
    ids=["empty", "corrupt", "heic", "heic without type", "cut off", "lying size", "svg", "pdf"],
)
def test_what_cannot_be_decoded_comes_back_as_it_is(page: Page, data: bytes, type_: str) -> None:
    assert shrink(page, data, type_) == (data, type_, None)


def test_a_canvas_that_draws_nothing_gives_the_original(page: Page) -> None:
    page.evaluate("void (CanvasRenderingContext2D.prototype.drawImage = () => {})")
    original = turned(1, (3000, 2000))
    try:
        assert shrink(page, original) == (original, "image/jpeg", None)
    finally:
        page.reload()
        page.evaluate(SOURCE)


def test_only_one_is_decoded_at_a_time(page: Page) -> None:
    photo = base64.b64encode(turned(6, (3000, 2000))).decode()
    most = page.evaluate(
        """async (data) => {
          const decode = self.createImageBitmap;
          let open = 0, most = 0;
          self.createImageBitmap = async (...all) => {
            most = Math.max(most, ++open);
            const bitmap = await decode.apply(self, all);
            const close = bitmap.close.bind(bitmap);
            let isOpen = true;
            bitmap.close = () => { if (isOpen) open--; isOpen = false; close(); };
            return bitmap;
          };
          const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0)).buffer;
          const nothing = new ArrayBuffer(9);
          await Promise.all([bytes, nothing, bytes, bytes].map((one) => visit.shrink(one.slice(0), "image/jpeg")));
          self.createImageBitmap = decode;
          return [most, open];
        }""",
        photo,
    )

    assert most == [1, 0]


HEADS: dict[str, tuple[bytes, tuple[int, int]]] = {
    "JPEG": (photo_files.saved(photo_files.corners(301, 199), "JPEG"), (301, 199)),
    "JPEG, progressive": (
        photo_files.saved(photo_files.corners(301, 199), "JPEG", progressive=True),
        (301, 199),
    ),
    "JPEG, lying down": (turned(6, (300, 200)), (300, 200)),
    "JPEG, standing": (turned(8, (150, 400)), (150, 400)),
    "PNG": (photo_files.saved(photo_files.corners(90, 400), "PNG"), (90, 400)),
    "WebP": (photo_files.saved(photo_files.corners(500, 301), "WEBP"), (500, 301)),
    "WebP, exact": (photo_files.saved(photo_files.corners(501, 300), "WEBP", lossless=True), (501, 300)),
    "WebP, see-through": (
        photo_files.saved(
            photo_files.corners(90, 301).convert("RGBA"), "WEBP", lossless=False, icc_profile=b"x"
        ),
        (90, 301),
    ),
}


@pytest.mark.parametrize("kind", HEADS)
def test_the_size_is_read_from_the_head_of_the_file(page: Page, kind: str) -> None:
    """An image element would hold the file's bytes until the garbage is collected."""
    data, (wide, high) = HEADS[kind]
    page.evaluate("void (self.KeptImage = self.Image, self.Image = function () { throw new Error('no'); })")
    try:
        _data, _type, thumb = shrink(page, data, "")
    finally:
        page.evaluate("void (self.Image = self.KeptImage)")

    scale = min(1, 192 / max(wide, high))
    assert opened(thumb).size == (round(wide * scale), round(high * scale))


@pytest.mark.parametrize(
    "data",
    [
        photo_files.saved(photo_files.corners(300, 200), "BMP"),
        photo_files.saved(photo_files.corners(300, 200), "GIF"),
        photo_files.saved(
            photo_files.corners(300, 200), "WEBP", lossless=True, exif=photo_files.exif(orientation=1)
        ),
    ],
    ids=["BMP", "GIF", "WebP with EXIF"],
)
def test_other_files_are_measured_by_the_browser(page: Page, data: bytes) -> None:
    _data, _type, thumb = shrink(page, data, "")

    assert opened(thumb).size == (192, 128)
    assert_upright(opened(thumb))


class Watch:
    """What the renderers of a browser take: memory at its most, in bytes above what they held before; time."""

    def __init__(self, browser: Browser) -> None:
        session = browser.new_browser_cdp_session()
        found = session.send("SystemInfo.getProcessInfo")["processInfo"]
        ids = {one["id"] for one in found if one["type"] == "renderer"}
        self._renderers = [one for one in psutil.process_iter() if one.pid in ids]
        session.detach()
        self._end = threading.Event()
        self._before = self.peak = self._held()
        self._begun = self._used()
        self._thread = threading.Thread(target=self._look)

    def _held(self) -> int:
        held = 0
        for one in self._renderers:
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
                held += one.memory_info().rss
        return held

    def _used(self) -> float:
        used = 0.0
        for one in self._renderers:
            with contextlib.suppress(psutil.NoSuchProcess):
                used += one.cpu_times().user + one.cpu_times().system
        return used

    def _look(self) -> None:
        while not self._end.wait(0.02):
            self.peak = max(self.peak, self._held())

    @property
    def growth(self) -> int:
        """Bytes."""
        return self.peak - self._before

    @property
    def seconds(self) -> float:
        """Of a core."""
        return self._used() - self._begun

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def test_thirty_photos_of_twelve_megapixels(page: Page, engine: Browser) -> None:
    grain = Image.effect_noise((4000, 3000), 40).convert("RGB")
    picture = Image.blend(photo_files.scene(4000, 3000, 7), grain, 0.3)
    photo = photo_files.saved(picture, "JPEG", quality=88, exif=photo_files.exif(orientation=6))
    page.evaluate(
        "data => { self.photo = Uint8Array.from(atob(data), (one) => one.charCodeAt(0)).buffer; }",
        base64.b64encode(photo).decode(),
    )

    with Watch(engine) as memory:
        sizes = page.evaluate(
            """async () => {
              const sizes = [];
              for (let number = 0; number < 30; number++) {
                const made = await visit.shrink(self.photo.slice(0), "image/jpeg");
                sizes.push([made.buffer.byteLength, made.thumb.byteLength]);
              }
              return sizes;
            }"""
        )

    seconds = memory.seconds
    measured = f"30 of {len(photo) / 1e6:.1f} MB: {seconds:.1f} s, {memory.growth / 1e6:.0f} MB, {sizes[0]}"
    logging.getLogger(__name__).info(measured)
    assert all(0 < size < len(photo) and 0 < thumb <= 10240 for size, thumb in sizes)
    assert memory.growth < MEMORY, measured
    assert seconds < SECONDS, measured
