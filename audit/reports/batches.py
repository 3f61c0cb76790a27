"""Batches: a wave's scorecards in one language as one ZIP, made in the background, item by item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.accounts.models import Person
from audit.branches.models import Client
from audit.db import db
from audit.errors import Conflict, NotFound
from audit.i18n import gettext as _
from audit.insights.narrowing import Narrowing, branch_ids, narrowing_words
from audit.reports.models import Batch, BatchItem
from audit.review.models import Scorecard, ScorecardFile
from audit.review.queries import scorecards_for
from audit.trail.services import record
from audit.waves.models import Wave

ITEM, WHOLE = "make_batch_item", "make_batch_file"
# Printing comes after the PDFs of a release that is under way, before whatever nobody waits for. What is printed
# already only has to be counted: somebody looks at the bar, and no release is held up by it.
PRIORITY = 4
AT_ONCE = 6
SLOW = timedelta(minutes=10)  # after which a batch that is not finished may be set going again
SHOWN = 20


class Item(NamedTuple):
    """A scorecard of a batch and what it is of."""

    client_id: int
    visit_id: int
    scorecard_id: int
    sha256: str  # of its PDF


@dataclass(frozen=True)
class Offer:
    """A wave with the number of its scorecards that this person may take along."""

    wave: Wave
    count: int


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    done: int
    total: int
    is_ready: bool


def offers(person: Person) -> list[Offer]:
    """The waves with released scorecards in the person's scope, the newest first."""
    printable = _printable(person).with_only_columns(Scorecard.wave_id, func.count().label("count"))
    counts = printable.group_by(Scorecard.wave_id).subquery()
    query = select(Wave, counts.c.count).join(counts, counts.c.wave_id == Wave.id)
    query = query.join(Client, Client.id == Wave.client_id).options(joinedload(Wave.client))
    rows = db.session.execute(query.order_by(Wave.starts_on.desc(), Client.name, Wave.id.desc()))
    return [Offer(wave, count) for wave, count in rows]


def _printable(
    person: Person, wave: Wave | None = None, narrowed: Narrowing | None = None
) -> Select[Scorecard]:
    query = scorecards_for(person).where(
        Scorecard.is_current, Scorecard.released_at.is_not(None), Scorecard.status == "scored"
    )
    if wave is not None:
        query = query.where(Scorecard.wave_id == wave.id)
    if wave is not None and narrowed is not None:
        query = query.where(Scorecard.branch_id.in_(branch_ids(person, wave.client_id, narrowed)))
    return query


def printable_count(person: Person, wave: Wave, narrowed: Narrowing) -> int:
    """How many scorecards an order of this would hold."""
    found = _printable(person, wave, narrowed).with_only_columns(Scorecard.id)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def order(
    person: Person, wave: Wave, language: str, at: datetime, narrowed: Narrowing | None = None
) -> Batch:
    """A batch of the wave's current scorecards in the person's scope; a second click gets the first one's.

    `narrowed` leaves some branches only. Conflict when nothing is released there.
    """
    # One order of a person after the other: two clicks at once must not make two.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    wanted = db.session.scalars(
        _printable(person, wave, narrowed).with_only_columns(Scorecard.id).order_by(Scorecard.id)
    ).all()
    if not wanted:
        raise Conflict(_("No scorecard of this wave is released in your area yet."), code="nothing")
    running = _running(person, language, wanted)
    if running is not None:
        return running
    parts = [wave.client.name, wave.name, *(narrowing_words(narrowed) if narrowed else [])]
    title = " · ".join(parts)[:160]
    batch = Batch(person_id=person.id, title=title, language=language, at=at)
    db.session.add(batch)
    db.session.flush()
    db.session.execute(
        insert(BatchItem), [{"batch_id": batch.id, "scorecard_id": number} for number in wanted]
    )
    printed = _printed(wanted, language)
    for number in wanted:
        priority = AT_ONCE if number in printed else PRIORITY
        jobs.defer(db.session, ITEM, priority=priority, batch_id=batch.id, scorecard_id=number)
    record(
        "batch.made",
        person,
        at,
        client_id=wave.client_id,
        batch=batch.id,
        title=title,
        language=language,
        scorecards=len(wanted),
    )
    return batch


