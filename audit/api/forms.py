"""The form of a new token."""

from typing import Any

from wtforms import SelectField, StringField

from audit.api.tokens import DAYS, LONGEST_NAME, Reach
from audit.branches.forms import is_id
from audit.errors import AuditError, Invalid
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext


class TokenForm(Form):
    """What it is for, what it reaches, how long."""

    name = StringField(
        lazy_gettext("What it is for"),
        description=lazy_gettext("For example: Power BI of the operations team"),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME, "required": True},
    )
    reach = SelectField(lazy_gettext("It reads"), validate_choice=False)
    days = SelectField(lazy_gettext("Good for"), validate_choice=False, default=str(DAYS[1]))

    def offer(self, reaches: dict[str, list[Reach]]) -> None:
        """Fill the lists; regions stand under their client."""
        self.reach.choices = {
            client: [(_code(reach), reach.name) for reach in found] for client, found in reaches.items()
        }
        self.days.choices = [(str(days), _("%(days)s days", days=days)) for days in DAYS]

    def chosen(self) -> tuple[int, int | None]:
        """Client and region; Invalid where nothing that can be one was sent."""
        parts = (self.reach.data or "").split(".")
        if not 1 <= len(parts) <= 2 or not all(is_id(part) for part in parts):
            raise Invalid(_("Choose what it may read."), field="reach")
        return int(parts[0]), int(parts[1]) if len(parts) == 2 else None

    def show(self, error: AuditError) -> None:
        """Put a refusal of the service at its field."""
        name: Any = error.details.get("field", "")
        if name in self._fields:
            self._fields[name].errors = [str(error.message)]
        else:
            self.form_errors = [str(error.message)]


def _code(reach: Reach) -> str:
    return str(reach.client_id) if reach.region_id is None else f"{reach.client_id}.{reach.region_id}"
