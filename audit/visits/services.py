"""The steps of a visit before and beside its answers: offer, accept, start, abort and so on."""

from datetime import datetime
from typing import Any

from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.i18n import gettext
from audit.visits.eligibility import conflicts
from audit.visits.lifecycle import AbortReason, Action, State, step
from audit.visits.models import Visit, VisitEvent

REJECTION_RULES = 1  # the edition of the rejection rules shown with the terms


def move(visit: Visit, action: Action, by: Person | None, at: datetime, **data: Any) -> VisitEvent:
    """Take one step of the table and record it. Conflict when the state has no such step, Forbidden for others.

    `by` None is the system's clock. Callers hold the visit's lock.
    """
    found = step(visit.state, action)
    if found is None:
        raise Conflict(
            gettext("This is not possible now: the visit has moved on. Reload the page."), code="state"
        )
    if by is not None and not _may(by, found.roles, visit):
        raise Forbidden(gettext("This step is not yours to take."))
    event = VisitEvent(
        visit_id=visit.id,
        at=at,
        by_id=by.id if by else None,
        action=action,
        from_state=visit.state,
        to_state=found.to,
        data=data,
    )
    visit.state = found.to
    db.session.add(event)
    db.session.flush()
    return event


def _may(by: Person, roles: frozenset[RoleName], visit: Visit) -> bool:
    if by.has(*(roles - {RoleName.SHOPPER})):
        return True
    return RoleName.SHOPPER in roles and by.has(RoleName.SHOPPER) and visit.shopper_id == by.id


def terms_of(visit: Visit) -> dict[str, Any]:
    """What a shopper agrees to, as shown before acceptance and frozen with it."""
    return {
        "fee": visit.fee,
        "expense_cap": visit.expense_cap,
        "opens_on": visit.opens_on.isoformat(),
        "closes_on": visit.closes_on.isoformat(),
        "submit_by": visit.submit_by.isoformat(),
        "rejection_rules": REJECTION_RULES,
    }


def terms_seal(visit: Visit) -> str:
    """A short text that changes when the terms do: the form sends back which terms were seen."""
    return "|".join(str(value) for value in terms_of(visit).values())


def offer(visit: Visit, shopper: Person, by: Person, at: datetime) -> None:
    """Offer a planned visit to one shopper."""
    if not shopper.active or not shopper.has(RoleName.SHOPPER):
        raise Invalid(gettext("Only an active shopper can be offered a visit."), field="shopper")
    if step(visit.state, Action.OFFER) is not None:
        visit.shopper_id = shopper.id
    move(visit, Action.OFFER, by, at, shopper=shopper.id)


def accept(visit: Visit, by: Person, at: datetime, *, conflict: bool, terms_seen: str) -> bool:
    """Accept the terms as seen; False when the conflict gate closed instead (logged, the visit goes back).

    Who once answered yes for the branch does not come in by another answer.
    """
    if visit.state == State.ACCEPTED and visit.shopper_id == by.id:
        return True  # a double tap
    if conflict or conflicts(visit.branch_id, [by.id]):
        _give_back(visit, Action.DECLINE, by, at, conflict=True)
        return False
    if step(visit.state, Action.ACCEPT) is not None and terms_seen != terms_seal(visit):
        raise Conflict(
            gettext("The terms have changed since you saw them. Read them again, then decide."), code="terms"
        )
    if step(visit.state, Action.ACCEPT) is not None:
        visit.accepted_at = at
        visit.terms = terms_of(visit)
    move(visit, Action.ACCEPT, by, at, terms=visit.terms)
    return True


def _give_back(visit: Visit, action: Action, by: Person | None, at: datetime, **data: Any) -> None:
    """Back to the plan: the event remembers who had it."""
    shopper = visit.shopper_id
    move(visit, action, by, at, shopper=shopper, **data)
    visit.shopper_id = visit.accepted_at = visit.terms = None
    db.session.flush()


def decline(visit: Visit, by: Person, at: datetime) -> None:
    """The shopper does not want an offered visit."""
    _give_back(visit, Action.DECLINE, by, at)


def withdraw(visit: Visit, by: Person, at: datetime) -> None:
    """The shopper gives an accepted visit back before starting."""
    _give_back(visit, Action.WITHDRAW, by, at)


def expire(visit: Visit, at: datetime, by: Person | None = None) -> None:
    """An offer or acceptance ran out."""
    _give_back(visit, Action.EXPIRE, by, at)


def cancel(visit: Visit, by: Person, at: datetime, reason: str = "") -> None:
    """The agency no longer wants the visit."""
    move(visit, Action.CANCEL, by, at, reason=reason)


def start(visit: Visit, by: Person, at: datetime, since: datetime | None = None, **device: Any) -> None:
    """The shopper begins; a second tap changes nothing.

    `since` is when the device saw it begin, in the server's time; what else it says goes to the event.
    """
    if visit.state == State.IN_PROGRESS and visit.shopper_id == by.id:
        return
    if step(visit.state, Action.START) is not None:
        visit.started_at = min(at, max(since or at, visit.accepted_at or at))
    move(visit, Action.START, by, at, **device)


def abort(visit: Visit, by: Person, at: datetime, reason: str, note: str, **device: Any) -> None:
    """Could not be completed: no score, no average, never held against the shopper by itself.

    A visit that was only accepted starts by it; stopping again changes nothing.
    """
    if visit.state == State.ABORTED and visit.shopper_id == by.id:
        return
    if reason not in set(AbortReason):
        raise Invalid(gettext("Choose the reason why the visit could not be completed."), field="reason")
    if visit.state == State.ACCEPTED:
        start(visit, by, at)
    if step(visit.state, Action.ABORT) is not None:
        visit.abort_reason, visit.abort_note = reason, note
    move(visit, Action.ABORT, by, at, reason=reason, **device)
