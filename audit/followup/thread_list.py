"""Threads by person: the scorecards with messages, those that wait for the agency's answer first."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import aliased, joinedload, load_only

from audit.accounts.models import Person
from audit.branches.forms import page_number
from audit.db import db
from audit.followup.models import Message
from audit.followup.thread import Said, said_to
from audit.review.models import Scorecard
from audit.review.queries import scorecards_for

PAGE = 50


@dataclass(frozen=True)
class Thread:
    """One scorecard with its last message; `waits` if nobody of the agency has written since."""

    card: Scorecard
    last: Said
    count: int
    waits: bool


def wanted() -> tuple[bool, int]:
    """Whether only what waits is asked for, and the page."""
    return request.args.get("state") == "waiting", page_number()


def thread_page_of(person: Person, only_waiting: bool, page: int) -> tuple[list[Thread], int, int]:
    """One page (from 1), how many there are, and how many wait for the agency."""
    base, last, per_visit, is_agency = _threads(person)
    waiting = base.where(~is_agency)
    waits = db.session.scalar(waiting.with_only_columns(func.count())) or 0
    query = waiting if only_waiting else base
    total = waits if only_waiting else db.session.scalar(base.with_only_columns(func.count())) or 0
    parts = (
        load_only(
            Scorecard.number,
            Scorecard.visited_on,
            Scorecard.visit_id,
            Scorecard.edition,
            Scorecard.client_id,
        ),
        joinedload(Scorecard.branch),
        joinedload(Scorecard.wave),
    )
    rows = db.session.execute(
        query.add_columns(last, per_visit.c.count, (~is_agency).label("waits"))
        .options(*parts, joinedload(last.by))
        .order_by(is_agency, last.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return (
        [Thread(card, said_to(person, message, card.client_id), *rest) for card, message, *rest in rows],
        total,
        waits,
    )


def _threads(person: Person) -> tuple[Select[Scorecard], Any, Subquery, Any]:
    per_visit = select(Message.visit_id, func.max(Message.id).label("last"), func.count().label("count"))
    counted = per_visit.group_by(Message.visit_id).subquery()
    last = aliased(Message)
    base = (
        scorecards_for(person)
        .where(Scorecard.is_current, Scorecard.released_at.is_not(None))
        .join(counted, counted.c.visit_id == Scorecard.visit_id)
        .join(last, last.id == counted.c.last)
    )
    return base, last, counted, last.by_agency
