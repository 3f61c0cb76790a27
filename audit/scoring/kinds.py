"""The question types: which values fit, and what credit they earn (scoring.md 1.4 and 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from audit.scoring import exact, times

NOTHING = Fraction(0)
FULL = Fraction(1)


class AnswerError(ValueError):
    """A value does not fit its question; `rule` is the machine code of what it breaks."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Kind(Protocol):
    """What a question type knows."""

    @property
    def gives_credit(self) -> bool:
        """Whether an answer of this type can earn a credit."""

    def credit(self, value: Any) -> Fraction | None:
        """The credit 0…1 of a value, None where the type gives none; AnswerError if it does not fit."""


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no, one of which is the good answer."""

    good: str
    gives_credit = True

    def credit(self, value: Any) -> Fraction:
        """1 for the good answer, 0 for the other."""
        if value == self.good:
            return FULL
        if value == "yes" or value == "no":
            return NOTHING
        raise AnswerError("value_yesno")


@dataclass(frozen=True, slots=True)
class Single:
    """One option of several; the worst counts as 0 points if no option has fewer."""

    credits: Mapping[str, Fraction | None]
    gives_credit: bool

    @classmethod
    def of(cls, points: Mapping[str, Fraction]) -> "Single":
        """Build from the points of the options."""
        best = max(points.values())
        worst = min(NOTHING, *points.values())
        if best == worst:
            return cls(dict.fromkeys(points), False)
        return cls({name: (value - worst) / (best - worst) for name, value in points.items()}, True)

    def credit(self, value: Any) -> Fraction | None:
        """(points - worst) / (best - worst)."""
        if isinstance(value, str) and value in self.credits:
            return self.credits[value]
        raise AnswerError("value_option")


@dataclass(frozen=True, slots=True)
class Multi:
    """Any number of options; the empty list means none of these. Points are integers: only ratios matter."""

    points: Mapping[str, int]
    worst: int
    span: int

    @classmethod
    def of(cls, points: Mapping[str, Fraction]) -> "Multi":
        """Build from the points of the options."""
        integers = exact.smallest_integers(points.values())
        best = sum(value for value in integers if value > 0)
        worst = sum(value for value in integers if value < 0)
        return cls(dict(zip(points, integers, strict=True)), worst, best - worst)

    @property
    def gives_credit(self) -> bool:
        """False if no option has points."""
        return self.span > 0

    def credit(self, value: Any) -> Fraction | None:
        """(sum of ticked points - worst) / (best - worst)."""
        if not isinstance(value, list):
            raise AnswerError("value_options")
        if not all(isinstance(name, str) and name in self.points for name in value):
            raise AnswerError("value_option")
        if len(set(value)) < len(value):
            raise AnswerError("value_repeated")
        if not self.span:
            return None
        return Fraction(sum(self.points[name] for name in value) - self.worst, self.span)


@dataclass(frozen=True, slots=True)
class Scale:
    """An integer from `low` to `high`; the low end earns nothing."""

    low: int
    high: int
    gives_credit = True

    def credit(self, value: Any) -> Fraction:
        """(value - low) / (high - low)."""
        if type(value) is not int:
            raise AnswerError("value_integer")
        if not self.low <= value <= self.high:
            raise AnswerError("value_outside")
        return Fraction(value - self.low, self.high - self.low)


@dataclass(frozen=True, slots=True)
class Band:
    """One band: takes values up to `limit` (or below it); a limit of None takes the rest."""

    limit: Fraction | None
    inclusive: bool
    credit: Fraction

    def takes(self, value: Fraction) -> bool:
        """Whether the value falls into this band, the ones before it having refused it."""
        if self.limit is None:
            return True
        return value <= self.limit if self.inclusive else value < self.limit


@dataclass(frozen=True, slots=True)
class Number:
    """A number, perhaps with bands."""

    bands: tuple[Band, ...]

    @property
    def gives_credit(self) -> bool:
        """False without bands."""
        return bool(self.bands)

    def credit(self, value: Any) -> Fraction | None:
        """The credit of the first band that takes the number."""
        known = exact.number(value)
        if known is None:
            raise AnswerError("value_number")
        return _banded(self.bands, known)


@dataclass(frozen=True, slots=True)
class Duration:
    """A start and an end, perhaps with bands in minutes."""

    bands: tuple[Band, ...]

    @property
    def gives_credit(self) -> bool:
        """False without bands."""
        return bool(self.bands)

    def credit(self, value: Any) -> Fraction | None:
        """The credit of the first band that takes the exact number of minutes."""
        return _banded(self.bands, minutes(value))


@dataclass(frozen=True, slots=True)
class Text:
    """Free text; never carries points."""

    gives_credit = False

    def credit(self, value: Any) -> None:
        """None, for any string."""
        if not isinstance(value, str):
            raise AnswerError("value_text")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo; has no value and never carries points."""

    gives_credit = False

    def credit(self, value: Any) -> None:
        """Photos are counted beside the value, so no value fits."""
        del value
        raise AnswerError("value_photo")


def minutes(value: Any) -> Fraction:
    """The exact minutes of {"start": …, "end": …}; AnswerError if a time is wrong or the end is first."""
    if not isinstance(value, dict):
        raise AnswerError("value_duration")
    start, end = times.seconds(value.get("start")), times.seconds(value.get("end"))
    if start is None or end is None:
        raise AnswerError("value_time")
    if end < start:
        raise AnswerError("value_order")
    return Fraction(end - start, 60)


def _banded(bands: tuple[Band, ...], value: Fraction) -> Fraction | None:
    for band in bands:
        if band.takes(value):
            return band.credit
    return None
