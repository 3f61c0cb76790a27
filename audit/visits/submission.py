"""Submitting: exactly once per round, kept for ever as it was sent."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from audit import jobs
from audit.accounts.models import Person
from audit.db import db
from audit.errors import AuditError, Conflict, Forbidden, Invalid
from audit.i18n import gettext
from audit.scoring import visit as scoring
from audit.visits import answering, evidence, queries, services
from audit.visits.lifecycle import Action, State
from audit.visits.models import Submission, Visit

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread over the phone
MOST_KEPT_ASIDE = 20  # of one visit


class TooMany(AuditError):
    """More than anybody needs; what is on the phone stays there. 429."""

    status = 429
    code = "too_many"


@dataclass(frozen=True)
class Package:
    """What came with a submission: answers not sent before, the photos meant, the device's facts, its hash."""

    answers: tuple[answering.Given, ...] = ()
    photos: tuple[UUID, ...] = ()
    device: Mapping[str, Any] = field(default_factory=dict)
    visited_at: datetime | None = None
    version: Any = None  # the SHA-256 of the checklist that the device had; None: the form has the right one
    round: int | None = None  # in which it was filled in; None: the one that is open
    sha256: str | None = None  # of the bytes as sent; None: the form, whose content is the stored rows


def submit(
    visit: Visit, by: Person, at: datetime, submission_id: UUID, package: Package
) -> tuple[Submission, bool]:
    """Submit the visit; returns the submission and whether it is new. Callers hold the visit's lock.

    The same id again answers what the first one did. Another id for a visit already submitted is kept with
    status "conflict" for the editor. Raises Conflict (`payload_conflict`, `missing_photos`), Invalid (`missing`).
    """
    if visit.shopper_id != by.id:
        raise Forbidden(gettext("Only the shopper of this visit can submit it."))
    known = db.session.get(Submission, submission_id)
    if known is not None:
        return _repeated(known, visit, package), False
    is_earlier = package.round is not None and package.round < visit.round  # a queue from before the return
    if is_earlier or visit.state not in (State.ACCEPTED, *answering.OPEN):
        return keep_aside(visit, by, at, submission_id, package)
    answering.save_answers(visit, by, at, package.answers)
    _check_complete(visit, package)
    content = _snapshot(visit, package)
    submission = _add(visit, by, at, submission_id, "accepted", content, package)
    visit.submitted_at = at
    if package.visited_at is not None:
        visit.visited_at = min(package.visited_at, at)  # a clock that is ahead must not print a day to come
    services.move(visit, Action.SUBMIT, by, at, submission=str(submission_id), round=visit.round)
    visit.round += 1
    db.session.flush()
    jobs.defer(db.session, "prepare_photos", visit_id=visit.id)
    _have_looked_through(visit, submission)
    return submission, True


def _have_looked_through(visit: Visit, submission: Submission) -> None:
    """Jobs of the room above: an alarm goes ahead of everything, flags come one submission after another."""
    round_ = submission.round
    questions, given = queries.checklist_of(visit).questions, submission.payload["answers"]
    if any(one.get("alarm") and given.get(name, {}).get("value") == "yes" for name, one in questions.items()):
        jobs.defer(db.session, "raise_alarms", priority=10, visit_id=visit.id, round=round_)
    # In turn, or two that use the same photo at the same moment would not see each other.
    jobs.defer(db.session, "raise_flags", lock="flags", visit_id=visit.id, round=round_)


def _repeated(known: Submission, visit: Visit, package: Package) -> Submission:
    same_bytes = package.sha256 is None or package.sha256 == known.payload_sha256
    if known.visit_id != visit.id or not same_bytes:
        raise _number_taken()
    return known


def _number_taken() -> Conflict:
    return Conflict(
        gettext("This submission was already received with other content."), code="payload_conflict"
    )


def keep_aside(
    visit: Visit, by: Person, at: datetime, submission_id: UUID, package: Package
) -> tuple[Submission, bool]:
    """Too late, a second one, or for a visit that was taken back: refused, but never dropped. Once per number."""
    known = db.session.get(Submission, submission_id)
    if known is not None:
        return _repeated(known, visit, package), False
    _check_kept(visit)
    content = {
        "answers": {one.question: _as_sent(one) for one in package.answers},
        "photos": {str(photo): None for photo in package.photos},
        **_about(visit, package),
    }
    return _add(visit, by, at, submission_id, "conflict", content, package), True


