"""The flags of one visit as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.i18n import text_of
from audit.review.flag_names import NAMES
from audit.review.flags import rules, words
from audit.review.flags.queries import flags_of, was_looked_through
from audit.review.layers import Flag
from audit.visits import queries as visits
from audit.visits.models import Visit


@dataclass(frozen=True)
class Sign:
    """One flag in words; `place` is its question's number in the form, `other` the visit that it points to."""

    flag: Flag
    name: str
    level: str
    reason: str
    place: int | None
    other: int | None


@dataclass(frozen=True)
class Signs:
    """All of them; `is_complete` once the submission was looked through."""

    signs: list[Sign]
    needs_reason: bool
    is_complete: bool

    def of(self, level: str) -> list[Sign]:
        """Those of one level."""
        return [sign for sign in self.signs if sign.flag.level == level]


def flags_shown(visit: Visit) -> Signs:
    """The flags of the visit's latest submission with their reasons in the language of the request."""
    known, flags = visits.checklist_of(visit), flags_of(visit)
    signs = [
        Sign(
            flag=flag,
            name=str(NAMES[flag.code]),
            level=words.level(flag.level),
            reason=words.reason(flag, known.questions, visit.branch.timezone),
            place=_place(known.order, flag.question_id),
            other=_number(flag.data.get("visit")),
        )
        for flag in flags
    ]
    return Signs(signs, rules.needs_reason(flags), was_looked_through(visit.id, visit.round - 1))


def _place(order: Mapping[str, int], question_id: str | None) -> int | None:
    place = None if question_id is None else order.get(question_id)
    return None if place is None else place + 1


def _number(raw: Any) -> int | None:
    return raw if isinstance(raw, int) else None


def questions_to_flag(visit: Visit) -> list[tuple[str, str]]:
    """The questions as (id, "number. text") to choose from."""
    questions = visits.checklist_of(visit).questions.items()
    return [
        (name, f"{place}. {text_of(one.get('text')) or name}")
        for place, (name, one) in enumerate(questions, start=1)
    ]
