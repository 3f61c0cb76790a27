"""What a camera wrote into a photo, read with suspicion: anything odd is None, never an error."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

Tags = Mapping[int, object]

_ORIENTATION = 0x0112
_TAKEN = ((36867, 36881), (36868, 36882))  # (original, its offset), (digitised, its offset)
_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_YEARS = range(1990, 2101)


def orientation(tags: Tags) -> int:
    """Return the EXIF orientation 1 to 8; 1 when missing or nonsense."""
    value = tags.get(_ORIENTATION)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def taken_at(tags: Tags) -> datetime | None:
    """Return when the photo was taken: aware when the camera noted its offset, else naive camera time."""
    for moment_tag, offset_tag in _TAKEN:
        moment = _moment(tags.get(moment_tag))
        if moment is not None:
            return moment.replace(tzinfo=_zone(tags.get(offset_tag)))
    return None


def position(tags: Tags) -> tuple[float, float] | None:
    """Return (latitude, longitude) in degrees from the GPS tags; None when incomplete or impossible."""
    latitude = _degrees(tags.get(2), tags.get(1), "NS", 90)
    longitude = _degrees(tags.get(4), tags.get(3), "EW", 180)
    if latitude is None or longitude is None:
        return None
    if latitude == 0 and longitude == 0:  # what receivers write before they know
        return None
    return latitude, longitude


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    found = _MOMENT.fullmatch(_text(value))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    if year not in _YEARS:
        return None
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the zone is told apart
    except ValueError:
        return None


def _zone(value: object) -> timezone | None:
    text = _text(value)
    found = _OFFSET.fullmatch("+00:00" if text == "Z" else text)
    if found is None:
        return None
    sign, hours, minutes = found[1], int(found[2]), int(found[3])
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _degrees(value: object, reference: object, signs: str, limit: int) -> float | None:
    sign = _text(reference).upper()
    if sign not in (signs[0], signs[1]) or not isinstance(value, tuple) or not 1 <= len(value) <= 3:
        return None
    try:
        parts = [float(part) for part in value]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if any(not math.isfinite(part) or part < 0 for part in parts) or any(part > 60 for part in parts[1:]):
        return None
    degrees = math.fsum(part / 60.0**power for power, part in enumerate(parts))
    if degrees > limit:
        return None
    return round(degrees if sign == signs[0] else -degrees, 6)
