"""The demo's mails are old news: they stand as sent, and its jobs that are done already leave the queue."""

from sqlalchemy import func, select, text, update

from audit.db import db
from audit.mails.models import Mail, MailState

# What the demo has done itself, at the right times. The PDFs are left to the queue.
DONE = ("prepare_photos", "raise_flags", "raise_alarms", "after_release", "send_mail")
LOOKED_AT = 9  # of the latest mails one in the middle has failed, and the last one is unsure
REFUSED = "550 5.1.1 Recipient address rejected: mailbox full"
INTERRUPTED = "The connection was closed while the mail was being handed over."


def send_all() -> None:
    """Mark every mail as sent a moment after it was posted; one failed, and of one nobody knows."""
    later = Mail.posted_at + func.make_interval(0, 0, 0, 0, 0, 0, 9)
    sent = update(Mail).values(state=MailState.SENT, tries=1, claimed_at=later, sent_at=later)
    db.session.execute(sent.execution_options(synchronize_session=False))
    latest = select(Mail.id).order_by(Mail.posted_at.desc(), Mail.id.desc())
    odd = list(db.session.scalars(latest.limit(LOOKED_AT)))
    if len(odd) == LOOKED_AT:
        _mark(odd[LOOKED_AT // 2], MailState.FAILED, REFUSED)
        _mark(odd[-1], MailState.UNSURE, INTERRUPTED)


def _mark(mail_id: int, state: MailState, problem: str) -> None:
    change = update(Mail).where(Mail.id == mail_id).values(state=state, problem=problem, sent_at=None)
    db.session.execute(change.execution_options(synchronize_session=False))


def clear_queue() -> None:
    """Take the jobs off whose work is done."""
    # Inside the transaction that deferred them: no worker has seen them.
    db.session.execute(
        text("DELETE FROM procrastinate_jobs WHERE task_name = ANY(:names)"), {"names": list(DONE)}
    )
