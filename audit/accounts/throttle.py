"""How often signing in may be tried: from one address, and with one mail address or phone number.

Failures count, successes do not. A device on which somebody has signed in before counts apart: neither those who
share its address nor those who guess elsewhere can keep its owner out.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass

from flask import current_app, g, session
from limits import RateLimitItem, parse, parse_many
from werkzeug.exceptions import TooManyRequests

from audit.accounts.identity import normal_email, normal_phone, plain
from audit.accounts.models import Person
from audit.errors import TooOften
from audit.i18n import ngettext
from audit.security import address_key, limiter

EACH_IDENTITY = parse("10/15 minutes")
KNOWN = "known"  # in the session: who signed in on this device last
SECRET = "sign-in"  # noqa: S105 - what the counted secret is for, not a secret


@dataclass(frozen=True)
class _Counted:
    """A window in which this attempt was counted."""

    limit: RateLimitItem
    key: tuple[str, ...]


def count(endpoint: str) -> None:
    """One more attempt at a page that asks for a secret, from this address; TooManyRequests past the limit."""
    for counted in _of_address(endpoint):
        if not _hit(counted):
            raise TooManyRequests(retry_after=_wait(counted))


def count_sign_in(endpoint: str, identity: str) -> None:
    """One more attempt to sign in; TooManyRequests or TooOften past a limit, whether or not there is an account."""
    name = _name(identity)
    known = name in session.get(KNOWN, ())
    if not known:
        count(endpoint)
        g.counted = _of_address(endpoint)
    tried = _Counted(EACH_IDENTITY, (SECRET, KNOWN if known else "", name))
    if not _hit(tried):
        minutes = -(-_wait(tried) // 60)
        sentence = ngettext(
            "Signing in with this mail address or phone number failed too often. Wait %(num)s minute, then try again,"
            " or set a new password by mail.",
            "Signing in with this mail address or phone number failed too often. Wait %(num)s minutes, then try again,"
            " or set a new password by mail.",
            minutes,
        )
        raise TooOften(sentence, retry_after=_wait(tried))


def recognise(person: Person) -> None:
    """This device is its owner's from now on."""
    session[KNOWN] = g.signed_in_as = _names(person)


def forget_success() -> None:
    """What was counted before the password turned out right counts no more. Needs connections of its own."""
    if limiter.enabled and "signed_in_as" in g:
        for counted in g.get("counted", ()):
            key = counted.limit.key_for(*counted.key)
            limiter.limiter.storage.incr(key, counted.limit.get_expiry(), amount=-1)
        _clear(g.signed_in_as)


def forgive(person: Person) -> None:
    """Whose password was just set anew may try at once."""
    if limiter.enabled:
        _clear(_names(person))


def _clear(names: list[str]) -> None:
    for name in names:
        for kind in ("", KNOWN):
            limiter.limiter.clear(EACH_IDENTITY, SECRET, kind, name)


def _of_address(endpoint: str) -> list[_Counted]:
    limits = parse_many(current_app.extensions["settings"].sign_in_limit)
    return [_Counted(limit, (endpoint, address_key())) for limit in limits]


def _hit(counted: _Counted) -> bool:
    return limiter.limiter.hit(counted.limit, *counted.key)


def _wait(counted: _Counted) -> int:
    ends = limiter.limiter.get_window_stats(counted.limit, *counted.key).reset_time
    return max(1, round(ends - time.time()))


def _name(identity: str) -> str:
    """One name for all spellings; numbers could be tried out against a plain hash, so it is keyed."""
    text = plain(identity[:254])
    normal = (normal_email(text) if "@" in text else normal_phone(text)) or text.lower()
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, normal.encode(), hashlib.sha256).hexdigest()[:32]  # it travels in a cookie


def _names(person: Person) -> list[str]:
    return [_name(identity) for identity in (person.email, person.phone) if identity]
