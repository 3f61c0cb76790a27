"""How alike two pictures look: 64 bits of each (dHash), the bits that differ count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE: Final = (9, 8)  # of the grey picture that is compared, made with a box filter
_SIGN: Final = 1 << 63


def dhash(small: Image) -> int:
    """Bit by bit, row by row: is a pixel darker than the one right of it; as a signed 64-bit number.

    `small` is grey and of SIZE, so that the library finds nothing left to resize with a filter of its own.
    """
    # Imported where a photo is worked on: it brings numpy, which a web process has no use for.
    import imagehash

    bits = 0
    for bit in imagehash.dhash(small, hash_size=SIZE[1]).hash.flatten():
        bits = bits << 1 | int(bit)
    return bits - 2 * _SIGN if bits & _SIGN else bits


def apart(one: int, other: int) -> int:
    """How many of the 64 bits differ."""
    return ((one ^ other) & (2 * _SIGN - 1)).bit_count()
