"""Flask-Security, bound to our tables: who signs in, how, how often, and where they land."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, password_changed, password_reset
from flask_security.utils import set_request_attr
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import UnsupportedMediaType

from audit.accounts import services, sessions, throttle
from audit.accounts.mails import FileMail
from audit.accounts.models import Person, Role
from audit.accounts.passwords import SHORTEST
from audit.accounts.signin_forms import ChangeForm, ForgotForm, PasswordRules, ResetForm, SignInForm
from audit.accounts.texts import MESSAGES, SUBJECTS
from audit.db import db, now
from audit.errors import AuditError, kept_form, wants_json
from audit.i18n import gettext
from audit.security import limiter

SIGN_IN = "security.login"
# Those who guess are slowed down wherever a secret is asked for.
LIMITED = (
    SIGN_IN,
    "security.forgot_password",
    "security.reset_password",
    "security.change_password",
)
ROUNDS = {
    "normal": {
        "argon2__type": "id",
        "argon2__time_cost": 2,
        "argon2__memory_cost": 19456,
        "argon2__parallelism": 1,
    },
    "fast": {
        "argon2__type": "id",
        "argon2__time_cost": 1,
        "argon2__memory_cost": 64,
        "argon2__parallelism": 1,
    },
}


class SignedOut(AuditError):
    """A program asked without a session."""

    status = 401
    code = "signed_out"


class People(SQLAlchemyUserDatastore):
    """The library's look-ups, each a single query."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Person | None:
        """By one unique column; values are kept in one spelling, so case never matters."""
        del case_insensitive
        name, value = kwargs.popitem()
        found: Person | None = self.db.session.scalars(_by(name), {"value": value}).unique().one_or_none()
        return found


@cache
def _by(name: str) -> Select[Person]:
    """Built once: building costs as much as asking."""
    query = select(Person).where(getattr(Person, name) == bindparam("value"))
    return query.options(joinedload(Person.grants))


def init(app: Flask) -> None:
    """Bind the sign-in library with everything closed that is not used."""
    app.config.update(_addresses(), **_rules(app))
    app.config.update({f"SECURITY_MSG_{name}": text for name, text in MESSAGES.items()})
    app.config.update({f"SECURITY_EMAIL_SUBJECT_{name}": text for name, text in SUBJECTS.items()})
    security = Security(mail_util_cls=FileMail, password_util_cls=PasswordRules)
    security.unauthn_handler(_ask_to_sign_in)
    security.want_json(lambda _request: False)
    security.init_app(
        app,
        People(db, Person, Role),
        register_blueprint=True,
        login_form=SignInForm,
        forgot_password_form=ForgotForm,
        reset_password_form=ResetForm,
        change_password_form=ChangeForm,
    )
    security.login_manager.user_loader(_bearer)
    security.login_manager.request_loader(lambda _request: None)  # no tokens in headers or addresses
    security.principal.identity_loaders.clear()  # rights are asked of the person, not of a second table
    app.add_url_rule(
        "/forgot",
        "security.forgot_password",
        app.view_functions["security.forgot_password"],
        methods=["GET", "POST"],
    )
    app.before_request(_guard)
    app.before_request(_slide)
    app.after_request(_say_when_refused)
    app.after_request(_renew_nobodys)
    app.after_request(_count_no_success)
    user_logged_in.connect(_keep_for_a_month, app)
    user_logged_out.connect(_end, app)
    password_reset.connect(_reset, app)
    password_changed.connect(_changed, app)


def _addresses() -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RESET_URL": "/reset",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def _rules(app: Flask) -> dict[str, Any]:
    settings = app.extensions["settings"]
    speed = "fast" if settings.testing else settings.password_rounds
    return {
        "SECURITY_PASSWORD_SALT": app.config["SECRET_KEY"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # Passwords outlive the signing key: argon2 has a salt of its own.
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ROUNDS[speed],
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": str}}, {"phone": {"mapper": str}}],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=24),
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": timedelta(minutes=-1),  # no second door that asks for the password again
        "SECURITY_CACHE_CONTROL": None,  # ours says no-store as caches read it
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": str(Path(app.root_path) / "translations"),
    }


def _ask_to_sign_in(mechanisms: Any = None, headers: Any = None) -> Any:
    """Programs get 401, people the sign-in page and then the page they wanted; what was typed is not lost."""
    if wants_json():
        raise SignedOut(gettext("Please sign in first."))
    kept = kept_form(401, signed_in=False)
    if kept is not None:
        return kept
    wanted = request.full_path if request.query_string else request.path
    return redirect(
        url_for("security.login", next=wanted if request.method == "GET" and wanted != "/" else None)
    )


def _guard() -> None:
    """Only forms, and not too many of them, reach the pages that ask for secrets."""
    if request.method != "POST" or request.blueprint != "security":
        return
    if request.files:  # the library's forms would take one for a text
        raise UnsupportedMediaType
    if request.endpoint not in LIMITED or not limiter.enabled:
        return
    identity = request.form.get("identity", "").strip()
    if request.endpoint == SIGN_IN and identity:
        throttle.count_sign_in(SIGN_IN, identity)
    else:
        throttle.count(str(request.endpoint))


def _say_when_refused(response: Response) -> Response:
    """The library shows a refused form as 200; programs and browsers should be able to tell."""
    shown_again = request.method == "POST" and response.status_code == 200
    if shown_again and request.blueprint == "security" and request.endpoint != "security.forgot_password":
        response.status_code = 422
    return response


def _bearer(key: str) -> Person | None:
    """Who the session belongs to, as the library wants to be told; None where it opens nothing."""
    found = sessions.bearer(key, session, now()) if key else None
    if found is None or not found.active:
        g.session_refused = True
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get(sessions.SIGNED_IN_AT, 0))
    return found


def _count_no_success(response: Response) -> Response:
    if "signed_in_as" in g:
        db.session.rollback()  # counting takes a connection of its own: nobody holds one and waits for another
        throttle.forget_success()
    return response


def _keep_for_a_month(_app: Flask, user: Person, **_facts: Any) -> None:
    session.permanent = True
    session["day"] = now().date().isoformat()
    sessions.begin(session)
    throttle.recognise(user)


def _end(_app: Flask, user: Person, **_facts: Any) -> None:
    """The library's page of signing out commits nothing."""
    if user.is_authenticated:
        sessions.end(user, session, now())
        db.session.commit()


def _reset(_app: Flask, user: Person, **_facts: Any) -> None:
    services.password_reset(user, now())
    throttle.forgive(user)


def _changed(_app: Flask, user: Person, **_facts: Any) -> None:
    services.password_changed(user, now())


def _slide() -> None:
    """The month begins anew on each day of use.

    Not with each request: the cookie is the whole session, and an answer still under way while somebody signs out,
    a photo from the phone's queue for example, would bring the old one back.
    """
    today = now().date().isoformat()
    if session.permanent and "_user_id" in session and session.get("day") != today:
        session["day"] = today


def _renew_nobodys(response: Response) -> Response:
    """A cookie that is written anew lasts anew: one that opens nothing would outlast the list of ended ones."""
    stale = session.modified and "_user_id" in session and not current_user.is_authenticated
    if stale and g.get("session_refused"):
        for key in sessions.KEYS:
            session.pop(key, None)
    return response
