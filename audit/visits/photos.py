"""Photo intake: is the file a photo, when and where was it taken, three clean copies of it.

Pure: bytes in, `AcceptedPhoto` out or `PhotoRefused`. Whoever must keep an unreadable file stores it first,
asks here second, and notes the code. The only module that imports Pillow.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import pillow_heif
from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from audit.visits import alikeness, covering, exif, wholeness
from audit.visits.photo_refusals import CODES, PhotoRefused

__all__ = ["CODES", "AcceptedPhoto", "Derivatives", "Looked", "PhotoRefused", "accept", "look", "sniff"]

MAX_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 12_000
MIN_SIDE: Final = 64
MAX_SCANS: Final = 64
SCREEN_SIDE, PDF_SIDE, GRID_SIDE = 1600, 960, 400
SCREEN_QUALITY, PDF_QUALITY, GRID_QUALITY = 85, 82, 80

# Never "MPO" here: it has no opener of its own, and the JPEG opener returns it.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_TURNS: Final = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT),
    3: (Image.Transpose.ROTATE_180),
    4: (Image.Transpose.FLIP_TOP_BOTTOM),
    5: (Image.Transpose.TRANSPOSE),
    6: (Image.Transpose.ROTATE_270),
    7: (Image.Transpose.TRANSVERSE),
    8: (Image.Transpose.ROTATE_90),
}
_HEIF_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split())
_PROFILE_SPACES: Final = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}

# A picture just under the limits takes up to 400 MB while it is read: never one for each web thread.
_DECODERS = threading.BoundedSemaphore(4)
_STRICT_LOCK = threading.Lock()
_loosened = 0

pillow_heif.register_heif_opener()
Image.init()


@dataclass(frozen=True)
class Derivatives:
    """Three upright sRGB JPEGs without any metadata; longest side 1600, 960 and 400 pixels at most."""

    screen: bytes
    pdf: bytes
    grid: bytes
    dhash: int  # how the picture looks, see alikeness


@dataclass(frozen=True)
class AcceptedPhoto:
    """A readable photo: size in upright pixels, GPS in degrees, `taken_at` naive when the zone is unknown."""

    format: str
    media_type: str
    width: int
    height: int
    orientation: int
    taken_at: datetime | None
    gps: tuple[float, float] | None
    derivatives: Derivatives

    @property
    def taken_at_is_local(self) -> bool:
        """Tell whether `taken_at` is the camera's clock without a zone."""
        return self.taken_at is not None and self.taken_at.tzinfo is None


