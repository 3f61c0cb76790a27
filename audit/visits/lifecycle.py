"""The life of a visit as one table: (state, action) -> (next state, who may)."""

from enum import StrEnum
from typing import NamedTuple

from audit.accounts.models import RoleName


class State(StrEnum):
    """Where a visit is between plan and payment."""

    PLANNED = "planned"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    RELEASED = "released"
    REJECTED = "rejected"
    ABORTED = "aborted"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What moves it."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    START = "start"
    SUBMIT = "submit"
    ABORT = "abort"
    RETURN = "return"
    APPROVE = "approve"
    REJECT = "reject"
    RELEASE = "release"
    CANCEL = "cancel"
    REOPEN = "reopen"


class Step(NamedTuple):
    """The next state and the roles that may take the step; a shopper only with an own visit."""

    to: State
    roles: frozenset[RoleName]


_SHOPPER = frozenset({RoleName.SHOPPER})
_EDITOR = frozenset({RoleName.EDITOR, RoleName.ADMIN})
_ADMIN = frozenset({RoleName.ADMIN})

TRANSITIONS: dict[tuple[State, Action], Step] = {
    (State.PLANNED, Action.OFFER): Step(State.OFFERED, _ADMIN),
    (State.OFFERED, Action.ACCEPT): Step(State.ACCEPTED, _SHOPPER),
    (State.OFFERED, Action.DECLINE): Step(State.PLANNED, _SHOPPER),
    (State.OFFERED, Action.EXPIRE): Step(State.PLANNED, _ADMIN),
    (State.ACCEPTED, Action.START): Step(State.IN_PROGRESS, _SHOPPER),
    (State.ACCEPTED, Action.WITHDRAW): Step(State.PLANNED, _SHOPPER),
    (State.ACCEPTED, Action.EXPIRE): Step(State.PLANNED, _ADMIN),
    (State.IN_PROGRESS, Action.SUBMIT): Step(State.SUBMITTED, _SHOPPER),
    (State.IN_PROGRESS, Action.ABORT): Step(State.ABORTED, _SHOPPER),
    (State.SUBMITTED, Action.RETURN): Step(State.RETURNED, _EDITOR),
    (State.SUBMITTED, Action.APPROVE): Step(State.APPROVED, _EDITOR),
    (State.SUBMITTED, Action.REJECT): Step(State.REJECTED, _EDITOR),
    (State.RETURNED, Action.SUBMIT): Step(State.SUBMITTED, _SHOPPER),
    (State.APPROVED, Action.RELEASE): Step(State.RELEASED, _ADMIN),
    (State.REJECTED, Action.REOPEN): Step(State.SUBMITTED, _ADMIN),  # an appeal was granted
    (State.PLANNED, Action.CANCEL): Step(State.CANCELLED, _ADMIN),
    (State.OFFERED, Action.CANCEL): Step(State.CANCELLED, _ADMIN),
    (State.ACCEPTED, Action.CANCEL): Step(State.CANCELLED, _ADMIN),
}


class AbortReason(StrEnum):
    """Why a visit could not be completed."""

    CLOSED = "closed"
    MOVED = "moved"
    ASKED_TO_LEAVE = "asked_to_leave"
    RECOGNISED = "recognised"
    UNSAFE = "unsafe"


def step(state: State | str, action: Action) -> Step | None:
    """The step this action takes from this state, or None when there is none."""
    return TRANSITIONS.get((State(state), action))


def actions(state: State | str, roles: frozenset[RoleName]) -> list[Action]:
    """What somebody with these roles may do next."""
    return [a for (s, a), found in TRANSITIONS.items() if s == State(state) and found.roles & roles]
