"""Every select on visits, filtered by person: shoppers see their own, the agency all, clients none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, false, func, select, true
from sqlalchemy.orm import contains_eager, joinedload

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.checklists.published import Published, published
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext
from audit.scoring import visit as scoring
from audit.visits.lifecycle import Action, State
from audit.visits.models import Answer, Photo, ReturnNote, Submission, Visit, VisitEvent

# From the shopper's side: what is to be done comes first.
TO_DO = (State.RETURNED, State.IN_PROGRESS, State.ACCEPTED)
WAITING = (State.SUBMITTED, State.APPROVED)


def _reach(person: Person) -> ColumnElement[bool]:
    if person.is_agency:
        return true()
    if person.has(RoleName.SHOPPER):
        return Visit.shopper_id == person.id
    return false()


def visits_for(person: Person) -> Select[Visit]:
    """The visits this person may know of."""
    return select(Visit).where(_reach(person))


def _found(visit: Visit | None) -> Visit:
    if visit is None:
        raise NotFound(gettext("There is no such visit, or it is not yours."))
    return visit


def visit_for(person: Person, visit_id: int) -> Visit:
    """The visit with branch, wave, version and client; NotFound when out of scope."""
    query = visits_for(person).where(Visit.id == visit_id)
    parts = (
        joinedload(Visit.branch),
        joinedload(Visit.wave),
        joinedload(Visit.version),
        joinedload(Visit.client),
    )
    return _found(db.session.scalars(query.options(*parts)).one_or_none())


# Built once: every answer and photo asks it, and building costs as much as asking.
_LOCKED = (
    select(Visit)
    .where(Visit.id == bindparam("visit"))
    .join(Visit.version)
    .options(contains_eager(Visit.version))
    .with_for_update(of=Visit)
    .execution_options(populate_existing=True)
)
_LOCKED_OWN = _LOCKED.where(Visit.shopper_id == bindparam("person"))


def locked_visit_for(person: Person, visit_id: int) -> Visit:
    """The visit with its version, locked until the commit: changes of one visit come one after another."""
    if person.is_agency:
        return _found(db.session.scalars(_LOCKED, {"visit": visit_id}).one_or_none())
    if not person.has(RoleName.SHOPPER):
        return _found(None)
    return _found(db.session.scalars(_LOCKED_OWN, {"visit": visit_id, "person": person.id}).one_or_none())


def was_once_of(person: Person, visit_id: int) -> bool:
    """Whether this person had accepted the visit, whoever has it now."""
    query = select(VisitEvent.id).where(
        VisitEvent.visit_id == visit_id, VisitEvent.action == Action.ACCEPT, VisitEvent.by_id == person.id
    )
    return db.session.scalar(query.limit(1)) is not None


def locked_visit_once_of(person: Person, visit_id: int) -> Visit:
    """A visit that this person had accepted, locked; NotFound for all others."""
    if not was_once_of(person, visit_id):
        return _found(None)
    return _found(db.session.scalars(_LOCKED, {"visit": visit_id}).one_or_none())


def tasks_for(person: Person) -> list[Visit]:
    """A shopper's own visits: nearest deadline first."""
    query = select(Visit).where(Visit.shopper_id == person.id)
    parts = (
        joinedload(Visit.branch).joinedload(Branch.region),
        joinedload(Visit.version),
        joinedload(Visit.wave),
    )
    return list(db.session.scalars(query.options(*parts).order_by(Visit.submit_by, Visit.id)))


def checklist_of(visit: Visit) -> Published:
    """The version that the visit was planned with."""
    return published(visit.version)


def answers_of(visit: Visit) -> dict[str, Answer]:
    """The newest answers by question."""
    rows = db.session.scalars(select(Answer).where(Answer.visit_id == visit.id))
    return {row.question_id: row for row in rows}


