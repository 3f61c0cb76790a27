"""Opening hours as branches write them."""

from datetime import datetime

import pytest

from audit.review.flags import hours

MONDAY, SATURDAY, SUNDAY = 2, 7, 8  # days of November 2026


def is_open(text: str, day: int, clock: str) -> bool:
    week = hours.read(text)
    assert week is not None
    hour, minute = (int(part) for part in clock.split(":"))
    return hours.is_open(week, datetime(2026, 11, day, hour, minute))  # noqa: DTZ001 - local time


@pytest.mark.parametrize(
    ("text", "day", "clock", "expected"),
    [
        ("8:00–17:00", SUNDAY, "8:00", True),
        ("8:00–17:00", SUNDAY, "7:59", False),
        ("8h - 17h30", MONDAY, "17:30", True),
        ("8h - 17h30", MONDAY, "17:31", False),
        ("T2–T6 08:00–11:30, 13:00–17:00", MONDAY, "12:00", False),
        ("T2–T6 08:00–11:30, 13:00–17:00", MONDAY, "13:00", True),
        ("T2–T6 08:00–16:30; T7 08:00–11:30", SATURDAY, "11:30", True),
        ("T2–T6 08:00–16:30; T7 08:00–11:30", SATURDAY, "14:00", False),
        ("T2–T6 08:00–16:30; T7 08:00–11:30", SUNDAY, "9:00", False),
        ("Hằng ngày 08:00–22:00", SUNDAY, "21:59", True),
        ("Thứ 2 đến thứ 6: 8 giờ – 17 giờ 30", MONDAY, "17:15", True),
        ("Thứ hai, thứ tư 8:00-12:00", MONDAY, "9:00", True),
        ("Mon–Sat 8:00–17:00; Sun closed", SUNDAY, "9:00", False),
        ("Mon to Fri 8:00 to 17:00", MONDAY, "9:00", True),
        ("T7–CN 9:00–12:00", SUNDAY, "9:00", True),
        ("T2–CN 8:00–17:00; CN nghỉ", SUNDAY, "9:00", False),
        ("18:00–02:00", MONDAY, "1:30", True),
        ("18:00–02:00", MONDAY, "2:01", False),
        ("T7 18:00–02:00", SUNDAY, "1:00", True),
        ("24/7", SUNDAY, "3:00", True),
        ("Hàng ngày 24/24", SUNDAY, "3:00", True),
    ],
)
def test_hours_are_read(text: str, day: int, clock: str, expected: bool) -> None:
    assert is_open(text, day, clock) is expected


@pytest.mark.parametrize(
    "text",
    ["", "  ", "Giờ hành chính", "8:00–17:00 trừ lễ", "T8 8:00–9:00", "25:00–26:00", "8:70–9:00", "T2"],
)
def test_what_cannot_be_read_is_not_guessed(text: str) -> None:
    assert hours.read(text) is None
