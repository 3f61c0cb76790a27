"""A shopper's appeal against a rejection: one per visit, in time, answered once by an admin."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.accounts import agency
from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review.layers import Appeal
from audit.trail.services import record
from audit.visits.lifecycle import Action, State
from audit.visits.models import Visit, VisitEvent
from audit.visits.services import move

TIME = timedelta(days=14)  # from the rejection on
LONGEST = 2_000


@dataclass(frozen=True)
class Rejection:
    """Why and when a visit was rejected, and until when its shopper may appeal."""

    reason: str
    at: datetime
    until: datetime
    by_id: int | None


def rejections_of(visit_ids: Collection[int]) -> dict[int, Rejection]:
    """By visit its latest rejection."""
    query = (
        select(VisitEvent)
        .where(VisitEvent.visit_id.in_(visit_ids), VisitEvent.action == Action.REJECT)
        .order_by(VisitEvent.id)
    )
    return {
        event.visit_id: Rejection(event.data.get("reason", ""), event.at, event.at + TIME, event.by_id)
        for event in db.session.scalars(query)
    }


def appeals_of(visit_ids: Collection[int]) -> dict[int, Appeal]:
    """By visit its appeal."""
    return {
        row.visit_id: row for row in db.session.scalars(select(Appeal).where(Appeal.visit_id.in_(visit_ids)))
    }


def appeal_of(visit: Visit) -> Appeal | None:
    """The visit's appeal, None where there is none."""
    return appeals_of([visit.id]).get(visit.id)


def open_appeals(person: Person) -> list[Appeal]:
    """What waits for an admin's answer, the oldest first; nothing for others."""
    if not person.has(RoleName.ADMIN):
        return []
    query = select(Appeal).where(Appeal.granted.is_(None)).order_by(Appeal.at, Appeal.visit_id)
    return list(db.session.scalars(query.options(joinedload(Appeal.visit).joinedload(Visit.branch))))


def answerers(visit: Visit) -> list[Person]:
    """Who may answer an appeal: admins, but not who went there, nor who rejected it while there is another."""
    admins = [admin for admin in agency.admins() if admin.id != visit.shopper_id]
    rejection = rejections_of([visit.id]).get(visit.id)
    others = [admin for admin in admins if rejection is None or admin.id != rejection.by_id]
    return others or admins


def raise_appeal(visit: Visit, by: Person, at: datetime, text: str) -> Appeal:
    """The shopper's word against the rejection; the admins are told. Callers hold the visit's lock.

    The same again changes nothing. Conflict when it is not rejected, too late or answered; Invalid: `text`.
    """
    if visit.shopper_id != by.id:
        raise Forbidden(_("This step is not yours to take."))
    said = clean(text)
    known = appeal_of(visit)
    if known is not None:
        if known.text == said:
            return known
        raise Conflict(_("You have appealed already. The agency answers what you wrote first."), code="once")
    rejection = rejections_of([visit.id]).get(visit.id)
    if visit.state != State.REJECTED or rejection is None:
        raise Conflict(_("Only a rejected visit can be appealed."), code="state")
    if at > rejection.until:
        raise Conflict(_("The time for an appeal is over: 14 days after the rejection."), code="late")
    if not said:
        raise Invalid(_("Write why the visit should count."), field="text")
    if len(said) > LONGEST:
        raise Invalid(_("At most %(length)s characters.", length=LONGEST), field="text")
    made = Appeal(visit_id=visit.id, text=said, at=at)
    db.session.add(made)
    record("appeal.made", by, at, client_id=visit.client_id, visit_id=visit.id, text=said)
    db.session.flush()
    for admin in answerers(visit):
        post(f"appeal:{made.id}:{admin.id}", admin, at, lambda: _asks(visit))
    return made


def answer(visit: Visit, by: Person, at: datetime, *, granted: bool, text: str) -> Appeal:
    """Grant it, and the visit is reviewed again; or decline it with the reason. The shopper is told.

    Callers hold the visit's lock. The same answer again changes nothing; another one is a Conflict.
    """
    if not by.has(RoleName.ADMIN):
        raise Forbidden(_("This step is not yours to take."))
    found = appeal_of(visit)
    if found is None:
        raise NotFound(_("There is no appeal for this visit."))
    said = clean(text)
    if found.granted is not None:
        if (found.granted, found.answer) == (granted, said):
            return found
        raise Conflict(_("This appeal is answered already."), code="once")
    if visit.shopper_id == by.id:
        raise Forbidden(_("This visit was yours, so somebody else must review it."))
    if by.id not in {admin.id for admin in answerers(visit)}:
        raise Forbidden(_("You rejected this visit yourself, so another admin answers the appeal."))
    if not said:
        raise Invalid(_("Write the reason: the shopper reads it."), field="answer")
    if len(said) > LONGEST:
        raise Invalid(_("At most %(length)s characters.", length=LONGEST), field="answer")
    found.granted, found.answer, found.answered_by_id, found.answered_at = granted, said, by.id, at
    kind = "appeal.granted" if granted else "appeal.declined"
    record(kind, by, at, client_id=visit.client_id, visit_id=visit.id, reason=said)
    if granted:
        move(visit, Action.REOPEN, by, at, appeal=found.id)
    db.session.flush()
    if visit.shopper is not None:
        post(f"appeal:{found.id}:answer", visit.shopper, at, lambda: _answered(visit))
    return found


def _asks(visit: Visit) -> tuple[str, str]:
    said = _("Read the appeal and answer it here:")
    return _("A shopper appeals against a rejection"), letter(said, link_to(f"/review/{visit.id}"))


def _answered(visit: Visit) -> tuple[str, str]:
    said = _("Read the answer here:")
    return _("Your appeal is answered"), letter(said, link_to(f"/visits/{visit.id}/appeal"))
