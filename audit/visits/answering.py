"""Keeping answers as they are given: the newest per question wins, the other one is kept as history."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.i18n import gettext
from audit.scoring.kinds import AnswerError
from audit.visits import queries, services
from audit.visits.lifecycle import State
from audit.visits.models import Answer, AnswerHistory, Visit
from audit.visits.sentences import LONGEST_COMMENT, LONGEST_TEXT, sentence

OPEN = (State.IN_PROGRESS, State.RETURNED)


@dataclass(frozen=True)
class Given:
    """One answer as the shopper gave it. `value` None and `na` False clear the answer."""

    question: str
    value: Any
    na: bool
    comment: str
    given_at: datetime

    def row(self, visit: Visit, at: datetime) -> dict[str, Any]:
        """The columns that both tables share."""
        return {
            "visit_id": visit.id,
            "question_id": self.question,
            "value": self.value,
            "na": self.na,
            "comment": self.comment,
            "given_at": self.given_at,
            "saved_at": at,
        }


def open_for_answers(visit: Visit, by: Person, at: datetime) -> None:
    """Make sure that this person may answer now; an accepted visit starts by its first answer."""
    if visit.shopper_id != by.id:
        raise Forbidden(gettext("Only the shopper of this visit can answer."))
    if visit.state == State.ACCEPTED:
        services.start(visit, by, at)
    if visit.state not in OPEN:
        raise Conflict(gettext("This visit is no longer open for answers."), code="not_open")


def save_answers(visit: Visit, by: Person, at: datetime, given: Iterable[Given]) -> dict[str, int]:
    """Keep a batch and return the revision of each question; Invalid names every misfit and keeps nothing.

    Callers hold the visit's lock. Sending the same batch again changes nothing.
    """
    open_for_answers(visit, by, at)
    stored = queries.answers_of(visit)
    sent = _newest(given)
    open_ = queries.open_questions(visit)
    # A device submits all answers each time: those of questions that were not returned only say it again.
    batch = {name: one for name, one in sent.items() if name in open_ or not _repeats(stored.get(name), one)}
    _check(visit, batch, open_)
    wins, losers = [], []
    for question, new in batch.items():
        old = stored.get(question)
        if old is None:
            wins.append({**new.row(visit, at), "rev": 1})
        elif _same(old, new):
            continue
        elif new.given_at >= old.given_at:
            losers.append(_as_given(old).row(visit, old.saved_at))
            wins.append({**new.row(visit, at), "rev": old.rev + 1})
        else:
            losers.append(new.row(visit, at))
    _write(visit, wins, losers)
    revisions = {question: row.rev for question, row in stored.items() if question in sent}
    return revisions | {row["question_id"]: row["rev"] for row in wins}


def _newest(given: Iterable[Given]) -> dict[str, Given]:
    batch: dict[str, Given] = {}
    for one in given:
        if one.question not in batch or one.given_at >= batch[one.question].given_at:
            batch[one.question] = one
    return batch


def _as_given(row: Answer) -> Given:
    return Given(row.question_id, row.value, row.na, row.comment, row.given_at)


def _same(old: Answer, new: Given) -> bool:
    return _repeats(old, new) and old.given_at >= new.given_at


def _repeats(old: Answer | None, new: Given) -> bool:
    return old is not None and (old.value, old.na, old.comment) == (new.value, new.na, new.comment)


def _write(visit: Visit, wins: list[dict[str, Any]], losers: list[dict[str, Any]]) -> None:
    if losers:
        known = {
            (row.question_id, row.given_at)
            for row in db.session.execute(
                select(AnswerHistory.question_id, AnswerHistory.given_at).where(
                    AnswerHistory.visit_id == visit.id
                )
            )
        }
        fresh = [row for row in losers if (row["question_id"], row["given_at"]) not in known]
        if fresh:
            db.session.execute(insert(AnswerHistory), fresh)
    if wins:
        statement = upsert(Answer)
        changed = ("value", "na", "comment", "given_at", "saved_at", "rev")
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["visit_id", "question_id"],
                set_={name: statement.excluded[name] for name in changed},
            ),
            wins,
        )


def _check(visit: Visit, batch: Mapping[str, Given], open_: Collection[str]) -> None:
    """Every value must fit its question; a returned visit opens only the returned questions."""
    known = queries.checklist_of(visit)
    wrong: dict[str, str] = {}
    for question, one in batch.items():
        if question not in known.questions:
            wrong[question] = gettext("This question is not part of the checklist.")
        elif question not in open_:
            wrong[question] = gettext("This question was not returned to you, so its answer stays as it is.")
        else:
            rule = misfit(visit, one)
            if rule is not None:
                wrong[question] = sentence(rule, known.questions[question])
    if wrong:
        raise Invalid(gettext("Some answers do not fit their questions."), code="answers", questions=wrong)


def misfit(visit: Visit, one: Given) -> str | None:
    """The rule that an answer breaks, or None."""
    known = queries.checklist_of(visit).checklist
    question = known.questions[known.places[one.question]]
    if len(one.comment) > LONGEST_COMMENT:
        return "comment_long"
    if "\0" in one.comment or (isinstance(one.value, str) and "\0" in one.value):
        return "text_unreadable"
    if one.na:
        if one.value is not None:
            return "na_with_value"
        return None if question.na else "na_not_offered"
    if one.value is None:
        return None
    if isinstance(one.value, str) and len(one.value) > LONGEST_TEXT:
        return "text_long"
    try:
        question.kind.credit(one.value)
    except AnswerError as error:
        return error.rule
    return None