def accept(
    source: bytes | Path, *, limit_bytes: int = MAX_BYTES, covered: Sequence[covering.Area] = ()
) -> AcceptedPhoto:
    """Return the photo, measured and copied; raises PhotoRefused. Some 130 ms for 12 MP, 600 ms for HEIC.

    The areas `covered` (parts of the upright picture) are unrecognisable in all copies, for good.
    """
    with _opened(source) as file:
        size = file.seek(0, io.SEEK_END)
        if size == 0:
            raise PhotoRefused("empty")
        if size > limit_bytes:
            raise PhotoRefused("too_large", limit=limit_bytes // 1_000_000)
        with _DECODERS:
            return _strictly(file, covered)


@dataclass(frozen=True)
class Looked:
    """What the header of a whole file says: upright pixels, the camera's time, GPS in degrees."""

    format: str
    width: int
    height: int
    taken_at: datetime | None
    gps: tuple[float, float] | None


def look(data: bytes) -> Looked:
    """Return what the header says; raises PhotoRefused. Decodes nothing: half a millisecond for any size.

    Damage in the middle of the picture shows only in `accept`, which a job calls later.
    """
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_large", limit=MAX_BYTES // 1_000_000)
    file = io.BytesIO(data)
    with _open(file) as image:
        _check(image)
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        if not wholeness.is_whole(kind, data):
            raise PhotoRefused("broken_data")
        if kind == "JPEG":
            _check_scans(file)
        tags = _tags(image)
        turn = 1 if kind == "HEIF" else exif.orientation(tags)
        width, height = image.size if turn < 5 else image.size[::-1]
        taken, place = _part(tags, 0x8769), _part(tags, 0x8825)
        return Looked(kind, width, height, exif.taken_at(taken), exif.position(place))


def sniff(head: bytes) -> str | None:
    """Return the format that the first 64 bytes promise ("JPEG", "PNG", "WEBP", "HEIF") or None."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    # AVIF may hide behind a general brand and then lists its own among the compatible ones.
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS and b"avif" not in head[16:64]:
        return "HEIF"
    return None


def _strictly(file: BinaryIO, covered: Sequence[covering.Area]) -> AcceptedPhoto:
    # Importing WeasyPrint makes Pillow accept half files, in the whole process, at any moment: decide again.
    while True:
        before = _tighten()
        photo = _accept(file, covered)
        if _tighten() == before:
            return photo


def _tighten() -> int:
    """Make Pillow refuse half files again; returns how often it had to be told."""
    global _loosened
    with _STRICT_LOCK:
        if ImageFile.LOAD_TRUNCATED_IMAGES:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            _loosened += 1
        return _loosened


def _accept(file: BinaryIO, covered: Sequence[covering.Area]) -> AcceptedPhoto:
    with _open(file) as image:
        _check(image)
        tags = _tags(image)
        # libheif has already turned the picture.
        turn = 1 if image.format == "HEIF" else exif.orientation(tags)
        stored = image.size
        if isinstance(image, JpegImageFile):
            _check_scans(file)
            image.draft(None, _fit(stored, SCREEN_SIDE))
        _load(image)
        if image.format == "HEIF":  # the header may announce another size than the data has
            _check_size(image.size)
            stored = image.size
        width, height = stored if turn < 5 else stored[::-1]
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        return AcceptedPhoto(
            format=kind,
            media_type="image/heic" if kind == "HEIF" else f"image/{kind.lower()}",
            width=width,
            height=height,
            orientation=turn,
            taken_at=exif.taken_at(_part(tags, 0x8769)),
            gps=exif.position(_part(tags, 0x8825)),
            derivatives=_derive(image, turn, covered),
        )


@contextmanager
def _opened(source: bytes | Path) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    else:
        with source.open("rb") as file:
            yield file


def _open(file: BinaryIO) -> ImageFile.ImageFile:
    file.seek(0)
    promised = sniff(file.read(64))
    if promised is None:
        raise PhotoRefused("not_an_image")
    try:
        return Image.open(file, formats=_FORMATS)
    except MemoryError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise PhotoRefused("broken_header") from None
    except Exception as error:
        raise _blame(error, "broken_header") from error


def _load(image: ImageFile.ImageFile) -> None:
    try:
        image.load()
    except MemoryError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:
        raise _blame(error, "broken_data") from error


def _blame(error: Exception, code: str) -> Exception:
    # An error number comes from the disk; Pillow's own complaints about a file have none.
    return error if isinstance(error, OSError) and error.errno is not None else PhotoRefused(code)


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused("too_many_pixels", limit=MAX_PIXELS // 1_000_000)


def _check(image: ImageFile.ImageFile) -> None:
    _check_size(image.size)
    if image.format != "MPO" and getattr(image, "n_frames", 1) != 1:
        raise PhotoRefused("animated")


def _check_size(size: tuple[int, int]) -> None:
    # Pillow's own limit is a warning, and warning filters belong to the process: count here.
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_many_pixels()
    if max(size) > MAX_SIDE:
        raise PhotoRefused("too_long", limit=MAX_SIDE)
    if min(size) < MIN_SIDE:
        raise PhotoRefused("too_small", limit=MIN_SIDE)


def _check_scans(file: BinaryIO) -> None:
    # 230 KB can hold 400 passes over 50 megapixels, 20 seconds of work; cameras write ten or less.
    file.seek(0)
    passes = wholeness.scans(file.read())
    if passes is None:  # without an end it would be refused too, but after all its passes
        raise PhotoRefused("broken_data")
    if passes > MAX_SCANS:
        raise PhotoRefused("broken_header")


def _tags(image: Image.Image) -> Image.Exif:
    try:
        found = image.getexif()
        len(found)  # parses
    except MemoryError:
        raise
    except Exception:
        return Image.Exif()
    return found


def _part(tags: Image.Exif, number: int) -> exif.Tags:
    try:
        return dict(tags.get_ifd(number))
    except MemoryError:
        raise
    except Exception:
        return {}


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size scaled down, never up, until its longest side is `side`."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _derive(image: Image.Image, turn: int, covered: Sequence[covering.Area]) -> Derivatives:
    small = _flat(_resized(_eight_bit(image), SCREEN_SIDE))
    small = _srgb(small, image.info.get("icc_profile"))
    screen = _fresh(small.transpose(_TURNS[turn]) if turn in _TURNS else small)
    covering.cover(screen, covered)  # before the smaller copies: they are made of what is left
    pdf = _resized(screen, PDF_SIDE)
    grid = _resized(pdf, GRID_SIDE)
    return Derivatives(
        _jpeg(screen, SCREEN_QUALITY),
        _jpeg(_fresh(pdf), PDF_QUALITY),
        _jpeg(_fresh(grid), GRID_QUALITY),
        alikeness.dhash(screen.convert("L").resize(alikeness.SIZE, Image.Resampling.BOX)),
    )


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return the image in a mode that can be resized: L, RGB, CMYK, LA or RGBA."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK", "LA", "RGBA"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _resized(image: Image.Image, side: int) -> Image.Image:
    size = _fit(image.size, side)
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _flat(image: Image.Image) -> Image.Image:
    """Return the image without transparency, on white paper."""
    if image.mode not in ("LA", "RGBA"):
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return paper


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """Return the image as sRGB; a profile that is broken or meant for other channels is ignored."""
    if isinstance(profile, bytes) and profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if given.profile.xcolor_space.strip() == _PROFILE_SPACES.get(image.mode):
                return _converted(image, given)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image.convert("RGB")
    return image.convert("RGB")


def _converted(image: Image.Image, given: ImageCms.ImageCmsProfile) -> Image.Image:
    if "sRGB" in (given.profile.profile_description or ""):
        return image.convert("RGB")
    target = ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(image, given, target, outputMode="RGB") or image.convert("RGB")


def _fresh(image: Image.Image) -> Image.Image:
    # Pillow carries comment, EXIF and profile of the source into a plain re-save.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    return clean


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
