"""The aggregate `drivers`: which questions go with a better outcome (scoring.md 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from audit.scoring import exact, inference
from audit.scoring.figures import plain
from audit.scoring.inference import MIN_DRIVER_SIDE, MIN_DRIVER_VISITS
from audit.scoring.inputs import read_credits, read_list, read_number, read_object


@dataclass(frozen=True, slots=True)
class Side:
    """Outcomes on one side of a question: how many, their sum, the sum of their squares."""

    n: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Driver:
    """How much better the outcome is at full credit than below; numbers of visits on both sides.

    None where the visits are too few; `clear` if the gap stands among all questions tested.
    """

    question: str
    full: int
    less: int
    gap: Fraction | None
    low: float | None
    high: float | None
    p: float | None
    clear: bool


def drivers_of(sides: Mapping[str, tuple[Side, Side]]) -> list[Driver]:
    """By question, from the outcomes at full credit and at less."""
    rows = [_driver(question, *sides[question]) for question in sorted(sides)]
    found = inference.discoveries([row.p for row in rows])
    return [replace(row, clear=clear) for row, clear in zip(rows, found, strict=True)]


def drivers(document: Mapping[str, Any]) -> dict[str, Any]:
    """Of visits with an outcome (null: none) and their credits by question."""
    outcomes: dict[str, tuple[list[Fraction], list[Fraction]]] = {}
    for place, raw in enumerate(read_list(document, "rows")):
        row = read_object(raw, f"rows[{place}]")
        credits = read_credits(row.get("credits"), f"rows[{place}].credits")
        for question in row["credits"]:
            outcomes.setdefault(question, ([], []))
        if "outcome" in row and row["outcome"] is None:
            continue
        outcome = read_number(row, "outcome", f"rows[{place}].")
        for question, credit in credits.items():
            outcomes[question][credit < 1].append(outcome)
    rows = drivers_of({question: (_side(full), _side(less)) for question, (full, less) in outcomes.items()})
    return {"questions": [plain(row) for row in rows]}


def _side(outcomes: list[Fraction]) -> Side:
    squares = exact.total(outcome * outcome for outcome in outcomes)
    return Side(len(outcomes), exact.total(outcomes), squares)


def _driver(question: str, full: Side, less: Side) -> Driver:
    if full.n + less.n < MIN_DRIVER_VISITS or min(full.n, less.n) < MIN_DRIVER_SIDE:
        return Driver(question, full.n, less.n, None, None, None, None, False)
    gap = full.total / full.n - less.total / less.n
    one, other = _error(full), _error(less)
    variance = one + other
    # Without any spread there are no degrees of freedom, and none are needed.
    df = float(variance**2 / (one**2 / (full.n - 1) + other**2 / (less.n - 1))) if variance else 0.0
    low, high = inference.range_of(gap, variance, df)
    p = inference.p_value(gap, variance, df)
    return Driver(question, full.n, less.n, gap, low, high, p, False)


def _error(side: Side) -> Fraction:
    """The variance of a side's mean."""
    return (side.squares - side.total**2 / side.n) / ((side.n - 1) * side.n)
