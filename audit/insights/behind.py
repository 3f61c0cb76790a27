"""The visits behind a figure: those of a wave and filter, of a branch, with one outcome of a question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, null

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights import narrowing
from audit.insights.figures import released
from audit.insights.selection import Selection
from audit.review.models import Scorecard, ScorecardQuestion

PAGE = 50
OUTCOMES = ("met", "partly", "missed", "none")  # of a question; none: no credit in this visit
EVENTS = ("incident", "unscored")  # of a visit
SORTS = ("day", "branch", "score", "lost")
_LINE = ScorecardQuestion


@dataclass(frozen=True)
class Wanted:
    """What of the selection is meant; `result` is one of OUTCOMES with a question, of EVENTS without, or ""."""

    branch_id: int | None = None
    question_id: str = ""
    result: str = ""
    sort: str = "day"
    descending: bool = True
    page: int = 1


class Row(NamedTuple):
    """A released visit; `credit` (None: none) and `lost` are of the question asked for."""

    scorecard_id: int
    number: str
    branch_id: int
    branch: str
    code: str
    visited_on: date
    daypart: str
    overall: Decimal | None
    before: Decimal | None
    knockouts: int
    credit: Decimal | None
    lost: Decimal | None

    @property
    def outcome(self) -> str:
        """One of OUTCOMES."""
        if self.credit is None:
            return "none"
        return "met" if self.credit == 1 else "partly" if self.credit else "missed"


def visits(person: Person, selection: Selection, wanted: Wanted) -> tuple[list[Row], int]:
    """One page (from 1) of the visits, and how many there are."""
    query = _query(person, selection, wanted)
    total = db.session.scalar(query.with_only_columns(func.count())) or 0
    line = (_LINE.credit, _LINE.lost) if wanted.question_id else (null(), null())
    rows = query.with_only_columns(
        Scorecard.id,
        Scorecard.number,
        Branch.id,
        Branch.name,
        Branch.code,
        Scorecard.visited_on,
        Scorecard.daypart,
        Scorecard.overall,
        Scorecard.before_knockouts,
        Scorecard.knockouts,
        *line,
    )
    pages = max(1, -(-total // PAGE))
    rows = rows.order_by(*_order(wanted)).limit(PAGE).offset((min(wanted.page, pages) - 1) * PAGE)
    return [Row._make(row) for row in db.session.execute(rows)], total


def _query(person: Person, selection: Selection, wanted: Wanted) -> Select[Any]:
    wave = selection.wave
    query = released(person).join(Branch, Branch.id == Scorecard.branch_id)
    query = query.where(Scorecard.wave_id == wave.id)
    query = query.where(Branch.id.in_(narrowing.branch_ids(person, wave.client_id, selection)))
    if wanted.branch_id is not None:
        query = query.where(Scorecard.branch_id == wanted.branch_id)
    if wanted.question_id:
        # Lines of visits without a score count in no figure.
        joined = and_(_LINE.scorecard_id == Scorecard.id, _LINE.question_id == wanted.question_id)
        query = query.join(_LINE, joined).where(Scorecard.status == "scored")
    condition = _CONDITIONS.get(wanted.result)
    return query if condition is None else query.where(condition())


def _incident() -> ColumnElement[bool]:
    return and_(Scorecard.before_knockouts.is_not(None), Scorecard.knockouts > 0)


_CONDITIONS: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "met": lambda: _LINE.credit == 1,
    "partly": lambda: and_(_LINE.credit > 0, _LINE.credit < 1),
    "missed": lambda: _LINE.credit == 0,
    "none": lambda: _LINE.credit.is_(None),
    "incident": _incident,
    "unscored": lambda: Scorecard.before_knockouts.is_(None),
}


def _order(wanted: Wanted) -> tuple[Any, ...]:
    columns: dict[str, Any] = {
        "day": Scorecard.visited_on,
        "branch": Branch.name,
        "score": Scorecard.before_knockouts,
        "lost": _LINE.lost,
    }
    column = columns[wanted.sort]
    led = column.desc().nulls_last() if wanted.descending else column.asc().nulls_last()
    return led, Scorecard.visited_on.desc(), Scorecard.id.desc()
