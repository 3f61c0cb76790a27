"""Which questions of a checklist are unscored ratings, and which answers are yes or no. Pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Document = Mapping[str, Any]
Question = Mapping[str, Any]
NPS_ENDS, CSAT_ENDS = (0, 10), (1, 5)


def outcomes(document: Document) -> list[Question]:
    """The scales that move no points, in form order: what a visit came to in the shopper's own words."""
    return [question for question in document["questions"] if _is_outcome(question)]


def nps_questions(document: Document) -> list[Question]:
    """The unscored ratings 0–10, but for those that are marked as something else."""
    return _of(document, NPS_ENDS, "nps")


def csat_questions(document: Document) -> list[Question]:
    """The unscored ratings 1–5, but for those that are marked as something else."""
    return _of(document, CSAT_ENDS, "csat")


def yes_no_questions(document: Document) -> list[Question]:
    """The questions of yes and no; not those by which the agency checks that somebody was there."""
    return [one for one in document["questions"] if one["type"] == "yesno" and "truth" not in one]


def driver_questions(document: Document) -> list[Question]:
    """The questions whose answers may go with an outcome."""
    rated = {question["id"] for question in outcomes(document)}
    return [
        one
        for one in document["questions"]
        if one["id"] not in rated and one["type"] not in ("text", "photo") and "truth" not in one
    ]


def rating(question: Question, credit: Decimal) -> int:
    """The value that was chosen on a scale, from its credit."""
    low, high = question["min"], question["max"]
    return int(low + (credit * (high - low)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _of(document: Document, ends: tuple[int, int], kind: str) -> list[Question]:
    return [
        one
        for one in outcomes(document)
        if (one["min"], one["max"]) == ends and one.get("kind", kind) == kind
    ]


def _is_outcome(question: Question) -> bool:
    if question["type"] != "scale" or "adjust" in question or "knockout" in question:
        return False
    return Fraction(str(question.get("weight", 1))) == 0 and "truth" not in question
