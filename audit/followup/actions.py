"""What a branch decides about its actions: take on, change, do, take back, drop, add; each an event."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.checklists.published import published
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.followup.models import Action, ActionEvent, ActionState
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review.models import Scorecard
from audit.trail.services import record

LONGEST_TEXT = 500
LONGEST_NAME = 80
MOST_PHOTOS = 4  # at one completion
LATEST = timedelta(days=730)

# Which states each step starts from, and where it ends.
STEPS: Mapping[str, tuple[tuple[ActionState, ...], ActionState]] = {
    "accepted": ((ActionState.PROPOSED, ActionState.FAILED_AGAIN), ActionState.OPEN),
    "changed": ((ActionState.OPEN,), ActionState.OPEN),
    "done": ((ActionState.OPEN,), ActionState.DONE),
    "reopened": ((ActionState.DONE,), ActionState.OPEN),
    "dropped": (
        (ActionState.PROPOSED, ActionState.OPEN, ActionState.FAILED_AGAIN),
        ActionState.DROPPED,
    ),
}


@dataclass(frozen=True)
class Plan:
    """What will be done, by which department, by whom, until which day."""

    text: str
    department: str
    owner: str
    due_on: date | None


def may_plan(person: Person) -> bool:
    """The client's side plans its own actions; the agency reads them."""
    return person.is_client_side


def may_finish(action: Action, person: Person) -> bool:
    """Whether this person can say now that it is done."""
    return may_plan(person) and action.state in STEPS["done"][0]


def today_of(branch: Branch, at: datetime) -> date:
    """The branch's day."""
    return at.astimezone(ZoneInfo(branch.timezone)).date()


def accept(action: Action, by: Person, at: datetime, plan: Plan, *, seen: int | None = None) -> None:
    """Take on a proposal, or again what a visit saw fail. Callers hold the action's lock. Invalid names a field."""
    _plan(action, by, at, "accepted", plan, seen)


def change(action: Action, by: Person, at: datetime, plan: Plan, *, seen: int | None = None) -> None:
    """Change an open action. Callers hold its lock. Invalid names the field."""
    _plan(action, by, at, "changed", plan, seen)


def _plan(action: Action, by: Person, at: datetime, kind: str, plan: Plan, seen: int | None) -> None:
    given = _cleaned(plan)
    data = _document(given)
    if _is_repeated(action, by, kind, seen, data):
        return
    _check_step(action, kind)
    # A day that has passed may stay as it is: the action is overdue then, and may still get another owner.
    _check_plan(given, action.branch, at, kept=action.due_on if kind == "changed" else None)
    for name, value in asdict(given).items():
        setattr(action, name, value)
    if kind == "accepted":
        action.done_at = None
    _take(action, by, at, kind, data)


def finish(
    action: Action, by: Person, at: datetime, note: str, photos: Sequence[str], *, seen: int | None = None
) -> None:
    """Say that it is done, with photos (storage keys of clean copies) or a sentence. Callers hold the lock.

    Invalid names `note` or `photos`.
    """
    text = clean(note)
    if _is_repeated(action, by, "done", seen, {"note": text}):
        return
    _check_step(action, "done")
    if len(text) > LONGEST_TEXT:
        raise _too_long("note")
    if not text and not photos:
        raise Invalid(_("Add a photo, or write what was done."), field="photos")
    if len(photos) > MOST_PHOTOS:
        raise Invalid(_("At most %(most)s photos.", most=MOST_PHOTOS), field="photos")
    action.evidence = [*action.evidence, *photos]
    action.done_at = at
    _take(action, by, at, "done", {"note": text, "evidence": list(photos)})


def reopen(action: Action, by: Person, at: datetime, *, seen: int | None = None) -> None:
    """Take back that it is done; its evidence stays in the history. Callers hold the lock."""
    if _is_repeated(action, by, "reopened", seen, {}):
        return
    _check_step(action, "reopened")
    action.done_at = None
    _take(action, by, at, "reopened", {})


def drop(action: Action, by: Person, at: datetime, reason: str, *, seen: int | None = None) -> None:
    """Decide not to do it, with the reason. Callers hold the lock. Invalid names `reason`."""
    text = clean(reason)
    if _is_repeated(action, by, "dropped", seen, {"reason": text}):
        return
    _check_step(action, "dropped")
    if not text:
        raise Invalid(
            _("Write why the branch does not do this: area and head office read it."), field="reason"
        )
    if len(text) > LONGEST_TEXT:
        raise _too_long("reason")
    _take(action, by, at, "dropped", {"reason": text})


