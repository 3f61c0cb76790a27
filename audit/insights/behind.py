"""The visits behind a figure: those of a wave and filter, of a branch, with one result of a question."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, null

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights import narrowing, rated, results
from audit.insights.figures import released
from audit.insights.rated import Question
from audit.insights.selection import Selection
from audit.review.lines import ScorecardSection
from audit.review.models import Scorecard, ScorecardQuestion
from audit.waves.models import Wave

PAGE = 50
EVENTS = ("scored", "incident", "unscored")  # of a visit
PLAIN_SORTS = ("day", "branch", "score")  # a question adds "lost", a section "section"
LINE, SECTION = ScorecardQuestion, ScorecardSection


@dataclass(frozen=True)
class Wanted:
    """What of the selection is meant: a branch, a question as in its checklist, another one that has an answer too.

    Without a question a section that has a score.

    `result` is one of `results.known` with a question, of EVENTS without, or "". `wave_ids` (None: the selection's
    wave) are waves of its client.
    """

    branch_id: int | None = None
    question: Question | None = None
    beside_id: str = ""
    section_id: str = ""
    result: str = ""
    wave_ids: Collection[int] | None = None
    sort: str = "day"
    descending: bool = True
    page: int = 1


class Row(NamedTuple):
    """A released visit; `credit` (None: none) and `lost` are of the question asked for, `section` a section's score."""

    scorecard_id: int
    number: str
    wave: str
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
    section: Decimal | None


def outcome(question: Question, credit: Decimal | None) -> str | int:
    """One of `results.PLAIN`; of a rating without points the value that was chosen."""
    if credit is None:
        return "none"
    if results.is_rating(question):
        return rated.rating(question, credit)
    return "met" if credit == 1 else "partly" if credit else "missed"


def visits(person: Person, selection: Selection, wanted: Wanted) -> tuple[list[Row], int]:
    """One page (from 1) of the visits, and how many there are."""
    query = fitting(person, selection, wanted)
    total = db.session.scalar(query.with_only_columns(func.count())) or 0
    query = query.join(Branch, Branch.id == Scorecard.branch_id).join(Wave, Wave.id == Scorecard.wave_id)
    rows = query.with_only_columns(
        Scorecard.id,
        Scorecard.number,
        Wave.name,
        Branch.id,
        Branch.name,
        Branch.code,
        Scorecard.visited_on,
        Scorecard.daypart,
        Scorecard.overall,
        Scorecard.before_knockouts,
        Scorecard.knockouts,
        *line_of(wanted),
        SECTION.score if wanted.section_id else null(),
    )
    pages = max(1, -(-total // PAGE))
    rows = rows.order_by(*_order(wanted)).limit(PAGE).offset((min(wanted.page, pages) - 1) * PAGE)
    return [Row._make(row) for row in db.session.execute(rows)], total


def line_of(wanted: Wanted) -> tuple[Any, Any]:
    """The columns of the question's credit and lost points; nothing without a question."""
    return (LINE.credit, LINE.lost) if wanted.question is not None else (null(), null())


def fitting(person: Person, selection: Selection, wanted: Wanted) -> Select[Scorecard]:
    """The released scorecards that are meant, in scope and filter; with a question joined to its line."""
    waves = [selection.wave.id] if wanted.wave_ids is None else list(wanted.wave_ids)
    query = released(person).where(Scorecard.wave_id.in_(waves))
    if selection.narrowed:
        reached = narrowing.branch_ids(person, selection.client.id, selection)
        query = query.where(Scorecard.branch_id.in_(reached))
    if wanted.branch_id is not None:
        query = query.where(Scorecard.branch_id == wanted.branch_id)
    if wanted.question is not None:
        return _answering(query, wanted, wanted.question)
    if wanted.section_id:
        joined = and_(SECTION.scorecard_id == Scorecard.id, SECTION.section_id == wanted.section_id)
        query = query.join(SECTION, joined).where(SECTION.score.is_not(None), Scorecard.status == "scored")
    event = _EVENTS.get(wanted.result)
    return query if event is None else query.where(event())


def _answering(query: Select[Scorecard], wanted: Wanted, question: Question) -> Select[Scorecard]:
    joined = and_(LINE.scorecard_id == Scorecard.id, LINE.question_id == question["id"])
    query = query.join(LINE, joined)
    if wanted.beside_id:
        query = query.where(_told(wanted.beside_id))
    elif not results.is_rating(question):
        # Lines of visits without a score count in no figure but those of ratings.
        query = query.where(Scorecard.status == "scored")
    return query.where(results.condition(question, wanted.result, LINE.credit)) if wanted.result else query


def _told(question_id: str) -> ColumnElement[bool]:
    """That the visit has an answer to this question as well."""
    other = ScorecardQuestion.__table__.alias("told")
    own = other.c.scorecard_id == Scorecard.id, other.c.question_id == question_id
    return exists().where(*own, other.c.credit.is_not(None)).correlate(Scorecard)


def _incident() -> ColumnElement[bool]:
    return and_(Scorecard.before_knockouts.is_not(None), Scorecard.knockouts > 0)


_EVENTS: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "scored": lambda: Scorecard.before_knockouts.is_not(None),
    "incident": _incident,
    "unscored": lambda: Scorecard.before_knockouts.is_(None),
}


def _order(wanted: Wanted) -> tuple[Any, ...]:
    columns: dict[str, Any] = {
        "day": Scorecard.visited_on,
        "branch": Branch.name,
        "score": Scorecard.before_knockouts,
        "lost": LINE.lost,
        "section": SECTION.score,
    }
    column = columns[wanted.sort]
    led = column.desc().nulls_last() if wanted.descending else column.asc().nulls_last()
    return led, Scorecard.visited_on.desc(), Scorecard.id.desc()
