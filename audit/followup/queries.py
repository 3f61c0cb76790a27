"""What stands beside a scorecard: disputes, actions, messages, who has acknowledged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.accounts.models import Person
from audit.db import now
from audit.followup import thread
from audit.followup.action_queries import ActionLine, beside_card
from audit.followup.actions import may_plan
from audit.followup.dispute_page import Line, line_of
from audit.followup.dispute_queries import disputes_of, editions_of
from audit.followup.disputes import refusal
from audit.followup.words import STATE_WORDS
from audit.review.models import Scorecard


@dataclass(frozen=True)
class Beside:
    """Everything that came after the release of a scorecard's visit, oldest first."""

    disputes: list[Line] = field(default_factory=list)
    actions: list[ActionLine] = field(default_factory=list)
    messages: list[thread.Said] = field(default_factory=list)
    acknowledgements: list[thread.Seen] = field(default_factory=list)
    editions: list[Scorecard] = field(default_factory=list)  # all that are released, this one too
    may_object: bool = False
    may_plan: bool = False
    may_acknowledge: bool = False  # and has not yet
    state_words: Mapping[str, tuple[Any, str]] = field(default_factory=lambda: STATE_WORDS)


def beside(person: Person, card: Scorecard, at: datetime | None = None) -> Beside:
    """What the person, who may read this scorecard, reads beside it; `at` says what is overdue."""
    is_reader, at = person.is_client_side and card.is_current, at or now()
    return Beside(
        disputes=[line_of(one, card, at, person) for one in disputes_of(card.visit_id)],
        actions=beside_card(card, at),
        messages=thread.messages_of(card, person),
        acknowledgements=thread.acknowledged_by(card, person),
        editions=editions_of(card),
        may_object=refusal(card, person, at) is None,
        may_plan=may_plan(person),
        may_acknowledge=is_reader and not thread.has_acknowledged(card, person),
    )
