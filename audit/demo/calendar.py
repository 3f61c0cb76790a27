"""When the demo's waves are, told from the day on which it is loaded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Period:
    """A wave: its key, whose it is, its name and days; `is_old` when it matters only for its figures."""

    key: str
    brand: str
    name: str
    starts_on: date
    ends_on: date
    ended: bool  # it lies behind
    is_old: bool = False
    checklist: str = ""  # "" is the one of the brand

    @property
    def kind(self) -> str:
        """The code of the checklist that is asked."""
        return self.checklist or self.brand


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """An aware time of a day in Vietnam."""
    return datetime.combine(day, time(hour, minute), ZONE)


def periods(today: date) -> tuple[Period, ...]:
    """Both clients' last waves and the one before of the bank, and the open ones: at least 30 days old, 21 to go."""
    starts = _first(today - timedelta(days=30))
    ends = _first(today + timedelta(days=53)) - timedelta(days=1)
    past = _before(starts)
    first = _before(past[0])
    return (
        Period("bank-first", "bank", _name(*first), *first, ended=True, is_old=True),
        Period("bank-past", "bank", _name(*past), *past, ended=True),
        Period("retail-past", "retail", _name(*past), *past, ended=True, is_old=True),
        Period("insurer-past", "insurer", _name(*past), *past, ended=True, is_old=True, checklist="enquiry"),
        Period("bank-now", "bank", _name(starts, ends), starts, ends, False),
        Period("retail-now", "retail", _name(starts, ends), starts, ends, False),
    )


def _before(starts: date) -> tuple[date, date]:
    """First and last day of the three months before a day that begins a month."""
    first = starts
    for _ in range(3):
        first = _first(first - timedelta(days=1))
    return first, starts - timedelta(days=1)


def _first(day: date) -> date:
    return day.replace(day=1)


def _name(first: date, last: date) -> str:
    head = f"{first:%m}" if first.year == last.year else f"{first:%m/%Y}"
    return f"Đợt {head}–{last:%m/%Y}"
