"""The flags of a visit, and whether it was looked through."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from audit.db import db
from audit.review.flags.rules import ordered
from audit.review.layers import Flag
from audit.trail.models import Entry
from audit.visits.models import Visit

KIND = "flag.set"  # in the trail: by nobody when a submission was looked through, by an editor with one flag


def flags_of(visit: Visit) -> list[Flag]:
    """The flags of the latest submission, the strongest first."""
    query = select(Flag).where(Flag.visit_id == visit.id, Flag.round == visit.round - 1)
    return ordered(db.session.scalars(query))


def flags_by_visit(visit_ids: Collection[int]) -> dict[int, list[Flag]]:
    """By visit the flags of its latest submission; visits without flags are missing."""
    query = (
        select(Flag)
        .join(Visit, Visit.id == Flag.visit_id)
        .where(Flag.visit_id.in_(visit_ids), Flag.round == Visit.round - 1)
    )
    rows: dict[int, list[Flag]] = defaultdict(list)
    for flag in db.session.scalars(query):
        rows[flag.visit_id].append(flag)
    return {visit_id: ordered(flags) for visit_id, flags in rows.items()}


def was_looked_through(visit_id: int, round_: int) -> bool:
    """Whether the flags of this round are complete."""
    query = select(Entry.id).where(
        Entry.visit_id == visit_id,
        Entry.kind == KIND,
        Entry.by_id.is_(None),
        Entry.data["round"].as_integer() == round_,
    )
    return db.session.scalar(query.limit(1)) is not None
