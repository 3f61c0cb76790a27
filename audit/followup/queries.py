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
from audit.followup.models import Dispute
from audit.followup.words import STATE_WORDS
from audit.review.models import Scorecard


@dataclass(frozen=True)
class Beside:
    """Everything that came after the release of a scorecard's visit, oldest first."""

    disputes: list[Dispute] = field(default_factory=list)
    actions: list[ActionLine] = field(default_factory=list)
    messages: list[thread.Said] = field(default_factory=list)
    acknowledgements: list[thread.Seen] = field(default_factory=list)
    may_plan: bool = False
    may_acknowledge: bool = False  # and has not yet
    state_words: Mapping[str, tuple[Any, str]] = field(default_factory=lambda: STATE_WORDS)


def beside(person: Person, card: Scorecard, at: datetime | None = None) -> Beside:
    """What the person, who may read this scorecard, reads beside it; `at` says what is overdue."""
    is_reader = person.is_client_side and card.is_current
    return Beside(
        actions=beside_card(card, at or now()),
        messages=thread.messages_of(card, person),
        acknowledgements=thread.acknowledged_by(card),
        may_plan=may_plan(person),
        may_acknowledge=is_reader and not thread.has_acknowledged(card, person),
    )
