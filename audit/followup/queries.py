"""What stands beside a scorecard: disputes, actions, messages, who has acknowledged it."""

from dataclasses import dataclass, field

from audit.accounts.models import Person
from audit.followup.models import Acknowledgement, Action, Dispute, Message
from audit.review.models import Scorecard


@dataclass(frozen=True)
class Beside:
    """Everything that came after the release of a scorecard's visit, oldest first."""

    disputes: list[Dispute] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)


def beside(person: Person, card: Scorecard) -> Beside:
    """What the person, who may read this scorecard, reads beside it."""
    return Beside()
