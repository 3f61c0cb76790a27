"""The thread beside a scorecard, and who has acknowledged it. All editions of a visit share one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from audit.accounts import agency
from audit.accounts.models import Person, RoleName
from audit.accounts.texts import ROLE_WORDS
from audit.branches.readers import readers_of
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.followup.models import Acknowledgement, Message
from audit.forms import clean
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.models import Scorecard
from audit.trail.services import record

LONGEST = 2_000
TWICE = timedelta(minutes=1)  # the same words again within this are a second click
# Whom a message's writer speaks for, the widest first.
SPEAKS_FOR = (RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.BRANCH_MANAGER)


@dataclass(frozen=True)
class Said:
    """One message as a reader may see it: the agency is a company, people of the client have names."""

    text: str
    at: datetime
    who: str
    role: str  # empty for the agency when a client reads
    is_agency: bool
    is_mine: bool


@dataclass(frozen=True)
class Seen:
    """Who has acknowledged an edition, and when."""

    who: str
    role: str
    at: datetime


def write(card: Scorecard, by: Person, at: datetime, text: str) -> Message:
    """Add a message and tell the others by mail; flushes. Callers hold the visit's lock.

    The same words by the same person within a minute are the first message. Invalid names `text`.
    """
    given = clean(text)
    if not given:
        raise Invalid(_("Write a message first."), field="text")
    if len(given) > LONGEST:
        raise Invalid(_("The message is too long: at most %(most)s characters.", most=LONGEST), field="text")
    query = select(Message).where(Message.visit_id == card.visit_id).order_by(Message.id.desc()).limit(1)
    last = db.session.scalar(query)
    if last is not None and (last.by_id, last.text) == (by.id, given) and at - last.at < TWICE:
        return last
    ours = by.is_agency or not by.is_client_side
    made = Message(visit_id=card.visit_id, by_id=by.id, by_agency=ours, at=at, text=given)
    db.session.add(made)
    db.session.flush()
    _trail("message.written", card, by, at, message=made.id)
    for person in _others(card, by):
        post(f"message:{made.id}:{person.id}", person, at, lambda: _letter(card))
    return made


def acknowledge(card: Scorecard, by: Person, at: datetime) -> None:
    """Note that this person has read the scorecard; again changes nothing. Flushes.

    Forbidden for the agency, Conflict for an edition that has been replaced.
    """
    if not by.is_client_side:
        raise Forbidden(_("The branch and its head office acknowledge a scorecard."))
    query = select(Acknowledgement).filter_by(scorecard_id=card.id, person_id=by.id)
    if db.session.scalar(query) is not None:
        return
    if not card.is_current:
        raise Conflict(
            _("There is a newer version of this scorecard. Open and acknowledge that one."), code="edition"
        )
    row = {"scorecard_id": card.id, "person_id": by.id, "at": at}
    added = db.session.scalar(
        insert(Acknowledgement).values(row).on_conflict_do_nothing().returning(Acknowledgement.person_id)
    )
    if added is not None:
        _trail("scorecard.acknowledged", card, by, at)


def _trail(kind: str, card: Scorecard, by: Person, at: datetime, **data: int) -> None:
    about = {"client_id": card.client_id, "visit_id": card.visit_id, "scorecard_id": card.id}
    record(kind, by, at, **about, **data)


def messages_of(card: Scorecard, reader: Person) -> list[Said]:
    """The thread as this person may read it, oldest first."""
    query = select(Message).where(Message.visit_id == card.visit_id).options(joinedload(Message.by))
    return [said_to(reader, message) for message in db.session.scalars(query.order_by(Message.id))]


def said_to(reader: Person, message: Message) -> Said:
    """One message as this person may read it."""
    by = message.by
    hides = by.is_agency and not reader.is_agency
    return Said(
        text=message.text,
        at=message.at,
        who=agency_word() if hides else by.name,
        role="" if hides else role_of(by),
        is_agency=by.is_agency,
        is_mine=by.id == reader.id,
    )


def agency_word() -> str:
    """What a client calls everybody at the agency."""
    return _("The agency")


def role_of(person: Person) -> str:
    """The word for whom somebody speaks: the agency first, then the widest role at the client."""
    for role in (RoleName.ADMIN, RoleName.EDITOR, *SPEAKS_FOR):
        if person.has(role):
            return str(ROLE_WORDS[role])
    return ""


def acknowledged_by(card: Scorecard) -> list[Seen]:
    """Who has acknowledged this edition, first to last; only people of the client do."""
    query = select(Acknowledgement).where(Acknowledgement.scorecard_id == card.id)
    rows = db.session.scalars(
        query.options(joinedload(Acknowledgement.person)).order_by(
            Acknowledgement.at, Acknowledgement.person_id
        )
    )
    return [Seen(row.person.name, role_of(row.person), row.at) for row in rows]


def has_acknowledged(card: Scorecard, person: Person) -> bool:
    """Whether this person has acknowledged this edition."""
    return db.session.get(Acknowledgement, (card.id, person.id)) is not None


def _others(card: Scorecard, by: Person) -> Sequence[Person]:
    """The branch's readers at the client, and at the agency who has to do with this scorecard."""
    readers = readers_of([card.branch])[card.branch_id].everybody
    people = {person.id: person for person in (*readers, *_agency(card))}
    people.pop(by.id, None)
    return list(people.values())


def _agency(card: Scorecard) -> list[Person]:
    """Who approved it and who has written here; where nobody of them is left, every admin."""
    wrote = select(Message.by_id).where(Message.visit_id == card.visit_id)
    near = Person.id.in_(wrote) | (Person.id == card.made_by_id)
    found = [
        person for person in db.session.scalars(select(Person).where(near, Person.active)) if person.is_agency
    ]
    if found:
        return found
    return agency.admins()


def _letter(card: Scorecard) -> tuple[str, str]:
    subject = _("%(branch)s: a new message beside a scorecard", branch=card.branch.name)
    said = _(
        "There is a new message beside the scorecard of %(branch)s, %(wave)s. Read and answer it here:",
        branch=card.branch.name,
        wave=card.wave.name,
    )
    return subject, letter(said, link_to(f"/scorecards/{card.id}/thread"))
