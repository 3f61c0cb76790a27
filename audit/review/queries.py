"""Scorecards by person, and what belongs to one visit on the editor's desk."""

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.review.models import Scorecard
from audit.visits.models import ReturnNote, Submission, Visit, VisitEvent


def scorecards_for(person: Person) -> Select[Scorecard]:
    """All editions in the person's scope: the agency sees all of them, the client what was released."""
    query = select(Scorecard)
    if not person.active:
        return query.where(false())
    if person.is_agency:
        return query
    reached = branches_for(person).with_only_columns(Branch.id)
    return query.where(Scorecard.released_at.is_not(None), Scorecard.branch_id.in_(reached))


def scorecard_for(person: Person, scorecard_id: int) -> Scorecard:
    """One scorecard; NotFound when it is out of scope."""
    card = db.session.scalar(scorecards_for(person).where(Scorecard.id == scorecard_id))
    if card is None:
        raise NotFound(_("There is no such scorecard, or it is not yours."))
    return card


def released_for(person: Person, scorecard_id: int) -> Scorecard:
    """A released scorecard in the person's scope; NotFound otherwise, also for the agency before release."""
    card = scorecard_for(person, scorecard_id)
    if card.released_at is None:
        raise NotFound(_("There is no such scorecard, or it is not released yet."))
    return card


def locked_released_for(person: Person, scorecard_id: int) -> Scorecard:
    """The same, its visit locked until the commit: changes of one visit come one after another."""
    card = released_for(person, scorecard_id)
    db.session.scalar(select(Visit.id).where(Visit.id == card.visit_id).with_for_update())
    db.session.refresh(card)
    return card


def current_of(card: Scorecard) -> Scorecard:
    """The edition that counts of a scorecard's visit; asked anew, as another one may have replaced the given one."""
    query = select(Scorecard).where(Scorecard.visit_id == card.visit_id, Scorecard.is_current)
    return db.session.scalars(query).one()


def approver_id(visit: Visit) -> int | None:
    """Who stood for the answers: the approval made the first edition. None before it."""
    query = select(Scorecard.made_by_id).where(Scorecard.visit_id == visit.id, Scorecard.edition == 1)
    return db.session.scalar(query)


def submissions_of(visit: Visit) -> tuple[list[Submission], list[Submission]]:
    """What was accepted, round by round, and what came in beside it ("conflict")."""
    query = (
        select(Submission)
        .where(Submission.visit_id == visit.id)
        .order_by(Submission.round, Submission.at, Submission.id)
    )
    found = list(db.session.scalars(query))
    accepted = [one for one in found if one.status == "accepted"]
    return accepted, [one for one in found if one.status == "conflict"]


def notes_of(visit: Visit) -> list[ReturnNote]:
    """What was asked at each return, with who asked."""
    query = select(ReturnNote).where(ReturnNote.visit_id == visit.id).options(joinedload(ReturnNote.by))
    return list(db.session.scalars(query.order_by(ReturnNote.round, ReturnNote.id)))


def events_of(visit: Visit) -> list[VisitEvent]:
    """Every step of the visit with who took it, first to last."""
    query = select(VisitEvent).where(VisitEvent.visit_id == visit.id).options(joinedload(VisitEvent.by))
    return list(db.session.scalars(query.order_by(VisitEvent.id)))


def scorecard_of(visit: Visit) -> Scorecard | None:
    """The visit's current scorecard, None before approval."""
    query = select(Scorecard).where(Scorecard.visit_id == visit.id, Scorecard.is_current)
    return db.session.scalar(query)
