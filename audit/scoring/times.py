"""Moments in answers: ISO 8601 with an offset, as exact seconds."""

import re
from datetime import date

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


def seconds(raw: object) -> int | None:
    """Seconds on one common clock for "2025-03-01T09:00[:00]+07:00" or "…Z"; None for anything else.

    Counted from the date's ordinal and not through datetime, which cannot hold the first and last
    hours of its own range in another offset.
    """
    found = _FORM.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    second = int(found[6] or 0)
    offset_hours, offset_minutes = int(found[8] or 0), int(found[9] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hours > 23 or offset_minutes > 59:
        return None
    try:
        days = date(year, month, day).toordinal()
    except ValueError:
        return None
    offset = offset_hours * 60 + offset_minutes
    if found[7] == "-":
        offset = -offset
    return ((days * 24 + hour) * 60 + minute - offset) * 60 + second
