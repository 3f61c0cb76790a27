"""Our own errors with their HTTP status, and the pages and JSON that show them."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException

from audit.db import db
from audit.i18n import gettext, lazy_gettext

RETRY_SECONDS = 5
# The database is away, or has no connection or lock to give: the same may succeed in a moment.
PASSING = (OperationalError, InterfaceError, TimeoutError)


class AuditError(Exception):
    """A refusal that a person can act on: a code for programs, a sentence for people, details by field."""

    status = 400
    code = "bad_request"

    def __init__(self, message: Any, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details


class NotFound(AuditError):
    """It does not exist, or not for this person."""

    status = 404
    code = "not_found"


class Forbidden(AuditError):
    """Visible, but not theirs to change."""

    status = 403
    code = "forbidden"


class Conflict(AuditError):
    """The state does not allow it (any more)."""

    status = 409
    code = "conflict"


class Invalid(AuditError):
    """What was sent breaks a rule; details name field and rule."""

    status = 422
    code = "invalid"


class TooOften(AuditError):
    """Tried too many times; `retry_after` in the details is in seconds."""

    status = 429
    code = "too_many_requests"


class TooLarge(AuditError):
    """More bytes than the limit allows."""

    status = 413
    code = "too_large"


TITLES = {
    400: lazy_gettext("The request could not be understood"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("This is not yours to change"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("This address does not accept that"),
    409: lazy_gettext("The state has changed"),
    410: lazy_gettext("No longer available"),
    413: lazy_gettext("That is too large"),
    415: lazy_gettext("This kind of data is not accepted"),
    422: lazy_gettext("Something needs correcting"),
    429: lazy_gettext("Too many attempts"),
    426: lazy_gettext("This program is out of date"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("We are not available for a moment"),
}
REMEDIES = {
    400: lazy_gettext("Go back, reload the page and try again."),
    403: lazy_gettext("Ask the agency if you think it should be."),
    404: lazy_gettext("The address may be mistyped, or the page belongs to somebody else."),
    405: lazy_gettext("Go back and use the button on the page."),
    413: lazy_gettext("Send fewer or smaller files at a time."),
    429: lazy_gettext("Wait a few minutes, then try again."),
    500: lazy_gettext("It has been recorded. Nothing already saved is lost; please try again in a moment."),
    503: lazy_gettext("Nothing already saved is lost. Please try again in a minute."),
}
NOT_KEPT = ("csrf_token", "password")  # parts of the names of fields that no page shows again
CODES = {413: "too_large", 500: "server_error", 503: "unavailable"}  # one word, whoever found out


def wants_json() -> bool:
    """The programs' side of the house answers JSON, always."""
    return request.path.startswith("/api/")


def _answer(status: int, code: str, message: Any, details: dict[str, Any] | None = None) -> Response:
    if wants_json():
        response = jsonify({"code": code, "message": str(message), **(details or {})})
    else:
        title = TITLES.get(status, TITLES[400])
        remedy = REMEDIES.get(status, "")
        response = make_response(
            render_template("error.html", title=title, message=message, remedy=remedy, status=status)
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _ours(error: AuditError) -> Response:
    db.session.rollback()
    answer = _answer(error.status, error.code, error.message, error.details)
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.details.get("retry_after", RETRY_SECONDS))
    return answer


def _csrf(error: CSRFError) -> Response:
    db.session.rollback()
    kept = kept_form(400, signed_in=current_user.is_authenticated)
    if kept is not None:
        return kept
    return _answer(400, "csrf", gettext("The page was open for too long. Reload it and send it again."))


def kept_form(status: int, *, signed_in: bool) -> Response | None:
    """A page with the texts of a form that was refused for its session, to be sent again; None where there are none.

    Nothing is sent by itself, and only what a page of ours sent is shown: another site must not speak in our name.
    """
    texts = _posted_texts()
    if not texts or not _from_our_page():
        return None
    path = request.full_path if request.query_string else request.path
    page = render_template(
        "errors_kept.html",
        title=gettext("What you wrote has not been sent yet"),
        status=status,
        signed_in=signed_in,
        texts=texts,
        action=path,
        enctype=request.mimetype,
        lacking=bool(request.files) or len(texts) < len(_posted(("csrf_token",))),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _posted_texts() -> list[tuple[str, str]]:
    if request.method != "POST" or wants_json() or request.blueprint in (None, "security"):
        return []  # where one signs in there is nothing to lose
    return _posted(NOT_KEPT)


def _posted(without: tuple[str, ...]) -> list[tuple[str, str]]:
    """Name and value of the fields, except those whose names hold one of the words."""
    fields = request.form.items(multi=True)
    return [(name, text) for name, text in fields if text and not any(word in name for word in without)]


def _from_our_page() -> bool:
    """Whether the browser says that a page of ours sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return bool(request.host) and urlsplit(sender).netloc == request.host


def _http(error: HTTPException) -> Response | HTTPException:
    db.session.rollback()
    status = error.code or 500
    if status < 400:
        return error
    code = CODES.get(status) or (error.name or "error").lower().replace(" ", "_")
    answer = _answer(status, code, TITLES.get(status, TITLES[400]) if wants_json() else "")
    if status in (429, 503):
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    for name, value in error.get_headers():
        if name.lower() in ("retry-after", "allow"):
            answer.headers[name] = value
    return answer


def _unavailable(error: SQLAlchemyError) -> Response:
    current_app.logger.warning(
        "%s %s: the database is not available: %s", request.method, request.path, error
    )
    with suppress(SQLAlchemyError):
        db.session.rollback()
    db.session.remove()
    # Whose language this is only the database knows: the answer must not ask it.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    answer = _answer(503, CODES[503], TITLES[503] if wants_json() else "")
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("unexpected error at %s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    return _answer(500, CODES[500], TITLES[500] if wants_json() else "")


def init(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AuditError, _ours)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    for passing in PASSING:
        app.register_error_handler(passing, _unavailable)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
