"""What shoppers wrote and photographed, of the released current scorecards in a person's scope and filter."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, CTE, ColumnElement, Select, Text, and_, cast, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
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


def cards(person: Person, wanted: Wanted) -> CTE:
    """The released current scorecards that person and filter leave, with their places.

    Made before anything is joined to it: what stands at their questions cannot be estimated, and the planner
    would go through all branches for each comment.
    """
    wave = wanted.selection.wave
    reached = narrowing.branch_ids(person, wave.client_id, wanted.selection)
    query = released(person).where(Scorecard.wave_id == wave.id, Scorecard.branch_id.in_(reached))
    if wanted.branch_id is not None:
        query = query.where(Scorecard.branch_id == wanted.branch_id)
    query = query.join(Branch, Branch.id == Scorecard.branch_id).join(Region, Region.id == Branch.region_id)
    columns = query.with_only_columns(
        Scorecard.id.label("scorecard_id"),
        Scorecard.number,
        Branch.id.label("branch_id"),
        Branch.name.label("branch"),
        Branch.code,
        Region.name.label("region"),
        Scorecard.visited_on,
        Scorecard.daypart,
    )
    return columns.cte("card").prefix_with("MATERIALIZED")


def comment_counts(person: Person, wanted: Wanted) -> dict[str, Count]:
    """By question how many comments there are, whatever question is asked for."""
    return _counts(_comments(person, wanted))


def photo_counts(person: Person, wanted: Wanted) -> dict[str, Count]:
    """By question how many photos there are, whatever question is asked for."""
    return _counts(_photos(person, wanted))


def comment_rows(
    person: Person, wanted: Wanted, ranking: Sequence[str], page: int | None = None
) -> list[CommentRow]:
    """One page (from 1; None: all) of the comments; `ranking` is the order of the questions."""
    parts = _comments(person, wanted)
    line = parts.line.c
    query = _of_question(parts, wanted).add_columns(*parts.card.c, line.question_id, line.part, line.text)
    query = query.order_by(*_order(parts, wanted, ranking), parts.card.c.scorecard_id.desc(), line.part)
    return [CommentRow._make(row) for row in db.session.execute(_paged(query, page, COMMENTS))]


def photo_rows(person: Person, wanted: Wanted, ranking: Sequence[str], page: int) -> list[PhotoRow]:
    """One page (from 1) of the photos; `ranking` is the order of the questions."""
    parts = _photos(person, wanted)
    line = parts.line.c
    query = _of_question(parts, wanted).add_columns(*parts.card.c, line.question_id, line.place)
    query = query.order_by(*_order(parts, wanted, ranking), parts.card.c.scorecard_id.desc(), line.place)
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
            lost = {one["id"]: one["lost_shown"] for one in result.get("questions", [])}
            for name in sought[card_id]:
                points = Fraction(lost[name]) if name in lost else None
                found[card_id, name] = Said(answers.get(name, {}), points)
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


class _Parts(NamedTuple):
    """A query without columns over scorecards, their lines and what the question of each line lost."""

    query: Select[*tuple[Any, ...]]
    card: CTE
    line: LateralFromClause
    result: LateralFromClause


def _comments(person: Person, wanted: Wanted) -> _Parts:
    line = ScorecardComment
    texts = select(line.question_id, line.part, line.text)
    for word in words_of(wanted.words):
        texts = texts.where(_has(word))
    return _asked(_joined(cards(person, wanted), wanted, texts, line.scorecard_id))


def _photos(person: Person, wanted: Wanted) -> _Parts:
    line = ScorecardPhoto
    places = select(line.question_id, line.place)
    return _asked(_joined(cards(person, wanted), wanted, places, line.scorecard_id))


def _asked(parts: _Parts) -> _Parts:
    """Without what stands at hidden questions: it is part of no scorecard."""
    return parts._replace(query=parts.query.where(func.coalesce(parts.result.c.state, "") != "hidden"))


def _joined(
    card: CTE, wanted: Wanted, lines: Select[*tuple[Any, ...]], of: InstrumentedAttribute[int]
) -> _Parts:
    """Laterally and with an OFFSET, so that only the lines of these scorecards are read.

    Joined plainly, the planner may read the whole history.
    """
    nothing = literal(0, literal_execute=True)
    line = lines.where(of == card.c.scorecard_id).correlate(card).offset(nothing).lateral("line")
    own = ScorecardQuestion
    results = select(own.state, own.lost).where(
        own.scorecard_id == card.c.scorecard_id, own.question_id == line.c.question_id
    )
    result = results.correlate(card, line).offset(nothing).lateral("result")
    query = select().select_from(card).join(line, true()).outerjoin(result, true())
    return _Parts(query.where(result.c.lost > 0) if wanted.lost_only else query, card, line, result)


def _counts(parts: _Parts) -> dict[str, Count]:
    name = parts.line.c.question_id
    lost = func.count().filter(parts.result.c.lost > 0)
    counted = parts.query.add_columns(name, func.count(), lost).group_by(name)
    return {name: Count(*counts) for name, *counts in db.session.execute(counted)}


def _of_question(parts: _Parts, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if not wanted.question_id:
        return parts.query
    return parts.query.where(parts.line.c.question_id == wanted.question_id)


def _has(word: str) -> ColumnElement[bool]:
    """The stored search text has no accents; a word typed with some must stand so in the text itself."""
    found = ScorecardComment.search.contains(plain(word), autoescape=True)
    if not has_accents(word):
        return found
    text = ScorecardComment.text
    return and_(found, or_(*(text.contains(one, autoescape=True) for one in spellings(word))))


def _order(parts: _Parts, wanted: Wanted, ranking: Sequence[str]) -> tuple[Any, ...]:
    card = parts.card.c
    names = cast(list(ranking), ARRAY(Text))
    question = func.array_position(names, cast(parts.line.c.question_id, Text)).asc().nulls_last()
    lost, newest = parts.result.c.lost.desc().nulls_last(), card.visited_on.desc()
    return {
        "question": (question, lost, newest),
        "lost": (lost, newest, question),
        "newest": (newest, card.scorecard_id.desc(), question),
        "branch": (card.branch, card.branch_id, newest, card.scorecard_id.desc(), question),
    }[wanted.order]
