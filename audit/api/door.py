"""The way in for programs: a token in the header, never a session; how often; what answers say to caches."""

import time
from datetime import datetime

from flask import Blueprint, Response, current_app, g, request
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from audit.accounts.models import Person
from audit.api import tokens
from audit.api.models import ApiToken
from audit.db import db, now
from audit.errors import AuditError, Forbidden
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext
from audit.security import address_key, limiter

PREFIX = "/api/v1"
OPEN = ("api.openapi",)  # what it is about, without any figures
bp = Blueprint("api", __name__, url_prefix=PREFIX)
EACH_TOKEN = parse("120/minute")
WRONG_TOKENS = parse("30/minute")  # from one address
LONGEST = 200  # letters of a secret


REFUSALS = {
    "token_unknown": lazy_gettext("This token is not known. Make a new one at your account."),
    "token_revoked": lazy_gettext("This token was revoked."),
    "token_expired": lazy_gettext("This token has ended. Make a new one at your account."),
    "token_owner_closed": lazy_gettext("The account of this token is closed."),
}


class TokenRefused(AuditError):
    """No token, or none that opens anything. 401."""

    status = 401
    code = "token_missing"


def current_token() -> ApiToken:
    """The token of this request."""
    token: ApiToken = g.api_token
    return token


@bp.before_request
def _enter() -> None:
    """From here on the request is its token's: a cookie that came along counts for nothing."""
    _become(current_app.login_manager.anonymous_user())  # type: ignore[attr-defined]
    if request.endpoint in OPEN:
        return
    at, secret = now(), _secret()
    token = tokens.by_secret(secret)
    reader = tokens.reader(token) if token is not None else None
    db.session.close()  # counting takes a connection of its own: nobody holds one and waits for another
    problem = _problem(token, at)
    if problem or token is None or reader is None:
        _count(f"wrong:{address_key()}", WRONG_TOKENS)
        raise TokenRefused(REFUSALS[problem], code=problem)
    _become(reader)
    _count(f"token:{token.id}", EACH_TOKEN)
    if not reader.grants:
        raise Forbidden(
            _("The rights with which this token was made were taken away."), code="token_without_rights"
        )
    g.api_token = token
    tokens.used(token, at.astimezone(tokens.ZONE).date(), at)


def _become(person: Person) -> None:
    g._login_user = person  # where the sign-in library looks for it first


def _secret() -> str:
    """What stands in the header; TokenRefused without anything that could be a token."""
    scheme, _blank, secret = request.headers.get("Authorization", "").strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise TokenRefused(
            _("Send a token in the header “Authorization: Bearer …”. You make one at your account.")
        )
    return secret[:LONGEST]


def _problem(token: ApiToken | None, at: datetime) -> str:
    """Why it opens nothing, as a code; "" when it does."""
    if token is None:
        return "token_unknown"
    if token.revoked_at is not None:
        return "token_revoked"
    if token.expires_at <= at:
        return "token_expired"
    return "" if token.person.active else "token_owner_closed"


def _count(who: str, limit: RateLimitItem) -> None:
    if not limiter.enabled:
        return
    if not limiter.limiter.hit(limit, "api", who):
        wait = limiter.limiter.get_window_stats(limit, "api", who).reset_time - time.time()
        raise TooManyRequests(retry_after=max(1, round(wait)))


@bp.after_request
def _leave(response: Response) -> Response:
    """Only the asking program may keep an answer, and it asks each time whether it still holds."""
    response.vary.update(("Authorization", "Accept-Language"))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="audit"'
    if response.status_code == 200:
        response.headers["Cache-Control"] = "private, no-cache"
        response.add_etag(weak=True)  # the same figures, however they are compressed
        response.make_conditional(request)
    return response
