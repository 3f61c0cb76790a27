"""Opening hours as people write them: "T2–T6 08:00–11:30, 13:00–17:00; T7 08:00–11:30". Guesses nothing."""

import re
from datetime import datetime

Week = dict[int, list[tuple[int, int]]]  # Monday is 0; minutes since midnight, a closing past it above 1440

_DAY = 24 * 60
_TIME = r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?|giờ\s*(\d{2})?)"
_RANGE = re.compile(rf"(?<![\w.:]){_TIME}\s*(?:-|đến|to)\s*{_TIME}")
_DASHES = re.compile(r"[‐‑‒–—−]")
_EVERY = frozenset(
    ("", "hằng ngày", "hàng ngày", "mỗi ngày", "cả tuần", "daily", "every day", "mở cửa", "open")
)
_CLOSED = re.compile(r"\s*(nghỉ|đóng cửa|closed)$")
_ALWAYS = frozenset(("24/7", "24h", "24/24", "24 giờ", "24 hours"))
_NAMES = (
    ("t2", "thứ 2", "thứ hai", "mon", "monday"),
    ("t3", "thứ 3", "thứ ba", "tue", "tuesday"),
    ("t4", "thứ 4", "thứ tư", "wed", "wednesday"),
    ("t5", "thứ 5", "thứ năm", "thu", "thursday"),
    ("t6", "thứ 6", "thứ sáu", "fri", "friday"),
    ("t7", "thứ 7", "thứ bảy", "sat", "saturday"),
    ("cn", "chủ nhật", "sun", "sunday"),
)
_DAYS = {name: day for day, names in enumerate(_NAMES) for name in names}


def read(text: str) -> Week | None:
    """The hours by day of the week, a day without any is closed; None where a part cannot be understood."""
    plain = _DASHES.sub("-", text.lower()).strip()
    week: Week = {}
    for part in (one.strip() for one in re.split(r"[;\n]", plain)):
        if not part:
            continue
        read_part = _part(part)
        if read_part is None:
            return None
        days, open_ = read_part
        for day in days:
            week[day] = open_
    return week or None


def _part(part: str) -> tuple[list[int], list[tuple[int, int]]] | None:
    closed = _CLOSED.search(part)
    if closed:
        days = _days(part[: closed.start()])
        return None if days is None else (days, [])
    for always in _ALWAYS:
        if part == always or part.endswith(f" {always}"):
            days = _days(part.removesuffix(always))
            return None if days is None else (days, [(0, _DAY)])
    ranges = list(_RANGE.finditer(part))
    if not ranges:
        return None
    rest = _RANGE.sub("", part[ranges[0].start() :])
    days = _days(part[: ranges[0].start()])
    spans = [_span(one) for one in ranges]
    if days is None or None in spans or rest.strip(" ,&") not in ("", "và", "and"):
        return None
    return days, [span for span in spans if span is not None]


def _span(found: re.Match[str]) -> tuple[int, int] | None:
    first, last = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    if first is None or last is None:
        return None
    return first, last if last > first else last + _DAY


def _minutes(hour: str, minute: str | None, other: str | None) -> int | None:
    found = 60 * int(hour) + int(minute or other or 0)
    return found if found <= _DAY and int(minute or other or 0) < 60 else None


def _days(text: str) -> list[int] | None:
    bare = text.strip(" :,")
    if bare in _EVERY:
        return list(range(7))
    days: list[int] = []
    for one in re.split(r",|&|\bvà\b|\band\b", bare):
        ends = [_DAYS.get(end.strip(" .")) for end in re.split(r"-|đến|\bto\b", one)]
        if not 1 <= len(ends) <= 2 or None in ends:
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def is_open(week: Week, local: datetime) -> bool:
    """Whether it is open at this local moment; hours past midnight belong to the day before."""
    minute = 60 * local.hour + local.minute
    today = week.get(local.weekday(), [])
    before = week.get((local.weekday() - 1) % 7, [])
    return any(first <= minute <= last for first, last in today) or any(
        minute + _DAY <= last for _first, last in before if last > _DAY
    )
