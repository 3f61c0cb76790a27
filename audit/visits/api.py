"""The protocol of the phone form, docs/offline.md: JSON in, JSON out, also for every refusal."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import AuditError, Conflict, Forbidden, NotFound, TooLarge
from audit.i18n import gettext as _
from audit.security import csrf, me
from audit.visits import answering, evidence, headers, jsonbody, photos, queries, services, submission
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import AbortReason, State
from audit.visits.models import Photo, Submission, Visit

V1 = "/api/v1"
LARGEST_JSON = 1_000_000
LONGEST_NOTE = 2000
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_GONE = (State.CANCELLED, State.ABORTED)
_BEGUN = (*answering.OPEN, State.SUBMITTED, State.APPROVED, State.RELEASED, State.REJECTED, State.ABORTED)


class SignedOut(AuditError):
    """Nobody is signed in: keep everything and ask. 401."""

    status = 401
    code = "signed_out"


class Gone(AuditError):
    """The visit was called off; what was sent is kept. 410."""

    status = 410
    code = "withdrawn"


class Unsupported(AuditError):
    """A form where JSON or a picture is expected. 415."""

    status = 415
    code = "unsupported_media_type"


def call(rule: str, method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a call: first the sign-in, then the token, then the role: each refusal says what helps."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                raise SignedOut(_("Please sign in. What is on this phone is kept."))
            if request.mimetype in FORMS:  # reading the token would consume the body as a form
                raise Unsupported(_("Send JSON as application/json, and a photo with its own type."))
            headers.check_client()
            if current_app.config.get("WTF_CSRF_ENABLED", True):
                csrf.protect()
            if not me().has(RoleName.SHOPPER):
                raise Forbidden(_("Your role has no access to this page."))
            return view(*args, **kwargs)

        guarded.allowed_roles = (RoleName.SHOPPER,)  # type: ignore[attr-defined]
        csrf.exempt(guarded)  # checked above, after the sign-in
        bp.add_url_rule(V1 + rule, f"api_{view.__name__}", guarded, methods=[method])
        return guarded

    return decorate


@call("/session", "GET")
def session() -> Response:
    """Who is signed in, a fresh token, the server's clock."""
    return jsonify(user_id=me().id, csrf=generate_csrf(), server_time=now().isoformat())


@call(VISIT, "GET")
def resume(visit_id: int) -> Response:
    """What the server has of a visit; of one that was taken back only that it was."""
    try:
        visit = own(visit_id)
    except NotFound:
        if not queries.was_once_of(me(), visit_id):
            raise
        nothing: dict[str, Any] = {
            "answers": {},
            "photos": {},
            "photo_questions": {},
            "removed": [],
            "notes": {},
            "open": [],
        }
        return jsonify(state="withdrawn", round=1, version=None, submission=None, **nothing)
    sent, pictures = queries.submission_of(visit), queries.photos_of(visit)
    return jsonify(
        state=visit.state,
        round=visit.round,
        version=visit.version.sha256,
        answers={name: row.for_phone() for name, row in queries.answers_of(visit).items()},
        photos={str(photo.id): photo.sha256 for photo in pictures},
        photo_questions={str(photo.id): photo.question_id for photo in pictures},
        removed=[str(photo) for photo in queries.removed_photos(visit)],
        notes=queries.returned_questions(visit),
        open=_open(visit),
        submission=None if sent is None else _receipt(sent),
    )


def _open(visit: Visit) -> list[str]:
    """The questions that take answers now, in the order of the form."""
    if visit.state not in (State.ACCEPTED, *answering.OPEN):
        return []
    open_ = queries.open_questions(visit)
    return [name for name in queries.checklist_of(visit).questions if name in open_]


@call(f"{VISIT}/start", "PUT")
def start(visit_id: int) -> Response:
    """The shopper begins, perhaps some time ago without a network; again, or later, changes nothing."""
    at = now()
    body, clock, told = _step(at)
    visit = _locked(visit_id)
    if visit.state not in _BEGUN:
        _refuse_others(visit, State.ACCEPTED)
        since = None if told is None else clock.corrected(told)
        services.start(visit, me(), at, since, **_facts(body, clock, told))
        db.session.commit()
    return jsonify(state=visit.state)


@call(f"{VISIT}/abort", "PUT")
def abort(visit_id: int) -> Response:
    """Could not be completed; again changes nothing."""
    at = now()
    body, clock, told = _step(at)
    reason, note = body.get("reason"), jsonbody.text(body, "note", LONGEST_NOTE)
    if reason not in list(AbortReason):
        raise jsonbody.wrong("reason", ", ".join(AbortReason))
    visit = _locked(visit_id)
    if visit.state != State.ABORTED:
        _refuse_others(visit, State.ACCEPTED, State.IN_PROGRESS)
        services.abort(visit, me(), at, str(reason), note.strip(), **_facts(body, clock, told))
        db.session.commit()
    return jsonify(state=visit.state)


def _step(at: datetime) -> tuple[dict[str, Any], jsonbody.Clock, datetime | None]:
    body = jsonbody.read(_body(LARGEST_JSON))
    return body, headers.clock(at, body.get("device_now")), jsonbody.moment(body.get("at"), "at")


def _facts(body: dict[str, Any], clock: jsonbody.Clock, told: datetime | None) -> dict[str, Any]:
    """What an event keeps of the device: its clock, how far that is off, the place."""
    found = {"device_at": told.isoformat() if told else None, "clock_offset": clock.offset}
    return found | jsonbody.place(body)


