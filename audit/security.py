"""Response headers, CSRF, rate limits, and who may enter a view."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import UnsupportedMediaType

from audit import attempts
from audit.errors import Forbidden, wants_json
from audit.i18n import gettext

if TYPE_CHECKING:
    from audit.accounts.models import Person, RoleName

csrf = CSRFProtect()
NEIGHBOURS = 64  # bits that all addresses of one IPv6 connection share: its owner has 2 to the 64 of them


def address_key() -> str:
    """Where a request comes from, as attempts are counted: an IPv4 address, or an IPv6 network."""
    try:
        found = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return request.remote_addr or ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, NEIGHBOURS), strict=False))
    return str(found)


limiter = Limiter(key_func=address_key, storage_uri=f"{attempts.SCHEME}://")

LARGEST_FORM = 3_000_000  # bytes: a checklist of a million, in whatever way it is encoded
SOME_PHOTOS = 85_000_000  # bytes: evidence is a few photos of at most 20 MB each
PHOTO_ROOMS = {
    "visits": None,
    "followup": SOME_PHOTOS,
    "earnings": SOME_PHOTOS,
}  # None: the application's limit
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def me() -> "Person":
    """The signed-in person of this request; only inside views behind `allow` or `signed_in`."""
    person: Person = current_user._get_current_object()
    return person


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ask to sign in first."""
    return allow()(view)


def allow(*roles: "RoleName") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let in people who hold one of the roles (any signed-in person without roles named); others get 403."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if roles and not me().has(*roles):
                raise Forbidden(gettext("Your role has no access to this page."))
            return view(*args, **kwargs)

        guarded.allowed_roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _limit_bodies() -> None:
    """Few rooms take photos; and pages take forms: JSON would reach their fields as numbers and lists."""
    carries_photos = request.mimetype != "application/x-www-form-urlencoded"
    limit = PHOTO_ROOMS.get(request.blueprint or "", LARGEST_FORM) if carries_photos else LARGEST_FORM
    if limit is not None:
        request.max_content_length = limit
    if request.method == "POST" and request.is_json and not wants_json():
        raise UnsupportedMediaType


def init(app: Flask) -> None:
    """Bind CSRF protection, the limiter and the headers."""
    app.before_request(_limit_bodies)  # before anything reads a body
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)
