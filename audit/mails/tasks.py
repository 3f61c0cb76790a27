"""The job that sends one mail: written down before it is tried, so that a crash is seen afterwards."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from audit import jobs
from audit.config import Settings
from audit.db import db, now
from audit.mails.models import Mail, MailState
from audit.mails.outcome import NotTaken, Refused, Unclear
from audit.mails.services import TASK
from audit.mails.transports import Transport, message_of, name_of, transport

TRIES = 8  # within about two and a half hours
LONGEST_PROBLEM = 1000  # characters kept of what a server said


@jobs.task(TASK, attempts=2 * TRIES)
def send_mail(mail_id: int) -> None:
    """Send what waits; safe to run twice. NotTaken, or OSError of a full disk, asks for a later try."""
    settings: Settings = current_app.extensions["settings"]
    by = transport(settings)
    mail = _claimed(mail_id, by, now())
    if mail is None:
        return
    message, name, claim = message_of(mail, settings), name_of(mail), mail.claimed_at
    tries = mail.tries
    db.session.rollback()  # no transaction is held while it is sent
    try:
        by.send(message, name)
    except Refused as error:
        _end(mail_id, claim, MailState.FAILED, str(error))
    except Unclear as error:
        _end(mail_id, claim, MailState.UNSURE, str(error))
    except (NotTaken, OSError) as error:
        last = tries >= TRIES
        _end(mail_id, claim, MailState.FAILED if last else MailState.WAITING, str(error))
        if not last:
            raise
    else:
        _end(mail_id, claim, MailState.SENT, "")


def _claimed(mail_id: int, by: Transport, at: datetime) -> Mail | None:
    """The mail, marked as being sent; None when nothing is to be done.

    One that another run was sending is sent again only where that is the same as once; else it is unsure.
    """
    query = select(Mail).where(Mail.id == mail_id).with_for_update()
    mail = db.session.scalar(query.execution_options(populate_existing=True))
    interrupted = mail is not None and mail.state == MailState.SENDING
    if mail is None or not (mail.state == MailState.WAITING or interrupted):
        db.session.rollback()
        return None
    if interrupted and not by.repeatable:
        mail.state = MailState.UNSURE
        mail.problem = "interrupted while it was sent"
        db.session.commit()
        return None
    mail.state, mail.tries = MailState.SENDING, mail.tries + 1
    # Each claim has a time of its own: an older run that comes back knows that the mail is no longer its.
    mail.claimed_at = max(at, mail.claimed_at + timedelta(microseconds=1)) if mail.claimed_at else at
    db.session.commit()
    return mail


def _end(mail_id: int, claim: datetime | None, state: MailState, problem: str) -> None:
    """Write down how this try ended, unless somebody has claimed the mail since."""
    mine = (Mail.id == mail_id, Mail.claimed_at == claim)
    change = update(Mail).where(*mine, Mail.state.in_((MailState.SENDING, MailState.UNSURE)))
    sent_at = now() if state == MailState.SENT else None
    db.session.execute(
        change.values(state=state, problem=problem[:LONGEST_PROBLEM], sent_at=sent_at).execution_options(
            synchronize_session=False
        )
    )
    db.session.commit()