def _refuse_others(visit: Visit, *states: State) -> None:
    if visit.state not in states:
        raise Conflict(_("This visit is no longer open for answers."), code="not_open")


@call(f"{VISIT}/answers", "PUT")
def answers(visit_id: int) -> Response:
    """A batch of answers as they are given; tells those that lost against what the server has."""
    at = now()
    body = jsonbody.read(_body(LARGEST_JSON))
    batch = jsonbody.given(body, headers.clock(at, body.get("device_now")))
    saved = answering.save_batch(_locked(visit_id), me(), at, batch)
    kept = {name: row.for_phone() for name, row in saved.kept.items()}
    db.session.commit()
    return jsonify(answers=saved.revisions, kept=kept)


@call(f"{VISIT}/photos/<uuid:photo_id>", "PUT")
def put_photo(visit_id: int, photo_id: UUID) -> tuple[Response, int]:
    """One photo as the raw body. What cannot be read is refused, so that the shopper takes another one.

    `X-Keep-Unreadable: 1` keeps and flags it instead: for a queue that is sent after the shopper has left.
    """
    at = now()
    question, taken = headers.question(), headers.taken(at)
    data = _body(photos.MAX_BYTES)
    headers.check_hash(data)
    visit = _locked(visit_id)
    keep = request.headers.get("X-Keep-Unreadable") == "1"
    photo, is_new = evidence.add_photo(visit, me(), at, photo_id, question, data, taken, keep_unreadable=keep)
    answer = _photo(photo)
    db.session.commit()
    return answer, 201 if is_new else 200


@call(f"{VISIT}/photos/<uuid:photo_id>", "DELETE")
def delete_photo(visit_id: int, photo_id: UUID) -> tuple[str, int]:
    """Take one back; again, or one never sent, is no error."""
    evidence.remove_photo(_locked(visit_id), me(), now(), photo_id)
    db.session.commit()
    return "", 204


@call(f"{VISIT}/submissions/<uuid:submission_id>", "PUT")
def submit(visit_id: int, submission_id: UUID) -> tuple[Response, int]:
    """Submit; the same again answers the same, another one is refused but kept."""
    at = now()
    raw = _body(LARGEST_JSON)
    package = _package(raw, at)
    visit = _mine(visit_id)
    if visit is None:
        raise _withdrawn(visit_id, submission_id, package, at)
    sent, is_new = submission.submit(visit, me(), at, submission_id, package)
    refusal = _kept_aside(visit) if sent.status != "accepted" else None
    answer = jsonify(_receipt(sent))
    db.session.commit()
    if refusal is not None:
        raise refusal
    return answer, 201 if is_new else 200


def _package(raw: bytes, at: datetime) -> submission.Package:
    """A frozen payload: only the headers know what the device's clock says now."""
    body, clock = jsonbody.read(raw), headers.clock(at)
    return submission.Package(
        answers=tuple(jsonbody.given(body, clock)),
        photos=jsonbody.photo_ids(body),
        device=jsonbody.device(body) | {"clock_offset": clock.offset},
        visited_at=jsonbody.moment(body.get("visited_at"), "visited_at"),
        version=body.get("version"),
        round=jsonbody.number(body, "round"),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _mine(visit_id: int) -> Visit | None:
    """The own visit, locked; None for one that this person had and that was taken back; NotFound for others."""
    try:
        return own_locked(visit_id)
    except NotFound:
        if not queries.was_once_of(me(), visit_id):
            raise
        return None


def _locked(visit_id: int) -> Visit:
    """The own visit, locked; one that was taken back takes nothing but a submission, to be kept aside."""
    visit = _mine(visit_id)
    if visit is None:
        raise Conflict(_("This visit is no longer yours: the agency took it back."), code="not_open")
    return visit


def _withdrawn(visit_id: int, submission_id: UUID, package: submission.Package, at: datetime) -> AuditError:
    visit = queries.locked_visit_once_of(me(), visit_id)
    submission.keep_aside(visit, me(), at, submission_id, package)
    db.session.commit()
    return Gone(_("This visit was called off. What you sent is kept for the agency."))


def _kept_aside(visit: Visit) -> AuditError:
    if visit.state in _GONE:
        return Gone(_("This visit was called off. What you sent is kept for the agency."))
    return Conflict(
        _("This visit was already submitted. What you sent now is kept for the agency."),
        code="already_submitted",
    )


def _receipt(sent: Submission) -> dict[str, Any]:
    return {
        "id": str(sent.id),
        "receipt": sent.receipt,
        "payload_sha256": sent.payload_sha256,
        "at": sent.at.isoformat(),
        "round": sent.round,
        "clock_offset": sent.payload["device"].get("clock_offset"),
    }


def _photo(photo: Photo) -> Response:
    found: dict[str, Any] = {"id": str(photo.id), "sha256": photo.sha256, "state": photo.state}
    if photo.removed_at is not None:
        found["removed"] = True
    if photo.refusal:
        found |= {"refusal": photo.refusal, "message": str(photos.PhotoRefused(photo.refusal).message)}
    return jsonify(found)


def _body(most: int) -> bytes:
    """The raw body, at most so many bytes."""
    if (request.content_length or 0) > most:
        raise _too_large(most)
    data = request.stream.read(most + 1)
    if len(data) > most:
        raise _too_large(most)
    return data


def _too_large(most: int) -> AuditError:
    return TooLarge(
        _("This is larger than %(limit)s MB. Send a smaller one.", limit=most // 1_000_000), limit=most
    )
