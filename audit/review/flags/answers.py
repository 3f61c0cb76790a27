"""Flags of answers: the same as in another visit, a wrong answer to a question with a known truth."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from audit.checklists.published import Published
from audit.db import db
from audit.review.corrected import Answers, submitted_answers
from audit.review.flags.facts import Facts
from audit.review.flags.rules import Found, found
from audit.scoring import exact
from audit.scoring import visit as scoring
from audit.scoring.kinds import minutes
from audit.visits.models import Submission, Visit

SAMPLE = 200  # the shopper's latest visits with this checklist


def look(facts: Facts) -> Iterator[Found]:
    """All of them."""
    yield from _same(facts)
    yield from _trap(facts)


def _same(facts: Facts) -> Iterator[Found]:
    own = scored_answers(facts.known, facts.answers)
    losses = sum(credit is not None and credit < 1 for _value, credit in own.values())
    if losses < facts.limits["same_losses"]:
        return
    for other, submission in _others(facts.visit):
        theirs = scored_answers(facts.known, submitted_answers(submission))
        if {name: one[0] for name, one in own.items()} == {name: one[0] for name, one in theirs.items()}:
            came = other.visited_at or other.started_at or submission.at
            day = came.astimezone(ZoneInfo(other.branch.timezone)).date().isoformat()
            yield found(
                "answers_same",
                visit=other.id,
                branch=other.branch.name,
                day=day,
                answers=len(own),
                losses=losses,
            )
            return


def _others(visit: Visit) -> Iterator[tuple[Visit, Submission]]:
    """The latest accepted submission of each other visit by the same shopper with the same checklist."""
    query = (
        select(Submission, Visit)
        .join(Visit, Visit.id == Submission.visit_id)
        .where(Visit.shopper_id == visit.shopper_id, Visit.version_id == visit.version_id)
        .where(Visit.id != visit.id, Submission.status == "accepted")
        .ext(distinct_on(Submission.visit_id))
        .order_by(Submission.visit_id.desc(), Submission.round.desc())
        .limit(SAMPLE)
        .options(joinedload(Visit.branch))
    )
    for submission, other in db.session.execute(query):
        yield other, submission


def scored_answers(known: Published, answers: Answers) -> dict[str, tuple[Any, Fraction | None]]:
    """Value and credit of every shown question that can earn or cost points; "not applicable" is a value."""
    states = scoring.states(known.checklist, answers)
    kept: dict[str, tuple[Any, Fraction | None]] = {}
    for question in known.checklist.questions:
        if not (question.weight or question.adjust or question.knockout):
            continue
        state = states[question.id]
        if state == "na":
            kept[question.id] = ("na", None)
        elif state == "answered":
            value = answers[question.id].get("value")
            kept[question.id] = (_value(question.type, value), question.kind.credit(value))
    return kept


def _value(kind: str, value: Any) -> Any:
    """The value as scoring.md 1.4 understands it: lists have no order, a duration is its minutes."""
    if kind == "multi":
        return ("multi", *sorted(value))
    if kind == "duration":
        return minutes(value)
    return exact.number(value) if kind == "number" else value


def _trap(facts: Facts) -> Iterator[Found]:
    for name, question in facts.known.questions.items():
        truth = question.get("truth")
        if truth is None or facts.states[name] != "answered":
            continue
        said = facts.answers[name].get("value")
        if said != truth:
            yield found("trap", question_id=name, said=said, truth=truth)
