"""Keeping answers as they are given: the newest per question wins, the other one is kept as history."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

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
    given_at: datetime  # corrected where the device's clock is known to be wrong
    device_at: datetime | None = None  # as the device said it: with the content, what makes a repetition one
    seen: int | None = None  # the revision of the server's answer that the device had when this was given
    hidden: bool = False  # by the skip rules, as the device saw them

    def row(self, visit: Visit, at: datetime) -> dict[str, Any]:
        """The columns that both tables share."""
        return {
            "visit_id": visit.id,
            "question_id": self.question,
            "value": self.value,
            "na": self.na,
            "comment": self.comment,
            "given_at": self.given_at,
            "device_at": self.device_at,
            "saved_at": at,
        }


class Saved(NamedTuple):
    """What became of a batch: each question's revision, and the stored answers that stayed against it."""

    revisions: dict[str, int]
    kept: dict[str, Answer]


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
    return save_batch(visit, by, at, given).revisions


def save_batch(visit: Visit, by: Person, at: datetime, given: Iterable[Given]) -> Saved:
    """The same, and tell which answers lost against the stored ones."""
    open_for_answers(visit, by, at)
    stored = queries.answers_of(visit)
    sent = _newest(given)
    open_ = queries.open_questions(visit)
    # A device submits all answers each time: those of questions that were not returned only say it again.
    batch = {name: one for name, one in sent.items() if name in open_ or not _repeats(stored.get(name), one)}
    batch = _fitting(visit, batch, open_)
    rivals = {name for name, one in batch.items() if name in stored and not _same(stored[name], one)}
    told = _history(visit, rivals)
    wins, losers = [], []
    for question, new in batch.items():
        old = stored.get(question)
        if old is None:
            wins.append({**new.row(visit, at), "rev": 1})
        elif question not in rivals or any(_is_replay(row, new) for row in told.get(question, ())):
            continue
        elif new.seen == old.rev or new.given_at >= old.given_at:
            losers.append(_as_given(old).row(visit, old.saved_at))
            newest = replace(new, given_at=max(new.given_at, old.given_at))
            wins.append({**newest.row(visit, at), "rev": old.rev + 1})
        else:
            losers.append(new.row(visit, at))
    _write(wins, [row for row in losers if not _is_told(told.get(row["question_id"], ()), row)])
    won = {row["question_id"]: row["rev"] for row in wins}
    revisions = {question: row.rev for question, row in stored.items() if question in sent} | won
    kept = {
        name: stored[name] for name in rivals if name not in won and not _repeats(stored[name], batch[name])
    }
    return Saved(revisions, kept)


def _newest(given: Iterable[Given]) -> dict[str, Given]:
    batch: dict[str, Given] = {}
    for one in given:
        if one.question not in batch or one.given_at >= batch[one.question].given_at:
            batch[one.question] = one
    return batch


def _as_given(row: Answer) -> Given:
    return Given(row.question_id, row.value, row.na, row.comment, row.given_at, row.device_at)


def _same(old: Answer, new: Given) -> bool:
    return _is_replay(old, new) or (_repeats(old, new) and old.given_at >= new.given_at)


def _repeats(old: Answer | AnswerHistory | None, new: Given) -> bool:
    return old is not None and (old.value, old.na, old.comment) == (new.value, new.na, new.comment)


def _is_replay(old: Answer | AnswerHistory, new: Given) -> bool:
    # A corrected time depends on how long the request took: the device's own time does not.
    return new.device_at is not None and old.device_at == new.device_at and _repeats(old, new)


def _history(visit: Visit, questions: Collection[str]) -> dict[str, list[AnswerHistory]]:
    """What was replaced or came too late, of these questions."""
    if not questions:
        return {}
    query = select(AnswerHistory).where(
        AnswerHistory.visit_id == visit.id, AnswerHistory.question_id.in_(questions)
    )
    found: dict[str, list[AnswerHistory]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.question_id, []).append(row)
    return found


def _is_told(rows: Iterable[AnswerHistory], new: Mapping[str, Any]) -> bool:
    names = ("given_at", "value", "na", "comment")
    return any(all(getattr(row, name) == new[name] for name in names) for row in rows)


def _write(wins: list[dict[str, Any]], losers: list[dict[str, Any]]) -> None:
    if losers:
        db.session.execute(insert(AnswerHistory), losers)
    if wins:
        statement = upsert(Answer)
        changed = ("value", "na", "comment", "given_at", "device_at", "saved_at", "rev")
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["visit_id", "question_id"],
                set_={name: statement.excluded[name] for name in changed},
            ),
            wins,
        )


def _fitting(visit: Visit, batch: Mapping[str, Given], open_: Collection[str]) -> dict[str, Given]:
    """The batch without hidden misfits, which nobody can see and correct; Invalid names all others."""
    known = queries.checklist_of(visit)
    wrong: dict[str, str] = {}
    fitting: dict[str, Given] = {}
    for question, one in batch.items():
        if question not in known.questions:
            wrong[question] = gettext("This question is not part of the checklist.")
        elif question not in open_:
            wrong[question] = gettext("This question was not returned to you, so its answer stays as it is.")
        else:
            rule = misfit(visit, one)
            if rule is None:
                fitting[question] = one
            elif not one.hidden:
                wrong[question] = sentence(rule, known.questions[question])
    if wrong:
        raise Invalid(gettext("Some answers do not fit their questions."), code="answers", questions=wrong)
    return fitting


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
