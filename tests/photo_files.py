"""Honest and hostile photo files, made from nothing: every function returns the bytes of one file."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from datetime import datetime
from functools import cache

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

CORNERS = ((220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 200, 20))
"""Colours of an upright `corners` picture: top left, top right, bottom left, bottom right."""
TAKEN = datetime(2026, 11, 14, 14, 5)  # noqa: DTZ001 - cameras write no zone
PHP = b"<?php system($_GET['c']); ?>"


def scene(width: int, height: int, seed: int) -> Image.Image:
    """Return an RGB picture that looks different for each seed and compresses like a photo."""
    coarse = bytearray()
    state = zlib.crc32(seed.to_bytes(8, "big", signed=True))
    for _ in range(16 * 12 * 3):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        coarse.append(state >> 16 & 0xFF)
    return Image.frombytes("RGB", (16, 12), bytes(coarse)).resize((width, height), Image.Resampling.BICUBIC)


def corners(width: int, height: int) -> Image.Image:
    """Return a picture whose quarters have the four colours of `CORNERS`."""
    small = Image.new("RGB", (2, 2))
    small.putdata(CORNERS)
    return small.resize((width, height), Image.Resampling.NEAREST)


def exif(
    *,
    taken_at: datetime | None = None,
    gps: tuple[float, float] | None = None,
    orientation: int = 1,
) -> Image.Exif:
    """Return camera data; an aware `taken_at` also notes its offset."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "Testphone"
    if taken_at is not None:
        detail = {36867: taken_at.strftime("%Y:%m:%d %H:%M:%S")}
        if taken_at.tzinfo is not None:
            offset = taken_at.strftime("%z")
            detail[36881] = f"{offset[:3]}:{offset[3:5]}"
        tags.get_ifd(0x8769).update(detail)
    if gps is not None:
        latitude, longitude = gps
        tags.get_ifd(0x8825).update(
            {
                1: "N" if latitude >= 0 else "S",
                2: _degrees(latitude),
                3: "E" if longitude >= 0 else "W",
                4: _degrees(longitude),
            }
        )
    return tags


def _degrees(value: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)


def jpeg(
    width: int,
    height: int,
    seed: int,
    *,
    taken_at: datetime | None = None,
    gps: tuple[float, float] | None = None,
    orientation: int = 1,
    quality: int = 85,
    kilobytes: int | None = None,
) -> bytes:
    """Return a JPEG of stored size width × height; `kilobytes` pads it with camera notes to at least that."""
    tags = exif(taken_at=taken_at, gps=gps, orientation=orientation)
    data = saved(scene(width, height, seed), "JPEG", exif=tags, quality=quality)
    missing = (kilobytes or 0) * 1000 - len(data)
    # Padding stands in application segments before the picture, as makers' notes do.
    notes = b""
    while missing > 0:
        part = min(65000, max(missing - 4, 1))
        notes += segment(0xEA, bytes(part))
        missing -= part + 4
    return data[:2] + notes + data[2:]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return the picture written by Pillow in this format."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def segment(marker: int, payload: bytes) -> bytes:
    """Return one JPEG segment."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def jpeg_with(payload: bytes, marker: int = 0xFE, base: bytes | None = None) -> bytes:
    """Return a good JPEG with one more segment right after its start; 0xFE is the comment."""
    base = base or jpeg(800, 600, 1)
    return base[:2] + segment(marker, payload) + base[2:]


def jpeg_zip() -> bytes:
    """Return a JPEG that is a ZIP archive as well."""
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("evil.php", PHP)
    return jpeg(800, 600, 2) + tail.getvalue()


def jpeg_declared(width: int, height: int, *, progressive: bool = False) -> bytes:
    """Return a small JPEG whose header claims another size."""
    data = bytearray(saved(scene(64, 64, 3), "JPEG", progressive=progressive))
    start = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_scans(copies: int, side: int = 2000) -> bytes:
    """Return a progressive JPEG that repeats its last pass: little data, much work."""
    data = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True, quality=50)
    last = data[data.rfind(b"\xff\xc4", 0, data.rfind(b"\xff\xda")) : -2]
    return data[:-2] + last * copies + b"\xff\xd9"


def jpeg_broken_gps() -> bytes:
    """Return a JPEG taken on 14/11/2026 at 14:05 whose latitude is a division by zero."""
    data = saved(scene(640, 480, 4), "JPEG", exif=exif(taken_at=TAKEN, gps=(10.0, 106.7)))
    for order in "<>":
        data = data.replace(struct.pack(f"{order}LL", 10, 1), struct.pack(f"{order}LL", 10, 0))
    return data


def chunk(kind: bytes, payload: bytes) -> bytes:
    """Return one PNG chunk with a right checksum."""
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png_bomb(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    """Return a valid PNG of zeros: tiny as a file, huge once read. Colour 0 grey, 2 RGB, 6 RGBA."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    row = 1 + (width * depth * channels + 7) // 8
    # One row is compressed once and its bytes repeated: a full flush forgets what came before.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(row)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", row * height % 65521, 1)  # Adler-32 of zeros
    body = b"\x78\xda" + packed * height + b"\x03\x00" + checksum
    return png(width, height, body, depth=depth, colour=colour)


def png(
    width: int, height: int, body: bytes, *, depth: int = 8, colour: int = 2, extra: bytes = b""
) -> bytes:
    """Return a PNG around compressed rows, `extra` chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_text_bomb(megabytes: int = 60) -> bytes:
    """Return a small PNG whose compressed text opens to this many megabytes."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(megabytes * 1_000_000), 9))
    return png(100, 100, zlib.compress(bytes(301) * 100), extra=text)


def png_with_metadata() -> bytes:
    """Return a PNG with a text, camera data and a position."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", PHP.decode())
    return saved(scene(800, 600, 5), "PNG", pnginfo=text, exif=exif(gps=(10.77, 106.7)))


def animated(kind: str) -> bytes:
    """Return three moving frames as GIF, WEBP or PNG (APNG)."""
    frames = [scene(120, 90, seed) for seed in range(3)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def mpo() -> bytes:
    """Return a multi-picture JPEG as some phones write it."""
    return saved(scene(1200, 900, 6), "MPO", save_all=True, append_images=[scene(300, 225, 7)])


@cache
def heic(width: int = 640, height: int = 480, orientation: int = 1) -> bytes:
    """Return a HEIC file of the `corners` picture, turned by its container when the orientation says so."""
    tags = exif(taken_at=TAKEN, gps=(10.77, 106.7), orientation=orientation)
    out = io.BytesIO()
    pillow_heif.from_pillow(corners(width, height)).save(out, exif=tags.tobytes(), quality=70)
    return out.getvalue()


def foreign_profile() -> bytes:
    """Return an ICC profile that is RGB but not sRGB: ProPhoto-like primaries made by swapping columns."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(struct.unpack(">I", profile[128:132])[0]):
        place = 132 + index * 12
        if profile[place : place + 4] == b"rXYZ":
            profile[place : place + 4] = b"gXYZ"
        elif profile[place : place + 4] == b"gXYZ":
            profile[place : place + 4] = b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n%%EndComments\n"
    b"0 0 200 200 rectfill\nshowpage\n%%EOF\n"
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    b'<image xlink:href="file:///etc/passwd" width="100" height="100"/></svg>'
)
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def gifar() -> bytes:
    """Return a GIF that is a Java archive as well."""
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("Evil.class", os.urandom(32))
    return saved(Image.new("P", (80, 80)), "GIF") + tail.getvalue()
