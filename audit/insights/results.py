"""What a visit came to in one question, as a list of visits can be asked for it. Conditions on stored credits."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from audit.insights import rated
from audit.insights.rated import Question
from audit.scoring.shares import PASSIVE, PROMOTER

SATISFIED = 4  # of 1–5
PLAIN = ("met", "partly", "missed", "none")  # none: no credit in this visit
ALWAYS = ("answered", "less")  # of any question: with a credit, with less than full credit
YES_NO, NPS, CSAT = ("yes", "no"), ("promoter", "passive", "detractor"), ("satisfied", "unsatisfied")
Credit = InstrumentedAttribute[Decimal | None]
Condition = Callable[[Credit], ColumnElement[bool]]

_PLAIN: Mapping[str, Condition] = {
    "met": lambda credit: credit == 1,
    "partly": lambda credit: and_(credit > 0, credit < 1),
    "missed": lambda credit: credit == 0,
    "none": lambda credit: credit.is_(None),
    "answered": lambda credit: credit.is_not(None),
    "less": lambda credit: credit < 1,
}


def is_rating(question: Question) -> bool:
    """Whether it is a scale that moves no points; its answers count of visits without a score too."""
    return bool(rated.outcomes({"questions": [question]}))


def offered(question: Question) -> tuple[str, ...]:
    """The results that somebody may choose among, in the order of a form."""
    document: Mapping[str, Any] = {"questions": [question]}
    if rated.nps_questions(document):
        return ("answered", *NPS, "none")
    if rated.csat_questions(document):
        return ("answered", *CSAT, "none")
    if is_rating(question):
        return ("answered", "none")
    return ("met", "missed", *YES_NO, "none") if rated.yes_no_questions(document) else PLAIN


def known(question: Question) -> tuple[str, ...]:
    """All results that an address may ask for."""
    return tuple(dict.fromkeys((*offered(question), *PLAIN, *ALWAYS)))


def condition(question: Question, result: str, credit: Credit) -> ColumnElement[bool]:
    """That the credit stands for this result, one of `known`."""
    if result in YES_NO:
        good = question.get("good", "yes")
        return credit == 1 if result == good else credit < 1
    if result in _ENDS:
        return _between(question, credit, *_ENDS[result])
    return _PLAIN[result](credit)


_ENDS: Mapping[str, tuple[int | None, int | None]] = {
    "promoter": (PROMOTER, None),
    "passive": (PASSIVE, PROMOTER),
    "detractor": (None, PASSIVE),
    "satisfied": (SATISFIED, None),
    "unsatisfied": (None, SATISFIED),
}


def _between(question: Question, credit: Credit, least: int | None, below: int | None) -> ColumnElement[bool]:
    """Values of a scale from `least` to before `below`: a credit is cut half-way between two values."""
    low, high = int(question["min"]), int(question["max"])

    def cut(value: int) -> Decimal:
        return Decimal(2 * (value - low) - 1) / (2 * (high - low))

    ends: list[ColumnElement[bool]] = [credit.is_not(None)]
    if least is not None:
        ends.append(credit >= cut(least))
    if below is not None:
        ends.append(credit < cut(below))
    return and_(*ends)
