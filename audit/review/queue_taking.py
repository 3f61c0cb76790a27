"""On to the next visit of the queue: it is taken at once, so that two editors are never led to the same one."""

from datetime import datetime

from sqlalchemy import select

from audit.accounts.models import Person
from audit.db import db
from audit.review import claims, queue
from audit.visits.lifecycle import State
from audit.visits.models import Visit


def take_next(person: Person, wanted: queue.QueueFilter, after: int, at: datetime) -> int | None:
    """Take the first visit of this part of the queue that nobody else has or is just taking; None: there is none.

    Flushes. `after` is a visit that is passed over.
    """
    query = queue.waiting_for(person, wanted, after, at).with_for_update(of=Visit, skip_locked=True)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        return None
    claims.claim(found, person, at)
    return found.id


def taken_last(person: Person) -> int | None:
    """The visit that this person took last and has not decided about."""
    query = select(Visit.id).where(Visit.claimed_by_id == person.id, Visit.state == State.SUBMITTED)
    return db.session.scalar(query.order_by(Visit.claimed_at.desc(), Visit.id.desc()).limit(1))
