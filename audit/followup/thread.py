"""The thread beside a scorecard, and who has acknowledged it. All editions of a visit share one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
from audit.followup.naming import SPEAKS_FOR, name_to, speaks_for
from audit.forms import clean
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.models import Scorecard
from audit.trail.services import record

LONGEST = 2_000
TWICE = timedelta(minutes=1)  # the same words again within this are a second click


@dataclass(frozen=True)
class Said:
    """One message as a reader may see it: the agency is a company, people of the client have names."""

    text: str
    at: datetime
    who: str
    role: str  # when a client reads: theirs at this client, empty for everybody else
    is_agency: bool
    is_mine: bool


@dataclass(frozen=True)
class Seen:
    """Who has acknowledged an edition, and when."""

    who: str
    role: str
    at: datetime


def write(card: Scorecard, by: Person, at: datetime, text: str) -> Message:
    """Add a message and tell the others by mail, once an hour; flushes. Callers hold the visit's lock.

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
        post(_mail_key(card, person, at), person, at, lambda: _letter(card))
    return made


def _mail_key(card: Scorecard, person: Person, at: datetime) -> str:
    """One mail an hour to each reader of a thread: it leads to all that was written, and says nothing of it."""
    return f"message:{card.visit_id}:{person.id}:{at.astimezone(UTC):%Y%m%d%H}"


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
    said = db.session.scalars(query.order_by(Message.id))
    return [said_to(reader, message, card.client_id) for message in said]


def said_to(reader: Person, message: Message, client_id: int) -> Said:
    """One message beside a scorecard of this client, as this person may read it."""
    by = message.by
    return Said(
        text=message.text,
        at=message.at,
        who=name_to(reader, by, client_id, by_agency=message.by_agency),
        role=role_of(by) if reader.is_agency else _role_at(by, client_id, message.by_agency),
        is_agency=message.by_agency,
        is_mine=by.id == reader.id,
    )


def _role_at(person: Person, client_id: int, by_agency: bool = False) -> str:
    """What a client reads beside a name: the role with them, and no other one."""
    role = None if by_agency else speaks_for(person, client_id)
    return str(ROLE_WORDS[role]) if role else ""


def role_of(person: Person) -> str:
    """The word for whom somebody speaks: the agency first, then the widest role at the client."""
    for role in (RoleName.ADMIN, RoleName.EDITOR, *SPEAKS_FOR):
        if person.has(role):
            return str(ROLE_WORDS[role])
    return ""


def acknowledged_by(card: Scorecard, reader: Person) -> list[Seen]:
    """Who has acknowledged this edition, first to last, as this person may know them."""
    query = select(Acknowledgement).where(Acknowledgement.scorecard_id == card.id)
    rows = db.session.scalars(
        query.options(joinedload(Acknowledgement.person)).order_by(
            Acknowledgement.at, Acknowledgement.person_id
        )
    )
    return [_seen(row, reader, card.client_id) for row in rows]


def _seen(row: Acknowledgement, reader: Person, client_id: int) -> Seen:
    person = row.person
    role = role_of(person) if reader.is_agency else _role_at(person, client_id)
    return Seen(name_to(reader, person, client_id), role, row.at)


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
