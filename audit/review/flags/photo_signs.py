"""Flags of photos: another time, no EXIF, the same file or nearly the same picture as in another visit."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import aliased

from audit.branches.models import Branch
from audit.db import db
from audit.review.flags.facts import Facts, corrected, is_there
from audit.review.flags.rules import Found, found
from audit.visits.models import Photo, Visit

MEMORY = timedelta(days=365)  # how far back alike photos are sought


def look(facts: Facts) -> Iterator[Found]:
    """All of them."""
    yield from _exif(facts)
    same = list(_same(facts))
    yield from same
    yield from _alike(facts, {one.photo_id for one in same})


def _exif(facts: Facts) -> Iterator[Found]:
    yield from _time(facts)
    absent = sum(photo.taken_at is None for photo in facts.photos)
    if absent:
        yield found("exif_absent", photos=absent, of=len(facts.photos))


def _time(facts: Facts) -> Iterator[Found]:
    came, left = facts.presence.came, facts.presence.left
    if came is None or left is None:
        return
    room = timedelta(minutes=facts.limits["exif_minutes"])
    first, last = came - room, max(came, left) + room
    for photo in facts.photos:
        taken = corrected(photo.taken_at, photo.clock_offset)
        if taken is not None and not first <= taken <= last and is_there(facts, photo.question_id):
            off = came - taken if taken < came else taken - max(came, left)
            yield found(
                "exif_time",
                question_id=photo.question_id,
                photo_id=photo.id,
                taken=taken.isoformat(),
                seconds=int(off.total_seconds()),
                before=taken < came,
            )


def _same(facts: Facts) -> Iterator[Found]:
    by_hash: dict[str, list[Photo]] = {}
    for photo in facts.photos:
        by_hash.setdefault(photo.sha256, []).append(photo)
    query = (
        select(Photo.sha256, *_ABOUT)
        .join(Visit, Visit.id == Photo.visit_id)
        .join(Branch, Branch.id == Visit.branch_id)
        .where(Photo.sha256.in_(by_hash), Photo.visit_id != facts.visit.id, Photo.removed_at.is_(None))
        .order_by(Photo.uploaded_at, Photo.id)
    )
    told: set[str] = set()
    for sha256, *about in db.session.execute(query):
        if sha256 in told:
            continue
        told.add(sha256)
        for photo in by_hash[sha256]:
            yield found("photo_same", question_id=photo.question_id, photo_id=photo.id, **_other(about))


_ABOUT = (
    Photo.id,
    Photo.visit_id,
    Branch.name,
    Branch.timezone,
    func.coalesce(Visit.visited_at, Visit.started_at, Photo.uploaded_at),
)


def _other(about: Sequence[Any]) -> dict[str, Any]:
    """The other visit, for words and links; `about` are the columns _ABOUT."""
    photo_id, visit_id, branch, zone, moment = about
    day = moment.astimezone(ZoneInfo(zone)).date().isoformat()
    return {"photo": str(photo_id), "visit": visit_id, "branch": branch, "day": day}


def _alike(facts: Facts, settled: set[UUID | None]) -> Iterator[Found]:
    """The nearest picture of each photo; at the same branch and question it must be nearer."""
    sought = {
        photo.id: photo for photo in facts.photos if photo.id not in settled and photo.dhash is not None
    }
    if not sought:
        return
    told: set[UUID] = set()
    for mine, question, branch_id, bits, *about in db.session.execute(_near(facts, sought)):
        photo = sought[mine]
        is_same_place = question == photo.question_id and branch_id == facts.visit.branch_id
        limit = facts.limits["alike_same_bits" if is_same_place else "alike_bits"]
        if mine in told or bits > limit:
            continue
        told.add(mine)
        yield found(
            "photo_alike",
            question_id=photo.question_id,
            photo_id=mine,
            bits=int(bits),
            limit=limit,
            **_other(about),
        )


def _near(facts: Facts, sought: dict[UUID, Photo]) -> Any:
    """Pairs of own and other photos of the client's last year within the wider limit, nearest first."""
    mine = aliased(Photo)
    bits = func.bit_count(cast(mine.dhash.op("#", return_type=BigInteger)(Photo.dhash), BIT(64)))
    return (
        select(mine.id, Photo.question_id, Visit.branch_id, bits, *_ABOUT)
        .select_from(Photo)
        .join(Visit, Visit.id == Photo.visit_id)
        .join(Branch, Branch.id == Visit.branch_id)
        .join(mine, mine.id.in_(sought))
        .where(Visit.client_id == facts.visit.client_id, Photo.visit_id != facts.visit.id)
        .where(Photo.dhash.is_not(None), Photo.removed_at.is_(None), Photo.uploaded_at > facts.at - MEMORY)
        .where(bits <= facts.limits["alike_bits"])
        .order_by(bits, Photo.uploaded_at, Photo.id)
    )