def add(card: Scorecard, by: Person, at: datetime, plan: Plan, question_id: str | None = None) -> Action:
    """An action of the branch's own beside a released scorecard; the same one again is the first one. Flushes.

    Invalid names the field; Forbidden for the agency. Callers hold the visit's lock, so two clicks are one.
    """
    if not may_plan(by):
        raise _not_yours()
    given = _cleaned(plan)
    if question_id is not None and question_id not in published(card.version).questions:
        raise Invalid(_("This question is not part of the checklist."), field="question_id")
    _check_plan(given, card.branch, at)
    known = _same_by(card, by, given, question_id)
    if known is not None:
        return known
    action = Action(
        client_id=card.client_id,
        branch_id=card.branch_id,
        scorecard_id=card.id,
        scorecard=card,
        question_id=question_id,
        state=ActionState.OPEN,
        made_at=at,
        **asdict(given),
    )
    db.session.add(action)
    _take(action, by, at, "added", _document(given), ActionState.OPEN)
    return action


def _same_by(card: Scorecard, by: Person, plan: Plan, question_id: str | None) -> Action | None:
    query = (
        select(Action)
        .join(ActionEvent, ActionEvent.action_id == Action.id)
        .where(
            Action.scorecard_id == card.id,
            Action.state == ActionState.OPEN,
            Action.question_id == question_id if question_id else Action.question_id.is_(None),
            Action.text == plan.text,
            Action.department == plan.department,
            Action.owner == plan.owner,
            Action.due_on == plan.due_on,
            ActionEvent.kind == "added",
            ActionEvent.by_id == by.id,
        )
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def _is_repeated(action: Action, by: Person, kind: str, seen: int | None, data: Mapping[str, Any]) -> bool:
    """Whether this is a second click; Forbidden and Conflict where the step is not theirs or the page is old."""
    if not may_plan(by):
        raise _not_yours()
    last = action.events[-1] if action.events else None
    if seen is None or last is None or seen == last.id:
        return False
    if last.by_id == by.id and last.kind == kind and data.items() <= last.data.items():
        return True
    raise Conflict(
        _(
            "Somebody has changed this action since you opened it. Look at it again below, then send once more."
        ),
        code="stale",
    )


def _check_step(action: Action, kind: str) -> None:
    starts, _end = STEPS[kind]
    if action.state not in starts:
        raise Conflict(_("This action has moved on, so this step is no longer open."), code="state")


def _not_yours() -> Forbidden:
    return Forbidden(_("The branch and its head office plan the actions; the agency reads them."))


def _cleaned(plan: Plan) -> Plan:
    return Plan(clean(plan.text), clean(plan.department), clean(plan.owner), plan.due_on)


def _document(plan: Plan) -> dict[str, Any]:
    day = plan.due_on.isoformat() if plan.due_on else None
    return {"text": plan.text, "department": plan.department, "owner": plan.owner, "due_on": day}


def _check_plan(plan: Plan, branch: Branch, at: datetime, kept: date | None = None) -> None:
    for name, longest in (("text", LONGEST_TEXT), ("department", LONGEST_NAME), ("owner", LONGEST_NAME)):
        if len(getattr(plan, name)) > longest:
            raise _too_long(name, longest)
    if not plan.text:
        raise Invalid(_("Write what will be done."), field="text")
    if not plan.owner:
        raise Invalid(_("Write who does it: a function or a name."), field="owner")
    if plan.due_on is None:
        raise Invalid(_("Choose the day until which it is done."), field="due_on")
    today = today_of(branch, at)
    if plan.due_on < today and plan.due_on != kept:
        raise Invalid(_("This day has passed. Choose today or a later day."), field="due_on")
    if plan.due_on > today + LATEST:
        raise Invalid(_("This day is more than two years away."), field="due_on")


def _too_long(field: str, longest: int = LONGEST_TEXT) -> Invalid:
    return Invalid(_("At most %(length)s characters.", length=longest), field=field)


def _take(
    action: Action,
    by: Person,
    at: datetime,
    kind: str,
    data: dict[str, Any],
    state: ActionState | None = None,
) -> None:
    """Note the step in the action's history and in the trail; flushes."""
    action.state = state or STEPS[kind][1]
    action.events.append(
        ActionEvent(at=at, by_id=by.id, kind=kind, data={**data, "state": str(action.state)})
    )
    db.session.flush()
    record(
        f"action.{kind}",
        by,
        at,
        client_id=action.client_id,
        visit_id=action.scorecard.visit_id,
        scorecard_id=action.scorecard_id,
        action=action.id,
    )
