"""States of payments in words."""

from audit.i18n import gettext as _


def state(name: str) -> str:
    """As the admin reads it."""
    return {"new": _("To approve"), "approved": _("To pay"), "paid": _("Paid")}.get(name, name)
