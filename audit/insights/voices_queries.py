"""What shoppers wrote and photographed, of the released current scorecards in a person's scope and filter."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, cast, func, literal, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from audit.accounts.models import Person
from audit.branches.models import Branch, Region
from audit.branches.names import plain
from audit.db import db
from audit.insights import narrowing
from audit.insights.figures import released
from audit.insights.parts import Part, parts_of
from audit.insights.search_words import has_accents, spellings, words_of
from audit.insights.selection import Selection
from audit.review.lines import ScorecardComment, ScorecardPhoto
from audit.review.models import Scorecard, ScorecardQuestion

COMMENTS, PHOTOS = 50, 60  # to a page
PIECE = 250  # scorecards read at a time
ORDERS = ("question", "lost", "newest", "branch")


@dataclass(frozen=True)
class Wanted:
    """What of a selection is meant; `words` are looked for in comments, `order` is one of ORDERS."""

    selection: Selection
    question_id: str = ""
    branch_id: int | None = None
    lost_only: bool = False
    words: str = ""
    order: str = "question"

    @property
    def narrowed(self) -> bool:
        """Whether anything but the wave is asked for."""
        own = self.question_id or self.branch_id or self.lost_only or self.words
        return bool(own or self.selection.narrowed)


class Count(NamedTuple):
    """What there is at one question."""

    n: int
    lost: int  # of them where the answer lost points


class CommentRow(NamedTuple):
    """One comment (`part` "comment") or written answer ("value")."""

    scorecard_id: int
    number: str
    branch_id: int
    branch: str
    code: str
    region: str
    visited_on: date
    daypart: str
    question_id: str
    part: str
    text: str


class PhotoRow(NamedTuple):
    """One photo: its scorecard and its place in it."""

    scorecard_id: int
    number: str
    branch_id: int
    branch: str
    code: str
    region: str
    visited_on: date
    daypart: str
    question_id: str
    place: int


class Said(NamedTuple):
    """What a scorecard says of one question: the answer, and the points lost as it prints them."""

    answer: Mapping[str, Any]
    lost: Fraction | None


_CARD = (
    Scorecard.id,
    Scorecard.number,
    Branch.id,
    Branch.name,
    Branch.code,
    Region.name,
    Scorecard.visited_on,
    Scorecard.daypart,
)


def cards(person: Person, selection: Selection) -> Select[Scorecard]:
    """The released current scorecards of the wave that person and filter leave."""
    wave = selection.wave
    reached = narrowing.branch_ids(person, wave.client_id, selection)
    return released(person).where(Scorecard.wave_id == wave.id, Scorecard.branch_id.in_(reached))


def comment_counts(person: Person, wanted: Wanted) -> dict[str, Count]:
    """By question how many comments there are, whatever question is asked for."""
    return _counts(*_comments(person, wanted))


def photo_counts(person: Person, wanted: Wanted) -> dict[str, Count]:
    """By question how many photos there are, whatever question is asked for."""
    return _counts(*_photos(person, wanted))


def comment_rows(
    person: Person, wanted: Wanted, ranking: Sequence[str], page: int | None = None
) -> list[CommentRow]:
    """One page (from 1; None: all) of the comments; `ranking` is the order of the questions."""
    query, line, result = _comments(person, wanted)
    query = _of_question(query, line, wanted).with_only_columns(
        *_CARD,
        line.c.question_id,
        line.c.part,
        line.c.text,
    )
    query = query.order_by(*_order(wanted, line, result, ranking), Scorecard.id.desc(), line.c.part)
    return [CommentRow._make(row) for row in db.session.execute(_paged(query, page, COMMENTS))]


def photo_rows(person: Person, wanted: Wanted, ranking: Sequence[str], page: int) -> list[PhotoRow]:
    """One page (from 1) of the photos; `ranking` is the order of the questions."""
    query, line, result = _photos(person, wanted)
    query = _of_question(query, line, wanted).with_only_columns(*_CARD, line.c.question_id, line.c.place)
    query = query.order_by(*_order(wanted, line, result, ranking), Scorecard.id.desc(), line.c.place)
    return [PhotoRow._make(row) for row in db.session.execute(_paged(query, page, PHOTOS))]


def said_of(rows: Sequence[CommentRow | PhotoRow]) -> dict[tuple[int, str], Said]:
    """By scorecard and question what is said; read apart and in pieces, as a scorecard is a large thing."""
    sought: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        sought[row.scorecard_id].add(row.question_id)
    found = {}
    for ids in _pieces(sorted(sought)):
        query = select(Scorecard.id, Scorecard.answers, Scorecard.result).where(Scorecard.id.in_(ids))
        for card_id, answers, result in db.session.execute(query):
            lost = {one["id"]: Fraction(one["lost_shown"]) for one in result.get("questions", [])}
            for name in sought[card_id]:
                found[card_id, name] = Said(answers.get(name, {}), lost.get(name))
    return found


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + PIECE] for start in range(0, len(ids), PIECE))


def losses(person: Person, wanted: Wanted) -> Mapping[str, Part]:
    """By question what it lost over the branches that are meant."""
    wave = wanted.selection.wave
    reached = narrowing.branch_ids(person, wave.client_id, wanted.selection)
    if wanted.branch_id is not None:
        reached = reached.where(Branch.id == wanted.branch_id)
    return parts_of(wave.id, list(db.session.scalars(reached)), ("question",))["question"]


def _paged(query: Select[*tuple[Any, ...]], page: int | None, size: int) -> Select[*tuple[Any, ...]]:
    return query if page is None else query.limit(size).offset((page - 1) * size)


_Parts = tuple[Select[*tuple[Any, ...]], LateralFromClause, LateralFromClause]


def _comments(person: Person, wanted: Wanted) -> _Parts:
    line = ScorecardComment
    texts = select(line.question_id, line.part, line.text).where(line.scorecard_id == Scorecard.id)
    for word in words_of(wanted.words):
        texts = texts.where(_has(word))
    query, lines, result = _joined(person, wanted, texts)
    # What stands in the answer of a hidden question is part of no scorecard.
    return query.where(func.coalesce(result.c.state, "") != "hidden"), lines, result


def _photos(person: Person, wanted: Wanted) -> _Parts:
    line = ScorecardPhoto
    return _joined(
        person, wanted, select(line.question_id, line.place).where(line.scorecard_id == Scorecard.id)
    )


def _joined(person: Person, wanted: Wanted, texts: Select[*tuple[Any, ...]]) -> _Parts:
    """Scorecards with their lines and what the question of each line lost.

    Laterally and with an OFFSET, so that only the lines of these scorecards are read: joined plainly, the
    planner may read the whole history.
    """
    nothing = literal(0, literal_execute=True)
    line = texts.correlate(Scorecard).offset(nothing).lateral("line")
    own = ScorecardQuestion
    results = select(own.state, own.lost).where(
        own.scorecard_id == Scorecard.id, own.question_id == line.c.question_id
    )
    result = results.correlate(Scorecard, line).offset(nothing).lateral("result")
    query = cards(person, wanted.selection).join(line, true()).outerjoin(result, true())
    query = query.join(Branch, Branch.id == Scorecard.branch_id).join(Region, Region.id == Branch.region_id)
    if wanted.branch_id is not None:
        query = query.where(Scorecard.branch_id == wanted.branch_id)
    if wanted.lost_only:
        query = query.where(result.c.lost > 0)
    return query, line, result


def _counts(
    query: Select[*tuple[Any, ...]], line: LateralFromClause, result: LateralFromClause
) -> dict[str, Count]:
    counted = query.with_only_columns(
        line.c.question_id,
        func.count(),
        func.count().filter(result.c.lost > 0),
    ).group_by(line.c.question_id)
    return {name: Count(*counts) for name, *counts in db.session.execute(counted)}


def _of_question(
    query: Select[*tuple[Any, ...]], line: LateralFromClause, wanted: Wanted
) -> Select[*tuple[Any, ...]]:
    return query.where(line.c.question_id == wanted.question_id) if wanted.question_id else query


def _has(word: str) -> ColumnElement[bool]:
    """The stored search text has no accents; a word typed with some must stand so in the text itself."""
    found = ScorecardComment.search.contains(plain(word), autoescape=True)
    if not has_accents(word):
        return found
    text = ScorecardComment.text
    return and_(found, or_(*(text.contains(one, autoescape=True) for one in spellings(word))))


def _order(
    wanted: Wanted, line: LateralFromClause, result: LateralFromClause, ranking: Sequence[str]
) -> tuple[Any, ...]:
    names = cast(list(ranking), ARRAY(Text))
    question = func.array_position(names, cast(line.c.question_id, Text)).asc().nulls_last()
    lost, newest = result.c.lost.desc().nulls_last(), Scorecard.visited_on.desc()
    return {
        "question": (question, lost, newest),
        "lost": (lost, newest, question),
        "newest": (newest, Scorecard.id.desc(), question),
        "branch": (Branch.name, Branch.id, newest, Scorecard.id.desc(), question),
    }[wanted.order]
