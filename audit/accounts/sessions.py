"""Sessions: each has an id of its own, so that signing out ends it wherever its cookie may have been copied to."""

import hashlib
import secrets
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.accounts import services
from audit.accounts.models import EndedSession, Person
from audit.db import db, now

MONTH = timedelta(days=30)  # a phone is offline for long; it begins anew on each day of use
DESK = timedelta(
    hours=12
)  # who reviews and plans signs in each working day; since signing in, not since the last use
SIGNED_IN_AT = "fs_paa"  # where the library keeps it, in seconds since 1970
ID = "sid"
KEYS = ("_user_id", "_fresh", ID)  # what makes a session somebody's

Cookie = MutableMapping[str, Any]

# Built once: every request asks it, and building costs as much as asking.
_WHO = (
    select(Person, exists().where(EndedSession.id == bindparam("ended")).label("ended"))
    .where(Person.fs_uniquifier == bindparam("key"))
    .options(joinedload(Person.grants))
)


def begin(cookie: Cookie) -> None:
    """Give the session an id that nobody can guess and that no other session has."""
    cookie[ID] = secrets.token_urlsafe(24)


def bearer(key: str, cookie: Cookie, at: datetime) -> Person | None:
    """Whose session it is, in one query; None for one that was signed out or has lasted too long."""
    found = db.session.execute(_WHO, {"key": key, "ended": _kept(cookie.get(ID))}).unique().one_or_none()
    if found is None or found.ended:
        return None
    person: Person = found[0]
    return None if person.is_agency and _age(cookie, at) >= DESK else person


def _age(cookie: Cookie, at: datetime) -> timedelta:
    since = cookie.get(SIGNED_IN_AT)
    return timedelta(seconds=at.timestamp() - since) if since else timedelta(0)


def _kept(name: str | None) -> str | None:
    return hashlib.sha256(name.encode()).hexdigest() if name else None


def end(person: Person, cookie: Cookie, at: datetime) -> None:
    """Nobody comes in by this session any more; one from before sessions had ids takes all others with it."""
    name = _kept(cookie.pop(ID, None))
    if name is None:
        services.end_sessions(person)
        db.session.flush()
        return
    ended = insert(EndedSession).values(id=name, ended_at=at)
    db.session.execute(ended.on_conflict_do_nothing())


@jobs.task("forget_ended_sessions", cron="23 19 * * *")
def forget_ended() -> None:
    """A cookie that was signed out too long ago opens nothing by itself."""
    forget_ended_before(now() - MONTH - timedelta(days=1))


def forget_ended_before(at: datetime) -> int:
    """Remove what ended before; returns how many."""
    removed = db.session.execute(
        delete(EndedSession).where(EndedSession.ended_at < at).returning(EndedSession.id)
    )
    count = len(removed.all())
    db.session.commit()
    return count
