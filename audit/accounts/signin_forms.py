"""The forms of signing in and of passwords: the sign-in library's, with our fields, labels and sentences."""

import unicodedata
from typing import Any

from flask_security import ChangePasswordForm, ForgotPasswordForm, LoginForm, PasswordUtil, ResetPasswordForm
from flask_security.forms import EqualToLocalize, RequiredLocalize
from wtforms import PasswordField, StringField

from audit.accounts import passwords
from audit.accounts.addresses import is_local
from audit.accounts.models import Person
from audit.accounts.queries import person_by_identity
from audit.accounts.texts import sentence
from audit.i18n import gettext, lazy_gettext

MOST = 254
NEW = {"autocomplete": "new-password", "minlength": passwords.SHORTEST, "maxlength": passwords.LONGEST}
PRESENT = {"autocomplete": "current-password", "maxlength": passwords.LONGEST}


class _Nothing:
    """Stands where the library looks for the errors of its own mail field."""

    errors: tuple[str, ...] = ()


class SignInForm(LoginForm):
    """Mail address or phone number, and password; one sentence for whatever was wrong."""

    email: Any = None
    remember: Any = None
    submit: Any = None
    identity = StringField(
        lazy_gettext("Mail address or phone number"),
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": MOST,
            "required": True,
        },
    )
    password = PasswordField(lazy_gettext("Password"), render_kw={**PRESENT, "required": True})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = _Nothing()
        self.password.description = ""

    def validate_next(self, field: Any) -> None:
        """An address outside is dropped without a word: one still arrives at one's own page."""
        if not is_local(field.data):
            field.data = ""

    def validate(self, **kwargs: Any) -> bool:
        """Look up the person and let the library compare; every refusal reads the same."""
        missing = []
        if not (self.identity.data or "").strip():
            missing.append(gettext("Please give your mail address or phone number."))
        if not self.password.data:
            missing.append(sentence("PASSWORD_NOT_PROVIDED"))
        if missing:
            self.form_errors = missing
            return False
        self.ifield = self.identity
        self.user = person_by_identity(self.identity.data)
        self.password.data = (self.password.data or "")[: passwords.LONGEST + 1]
        if super().validate(**kwargs):
            return True
        closed = self.user is not None and self.user_authenticated and not self.user.active
        self.identity.errors, self.password.errors = [], []
        self.form_errors = [sentence("DISABLED_ACCOUNT" if closed else "GENERIC_AUTHN_FAILED")]
        return False


class ForgotForm(ForgotPasswordForm):
    """Where to send the link."""

    submit: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.label.text = gettext("Mail address")


class ResetForm(ResetPasswordForm):
    """A new password, twice."""

    submit: Any = None
    password = PasswordField(
        lazy_gettext("New password"),
        render_kw=NEW,
        validators=[RequiredLocalize(message="PASSWORD_NOT_PROVIDED")],
    )
    password_confirm = PasswordField(
        lazy_gettext("New password again"),
        render_kw=NEW,
        validators=[EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH")],
    )


class ChangeForm(ChangePasswordForm):
    """The present password, and a new one twice."""

    submit: Any = None
    password = PasswordField(lazy_gettext("Present password"), render_kw=PRESENT)
    new_password = PasswordField(
        lazy_gettext("New password"),
        render_kw=NEW,
        validators=[RequiredLocalize(message="PASSWORD_NOT_PROVIDED")],
    )
    new_password_confirm = PasswordField(
        lazy_gettext("New password again"),
        render_kw=NEW,
        validators=[EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH")],
    )

    def validate(self, **kwargs: Any) -> bool:
        """The library compares old and new before both are normalised, which lets an accented one pass."""
        if not super().validate(**kwargs):
            return False
        if self.password.data == self.new_password.data:
            self.new_password.errors = [sentence("PASSWORD_IS_THE_SAME")]
            return False
        return True


class PasswordRules(PasswordUtil):
    """Our rules behind the library's forms."""

    def normalize(self, password: str) -> str:
        """As it is hashed; what is too long to be anybody's is cut, as hashing has a limit of its own."""
        return super().normalize(unicodedata.normalize("NFC", password)[: passwords.LONGEST + 1])

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """The library's contract: (messages or None, the normalised password)."""
        normal = self.normalize(password)
        person: Person | None = kwargs.get("user")
        about = (person.name, person.email, person.phone) if person else ()
        wrong = passwords.problem(normal, about)
        return ([wrong] if wrong else None), normal