def photos_of(visit: Visit) -> list[Photo]:
    """The photos that were not taken back, in the order of the form and of arrival."""
    rows = db.session.scalars(
        select(Photo)
        .where(Photo.visit_id == visit.id, Photo.removed_at.is_(None))
        .order_by(Photo.uploaded_at, Photo.id)
    )
    order = checklist_of(visit).order
    return sorted(rows, key=lambda photo: order.get(photo.question_id, len(order)))


def removed_photos(visit: Visit) -> list[UUID]:
    """The ids of the photos that were taken back, on whatever device."""
    query = select(Photo.id).where(Photo.visit_id == visit.id, Photo.removed_at.is_not(None))
    return list(db.session.scalars(query.order_by(Photo.removed_at, Photo.id)))


def arrived_photos(visit: Visit) -> set[UUID]:
    """The ids of all photos that ever arrived, those taken back too."""
    return set(db.session.scalars(select(Photo.id).where(Photo.visit_id == visit.id)))


def photo_for(person: Person, photo_id: UUID) -> Photo:
    """One photo of a visit in scope; NotFound otherwise."""
    query = select(Photo).join(Visit, Visit.id == Photo.visit_id).where(Photo.id == photo_id, _reach(person))
    photo = db.session.scalars(query).one_or_none()
    if photo is None:
        raise NotFound(gettext("There is no such photo, or it is not yours."))
    return photo


def photo_counts(visit: Visit) -> dict[str, int]:
    """How many photos each question has."""
    query = (
        select(Photo.question_id, func.count())
        .where(Photo.visit_id == visit.id, Photo.removed_at.is_(None))
        .group_by(Photo.question_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def as_scored(answers: dict[str, Answer], photos: dict[str, int]) -> dict[str, dict[str, Any]]:
    """The answers in the form of scoring.md 1.4."""
    found: dict[str, dict[str, Any]] = {}
    for question, row in answers.items():
        if row.na:
            found[question] = {"na": True}
        elif row.value is not None:
            found[question] = {"value": row.value}
    for question, count in photos.items():
        found.setdefault(question, {})["photos"] = count
    return found


def scoring_answers(visit: Visit) -> dict[str, dict[str, Any]]:
    """What scoring reads, from the stored rows."""
    return as_scored(answers_of(visit), photo_counts(visit))


def missing(visit: Visit) -> list[str]:
    """What the visit still owes, in form order: "q" for an answer, "q:photo" for a photo."""
    return scoring.missing(checklist_of(visit).checklist, scoring_answers(visit))


def return_notes(visits: Sequence[Visit]) -> dict[int, dict[str, str]]:
    """By visit the editor's note by question, of those that are with the shopper again."""
    rounds = {visit.id: visit.round - 1 for visit in visits if visit.state == State.RETURNED}
    found: dict[int, dict[str, str]] = {}
    if rounds:
        query = select(ReturnNote).where(ReturnNote.visit_id.in_(rounds)).order_by(ReturnNote.id)
        for row in db.session.scalars(query):
            if row.round == rounds[row.visit_id]:
                found.setdefault(row.visit_id, {})[row.question_id] = row.note
    return found


def returned_questions(visit: Visit) -> dict[str, str]:
    """The editor's note by question, in form order, while the visit is with the shopper again; else empty."""
    notes = return_notes([visit]).get(visit.id, {})
    order = checklist_of(visit).order
    return dict(sorted(notes.items(), key=lambda item: order.get(item[0], len(order))))


def open_questions(visit: Visit) -> frozenset[str]:
    """What the shopper may answer: all, or what was returned with the questions that hang on it."""
    known = checklist_of(visit)
    if visit.state != State.RETURNED:
        return frozenset(known.questions)
    found = set(returned_questions(visit))
    for name, question in known.questions.items():  # parents come before their children
        if question.get("show_if", {}).get("q") in found:
            found.add(name)
    return frozenset(found)


def submission_of(visit: Visit) -> Submission | None:
    """The latest accepted submission."""
    query = select(Submission).where(Submission.visit_id == visit.id, Submission.status == "accepted")
    return db.session.scalars(query.order_by(Submission.round.desc()).limit(1)).one_or_none()