def _check_kept(visit: Visit) -> None:
    """No phone hands in so many by itself; the disk is not for filling."""
    query = select(func.count()).where(Submission.visit_id == visit.id, Submission.status == "conflict")
    if db.session.scalars(query).one() >= MOST_KEPT_ASIDE:
        raise TooMany(gettext("This visit was handed in too many times. Ask the agency."))


def _add(
    visit: Visit,
    by: Person,
    at: datetime,
    submission_id: UUID,
    status: str,
    content: dict[str, Any],
    package: Package,
) -> Submission:
    submission = Submission(
        id=submission_id,
        visit_id=visit.id,
        round=visit.round,
        status=status,
        at=at,
        by_id=by.id,
        payload=content,
        payload_sha256=package.sha256 or _hash(content),
        receipt=_receipt(),
    )
    db.session.add(submission)
    try:
        db.session.flush()
    except IntegrityError as error:  # another visit took the number at this very moment
        db.session.rollback()  # also for the sentence: whose language it is, the database knows
        raise _number_taken() from error
    return submission


def _check_complete(visit: Visit, package: Package) -> None:
    arrived = queries.arrived_photos(visit)  # also those taken back since, perhaps on another phone
    absent = [str(photo) for photo in package.photos if photo not in arrived]
    if absent:
        raise Conflict(
            gettext("Some photos have not arrived yet. They are sent again, then the visit."),
            code="missing_photos",
            photos=absent,
        )
    known, answers = queries.checklist_of(visit), queries.scoring_answers(visit)
    owed = scoring.missing(known.checklist, answers)
    if owed:
        raise Invalid(
            gettext("Something is still missing. Answer the questions listed, then submit."),
            code="missing",
            missing=owed,
        )
    if scoring.answer_problems(known.checklist, answers):
        # Only a question shown after its answer was hidden-and-wrong can get here: name them all the same.
        wrong = [question for question, _rule in scoring.answer_problems(known.checklist, answers)]
        raise Invalid(gettext("Some answers do not fit their questions."), code="answers", missing=wrong)


def _answer(value: Any, na: bool, comment: str, given_at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"na": True} if na else {} if value is None else {"value": value}
    if comment:
        found["comment"] = comment
    return found | {"at": given_at.isoformat()}


def _as_sent(one: answering.Given) -> dict[str, Any]:
    found = _answer(one.value, one.na, one.comment, one.given_at)
    return found | {"hidden": True} if one.hidden else found


def _about(visit: Visit, package: Package) -> dict[str, Any]:
    """What came with the answers, and what the editor should know of it."""
    found: dict[str, Any] = {"device": dict(package.device)}
    if package.visited_at is not None:
        found["visited_at"] = package.visited_at.isoformat()  # as told, also where a clock ran ahead
    if package.version is not None:
        found["version"] = package.version
        if package.version != visit.version.sha256:
            found["other_version"] = True
    return found


def _snapshot(visit: Visit, package: Package) -> dict[str, Any]:
    """Everything as it stands at this moment: the newest answers, the photos with their hashes."""
    answers = {
        name: _answer(row.value, row.na, row.comment, row.given_at)
        for name, row in queries.answers_of(visit).items()
    }
    unfit = {}  # hidden answers that do not fit their questions: kept, but for no one to score
    for one in package.answers:
        if one.hidden and one.question in answers:
            answers[one.question]["hidden"] = True
        elif one.hidden:
            unfit[one.question] = _as_sent(one)
    pictures = {
        str(photo.id): {"question": photo.question_id, "sha256": photo.sha256}
        for photo in queries.photos_of(visit)
    }
    content = {"answers": answers, "photos": pictures, **_about(visit, package)}
    return content | {"unfit": unfit} if unfit else content


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _receipt() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


@jobs.task("prepare_photos")
def prepare_photos(visit_id: int) -> None:
    """Make the clean copies of a submitted visit's photos."""
    evidence.prepare(visit_id)
