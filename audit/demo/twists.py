"""What is special about single visits of the demo: one twist for each thing that a visitor should come across."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from audit.demo.places import MANAGED
from audit.visits.lifecycle import State

if TYPE_CHECKING:
    from audit.demo.plan import Slot

NEWCOMER = 0  # the shopper that a visitor of the demo signs in as
MOST_AT_A_BRANCH = 3


@dataclass(frozen=True)
class Twist:
    """A name and the visits that it may befall: in this state, of this client, perhaps of this shopper."""

    name: str
    state: State
    brand: str = ""
    shopper: int | None = None

    def fits(self, slot: "Slot") -> bool:
        """Whether this visit may have it."""
        brand, _dash, period = slot.wave.partition("-")
        return (
            slot.state == self.state
            and not slot.again
            and (not self.brand or brand == self.brand)
            and (self.shopper is None or slot.shopper == self.shopper)
            and (period == "now" or self.state == State.REJECTED)
        )


S = State
TWISTS = (
    Twist("correction_waits", S.SUBMITTED, shopper=NEWCOMER),
    Twist("alarm_raised", S.SUBMITTED, "retail"),
    Twist("off_schedule", S.SUBMITTED, "retail"),
    Twist("far", S.SUBMITTED, "retail"),
    Twist("escalated", S.SUBMITTED, "bank"),
    Twist("claimed", S.SUBMITTED, "bank"),
    Twist("claimed", S.SUBMITTED, "retail"),
    Twist("photo_same", S.SUBMITTED, "retail"),
    Twist("text_same", S.SUBMITTED, "bank"),
    Twist("late", S.SUBMITTED, "retail"),
    Twist("too_fast", S.SUBMITTED, "bank"),
    Twist("alarm_confirmed", S.APPROVED, "bank"),
    Twist("far", S.APPROVED, "retail"),
    Twist("late", S.APPROVED, "bank"),
    Twist("too_fast", S.APPROVED, "retail"),
    Twist("dispute_open", S.RELEASED, "bank"),
    Twist("dispute_upheld", S.RELEASED, "bank"),
    Twist("dispute_declined", S.RELEASED, "bank"),
    Twist("dispute_overdue", S.RELEASED, "retail"),
    Twist("dispute_open", S.RELEASED, "retail"),
    Twist("dispute_upheld", S.RELEASED, "retail"),
    Twist("dispute_declined", S.RELEASED, "retail"),
    Twist("correction_agreed", S.RELEASED, "bank"),
    Twist("correction_declined", S.RELEASED, "retail"),
    Twist("comment_covered", S.RELEASED, "retail"),
    Twist("photo_covered", S.RELEASED, "bank"),
    Twist("dispute_overdue", S.RELEASED, "bank"),
    Twist("appeal_open", S.REJECTED, "retail"),
    Twist("appeal_declined", S.REJECTED, "bank"),
)  # fmt: skip


def _branch(slot: "Slot") -> tuple[str, int]:
    return slot.wave, slot.branch


def needs() -> Counter[tuple[str, State]]:
    """How many visits of each client and state a small demo keeps so that every twist finds its visit."""
    return Counter((twist.brand, twist.state) for twist in TWISTS if twist.brand)


def twisted(slots: Sequence["Slot"], rng: Random) -> list["Slot"]:
    """The same visits, some with a twist: first where somebody reads the scorecards, each visit one at most."""
    order = list(range(len(slots)))
    rng.shuffle(order)
    order.sort(key=lambda place: (slots[place].branch not in MANAGED, slots[place].branch != 0))
    given: dict[int, str] = {}
    burden: Counter[tuple[str, int]] = Counter()  # of each branch
    for twist in TWISTS:
        fitting = [place for place in order if place not in given and twist.fits(slots[place])]
        # No branch gets all of them, as long as another one can have it.
        fitting.sort(key=lambda place: burden[_branch(slots[place])] >= MOST_AT_A_BRANCH)
        if fitting:
            given[fitting[0]] = twist.name
            burden[_branch(slots[fitting[0]])] += 1
    return [replace(slot, twist=given.get(place, "")) for place, slot in enumerate(slots)]
