"""A position as devices tell it."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

WORST = 1e9  # metres or seconds: more says nothing


class Position(NamedTuple):
    """Degrees, the accuracy in metres, how many seconds old the fix was when it was used."""

    latitude: float
    longitude: float
    accuracy: float | None = None
    age: float | None = None

    @classmethod
    def of(cls, numbers: Sequence[Any]) -> "Position | None":
        """From latitude, longitude and what else there is; None where they make no sense."""
        read = [_number(one) for one in numbers]
        if not 2 <= len(read) <= 4 or read[0] is None or read[1] is None:
            return None
        if abs(read[0]) > 90 or abs(read[1]) > 180:
            return None
        accuracy, age = (
            one if one is not None and 0 <= one < WORST else None for one in (*read[2:], None, None)[:2]
        )
        return cls(read[0], read[1], accuracy, age)

    @classmethod
    def read(cls, text: str | None) -> "Position | None":
        """From "latitude,longitude,accuracy,age"; the last two may be missing or empty."""
        return cls.of((text or "").split(","))


def _number(told: Any) -> float | None:
    try:
        number = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
