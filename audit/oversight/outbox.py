"""The outbox read, and the admin's decision to send a mail again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import joinedload

from audit.accounts.identity import folded, folded_column
from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.mails import services
from audit.mails.models import Mail, MailState
from audit.trail.services import record

PAGE = 50
TROUBLED = (MailState.UNSURE, MailState.FAILED)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; `state` is one, "troubled" (unsure or failed), or "" for all."""

    state: str = ""
    words: str = ""  # part of an address, a name or a subject
    page: int = 1


@dataclass(frozen=True)
class Found:
    """One page of mails, the newest first."""

    mails: list[Mail]
    total: int
    page: int
    pages: int


def mails_for(person: Person) -> Select[Mail]:
    """Every mail, for an admin; none for others."""
    query = select(Mail)
    return query if person.active and person.has(RoleName.ADMIN) else query.where(false())


def mail_for(person: Person, mail_id: int, *, lock: bool = False) -> Mail:
    """One mail; NotFound where there is none or it is not theirs to see."""
    query = mails_for(person).where(Mail.id == mail_id)
    query = query.with_for_update(of=Mail) if lock else query.options(joinedload(Mail.person))
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("There is no such mail."))
    return found


def page_of(person: Person, wanted: Wanted) -> Found:
    """One page; one that does not exist is the last one."""
    query = mails_for(person)
    if wanted.state == "troubled":
        query = query.where(Mail.state.in_(TROUBLED))
    elif wanted.state:
        query = query.where(Mail.state == wanted.state)
    if wanted.words:
        bare = folded(wanted.words)
        query = query.join(Mail.person).where(
            or_(
                folded_column(Person.name).contains(bare, autoescape=True),
                folded_column(Mail.subject).contains(bare, autoescape=True),
                Mail.address.contains(bare, autoescape=True),
            )
        )
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted.page), pages)
    rows = query.options(joinedload(Mail.person)).order_by(Mail.id.desc())
    return Found(list(db.session.scalars(rows.limit(PAGE).offset((page - 1) * PAGE))), total, page, pages)


def troubled(person: Person) -> int:
    """How many mails need a person's decision."""
    query = mails_for(person).where(Mail.state.in_(TROUBLED))
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def resend(person: Person, mail_id: int, at: datetime) -> Mail:
    """Send a mail again that failed or may have; a second click changes nothing. Conflict when it was sent."""
    mail = mail_for(person, mail_id, lock=True)
    before = mail.state
    if services.send_again(mail):
        record("mail.resent", person, at, person_id=mail.person_id, mail=mail.id, key=mail.key, was=before)
    return mail
