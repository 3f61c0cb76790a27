"""Looking through a submission: its flags are stored once, with a line in the trail that says it was done."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.db import db, now
from audit.review import alarms
from audit.review.flags import answers, outlier, photo_signs, places, texts, times
from audit.review.flags.facts import Facts, facts_of
from audit.review.flags.queries import KIND, was_looked_through
from audit.review.flags.rules import Found
from audit.review.layers import Flag
from audit.trail.models import Entry
from audit.trail.services import record
from audit.visits import evidence
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Submission, Visit

FAMILIES: tuple[Callable[[Facts], Iterator[Found]], ...] = (
    times.look,
    places.look,
    photo_signs.look,
    answers.look,
    texts.look,
    outlier.look,
)
MEMORY = timedelta(days=365)  # older photos are compared with no more


def raise_flags(visit: Visit, round_: int, at: datetime) -> list[Found]:
    """Find and store the flags of one round; flushes. Again, or without a submission, it changes nothing.

    The visit is loaded with branch, client and version; callers hold its lock and have had photos prepared.
    """
    if was_looked_through(visit.id, round_):
        return []
    facts = facts_of(visit, round_, at)
    if facts is None:
        return []
    signs = [sign for look in FAMILIES for sign in look(facts)]
    texts.keep(facts)
    if signs:
        rows = [_row(visit, round_, sign, at) for sign in signs]
        db.session.execute(insert(Flag).on_conflict_do_nothing(), rows)
    codes = sorted({sign.code for sign in signs})
    record(KIND, None, at, client_id=visit.client_id, visit_id=visit.id, round=round_, codes=codes)
    db.session.flush()
    return signs


def _row(visit: Visit, round_: int, sign: Found, at: datetime) -> dict[str, object]:
    return {
        "visit_id": visit.id,
        "round": round_,
        "code": sign.code,
        "level": sign.level,
        "question_id": sign.question_id,
        "photo_id": sign.photo_id,
        "data": dict(sign.data),
        "at": at,
        "by_id": None,
    }


def look_through(visit_id: int, round_: int, at: datetime) -> None:
    """Prepare the photos, raise alarms and flags of one round; commits. Safe to repeat."""
    evidence.prepare(visit_id)
    visit = _locked(visit_id)
    if visit is not None:
        alarms.raise_alarms(visit, round_, at)
        raise_flags(visit, round_, at)
    db.session.commit()


def _locked(visit_id: int) -> Visit | None:
    """The visit with what its facts need, locked: a second worker finds everything done."""
    query = select(Visit).where(Visit.id == visit_id)
    parts = (joinedload(Visit.branch), joinedload(Visit.client), joinedload(Visit.version))
    return db.session.scalar(query.options(*parts).with_for_update(of=Visit))


def ensure(visit_id: int) -> None:
    """Before a decision: look through what the job has not got to. Commits; cheap when it is done."""
    query = select(Visit.round).where(Visit.id == visit_id, Visit.state == State.SUBMITTED)
    round_ = db.session.scalar(query)
    if round_ is not None and not was_looked_through(visit_id, round_ - 1):
        look_through(visit_id, round_ - 1, now())


@jobs.task("raise_flags")
def raise_flags_of(visit_id: int, round: int) -> None:
    """Look through one submission."""
    look_through(visit_id, round, now())


@jobs.task("raise_alarms")
def raise_alarms_of(visit_id: int, round: int) -> None:
    """Tell of what cannot wait, before anything else is looked at."""
    visit = _locked(visit_id)
    if visit is not None:
        alarms.raise_alarms(visit, round, now())
    db.session.commit()


@jobs.task("catch_up_flags", cron="41 19 * * *")
def catch_up() -> None:
    """What was submitted or prepared before this program looked for flags: hashes of photos, then flags."""
    since = now() - MEMORY
    _hash_photos(since)
    done = exists().where(
        Entry.visit_id == Submission.visit_id,
        Entry.kind == KIND,
        Entry.by_id.is_(None),
        Entry.data["round"].as_integer() == Submission.round,
    )
    query = select(Submission.visit_id, Submission.round).where(
        Submission.status == "accepted", Submission.at > since, ~done
    )
    for visit_id, round_ in db.session.execute(query.order_by(Submission.at)).all():
        look_through(visit_id, round_, now())


def _hash_photos(since: datetime) -> None:
    query = select(Photo.id).where(Photo.state == "stored", Photo.dhash.is_(None), Photo.uploaded_at > since)
    ids = cast(list[UUID], list(db.session.scalars(query)))
    db.session.commit()
    for photo_id in ids:
        evidence.hash_photo(photo_id)
