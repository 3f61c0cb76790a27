"""The aggregate `discoveries`: which of many p values stand (scoring.md 3.4)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from audit.scoring import exact, inference
from audit.scoring.inputs import InputError, read_list


def discoveries(document: Mapping[str, Any]) -> dict[str, Any]:
    """Benjamini-Hochberg over a list of p values; null is untested."""
    given = read_list(document, "p")
    return {"discoveries": inference.discoveries([_p(raw, place) for place, raw in enumerate(given)])}


def _p(raw: Any, place: int) -> Fraction | None:
    if raw is None:
        return None
    known = exact.number(raw)
    if known is None or not 0 <= known <= 1:
        raise InputError(f"p[{place}]: must be a number within 0 and 1, or null")
    return known
