"""How a branch stood when a scorecard was released: its unfinished actions, the questions that lost again.

Both are read as of that moment, so that a PDF says the same whenever it is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload

from audit.db import db
from audit.followup.actions import today_of
from audit.followup.models import Action, ActionState
from audit.review.models import Scorecard, ScorecardQuestion

VISITS = 6  # that a repeated loss looks back over, this one included
UNFINISHED = (ActionState.OPEN, ActionState.DONE, ActionState.FAILED_AGAIN)


@dataclass(frozen=True)
class OpenAction:
    """Something the branch had taken on and no visit had confirmed."""

    text: str
    owner: str
    due_on: date | None
    question_id: str | None
    is_overdue: bool


@dataclass(frozen=True)
class RepeatedLoss:
    """A question that lost points in this visit and in others: `times` of the `visits` that asked it."""

    question_id: str
    times: int
    visits: int


def open_actions(card: Scorecard) -> list[OpenAction]:
    """The branch's actions that were unfinished as this scorecard was released, by the day they were due.

    What this visit itself saw right is finished; what was reported done counts only where it was lost again.
    """
    before = card.released_at
    if before is None:
        return []
    query = (
        select(Action)
        .where(
            Action.client_id == card.client_id, Action.branch_id == card.branch_id, Action.made_at < before
        )
        .options(selectinload(Action.events))
        .order_by(Action.id)
    )
    today = today_of(card.branch, before)
    seen = {line["id"]: line for line in card.result.get("questions", ())}
    found = [_as_of(action, before, today, seen) for action in db.session.scalars(query)]
    return sorted((one for one in found if one is not None), key=lambda one: one.due_on or date.max)


def _as_of(
    action: Action, before: datetime, today: date, seen: Mapping[str, Mapping[str, Any]]
) -> OpenAction | None:
    """The action as its history tells it at that moment; None when it was not taken on, or finished.

    `seen` are the visit's questions as scored.
    """
    known: dict[str, Any] = {}
    for event in action.events:
        if event.at < before:
            known |= event.data
    if known.get("state") not in UNFINISHED:
        return None
    line = seen.get(action.question_id or "", {})
    if line.get("credit") == "1" or (
        known["state"] == ActionState.DONE and not _is_positive(line.get("lost", "0"))
    ):
        return None
    due_on = date.fromisoformat(known["due_on"]) if known.get("due_on") else None
    is_open = known["state"] in (ActionState.OPEN, ActionState.FAILED_AGAIN)
    return OpenAction(
        text=str(known.get("text", action.text)),
        owner=str(known.get("owner", "")),
        due_on=due_on,
        question_id=action.question_id,
        is_overdue=is_open and due_on is not None and due_on < today,
    )


def repeated_losses(card: Scorecard) -> list[RepeatedLoss]:
    """What this visit lost and others of the branch's last six lost too, in form order."""
    lost = {line["id"]: (0, 0) for line in card.result.get("questions", ()) if _is_positive(line["lost"])}
    if not lost or card.released_at is None:
        return []
    ids = [card.id, *_earlier(card)]
    query = select(ScorecardQuestion.question_id, ScorecardQuestion.lost).where(
        ScorecardQuestion.scorecard_id.in_(ids),
        ScorecardQuestion.question_id.in_(lost),
        ScorecardQuestion.state == "answered",
    )
    for question, points in db.session.execute(query):
        times, visits = lost[question]
        lost[question] = (times + (points > 0), visits + 1)
    return [RepeatedLoss(question, *counts) for question, counts in lost.items() if counts[0] > 1]


def _is_positive(fraction: str) -> bool:
    return not fraction.startswith("-") and fraction != "0"


def _earlier(card: Scorecard) -> list[int]:
    """The branch's visits before this one, each by the edition that was the newest when this was released."""
    newest = (
        select(Scorecard.id, Scorecard.visited_on, Scorecard.visit_id)
        .where(
            Scorecard.client_id == card.client_id,
            Scorecard.branch_id == card.branch_id,
            Scorecard.visit_id != card.visit_id,
            Scorecard.status == "scored",
            Scorecard.released_at <= card.released_at,
            tuple_(Scorecard.visited_on, Scorecard.visit_id) < (card.visited_on, card.visit_id),
        )
        .ext(distinct_on(Scorecard.visit_id))
        .order_by(Scorecard.visit_id, Scorecard.edition.desc())
        .subquery()
    )
    ordered = select(newest.c.id).order_by(newest.c.visited_on.desc(), newest.c.visit_id.desc())
    return list(db.session.scalars(ordered.limit(VISITS - 1)))
