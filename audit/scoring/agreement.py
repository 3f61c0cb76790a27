"""The aggregate `agreement`: how alike the visits to one branch are (scoring.md 3.5)."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audit.scoring import exact
from audit.scoring.inputs import read_credits, read_list


@dataclass(frozen=True, slots=True)
class Agreement:
    """The mean share of visit pairs with equal credit, None without pairs; and that share by question."""

    share: Fraction | None
    by_question: Mapping[str, Fraction]


def agreement_of(visits: Iterable[Mapping[str, Hashable]]) -> Agreement:
    """Over the credits of each visit by question; a question without a credit is left out or None."""
    credits: dict[str, Counter[Hashable]] = {}
    for visit in visits:
        for question, credit in visit.items():
            if credit is not None:
                credits.setdefault(question, Counter())[credit] += 1
    shares = {
        question: Fraction(sum(_pairs(same) for same in found.values()), _pairs(found.total()))
        for question, found in credits.items()
        if found.total() > 1
    }
    return Agreement(exact.total(shares.values()) / len(shares) if shares else None, shares)


def agreement(document: Mapping[str, Any]) -> dict[str, Any]:
    """Of visits given as credits by question."""
    rows = enumerate(read_list(document, "visits"))
    found = agreement_of([read_credits(raw, f"visits[{place}]") for place, raw in rows])
    share = None if found.share is None else float(found.share)
    return {"questions": len(found.by_question), "agreement": share}


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
