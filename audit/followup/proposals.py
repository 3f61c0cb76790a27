"""What a released scorecard means for its branch's actions: earlier ones are settled, new ones proposed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.branches.models import Branch
from audit.checklists.published import published
from audit.db import db
from audit.followup.models import Action, ActionEvent, ActionState
from audit.i18n import text_of
from audit.review.models import Scorecard
from audit.review.queries import current_of
from audit.trail.services import record
from audit.visits.models import Visit

# Somebody still has to do or see something about these.
LIVE = (ActionState.PROPOSED, ActionState.OPEN, ActionState.DONE, ActionState.FAILED_AGAIN)
LANGUAGE = "vi"  # of a proposal's stored text; pages show the question in the reader's language


@dataclass(frozen=True)
class _Line:
    """What a visit says of one question: points lost as shown, and whether it was seen without a fault."""

    lost: Fraction
    is_lost: bool
    is_right: bool


def after_release(card: Scorecard, at: datetime) -> None:
    """Settle and propose for the visit of this released scorecard, by its current edition; flushes. Repeatable."""
    card = current_of(card)
    if card.status != "scored" or card.released_at is None:
        return
    # Two scorecards of one branch are released together, and two workers take them up.
    db.session.execute(select(Branch.id).where(Branch.id == card.branch_id).with_for_update(key_share=True))
    lines = {line["id"]: _line(line) for line in card.result["questions"]}
    known = _actions_of(card)
    for action in known:
        if action.question_id is not None and action.question_id in lines:
            _settle(action, lines[action.question_id], card, at)
    covered = {action.question_id for action in known if action.state in LIVE}
    _propose(card, lines, covered, at)
    db.session.flush()


def _line(line: dict[str, Any]) -> _Line:
    lost, credit = Fraction(line["lost"]), line["credit"]
    is_right = line["state"] == "answered" and lost <= 0 and (credit is None or Fraction(credit) == 1)
    return _Line(Fraction(line["lost_shown"]), lost > 0, is_right)


def _actions_of(card: Scorecard) -> list[Action]:
    """The branch's actions that a visit can still speak about, locked, first to last."""
    origin = joinedload(Action.scorecard).load_only(Scorecard.visit_id)  # its documents are large
    query = (
        select(Action)
        .where(Action.client_id == card.client_id, Action.branch_id == card.branch_id, Action.state.in_(LIVE))
        .options(origin.joinedload(Scorecard.visit))
        .order_by(Action.id)
        .with_for_update(of=Action)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _settle(action: Action, line: _Line, card: Scorecard, at: datetime) -> None:
    """Let this visit speak about an action: its own visit's later edition, or a later visit's result."""
    if action.scorecard.visit_id == card.visit_id:
        if line.is_right and action.state == ActionState.PROPOSED:
            _note(action, at, "withdrawn", card, ActionState.DROPPED)  # upheld: nothing was lost after all
        return
    seen_at = _moment(card.visit)
    if seen_at <= _moment(action.scorecard.visit):
        return
    if line.is_right:
        _confirm(action, card, at, seen_at)
    elif line.is_lost:
        _fail(action, card, at, seen_at)


def _confirm(action: Action, card: Scorecard, at: datetime, seen_at: datetime) -> None:
    if action.state == ActionState.PROPOSED:
        # Of two visits released together, the one that went well does not hide what the other one lost.
        if seen_at >= action.made_at:
            _note(action, at, "cleared", card, ActionState.DROPPED)
    elif action.state in (ActionState.OPEN, ActionState.DONE) or (
        action.state == ActionState.FAILED_AGAIN and _has_spoken(card, action)
    ):  # an earlier edition of this very visit had said that it failed
        action.done_at = action.done_at or seen_at
        _note(action, at, "confirmed", card, ActionState.CONFIRMED)


def _fail(action: Action, card: Scorecard, at: datetime, seen_at: datetime) -> None:
    """A visit counts against an action once, and only if it began after the branch knew of it and after it was done.

    What the branch has decided since about what this visit saw, a later edition of it does not undo.
    """
    if _has_spoken(card, action) or seen_at < (
        action.done_at if action.state == ActionState.DONE and action.done_at else action.made_at
    ):
        return
    if action.state in (ActionState.OPEN, ActionState.DONE):
        _note(action, at, "failed_again", card, ActionState.FAILED_AGAIN)
    elif action.state in (ActionState.PROPOSED, ActionState.FAILED_AGAIN):
        _note(action, at, "seen_again", card, ActionState(action.state))


def _has_spoken(card: Scorecard, action: Action) -> bool:
    """Whether some edition of this visit was the last to say something about the action."""
    if action.settled_by_id is None:
        return False
    return db.session.get_one(Scorecard, action.settled_by_id).visit_id == card.visit_id


def _moment(visit: Visit) -> datetime:
    """When the shopper was there."""
    found = visit.visited_at or visit.started_at or visit.submitted_at
    if found is None:
        raise ValueError(f"visit {visit.id} has a scorecard but was never made")
    return found


def _note(action: Action, at: datetime, kind: str, card: Scorecard, state: ActionState) -> None:
    action.state, action.settled_by_id = state, card.id
    action.events.append(ActionEvent(at=at, kind=kind, data={"state": str(state), "scorecard": card.id}))
    _trail(action, at, kind, card)


def _trail(action: Action, at: datetime, kind: str, card: Scorecard) -> None:
    about = {"client_id": card.client_id, "visit_id": card.visit_id, "scorecard_id": card.id}
    record(f"action.{kind}", None, at, **about, action=action.id)


def _propose(card: Scorecard, lines: dict[str, _Line], covered: set[str | None], at: datetime) -> None:
    """One proposal for each question that lost enough and that no action of the branch is about."""
    least = Fraction(card.client.action_points)
    known = published(card.version).questions
    asked = select(Action.question_id).where(Action.scorecard_id.in_(_editions(card)), Action.is_proposal)
    before = set(db.session.scalars(asked))
    for name, line in lines.items():
        if not line.is_lost or line.lost < least or name in covered or name in before:
            continue
        text = text_of(known[name].get("text"), LANGUAGE) or name
        action = Action(
            client_id=card.client_id,
            branch_id=card.branch_id,
            scorecard_id=card.id,
            question_id=name,
            lost=Decimal(line.lost.numerator) / Decimal(line.lost.denominator),
            is_proposal=True,
            text=text,
            state=ActionState.PROPOSED,
            made_at=at,
        )
        action.events.append(ActionEvent(at=at, kind="proposed", data={"state": "proposed", "text": text}))
        db.session.add(action)
        db.session.flush()
        _trail(action, at, "proposed", card)


def _editions(card: Scorecard) -> list[int]:
    return list(db.session.scalars(select(Scorecard.id).where(Scorecard.visit_id == card.visit_id)))
