"""Posting: a mail becomes a row and a job in the transaction that causes it."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from audit import jobs
from audit.db import db
from audit.errors import Conflict
from audit.i18n import LANGUAGES, force_locale, gettext
from audit.mails.models import Mail, MailState

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.accounts.models import Person

TASK = "send_mail"
PRIORITY = 20  # before all that takes long: an alarm does not wait for five hundred PDFs
LONGEST_SUBJECT = 200
DEFAULT_LANGUAGE = "vi"  # of somebody who has not chosen


def link_to(path: str) -> str:
    """The whole address of a page, for a mail: never what a request calls us."""
    base: str = current_app.extensions["settings"].link_base
    return f"{base}{path}"


def letter(*parts: str) -> str:
    """A mail's text: paragraphs with a greeting before and the agency's name below, in the language of `post`."""
    name: str = current_app.extensions["settings"].agency_name
    return "\n\n".join([gettext("Good day,"), *parts, name]) + "\n"


def post(
    key: str,
    person: "Person",
    at: datetime,
    write: "Callable[[], tuple[str, str]]",
    *,
    priority: int = PRIORITY,
) -> bool:
    """Post one mail; False when this key was posted before or the person has no address.

    `write` gives subject and text; it is called in the person's language, so that gettext speaks it.
    The mail leaves after the commit, once. Releases give theirs a low `priority`: after the PDFs.
    """
    if not person.email or not person.active:
        return False
    language = person.language if person.language in LANGUAGES else DEFAULT_LANGUAGE
    with force_locale(language):
        subject, body = write()
    row = {
        "key": key,
        "person_id": person.id,
        "address": person.email,
        "language": language,
        # One line that fits: names of branches and waves come together in it.
        "subject": " ".join(subject.split())[:LONGEST_SUBJECT],
        "body": body,
        "state": "waiting",
        "posted_at": at,
        "tries": 0,
        "problem": "",
    }
    found = db.session.scalar(insert(Mail).values(row).on_conflict_do_nothing().returning(Mail.id))
    if found is None:
        return False
    jobs.defer(db.session, TASK, priority=priority, mail_id=found)
    return True


def send_again(mail: Mail) -> bool:
    """Put a mail back that failed or is unsure, to the person's address of today; False while it waits.

    Callers hold the row's lock. Conflict when it was sent, or when the person takes no mails any more.
    """
    if mail.state in (MailState.WAITING, MailState.SENDING):
        return False
    if mail.state == MailState.SENT:
        raise Conflict(gettext("This mail has been sent; it is not sent twice."), code="sent")
    if not mail.person.active or not mail.person.email:
        raise Conflict(
            gettext("This person has no open account with a mail address any more."), code="no_address"
        )
    mail.address = mail.person.email
    mail.state, mail.tries, mail.problem = MailState.WAITING, 0, ""
    jobs.defer(db.session, TASK, priority=PRIORITY, mail_id=mail.id)
    return True
