"""Who visits which branch in which wave and how far that comes: the skeleton of the demo, by seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from audit.demo.chance import dice
from audit.demo.names import SHOPPERS
from audit.demo.twists import NEWCOMER, needs, twisted
from audit.visits.lifecycle import State

BRANCHES = 12  # of each client
MOST_TURNS = 8  # visits of one branch in one wave, one that replaces another included
FEWEST = 4  # visits of one wave that one shopper may always have (product.md, rule 3)


@dataclass(frozen=True)
class Slot:
    """One visit to come: its wave, branch and shopper by place in their lists, and the state to reach.

    `again` tells that it replaces an aborted one, `free` who may have declined it before, `twist` what is
    special about it.
    """

    wave: str
    branch: int
    turn: int
    shopper: int
    state: State
    again: bool = False
    free: tuple[int, ...] = ()
    twist: str = ""

    @property
    def code(self) -> int:
        """A number of its own, 0 … 575, whatever else is planned."""
        place = next(place for place, wave in enumerate(WAVES) if wave.key == self.wave)
        return (place * BRANCHES + self.branch) * MOST_TURNS + self.turn


@dataclass(frozen=True)
class Wave:
    """How the visits of a wave are dealt out: `first` shifts the shoppers so that nobody returns too soon."""

    key: str
    turns: int
    first: int
    released: tuple[int, ...]  # by branch
    others: Mapping[State, int]
    fixed: Mapping[tuple[int, int], State]  # (branch, turn) -> state

    @property
    def is_over(self) -> bool:
        """Whether it lies behind: nothing in it waits any more."""
        return not self.key.endswith("now")


S = State
WAVES = (
    Wave("bank-past", 5, 0, (5, 4, 5, 4, 4, 5, 4, 4, 5, 5, 4, 0),
         {S.ABORTED: 2, S.REJECTED: 2, S.CANCELLED: 2},
         {(1, 4): S.ABORTED, (4, 4): S.ABORTED, (0, 0): S.RELEASED, (10, 2): S.RELEASED, (9, 3): S.RELEASED,
          (8, 4): S.RELEASED}),
    Wave("bank-now", 5, 5, (4, 3, 3, 3, 4, 3, 2, 3, 3, 1, 3, 0),
         {S.APPROVED: 4, S.SUBMITTED: 7, S.RETURNED: 2, S.IN_PROGRESS: 2, S.ACCEPTED: 4, S.OFFERED: 4,
          S.PLANNED: 3, S.ABORTED: 1, S.CANCELLED: 1},
         {(7, 0): S.RELEASED, (6, 1): S.RETURNED, (5, 2): S.IN_PROGRESS, (4, 3): S.RELEASED,
          (3, 4): S.SUBMITTED}),
    Wave("retail-now", 7, 0, (6, 5, 4, 5, 4, 5, 4, 6, 3, 5, 1, 3),
         {S.APPROVED: 5, S.SUBMITTED: 8, S.RETURNED: 3, S.IN_PROGRESS: 3, S.ACCEPTED: 5, S.OFFERED: 3,
          S.PLANNED: 2, S.ABORTED: 1, S.CANCELLED: 1, S.REJECTED: 2},
         {(0, 0): S.ACCEPTED, (11, 1): S.APPROVED, (10, 2): S.RELEASED, (9, 3): S.ACCEPTED,
          (8, 4): S.RELEASED, (7, 5): S.ABORTED, (6, 6): S.OFFERED}),
    # Only what changes and ranges can be told from; whoever was there comes back two waves later.
    Wave("bank-first", 3, 5, (3, 3, 3, 2, 3, 3, 3, 3, 3, 3, 3, 0), {S.CANCELLED: 1}, {(3, 1): S.CANCELLED}),
    Wave("retail-past", 3, 7, (3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3), {S.CANCELLED: 1}, {(10, 2): S.CANCELLED}),
    Wave("insurer-past", 3, 0, (3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0), {}, {}),
)  # fmt: skip


def skeleton(seed: int, share: float = 1.0) -> list[Slot]:
    """All visits, or about a share of them in which every state is still there."""
    everything = [slot for wave in WAVES for slot in _slots(wave, seed)]
    kept = everything if share >= 1 else _sample(everything, seed, share)
    return twisted([_with_history(slot, kept) for slot in kept], dice(seed, "twists"))


def _slots(wave: Wave, seed: int) -> list[Slot]:
    rng = dice(seed, wave.key)
    branches = [branch for branch in range(BRANCHES) if not wave.is_over or wave.released[branch]]
    deck = _deck(wave)
    rng.shuffle(deck)
    slots: list[Slot] = []
    for branch in branches:
        given = {turn: state for (at, turn), state in wave.fixed.items() if at == branch}
        left = wave.released[branch] - sum(state == S.RELEASED for state in given.values())
        free = [turn for turn in range(wave.turns) if turn not in given]
        rng.shuffle(free)
        for turn in free:
            given[turn] = S.RELEASED if left > 0 else deck.pop()
            left -= 1
        slots += [_slot(wave, branch, turn, given[turn]) for turn in sorted(given)]
    return slots + [_replacement(wave, slot, slots) for slot in slots if slot.state == S.ABORTED]


def _deck(wave: Wave) -> list[State]:
    """The states other than released that are not given to a certain visit."""
    left = Counter(wave.others)
    left.subtract(state for state in wave.fixed.values() if state != S.RELEASED)
    return [state for state, count in sorted(left.items()) for _ in range(count)]


def _slot(wave: Wave, branch: int, turn: int, state: State) -> Slot:
    return Slot(wave.key, branch, turn, (branch + wave.first + turn) % len(SHOPPERS), state)


def _replacement(wave: Wave, slot: Slot, slots: Sequence[Slot]) -> Slot:
    """An aborted visit is planned once more, for somebody who was not at this branch."""
    counts = Counter(one.shopper for one in slots)
    other = min(_strangers(slot, slots), key=lambda one: (counts[one], one))
    state = S.RELEASED if wave.is_over else S.ACCEPTED
    return Slot(wave.key, slot.branch, wave.turns, other, state, again=True)


def _strangers(slot: Slot, slots: Sequence[Slot]) -> list[int]:
    """Who goes to this branch in no wave of the client."""
    client = slot.wave.partition("-")[0]
    known = {one.shopper for one in slots if one.wave.startswith(client) and one.branch == slot.branch}
    turns = [wave for wave in WAVES if wave.key.startswith(client)]
    for wave in turns:
        known |= {_slot(wave, slot.branch, turn, S.PLANNED).shopper for turn in range(wave.turns)}
    return [one for one in range(len(SHOPPERS)) if one not in known]


def _sample(slots: Sequence[Slot], seed: int, share: float) -> list[Slot]:
    """The first of each state, for the newcomer too, then others by chance, nobody with too many."""
    rng = dice(seed, "sample")
    kept: list[Slot] = []
    seen: set[tuple[object, ...]] = set()
    needed = needs()
    for slot in slots:
        marks: list[tuple[object, ...]] = [(slot.state,), (slot.wave, slot.state == S.RELEASED)]
        marks += [("newcomer", slot.state)] if slot.shopper == NEWCOMER else []
        kind = slot.wave.partition("-")[0], slot.state
        is_needed = needed[kind] > 0 and (slot.wave.endswith("now") or slot.state == S.REJECTED)
        if is_needed or any(mark not in seen for mark in marks) or rng.random() < share:
            full = sum(one.shopper == slot.shopper and one.wave == slot.wave for one in kept) >= FEWEST
            if not full:
                seen.update(marks)
                needed[kind] -= is_needed
                kept.append(slot)
    return kept


def _with_history(slot: Slot, kept: Sequence[Slot]) -> Slot:
    """Name who could be asked first and decline without breaking the rule of shares."""
    counts = Counter(one.shopper for one in kept if one.wave == slot.wave)
    total = sum(one.wave == slot.wave and one.state != S.CANCELLED for one in kept)
    most = max(FEWEST, total // 10)
    # One turn each: nobody is asked about two visits to a branch at once.
    turns = max(one.turn for one in kept if one.wave == slot.wave and one.branch == slot.branch) + 1
    own = [one for place, one in enumerate(_strangers(slot, kept)) if (place - slot.turn) % turns == 0]
    free = tuple(one for one in own if counts[one] < most)
    return replace(slot, free=free)
