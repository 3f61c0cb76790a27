"""Photos of a visit: taken in, taken back, copied for the screen, the paper and the grid."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit import jobs
from audit.accounts.models import Person
from audit.db import db, now
from audit.errors import Conflict, Invalid, NotFound
from audit.i18n import gettext
from audit.storage import NotStored, Storage
from audit.visits import answering, photos, queries
from audit.visits.covering import Area
from audit.visits.models import Photo, Visit

MOST_PHOTOS = 40
MOST_BYTES = 200_000_000
EVER = 5  # times as much may come in over a visit's life: what is taken back stays on the disk
SIZES = ("screen", "pdf", "grid")


@dataclass(frozen=True)
class Taken:
    """What the device says of a photo: its clock, its position in degrees, metres and seconds, the file."""

    at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    age: float | None = None
    error: str | None = None  # why there is no position: one of POSITION_ERRORS
    clock_offset: float | None = None  # seconds that the device is ahead
    source: str | None = None  # one of SOURCES
    file_name: str | None = None
    original_bytes: int | None = None


def storage() -> Storage:
    """Where files are kept."""
    kept: Storage = current_app.extensions["storage"]
    return kept


def clean_copy(data: bytes) -> str:
    """Keep a clean picture of somebody's file and return its storage key; Invalid says why it was refused.

    For what proves something beside a visit (a dispute, an action, a receipt): a JPEG of at most 1600 pixels
    without any metadata. The file itself is not kept.
    """
    if b"%PDF-" in data[:1024] and photos.sniff(data[:64]) is None:
        raise Invalid(
            gettext("This is a PDF. Only photos are taken here: send a photo or a screenshot of the paper."),
            code="pdf",
        )
    try:
        return storage().put(photos.accept(data).derivatives.screen)
    except photos.PhotoRefused as refused:
        raise Invalid(refused.message, code=refused.code) from refused


def check_open(visit: Visit, by: Person, question: str, at: datetime) -> None:
    """Refuse early, before bytes are kept: not open, unknown question, not returned."""
    answering.open_for_answers(visit, by, at)
    if question not in queries.checklist_of(visit).questions:
        raise Invalid(
            gettext("This question is not part of the checklist."), code="question", question=question
        )
    if question not in queries.open_questions(visit):
        raise Invalid(
            gettext("This question was not returned to you, so its answer stays as it is."),
            code="question",
            question=question,
        )


def add_photo(
    visit: Visit,
    by: Person,
    at: datetime,
    photo_id: UUID,
    question: str,
    data: bytes,
    taken: Taken,
    *,
    keep_unreadable: bool = False,
) -> tuple[Photo, bool]:
    """Keep one photo; the same id and bytes again change nothing. Returns the photo and whether it is new.

    Raises PhotoRefused with a sentence for the shopper, unless `keep_unreadable`: a queue that is sent after the
    shopper left the place must not be blocked by one file, so that one is kept and flagged.
    """
    key = hashlib.sha256(data).hexdigest()
    if db.session.get(Photo, photo_id) is not None:  # sent again, perhaps long after the submission
        known = _same_again(visit, photo_id, question, key)
        storage().put(data)
        return known, False
    check_open(visit, by, question, at)
    looked, refusal = _look(data, keep_unreadable)
    _check_room(visit, len(data))
    photo = Photo(
        id=photo_id,
        visit_id=visit.id,
        question_id=question,
        state="unreadable" if looked is None else "received",
        refusal=refusal,
        sha256=storage().put(data),
        bytes=len(data),
        uploaded_at=at,
        **_facts(taken, looked, visit),
    )
    db.session.add(photo)
    try:
        db.session.flush()
    except IntegrityError as error:  # another visit took the number at this very moment
        db.session.rollback()  # also for the sentence: whose language it is, the database knows
        raise _number_taken() from error
    return photo, True


def _facts(taken: Taken, looked: photos.Looked | None, visit: Visit) -> dict[str, Any]:
    """What the device says, and what the file says where the device does not."""
    place = (taken.latitude, taken.longitude)
    if taken.latitude is None and looked is not None and looked.gps is not None:
        place = looked.gps
    return {
        "width": looked.width if looked else None,
        "height": looked.height if looked else None,
        "taken_at": _camera_time(looked.taken_at, visit) if looked else None,
        "device_at": taken.at,
        "latitude": place[0],
        "longitude": place[1],
        "accuracy": taken.accuracy,
        "position_age": taken.age,
        "position_error": taken.error,
        "clock_offset": taken.clock_offset,
        "source": taken.source,
        "file_name": taken.file_name,
        "original_bytes": taken.original_bytes,
    }


def _same_again(visit: Visit, photo_id: UUID, question: str, key: str) -> Photo:
    known = db.session.get_one(Photo, photo_id)
    if (known.visit_id, known.question_id, known.sha256) != (visit.id, question, key):
        raise _number_taken()
    return known


def _number_taken() -> Conflict:
    return Conflict(
        gettext("Another photo already has this number. Take it again."), code="photo_id_conflict"
    )


def _look(data: bytes, keep_unreadable: bool) -> tuple[photos.Looked | None, str | None]:
    try:
        return photos.look(data), None
    except photos.PhotoRefused as refused:
        if not keep_unreadable or refused.code in ("too_large", "empty"):
            raise
        return None, refused.code


def _camera_time(taken_at: datetime | None, visit: Visit) -> datetime | None:
    """A camera clock without a zone shows the branch's time."""
    if taken_at is None or taken_at.tzinfo is not None:
        return taken_at
    return taken_at.replace(tzinfo=ZoneInfo(visit.branch.timezone))


