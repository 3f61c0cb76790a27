"""Did the file arrive whole? Told from its structure, without decoding a pixel."""

import re
from typing import Final

_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_START_OF_SCAN, _END = b"\xff\xda", b"\xff\xd9"


def is_whole(kind: str, data: bytes) -> bool:
    """Whether the bytes of a JPEG, PNG, WEBP or HEIF reach the end that their structure announces."""
    return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "HEIF": _heif}[kind](data)


def scans(data: bytes) -> int | None:
    """How many passes a JPEG makes over its picture; None when its end is missing."""
    position, count = 2, 0
    while found := _MARKER.search(data, position):
        if found[0] == _END:
            return count
        count += found[0] == _START_OF_SCAN
        position = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    return None


def _jpeg(data: bytes) -> bool:
    return bool(scans(data))


def _png(data: bytes) -> bool:
    position = 8
    while position + 12 <= len(data):
        size, name = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        position += 12 + size
        if name == b"IEND":
            return position <= len(data)
    return False


def _webp(data: bytes) -> bool:
    return int.from_bytes(data[4:8], "little") + 8 <= len(data)


def _heif(data: bytes) -> bool:
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4])
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16])
        if size == 0:  # to the end of the file
            return True
        if size < 8:
            return False
        position += size
    return position == len(data)
