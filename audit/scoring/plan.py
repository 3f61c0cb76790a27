"""The aggregate `plan`: what a number of visits will be able to tell (scoring.md 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt
from typing import Any

from audit.scoring.figures import plain
from audit.scoring.inference import Z
from audit.scoring.inputs import LARGEST, InputError, read_count, read_positive

# Seen in four of five cases: 1.645 + 0.842.
POWER = Fraction(2487, 1000)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the visits can tell, in points; None where there are no visits."""

    visits: int
    branch_half_width: float | None
    branch_change: float | None
    network_half_width: float | None
    network_change: float | None
    reliability: float | None


def plan_of(s: Fraction, tau: Fraction, branches: int, visits: int, total: int | None = None) -> Plan:
    """So many branches of a total (default: all), so many visits to each."""
    count = branches * visits
    if not count:
        return Plan(0, *_branch(s, visits), None, None, _reliability(s, tau, visits))
    visited = Fraction(branches, branches if total is None else total)
    noise = visited * s**2 / count + (1 - visited) * (tau**2 + s**2 / visits) / branches
    return Plan(
        count,
        *_branch(s, visits),
        sqrt(Z**2 * noise),
        sqrt(POWER**2 * s**2 * 2 / count),
        _reliability(s, tau, visits),
    )


def visits_for_half_width(s: Fraction, half_width: Fraction) -> int | None:
    """Visits to a branch that make its range so narrow; None if no number does."""
    return _needed((Z * s / half_width) ** 2) if half_width else None


def visits_for_change(s: Fraction, change: Fraction) -> int | None:
    """Visits to a branch in each wave that show such a change; None if no number does."""
    return _needed(2 * (POWER * s / change) ** 2) if change else None


def visits_for_reliability(s: Fraction, tau: Fraction, reliability: Fraction) -> int | None:
    """Visits to a branch that tell branches apart so well; None if no number does."""
    if not tau or reliability == 1:
        return None
    return _needed(reliability / (1 - reliability) * s**2 / tau**2)


def plan(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plan, and the visits for each target that is asked for."""
    s, tau = read_positive(document, "s"), read_positive(document, "tau")
    branches, visits = read_count(document, "branches"), read_count(document, "visits")
    total = read_count(document, "total_branches", branches) if "total_branches" in document else None
    result = plain(plan_of(s, tau, branches, visits, total))
    if "want_half_width" in document:
        wanted = read_positive(document, "want_half_width")
        result["visits_for_half_width"] = visits_for_half_width(s, wanted)
    if "want_change" in document:
        result["visits_for_change"] = visits_for_change(s, read_positive(document, "want_change"))
    if "want_reliability" in document:
        wanted = read_positive(document, "want_reliability")
        if wanted > 1:
            raise InputError("want_reliability: must be within 0 and 1")
        result["visits_for_reliability"] = visits_for_reliability(s, tau, wanted)
    return result


def _needed(visits: Fraction) -> int | None:
    """Whole visits; None for numbers that nobody can plan."""
    return max(1, ceil(visits)) if visits <= LARGEST else None


def _branch(s: Fraction, visits: int) -> tuple[float | None, float | None]:
    """Half of a branch's range, and the change of a branch that will be seen."""
    if not visits:
        return None, None
    return sqrt(Z**2 * s**2 / visits), sqrt(POWER**2 * s**2 * 2 / visits)


def _reliability(s: Fraction, tau: Fraction, visits: int) -> float | None:
    """None without visits, and if visits and branches are all alike."""
    whole = tau**2 + s**2 / visits if visits else Fraction(0)
    return float(tau**2 / whole) if whole else None