def _check_room(visit: Visit, size: int) -> None:
    """Make sure that the visit has room for one more photo of so many bytes."""
    query = select(Photo.bytes, Photo.removed_at).where(Photo.visit_id == visit.id)
    ever = db.session.execute(query).all()
    if len(ever) >= EVER * MOST_PHOTOS or sum(row.bytes for row in ever) + size > EVER * MOST_BYTES:
        raise Invalid(
            gettext("Too many photos were taken back and taken again. Ask the agency."), code="too_many_ever"
        )
    counted = [row.bytes for row in ever if row.removed_at is None]
    if len(counted) >= MOST_PHOTOS:
        raise Invalid(
            gettext("A visit holds at most %(most)s photos. Remove one first.", most=MOST_PHOTOS),
            code="too_many",
        )
    if sum(counted) + size > MOST_BYTES:
        raise Invalid(
            gettext("The photos of a visit may have %(most)s MB together. Remove one first.", most=200),
            code="too_much",
        )


def remove_photo(visit: Visit, by: Person, at: datetime, photo_id: UUID) -> None:
    """Take a photo back before submission; again, or one that never arrived, changes nothing."""
    photo = db.session.get(Photo, photo_id)
    if photo is None or photo.visit_id != visit.id or photo.removed_at is not None:
        return
    check_open(visit, by, photo.question_id, at)
    photo.removed_at = at
    db.session.flush()


def copy_of(photo: Photo, size: str) -> bytes:
    """A clean JPEG of a photo; made on the spot while the job has not got to it. PhotoRefused, NotFound."""
    key = getattr(photo, f"{size}_key")
    try:
        if key is not None:
            return storage().read(key)
        copy: bytes = getattr(photos.accept(storage().read(photo.sha256)).derivatives, size)
    except NotStored:
        current_app.logger.error("the file of photo %s is gone from storage", photo.id)
        raise NotFound(gettext("The file of this photo is missing.")) from None
    return copy


def covered_copies(photo: Photo, areas: Sequence[Area]) -> dict[str, str]:
    """Keys by size of copies made anew from the original, these areas unrecognisable. PhotoRefused, NotFound."""
    try:
        derivatives = photos.accept(storage().read(photo.sha256), covered=areas).derivatives
    except NotStored:
        current_app.logger.error("the file of photo %s is gone from storage", photo.id)
        raise NotFound(gettext("The file of this photo is missing.")) from None
    return {size: storage().put(getattr(derivatives, size)) for size in SIZES}


def prepare(visit_id: int) -> None:
    """Make the copies of all photos of a visit; safe to repeat. Commits photo by photo, decodes outside of it."""
    while True:
        query = select(Photo).where(Photo.visit_id == visit_id, Photo.state == "received").limit(1)
        photo = db.session.scalars(query).one_or_none()
        if photo is None:
            return
        photo_id, key = photo.id, photo.sha256
        db.session.rollback()
        found = _copies(key)
        photo = db.session.get(Photo, photo_id, with_for_update=True)
        if photo is not None and photo.state == "received":
            for name, value in found.items():
                setattr(photo, name, value)
        db.session.commit()


def _copies(key: str) -> dict[str, object]:
    try:
        accepted = photos.accept(storage().read(key))
    except photos.PhotoRefused as refused:
        return {"state": "unreadable", "refusal": refused.code}
    except NotStored:
        # The disk lost it: the visit must not wait for ever, and the editor sees that a photo is missing.
        current_app.logger.error("the file of a photo is gone from storage: %s", key)
        return {"state": "unreadable", "refusal": "lost"}
    copies = {f"{size}_key": storage().put(getattr(accepted.derivatives, size)) for size in SIZES}
    found = {"width": accepted.width, "height": accepted.height, "dhash": accepted.derivatives.dhash}
    return {"state": "stored", **found, **copies}


def hash_photo(photo_id: UUID) -> None:
    """Give a photo that was stored before there were hashes its own; commits. One that cannot be read has none."""
    photo = db.session.get(Photo, photo_id)
    key = photo.sha256 if photo is not None else ""
    db.session.rollback()
    try:
        found = photos.accept(storage().read(key)).derivatives.dhash
    except (photos.PhotoRefused, NotStored):
        return
    photo = db.session.get(Photo, photo_id, with_for_update=True)
    if photo is not None and photo.dhash is None:
        photo.dhash = found
    db.session.commit()


@jobs.task("sweep_uploads", cron="17 19 * * *")
def sweep_uploads() -> None:
    """Remove what uploads left behind that were cut off by the end of a process, a day later."""
    storage().sweep_temporary(now() - timedelta(days=1))
