"""The forms of accounts."""

from typing import Any

from wtforms import (  # type: ignore[attr-defined] # the stubs do not know SelectChoice yet
    BooleanField,
    EmailField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
)

from audit.accounts import passwords
from audit.accounts.models import RoleName
from audit.accounts.texts import ROLE_WORDS
from audit.errors import Invalid
from audit.forms import Form
from audit.i18n import lazy_gettext

LANGUAGE_WORDS = [
    SelectChoice("", lazy_gettext("As the browser wishes")),
    SelectChoice("vi", "Tiếng Việt"),
    SelectChoice("en", "English"),
]
FREE_ROLES = (RoleName.SHOPPER, RoleName.EDITOR, RoleName.ADMIN)
NEW = {"autocomplete": "new-password", "minlength": passwords.SHORTEST, "maxlength": passwords.LONGEST}


def _number(value: Any) -> int | None:
    """A number from a list; what is none is -1, which the service refuses with a sentence."""
    if not value or value == "None":
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


class _Shown(Form):
    """A form that can show what a service refused."""

    def show(self, error: Invalid) -> None:
        """Put each refusal at its field."""
        wrong = error.details.get("fields") or {str(error.details.get("field", "")): error.message}
        for name, message in wrong.items():
            if name in self._fields:
                self._fields[name].errors = [str(message)]
            else:
                self.form_errors = [str(message)]


class AccountForm(_Shown):
    """What everybody may change about themselves."""

    name = StringField(
        lazy_gettext("Name"), render_kw={"autocomplete": "name", "maxlength": 120, "required": True}
    )
    language = SelectField(lazy_gettext("Language"), choices=LANGUAGE_WORDS, validate_choice=False)


class PersonForm(_Shown):
    """What an admin keeps about somebody."""

    name = StringField(
        lazy_gettext("Name"), render_kw={"autocomplete": "off", "maxlength": 120, "required": True}
    )
    email = EmailField(lazy_gettext("Mail address"), render_kw={"autocomplete": "off", "maxlength": 254})
    phone = TelField(
        lazy_gettext("Phone number"),
        description=lazy_gettext("One of the two is needed to sign in. Example: 0912 345 678"),
        render_kw={"autocomplete": "off", "maxlength": 30},
    )
    language = SelectField(lazy_gettext("Language"), choices=LANGUAGE_WORDS, validate_choice=False)
    active = BooleanField(lazy_gettext("May sign in"))


class NewPersonForm(PersonForm):
    """Somebody new, with a first password and a first role."""

    active: Any = None
    password = PasswordField(
        lazy_gettext("First password"),
        description=lazy_gettext(
            "At least 10 characters. Tell it to the person; it can be changed after signing in."
        ),
        render_kw={**NEW, "required": True},
    )
    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice("", lazy_gettext("A role at a client: chosen on the next page"))]
        + [SelectChoice(role.value, ROLE_WORDS[role]) for role in FREE_ROLES],
        validate_choice=False,
    )


class PasswordForm(_Shown):
    """A new password given by an admin."""

    password = PasswordField(lazy_gettext("New password"), render_kw={**NEW, "required": True})


class GrantForm(_Shown):
    """A role and its reach; the lists are filled for the chosen client."""

    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice(role.value, ROLE_WORDS[role]) for role in RoleName],
        validate_choice=False,
    )
    client_id = SelectField(lazy_gettext("Client"), coerce=_number, validate_choice=False)
    region_id = SelectField(lazy_gettext("Region"), coerce=_number, validate_choice=False)
    branch_id = SelectField(lazy_gettext("Branch"), coerce=_number, validate_choice=False)

    def offer(self, **lists: list[tuple[int, str]]) -> None:
        """Fill the lists: clients, regions, branches as (id, name)."""
        for name, entries in lists.items():
            field: Any = self._fields[name]
            field.choices = [
                SelectChoice("", "–"),
                *(SelectChoice(str(number), text) for number, text in entries),
            ]
