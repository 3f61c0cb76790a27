"""Comments and photos as their pages show them: by question, with what was answered and lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from audit.accounts.models import Person
from audit.checklists.published import Published, published
from audit.i18n import text_of
from audit.insights import voices_queries as queries
from audit.insights.parts import Part
from audit.insights.voices_queries import CommentRow, Count, PhotoRow, Wanted
from audit.review.words import said

NOTHING = Count(0, 0)


@dataclass(frozen=True)
class Question:
    """A question of the form; `lost` is the mean of its points a visit, None where it moves none."""

    id: str
    number: int
    text: str
    count: Count
    lost: Fraction | None


@dataclass(frozen=True)
class Comment:
    """A comment with the answer beside it, in words, and the points that the answer lost as on the scorecard."""

    row: CommentRow
    question: Question
    answer: str
    lost: Fraction | None


@dataclass(frozen=True)
class Picture:
    """A photo with the points that its question lost as on the scorecard."""

    row: PhotoRow
    question: Question
    lost: Fraction | None


@dataclass(frozen=True)
class Found:
    """One page of what was found, over all pages `count`; `questions` are those with anything, as ranked."""

    count: Count
    page: int
    pages: int
    questions: Sequence[Question]
    comments: Sequence[Comment] = ()
    pictures: Sequence[Picture] = ()

    def runs(self, order: str) -> list[tuple[Question | None, list[Any]]]:
        """What is on this page, by question in the order "question", else in one run of no question."""
        shown = self.comments or self.pictures
        if order != "question":
            return [(None, list(shown))]
        return [(question, list(run)) for question, run in groupby(shown, key=lambda one: one.question)]


def comments(person: Person, wanted: Wanted, page: int) -> Found:
    """One page of comments; usually the question that lost most comes first."""
    counts = queries.comment_counts(person, wanted)
    known = published(wanted.selection.wave.version)
    questions = by_loss(_questions(known, counts, queries.losses(person, wanted)))
    count, page, pages = _extent(counts, wanted, page, queries.COMMENTS)
    rows = queries.comment_rows(person, wanted, [one.id for one in questions], page) if count.n else []
    return Found(count, page, pages, questions, comments=_comments(known, rows, questions))


def all_comments(person: Person, wanted: Wanted) -> list[Comment]:
    """Every comment that is meant, in the order of the page."""
    counts = queries.comment_counts(person, wanted)
    known = published(wanted.selection.wave.version)
    questions = by_loss(_questions(known, counts, queries.losses(person, wanted)))
    return _comments(known, queries.comment_rows(person, wanted, [one.id for one in questions]), questions)


def photos(person: Person, wanted: Wanted, page: int) -> Found:
    """One page of photos, in form order or by branch."""
    counts = queries.photo_counts(person, wanted)
    questions = _questions(published(wanted.selection.wave.version), counts, queries.losses(person, wanted))
    count, page, pages = _extent(counts, wanted, page, queries.PHOTOS)
    rows = queries.photo_rows(person, wanted, [one.id for one in questions], page) if count.n else []
    by_id, told = {one.id: one for one in questions}, queries.said_of(rows)
    pictures = [
        Picture(row, by_id[row.question_id], told[row.scorecard_id, row.question_id].lost)
        for row in rows
        if row.question_id in by_id  # what is released while the page is made comes with the next one
    ]
    return Found(count, page, pages, questions, pictures=pictures)


def by_loss(questions: Sequence[Question]) -> list[Question]:
    """What lost most first, equal ones in form order."""
    return sorted(questions, key=lambda one: (-(one.lost or 0), one.number))


def _extent(counts: Mapping[str, Count], wanted: Wanted, page: int, size: int) -> tuple[Count, int, int]:
    """How many are meant, the page as far as there are pages, and their number."""
    meant = [counts.get(wanted.question_id, NOTHING)] if wanted.question_id else list(counts.values())
    count = Count(sum(one.n for one in meant), sum(one.lost for one in meant))
    pages = max(1, -(-count.n // size))
    return count, min(page, pages), pages


def _questions(known: Published, counts: Mapping[str, Count], lost: Mapping[str, Part]) -> list[Question]:
    """Those with anything, in form order; what a version does not know stays last, by its id."""
    order = known.order
    found = sorted(counts, key=lambda name: (order.get(name, len(order)), name))
    return [
        Question(
            name,
            order.get(name, len(order)) + 1,
            text_of(known.questions.get(name, {}).get("text")) or name,
            counts[name],
            lost[name].lost if name in lost and lost[name].moves else None,
        )
        for name in found
    ]


def _comments(known: Published, rows: Sequence[CommentRow], questions: Sequence[Question]) -> list[Comment]:
    by_id, told = {one.id: one for one in questions}, queries.said_of(rows)
    return [
        Comment(
            row,
            by_id[row.question_id],
            _answer(known, row, told[row.scorecard_id, row.question_id].answer),
            told[row.scorecard_id, row.question_id].lost,
        )
        for row in rows
        if row.question_id in by_id
    ]


def _answer(known: Published, row: CommentRow, answer: Mapping[str, Any]) -> str:
    """The answer beside a comment; of a duration its minutes only, as clients learn no times."""
    question = known.questions.get(row.question_id)
    if question is None or question["type"] in ("text", "photo") or not ({"value", "na"} & answer.keys()):
        return ""
    return said(question, answer)
