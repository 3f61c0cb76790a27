"""Many visits (scoring.md part 3): each kind of aggregate is one function from input to result."""

from collections.abc import Callable, Mapping
from typing import Any

from audit.scoring.agreement import agreement
from audit.scoring.branches import branches
from audit.scoring.compare import compare
from audit.scoring.discoveries import discoveries
from audit.scoring.drivers import drivers
from audit.scoring.inputs import InputError, read_object
from audit.scoring.leniency import leniency
from audit.scoring.plan import plan
from audit.scoring.shares import nps, share
from audit.scoring.trend import trend

__all__ = ["KINDS", "InputError", "UnknownKindError", "aggregate"]

KINDS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "agreement": agreement,
    "branches": branches,
    "compare": compare,
    "discoveries": discoveries,
    "drivers": drivers,
    "leniency": leniency,
    "nps": nps,
    "plan": plan,
    "share": share,
    "trend": trend,
}


class UnknownKindError(ValueError):
    """There is no such kind of aggregate."""


def aggregate(kind: Any, document: Any) -> dict[str, Any]:
    """The result of one aggregate; UnknownKindError, or InputError with the key and the rule."""
    if not isinstance(kind, str) or kind not in KINDS:
        raise UnknownKindError(repr(kind))
    try:
        return KINDS[kind](read_object(document, "input"))
    except (OverflowError, ZeroDivisionError):
        # Exact numbers have no limits, but their square roots are floats.
        raise InputError("input: a number is too large or too small") from None
