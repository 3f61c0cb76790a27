"""The protocol of the phone form, docs/offline.md: JSON in, JSON out, also for every refusal."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from flask import Response, current_app, jsonify, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import AuditError, Conflict, Forbidden, TooLarge
from audit.i18n import gettext as _
from audit.security import csrf, me
from audit.visits import answering, evidence, jsonbody, photos, queries, submission
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Visit

V1 = "/api/v1"
LARGEST_JSON = 1_000_000
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GONE = (State.CANCELLED, State.ABORTED)


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


class Mismatch(AuditError):
    """The bytes are not those announced: send them again. 400."""

    code = "sha_mismatch"


def call(rule: str, method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a call: first the sign-in, then the token, then the role: each refusal says what helps."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                raise SignedOut(_("Please sign in. What is on this phone is kept."))
            if request.mimetype in FORMS:  # reading the token would consume the body as a form
                raise Unsupported(_("Send JSON as application/json, and a photo with its own type."))
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
    """What the server has of a visit."""
    visit = own(visit_id)
    sent = queries.submission_of(visit)
    answers = {
        name: {
            "value": row.value,
            "na": row.na,
            "comment": row.comment,
            "at": row.given_at.isoformat(),
            "rev": row.rev,
        }
        for name, row in queries.answers_of(visit).items()
    }
    return jsonify(
        state=visit.state,
        version=visit.version.sha256,
        answers=answers,
        photos={str(photo.id): photo.sha256 for photo in queries.photos_of(visit)},
        submission=None if sent is None else _receipt(sent),
    )


@call(f"{VISIT}/answers", "PUT")
def answers(visit_id: int) -> Response:
    """A batch of answers as they are given."""
    at = now()
    batch = jsonbody.given(jsonbody.read(_body(LARGEST_JSON)), at)
    visit = own_locked(visit_id)
    revisions = answering.save_answers(visit, me(), at, batch)
    db.session.commit()
    return jsonify(answers=revisions)


@call(f"{VISIT}/photos/<uuid:photo_id>", "PUT")
def put_photo(visit_id: int, photo_id: UUID) -> tuple[Response, int]:
    """One photo as the raw body. What cannot be read is refused, so that the shopper takes another one.

    `X-Keep-Unreadable: 1` keeps and flags it instead: for a queue that is sent after the shopper has left.
    """
    at = now()
    question, taken = _question(), _taken()
    data = _body(photos.MAX_BYTES)
    _check_hash(data)
    visit = own_locked(visit_id)
    keep = request.headers.get("X-Keep-Unreadable") == "1"
    photo, is_new = evidence.add_photo(visit, me(), at, photo_id, question, data, taken, keep_unreadable=keep)
    answer = _photo(photo)
    db.session.commit()
    return answer, 201 if is_new else 200


@call(f"{VISIT}/photos/<uuid:photo_id>", "DELETE")
def delete_photo(visit_id: int, photo_id: UUID) -> tuple[str, int]:
    """Take one back; again, or one never sent, is no error."""
    evidence.remove_photo(own_locked(visit_id), me(), now(), photo_id)
    db.session.commit()
    return "", 204


@call(f"{VISIT}/submissions/<uuid:submission_id>", "PUT")
def submit(visit_id: int, submission_id: UUID) -> tuple[Response, int]:
    """Submit; the same again answers the same, another one is refused but kept."""
    at = now()
    raw = _body(LARGEST_JSON)
    body = jsonbody.read(raw)
    package = submission.Package(
        answers=tuple(jsonbody.given(body, at)),
        photos=jsonbody.photo_ids(body),
        device=jsonbody.device(body),
        visited_at=jsonbody.moment(body.get("visited_at"), "visited_at"),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    visit = own_locked(visit_id)
    sent, is_new = submission.submit(visit, me(), at, submission_id, package)
    refusal = _kept_aside(visit) if sent.status != "accepted" else None
    answer = jsonify(_receipt(sent))
    db.session.commit()
    if refusal is not None:
        raise refusal
    return answer, 201 if is_new else 200


def _kept_aside(visit: Visit) -> AuditError:
    if visit.state in _GONE:
        return Gone(_("This visit was called off. What you sent is kept for the agency."))
    return Conflict(
        _("This visit was already submitted. What you sent now is kept for the agency."),
        code="already_submitted",
    )


def _receipt(sent: Any) -> dict[str, Any]:
    return {
        "id": str(sent.id),
        "receipt": sent.receipt,
        "payload_sha256": sent.payload_sha256,
        "at": sent.at.isoformat(),
    }


def _photo(photo: Photo) -> Response:
    found: dict[str, Any] = {"id": str(photo.id), "sha256": photo.sha256, "state": photo.state}
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


def _question() -> str:
    question = unquote(request.headers.get("X-Question-Id", ""))
    if not 0 < len(question) <= jsonbody.LONGEST_ID:
        raise jsonbody.wrong("X-Question-Id", _("the id of a question"))
    return question


def _check_hash(data: bytes) -> None:
    announced = request.headers.get("X-Content-SHA256")
    if announced is None:
        return
    if not _SHA256.fullmatch(announced.lower()):
        raise jsonbody.wrong("X-Content-SHA256", _("64 hexadecimal digits"))
    if hashlib.sha256(data).hexdigest() != announced.lower():
        raise Mismatch(_("The photo did not arrive whole. It is sent again."))


def _taken() -> evidence.Taken:
    at: datetime | None = jsonbody.moment(request.headers.get("X-Taken-At"), "X-Taken-At")
    place = evidence.position_of(request.headers.get("X-Position"))
    return evidence.Taken(at, *place) if place else evidence.Taken(at)
