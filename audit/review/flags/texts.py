"""Flags of texts: a long comment that stands in another visit too."""

import hashlib
import unicodedata
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from audit.branches.models import Branch
from audit.db import db
from audit.review.flags.facts import Facts
from audit.review.flags.rules import Found, found
from audit.review.layers import TextPrint
from audit.visits.models import Visit

LEAST = 10  # characters: the lowest limit that a client may set, so that prints serve every limit


def look(facts: Facts) -> Iterator[Found]:
    """A flag for each question whose comment or written answer was read before."""
    least = facts.limits["same_letters"]
    prints = {
        question: [_print(text) for text in texts if len(text) >= least]
        for question, texts in written(facts).items()
    }
    wanted = {one for own in prints.values() for one in own}
    moment = func.coalesce(Visit.visited_at, Visit.started_at, Visit.submitted_at)
    query = (
        select(TextPrint.print, Visit.id, Branch.name, Branch.timezone, moment)
        .join(Visit, Visit.id == TextPrint.visit_id)
        .join(Branch, Branch.id == Visit.branch_id)
        .where(TextPrint.print.in_(wanted), TextPrint.visit_id != facts.visit.id)
        .order_by(moment, Visit.id)
    )
    others: dict[str, tuple[int, str, str]] = {}
    for print_, visit_id, branch, zone, at in db.session.execute(query):
        others.setdefault(print_, (visit_id, branch, at.astimezone(ZoneInfo(zone)).date().isoformat()))
    for question, own in prints.items():
        known = next((one for one in own if one in others), None)
        if known is not None:
            visit_id, branch, day = others[known]
            yield found("text_same", question_id=question, visit=visit_id, branch=branch, day=day)


def keep(facts: Facts) -> None:
    """Remember the texts of this submission for the visits to come; flushes."""
    rows = [
        {"visit_id": facts.visit.id, "question_id": question, "print": _print(text)}
        for question, texts in written(facts).items()
        for text in set(texts)
        if len(text) >= LEAST
    ]
    if rows:
        db.session.execute(insert(TextPrint).on_conflict_do_nothing(), rows)


def written(facts: Facts) -> dict[str, list[str]]:
    """By question its comment and its written answer, as they are compared; hidden ones are not looked at."""
    found_: dict[str, list[str]] = {}
    for question in facts.known.questions:
        if facts.states[question] == "hidden":
            continue
        value = facts.answers.get(question, {}).get("value")
        is_prose = facts.known.questions[question]["type"] == "text"
        texts = [facts.comments.get(question, ""), value if is_prose and isinstance(value, str) else ""]
        found_[question] = [plain(text) for text in texts if text]
    return found_


def plain(text: str) -> str:
    """NFC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
