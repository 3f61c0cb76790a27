"""The way in for programs: a token in the header, never a session; how often; what answers say to caches."""

import time
from datetime import datetime

from flask import Blueprint, Response, current_app, g, request
from limits import RateLimitItem, parse
from werkzeug.exceptions import TooManyRequests

from audit.accounts.models import Person
from audit.api import tokens
from audit.api.models import ApiToken
from audit.db import now
from audit.errors import AuditError, Forbidden
from audit.i18n import gettext as _
from audit.security import limiter

PREFIX = "/api/v1"
OPEN = ("api.openapi",)  # what it is about, without any figures
bp = Blueprint("api", __name__, url_prefix=PREFIX)
EACH_TOKEN = parse("120/minute")
WRONG_TOKENS = parse("30/minute")  # from one address
LONGEST = 200  # letters of a secret


class TokenRefused(AuditError):
    """No token, or none that opens anything. 401."""

    status = 401
    code = "token_unknown"


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
    at = now()
    token = _shown(at)
    reader = tokens.reader(token)
    _become(reader)
    if not reader.grants:
        raise Forbidden(
            _("The rights with which this token was made were taken away."), code="token_without_rights"
        )
    _count(f"token:{token.id}", EACH_TOKEN)
    g.api_token = token
    tokens.used(token, at.date(), at)


def _become(person: Person) -> None:
    g._login_user = person  # where the sign-in library looks for it first


def _shown(at: datetime) -> ApiToken:
    scheme, _blank, secret = request.headers.get("Authorization", "").strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise TokenRefused(
            _("Send a token in the header “Authorization: Bearer …”. You make one at your account."),
            code="token_missing",
        )
    token = tokens.by_secret(secret) if secret.isascii() and len(secret) <= LONGEST else None
    if token is None:
        _count(f"wrong:{request.remote_addr}", WRONG_TOKENS)
        raise TokenRefused(_("This token is not known. Make a new one at your account."))
    if token.revoked_at is not None:
        raise TokenRefused(_("This token was revoked."), code="token_revoked")
    if token.expires_at <= at:
        raise TokenRefused(_("This token has ended. Make a new one at your account."), code="token_expired")
    if not token.person.active:
        raise TokenRefused(_("The account of this token is closed."), code="token_owner_closed")
    return token


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
