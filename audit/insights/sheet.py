"""A table as page, XLSX, CSV and API print it: columns with their kind, rows of raw values, one rounding."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, overload

from audit.i18n import MINUS, day, number
from audit.scoring.display import half_away

_FINE = 10**20  # a mean of stored scores is exact to twenty decimals (docs/decisions/0003)


class Kind(StrEnum):
    """What a column holds, and so how its values are rounded."""

    TEXT = "text"
    COUNT = "count"
    ESTIMATE = "estimate"  # 0–100 or a difference: whole numbers
    SCORE = "score"  # of a visit: one decimal
    POINTS = "points"  # gained or lost: one decimal
    SHARE = "share"  # 0…1, shown in whole percent
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether its cells stand to the right."""
        return self not in (Kind.TEXT, Kind.DATE)


@dataclass(frozen=True)
class Column:
    """One column; `about` says in a sentence how its figure is made, for the sheet of definitions."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    about: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table; keys of rows that begin with "_" are for links and never leave the page. `notes` stand under it."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    notes: Sequence[str] = ()


class Made(Sequence[Mapping[str, Any]]):
    """Rows that are made when they are looked at: a page shows a few of them, a file all."""

    def __init__(self, sources: Sequence[Any], make: Callable[[Any], Mapping[str, Any]]) -> None:
        self._sources, self._make = sources, make

    def __len__(self) -> int:
        return len(self._sources)

    @overload
    def __getitem__(self, place: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        """One row, or those of a slice."""
        if isinstance(place, slice):
            return Made(self._sources[place], self._make)
        return self._make(self._sources[place])


Shown = str | int | Decimal | date | None


def shown(value: Any, kind: Kind) -> Shown:
    """The rounded value, half away from zero, once; None is unknown. Shares are whole percents."""
    if value is None or kind == Kind.DATE:
        return None if value is None else as_date(value)
    if kind == Kind.TEXT:
        return str(value)
    if kind == Kind.COUNT:
        return int(value)
    if kind in (Kind.SCORE, Kind.POINTS):
        return Decimal(nearest(value, 10)).scaleb(-1)
    return nearest(value, 100 if kind == Kind.SHARE else 1)


def printed(value: Any, kind: Kind) -> str:
    """The same for people, in the language of the request: 61,5 · 83 · 67 % · 22/11/2026; unknown is an en dash."""
    known = shown(value, kind)
    if known is None:
        return "–"
    if isinstance(known, date):
        return day(known)
    if isinstance(known, Decimal):
        return number(known, 1)
    if isinstance(known, int):
        return f"{signed(known)}\u00a0%" if kind == Kind.SHARE else signed(known)
    return known


def signed(whole: int) -> str:
    """A whole number with a real minus sign; the same in both languages."""
    return str(whole) if whole >= 0 else f"{MINUS}{-whole}"


def nearest(value: Fraction | Decimal | float, scale: int = 1) -> int:
    """The integer nearest to value · scale, a half away from zero.

    It is taken from the value at twenty decimals: what is a half in truth is one again, though stored parts fell
    short of it. Integers only: a page does this some thousand times.
    """
    above, below = value.as_integer_ratio()
    fine = (2 * abs(above) * _FINE + below) // (2 * below)
    whole = (2 * fine * scale + _FINE) // (2 * _FINE)
    return whole if above >= 0 else -whole


def settled(value: Fraction | Decimal | float) -> Fraction:
    """A number at twenty decimals, as `nearest` takes it; for what is compared after all."""
    return Fraction(half_away(Fraction(value) * _FINE), _FINE)


def as_date(value: date) -> date:
    """The day of a date or moment."""
    return value.date() if isinstance(value, datetime) else value