def _printed(numbers: Sequence[int], language: str) -> set[int]:
    query = select(ScorecardFile.scorecard_id).where(ScorecardFile.language == language)
    return set(db.session.scalars(query.where(ScorecardFile.scorecard_id.in_(numbers))))


def _running(person: Person, language: str, wanted: Sequence[int]) -> Batch | None:
    """The person's unfinished batch of exactly these scorecards."""
    query = select(Batch).where(
        Batch.person_id == person.id, Batch.language == language, Batch.finished_at.is_(None)
    )
    for batch in db.session.scalars(query.order_by(Batch.id.desc())):
        if [item.scorecard_id for item in batch.items] == list(wanted):
            return batch
    return None


def batch_for(person: Person, batch_id: int) -> Batch:
    """The person's own batch; NotFound otherwise."""
    batch = db.session.scalar(select(Batch).where(Batch.id == batch_id, Batch.person_id == person.id))
    if batch is None:
        raise NotFound(_("There is no such download."))
    return batch


def earlier(person: Person) -> list[Batch]:
    """The person's last batches, the newest first."""
    query = select(Batch).where(Batch.person_id == person.id).order_by(Batch.id.desc())
    return list(db.session.scalars(query.limit(SHOWN)))


def progress(batch: Batch) -> Progress:
    """A count of rows, so that it cannot drift."""
    counts = select(func.count(BatchItem.done_at), func.count()).where(BatchItem.batch_id == batch.id)
    done, total = db.session.execute(counts).one()
    return Progress(done, total, batch.zip_sha256 is not None)


def is_slow(batch: Batch, at: datetime) -> bool:
    """Whether it takes so long that something may have gone wrong."""
    return batch.finished_at is None and at - batch.at > SLOW


def again(batch: Batch) -> None:
    """Set going what is missing; what waits already is not doubled."""
    missing = select(BatchItem.scorecard_id).where(
        BatchItem.batch_id == batch.id, BatchItem.done_at.is_(None)
    )
    numbers = db.session.scalars(missing).all()
    for number in numbers:
        lock = f"batch-{batch.id}-{number}"
        jobs.defer(
            db.session,
            ITEM,
            queueing_lock=lock,
            lock=lock,
            priority=PRIORITY,
            batch_id=batch.id,
            scorecard_id=number,
        )
    if not numbers and batch.finished_at is None:
        defer_whole(batch.id)


def defer_whole(batch_id: int) -> None:
    """Ask for the ZIP; before the items of others, as somebody waits for nothing but this."""
    lock = f"batch-{batch_id}"
    jobs.defer(db.session, WHOLE, lock=lock, queueing_lock=lock, priority=AT_ONCE, batch_id=batch_id)


def open_items(person: Person, batch: Batch) -> list[Item]:
    """The scorecards of a finished batch, all of which the person must still be allowed to see: NotFound."""
    numbers = [item.scorecard_id for item in batch.items]
    seen = scorecards_for(person).where(Scorecard.id.in_(numbers)).order_by(None).order_by(Scorecard.id)
    own = (ScorecardFile.scorecard_id == Scorecard.id) & (ScorecardFile.language == batch.language)
    found = db.session.execute(
        seen.join(ScorecardFile, own).with_only_columns(
            Scorecard.client_id, Scorecard.visit_id, Scorecard.id, ScorecardFile.sha256
        )
    ).all()
    if batch.zip_sha256 is None or len(found) != len(numbers):
        raise NotFound(_("This download holds scorecards that you may no longer see. Order a new one."))
    return [Item(*row) for row in found]


def replaced(batch: Batch) -> int:
    """How many of its scorecards have a newer edition by now."""
    query = (
        select(func.count()).select_from(BatchItem).join(Scorecard, Scorecard.id == BatchItem.scorecard_id)
    )
    return db.session.scalar(query.where(BatchItem.batch_id == batch.id, ~Scorecard.is_current)) or 0


def file_name(batch: Batch) -> str:
    """What the ZIP is called when it is saved."""
    words = re.sub(r"[^\w.-]+", "-", batch.title).strip("-")
    return f"{words}-{batch.language}.zip"
