"""The clock's call: a submission that has waited for too long reaches every admin, once a round."""

from datetime import datetime

from sqlalchemy import select

from audit import jobs
from audit.accounts import agency
from audit.accounts.models import Person
from audit.branches.models import Client
from audit.db import db, now
from audit.i18n import clock
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.queue_marks import brought_back, is_late
from audit.trail.services import record
from audit.visits.models import Visit

TASK = "escalate"


@jobs.task(TASK, cron="*/5 * * * *")
def escalate() -> None:
    """Look for what has waited too long. Nothing is ever decided by the clock."""
    escalate_due(now())


def escalate_due(at: datetime) -> int:
    """Mark and mail every submission that is over its client's limit; one commit each. Returns how many."""
    due = (
        select(Visit.id)
        .join(Client, Client.id == Visit.client_id)
        .where(is_late(at), Visit.escalated_at.is_(None))
        .order_by(Visit.submitted_at, Visit.id)
    )
    ids = list(db.session.scalars(due))
    db.session.rollback()
    return sum(_escalate(visit_id, at) for visit_id in ids)


def _escalate(visit_id: int, at: datetime) -> bool:
    """One visit, looked at again under its lock: an editor may have been quicker."""
    query = (
        select(Visit)
        .join(Client, Client.id == Visit.client_id)
        .where(Visit.id == visit_id, is_late(at), Visit.escalated_at.is_(None))
        .with_for_update(of=Visit)
        .execution_options(populate_existing=True)
    )
    visit = db.session.scalars(query).one_or_none()
    if visit is None:
        db.session.rollback()
        return False
    mark(visit, at)
    db.session.commit()
    return True


def mark(visit: Visit, at: datetime) -> None:
    """Call every admin for this submission. Callers hold the visit's lock."""
    visit.escalated_at = at
    hours = visit.client.escalate_hours
    record("visit.escalated", None, at, client_id=visit.client_id, visit_id=visit.id, hours=hours)
    back = brought_back([visit.id]).get(visit.id)
    for person in agency.admins():
        _tell(visit, person, at, back)


def _tell(visit: Visit, person: Person, at: datetime, back: datetime | None) -> None:
    def write() -> tuple[str, str]:
        subject = _("Waiting for review too long: %(branch)s", branch=visit.branch.name)
        return subject, letter(_said(visit, back), link_to(f"/review/{visit.id}"))

    again = ":again" if back else ""  # the same round may have called before it was rejected
    post(f"escalated:{visit.id}:{visit.round}:{person.id}{again}", person, at, write)


def _said(visit: Visit, back: datetime | None) -> str:
    facts = {
        "client": visit.client.name,
        "branch": visit.branch.name,
        "time": clock(back or visit.submitted_at, visit.branch.timezone),
        "hours": visit.client.escalate_hours,
    }
    if back:
        return _(
            "A visit of %(client)s at %(branch)s came back to review on %(time)s, as an appeal was granted, and"
            " nobody has decided about it within %(hours)s hours, the limit for this client.",
            **facts,
        )
    return _(
        "A visit of %(client)s at %(branch)s was submitted on %(time)s and nobody has decided about it"
        " within %(hours)s hours, the limit for this client.",
        **facts,
    )
