"""The sentences of signing in, which the library looks up in our catalogue, and the names of roles."""

from typing import Any

from audit.accounts.models import RoleName
from audit.i18n import gettext, lazy_gettext


def N_(text: str) -> str:  # noqa: N802 - the name that the extractor of texts knows
    """Mark a text for translation; the library translates it when it is shown."""
    return text


ROLE_WORDS: dict[str, Any] = {
    RoleName.SHOPPER: lazy_gettext("Shopper"),
    RoleName.BRANCH_MANAGER: lazy_gettext("Branch manager"),
    RoleName.AREA_MANAGER: lazy_gettext("Area manager"),
    RoleName.HEAD_OFFICE: lazy_gettext("Head office"),
    RoleName.EDITOR: lazy_gettext("Editor"),
    RoleName.ADMIN: lazy_gettext("Admin"),
}

# The same words whatever was wrong: nobody learns here who has an account.
REFUSED = N_("The mail address or phone number and the password do not belong together. Please check both.")

MESSAGES: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (REFUSED, "error"),
    "USER_DOES_NOT_EXIST": (REFUSED, "error"),
    "API_ERROR": (N_("This could not be read. Please type it again."), "error"),
    "INVALID_PASSWORD": (N_("This is not your present password."), "error"),
    "DISABLED_ACCOUNT": (N_("This account has been closed. Please ask the agency."), "error"),
    "UNAUTHENTICATED": (N_("Please sign in first."), "error"),
    "UNAUTHORIZED": (N_("Your role has no access to this page."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Please give your mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not a mail address. Example: an@example.com"), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Please give the password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("Take at least %(length)s characters, for example three words."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the old one. Take another."), "error"),
    "PASSWORD_CHANGE": (N_("The password is changed. Everywhere else you are signed out."), "success"),
    "PASSWORD_RESET_REQUEST": (
        N_("If this address has an account, a mail with a link is on its way. Look in the spam folder too."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("The link is older than %(within)s. Please ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("The link is incomplete or was used before. Please ask for a new one."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("The password is changed. Please sign in with the new one."), "success"),
    "FORGOT_PASSWORD": (N_("Forgotten your password?"), "info"),
    "INVALID_REDIRECT": (N_("This page lies outside; you were not taken there."), "error"),
}

SUBJECTS = {
    "PASSWORD_RESET": N_("A new password for your account"),
    "PASSWORD_NOTICE": N_("Your password has been changed"),
    "PASSWORD_CHANGE_NOTICE": N_("Your password has been changed"),
}


def sentence(name: str) -> str:
    """One of the library's sentences in the person's language."""
    text = MESSAGES[name][0]
    return str(gettext(text))
