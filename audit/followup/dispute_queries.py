"""Disputes by person: those beside a scorecard, the agency's list, and how often what is disputed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import contains_eager, joinedload, load_only
from sqlalchemy.sql.base import ExecutableOption

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.branches.queries import clients_for
from audit.db import db
from audit.errors import NotFound
from audit.followup.models import Dispute, DisputeOutcome
from audit.i18n import gettext as _
from audit.review.models import Scorecard
from audit.review.queries import scorecards_for

PAGE = 100
SORTS: dict[str, Any] = {
    "due": Dispute.answer_by,
    "raised": Dispute.at,
    "branch": Branch.name,
    "client": Client.name,
}


class Standing(StrEnum):
    """What the agency's list shows."""

    OPEN = "open"
    ANSWERED = "answered"
    ALL = "all"


@dataclass(frozen=True)
class DisputeFilter:
    """What the list is narrowed to."""

    standing: Standing = Standing.OPEN
    client_id: int | None = None
    sort: str = "due"  # a key of SORTS, with "-" before it the other way round


def disputes_for(person: Person) -> Select[Dispute]:
    """The disputes of the scorecards in the person's scope."""
    reached = scorecards_for(person).with_only_columns(Scorecard.id)
    query = select(Dispute)
    return query.where(Dispute.scorecard_id.in_(reached)) if person.active else query.where(false())


def dispute_for(person: Person, dispute_id: int) -> Dispute:
    """One dispute with its outcome; NotFound when it is out of scope."""
    query = disputes_for(person).where(Dispute.id == dispute_id).options(*_parts())
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("There is no such dispute, or it is not yours."))
    return found


def _parts() -> tuple[ExecutableOption, ...]:
    outcome = joinedload(Dispute.outcome)
    return outcome.joinedload(DisputeOutcome.by), joinedload(Dispute.by)


def disputes_of(visit_id: int, until: datetime | None = None) -> list[Dispute]:
    """What was disputed of a visit, whichever edition, oldest first; `until` for a print of that moment."""
    query = select(Dispute).where(Dispute.visit_id == visit_id).options(*_parts()).order_by(Dispute.id)
    if until is not None:
        query = query.where(Dispute.at <= until)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def dispute_about(visit_id: int, question: str) -> Dispute | None:
    """What was raised about one answer of a visit, whichever edition; None where nothing was."""
    query = select(Dispute).where(Dispute.visit_id == visit_id, Dispute.question_id == question)
    return db.session.scalar(query)


def editions_of(card: Scorecard) -> list[Scorecard]:
    """All released editions of a scorecard that the reader may see, the first one first."""
    query = select(Scorecard).where(Scorecard.visit_id == card.visit_id, Scorecard.released_at.is_not(None))
    known = load_only(
        Scorecard.edition,
        Scorecard.is_current,
        Scorecard.released_at,
        Scorecard.visit_id,
        Scorecard.branch_id,
    )
    return list(db.session.scalars(query.options(known).order_by(Scorecard.edition)))


def dispute_page(person: Person, wanted: DisputeFilter, page: int) -> tuple[list[Dispute], int]:
    """One page (from 1) of the agency's list and how many there are: open ones first, then as sorted."""
    query = (
        disputes_for(person)
        .outerjoin(Dispute.outcome)
        .join(Branch, Branch.id == Dispute.branch_id)
        .join(Client, Client.id == Dispute.client_id)
    )
    if wanted.client_id is not None:
        query = query.where(Dispute.client_id == wanted.client_id)
    if wanted.standing == Standing.OPEN:
        query = query.where(DisputeOutcome.dispute_id.is_(None))
    elif wanted.standing == Standing.ANSWERED:
        query = query.where(DisputeOutcome.dispute_id.is_not(None))
    total = db.session.scalar(query.with_only_columns(func.count())) or 0
    card = joinedload(Dispute.scorecard)
    parts = (
        contains_eager(Dispute.outcome),
        joinedload(Dispute.branch).joinedload(Branch.client),
        joinedload(Dispute.by),
        card.load_only(Scorecard.number, Scorecard.edition, Scorecard.version_id),
        card.joinedload(Scorecard.version),
    )
    column = SORTS.get(wanted.sort.removeprefix("-"), Dispute.answer_by)
    order = column.desc() if wanted.sort.startswith("-") else column.asc()
    ordered = query.options(*parts).order_by(DisputeOutcome.dispute_id.is_not(None), order, Dispute.id)
    rows = db.session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE))
    return list(rows), total


def open_count(person: Person, late_at: datetime | None = None) -> int:
    """How many disputes wait for an answer; only those overdue at `late_at` if given."""
    query = disputes_for(person).outerjoin(Dispute.outcome).where(DisputeOutcome.dispute_id.is_(None))
    if late_at is not None:
        query = query.where(Dispute.answer_by < late_at)
    return db.session.scalar(query.with_only_columns(func.count())) or 0


def filter_clients(person: Person) -> Sequence[Client]:
    """The clients to choose among, by name."""
    return list(db.session.scalars(clients_for(person).order_by(Client.name, Client.id)))
