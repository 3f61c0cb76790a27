"""How often branches object, and to which questions: counts beside how many there were to object to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select, true

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.checklists.models import Version
from audit.checklists.published import published
from audit.db import db
from audit.followup.dispute_queries import disputes_for
from audit.followup.models import Dispute, DisputeOutcome
from audit.i18n import rounded, text_of
from audit.review.models import Scorecard, ScorecardQuestion
from audit.review.queries import scorecards_for

LEAST = 10  # fewer are told as a count only: a share of so few says nothing
MOST = 200  # lines of a table: those with most disputes


@dataclass(frozen=True)
class Rate:
    """One branch or question: disputes of `n` released visits or answers, how they ended."""

    title: str
    detail: str
    n: int
    disputes: int
    upheld: int
    declined: int

    @property
    def open(self) -> int:
        """Those that wait."""
        return self.disputes - self.upheld - self.declined

    @property
    def share(self) -> str | None:
        """Disputes in a hundred, whole; None below ten, where only the count is told."""
        return rounded(f"{self.disputes * 100}/{self.n}", 0) if self.n >= LEAST else None


@dataclass(frozen=True)
class Rates:
    """Both tables, most disputes first; only what was ever disputed."""

    branches: list[Rate]
    questions: list[Rate]
    visits: int  # released altogether
    disputes: int


def rates(person: Person, client_id: int | None = None) -> Rates:
    """The rates of everything in the person's scope, or of one client."""
    of_client = Dispute.client_id == client_id if client_id is not None else true()
    mine = and_(of_client, Dispute.id.in_(disputes_for(person).with_only_columns(Dispute.id)))
    released = scorecards_for(person).where(Scorecard.is_current, Scorecard.released_at.is_not(None))
    if client_id is not None:
        released = released.where(Scorecard.client_id == client_id)
    return Rates(
        branches=_by_branch(mine, released),
        questions=_by_question(mine, released),
        visits=db.session.scalar(released.with_only_columns(func.count())) or 0,
        disputes=db.session.scalar(select(func.count()).select_from(Dispute).where(mine)) or 0,
    )


def _counts() -> tuple[ColumnElement[Any], ...]:
    return (
        func.count(Dispute.id).label("disputes"),
        func.count(case((DisputeOutcome.upheld.is_(True), 1))).label("upheld"),
        func.count(case((DisputeOutcome.upheld.is_(False), 1))).label("declined"),
    )


def _by_branch(mine: ColumnElement[bool], released: Any) -> list[Rate]:
    query = (
        select(Branch.id, Branch.name, Branch.code, Client.name.label("client"), *_counts())
        .select_from(Dispute)
        .outerjoin(Dispute.outcome)
        .join(Branch, Branch.id == Dispute.branch_id)
        .join(Client, Client.id == Branch.client_id)
        .where(mine)
        .group_by(Branch.id, Client.id)
        .order_by(func.count(Dispute.id).desc(), Branch.name, Branch.id)
        .limit(MOST)
    )
    rows = db.session.execute(query).all()
    ids = [row.id for row in rows]
    visits = released.where(Scorecard.branch_id.in_(ids)).with_only_columns(Scorecard.branch_id, func.count())
    counted = dict(db.session.execute(visits.group_by(Scorecard.branch_id)).all())
    return [_rate(row, row.name, f"{row.code} · {row.client}", counted.get(row.id, 0)) for row in rows]


def _by_question(mine: ColumnElement[bool], released: Any) -> list[Rate]:
    query = (
        select(Scorecard.version_id, Dispute.question_id, *_counts())
        .select_from(Dispute)
        .outerjoin(Dispute.outcome)
        .join(Scorecard, Scorecard.id == Dispute.scorecard_id)
        .where(mine)
        .group_by(Scorecard.version_id, Dispute.question_id)
        .order_by(func.count(Dispute.id).desc(), Dispute.question_id, Scorecard.version_id)
        .limit(MOST)
    )
    rows = db.session.execute(query).all()
    versions = _versions({row.version_id for row in rows})
    counted = _answers(rows, released)
    found = []
    for row in rows:
        version = versions[row.version_id]
        known = published(version)
        question = known.questions.get(row.question_id, {})
        text = text_of(question.get("text")) or row.question_id
        number = known.order.get(row.question_id, 0) + 1
        detail = f"{text_of(version.document.get('title'))} · v{version.number}"
        n = counted.get((row.version_id, row.question_id), 0)
        found.append(_rate(row, f"{number}. {text}", detail, n))
    return found


def _versions(ids: set[int]) -> dict[int, Version]:
    return {one.id: one for one in db.session.scalars(select(Version).where(Version.id.in_(ids)))}


def _answers(rows: Sequence[Row[Any]], released: Any) -> dict[tuple[int, str], int]:
    """How many released visits of each version have an answer to each of these questions."""
    questions = {row.question_id for row in rows}
    query = (
        released.where(Scorecard.version_id.in_({row.version_id for row in rows}))
        .join(ScorecardQuestion, ScorecardQuestion.scorecard_id == Scorecard.id)
        .where(ScorecardQuestion.question_id.in_(questions), ScorecardQuestion.state.in_(("answered", "na")))
        .with_only_columns(Scorecard.version_id, ScorecardQuestion.question_id, func.count())
        .group_by(Scorecard.version_id, ScorecardQuestion.question_id)
    )
    return {(version, question): count for version, question, count in db.session.execute(query)}


def _rate(row: Any, title: str, detail: str, n: int) -> Rate:
    return Rate(title, detail, n, row.disputes, row.upheld, row.declined)
