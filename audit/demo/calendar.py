"""When the demo's waves are, told from the day on which it is loaded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Period:
    """A wave: its key, whose it is, its name and days; `ended` when it lies behind."""

    key: str
    brand: str
    name: str
    starts_on: date
    ends_on: date
    ended: bool


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """An aware time of a day in Vietnam."""
    return datetime.combine(day, time(hour, minute), ZONE)


def periods(today: date) -> tuple[Period, ...]:
    """The bank's last wave, and the open ones of the bank and the shops: at least 30 days old, 21 to go."""
    starts = _first(today - timedelta(days=30))
    ends = _first(today + timedelta(days=53)) - timedelta(days=1)
    before = starts - timedelta(days=1)
    first = starts
    for _ in range(3):
        first = _first(first - timedelta(days=1))
    return (
        Period("bank-past", "bank", _name(first, before), first, before, True),
        Period("bank-now", "bank", _name(starts, ends), starts, ends, False),
        Period("retail-now", "retail", _name(starts, ends), starts, ends, False),
    )


def _first(day: date) -> date:
    return day.replace(day=1)


def _name(first: date, last: date) -> str:
    head = f"{first:%m}" if first.year == last.year else f"{first:%m/%Y}"
    return f"Đợt {head}–{last:%m/%Y}"
