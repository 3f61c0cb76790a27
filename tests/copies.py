"""Many released or approved visits for little work: copies of one that was lived through the real services."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import audit.models  # noqa: F401 - every table must be known
from audit.db import Base
from audit.review.models import Scorecard

CHILDREN = ("scorecard_factor", "scorecard_question", "scorecard_section")


def copied(session: Session, table: str, of: int, **changed: Any) -> int:
    """A copy of a row with some columns changed; its id."""
    columns = [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]
    values = ", ".join(f":{name}" if name in changed else name for name in columns)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = :of"
    return int(session.execute(text(f"{statement} RETURNING id"), {**changed, "of": of}).scalar_one())


def copied_card(session: Session, card: Scorecard, number: int, **changed: Any) -> int:
    """A copy of a scorecard with its visit and its lines, under a number of its own; the scorecard's id."""
    visit = copied(session, "visit", card.visit_id, **changed)
    made = copied(session, "scorecard", card.id, visit_id=visit, number=f"{card.number}-{number}", **changed)
    for table in CHILDREN:
        columns = [one.name for one in Base.metadata.tables[table].columns if one.name != "scorecard_id"]
        names = ", ".join(columns)
        statement = f"INSERT INTO {table} (scorecard_id, {names}) SELECT :to, {names} FROM {table}"
        session.execute(text(f"{statement} WHERE scorecard_id = :of"), {"to": made, "of": card.id})
    return made
