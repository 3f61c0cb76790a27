"""Forms of a wave."""

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from wtforms import TextAreaField, ValidationError

from audit.branches.models import Client
from audit.checklists.models import Version
from audit.checklists.queries import Texts, titles_of
from audit.fields import ChoiceField, DayField, MoneyField, TextField, at_most, filled
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.i18n import text_of
from audit.waves.models import Wave
from audit.waves.services import WaveData


class WaveForm(Form):
    """A wave; the client is chosen once."""

    client_id = ChoiceField(_l("Client"), [filled], choices=[])
    version_id = ChoiceField(_l("Checklist"), [filled], choices=[])
    name = TextField(_l("Name"), [filled, at_most(80)])
    starts_on = DayField(_l("First day"), [filled])
    ends_on = DayField(_l("Last day"), [filled])
    fee = MoneyField(_l("Fee per visit (đồng)"), [filled], default=0)
    expense_cap = MoneyField(_l("Expenses up to (đồng)"), [filled], default=0)
    scenario = TextAreaField(_l("Scenario of this wave"), [at_most(4000)])

    def offer(self, clients: list[Client], versions: list[Version]) -> None:
        """Offer clients and published versions."""
        titles = titles_of(version.id for version in versions)
        names = [(str(version.id), version_name(version, titles[version.id])) for version in versions]
        self.client_id.choices = [
            ("", _("Choose a client")),
            *((str(known.id), known.name) for known in clients),
        ]
        self.version_id.choices = [("", _("Choose a checklist")), *dict(names).items()]

    def read(self) -> WaveData:
        """What was typed."""
        return WaveData(
            name=str(self.name.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            fee=self.fee.data,
            expense_cap=self.expense_cap.data,
            scenario=self.scenario.data or "",
        )


class EthicsForm(Form):
    """The record behind the ethics gate."""

    note = TextAreaField(_l("Who told the staff, when and how"), [filled, at_most(4000)])


class ReleaseForm(Form):
    """When a wave is released by the clock, in the agency's own time."""

    day = DayField(_l("Day"), [filled])
    time = TextField(_l("Time"), [filled], default="08:00", render_kw={"inputmode": "numeric"})

    def validate_time(self, typed: TextField) -> None:
        """Hours and minutes like 14:05."""
        if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", typed.data or ""):
            raise ValidationError(_("Write the time as 14:05."))

    def read(self, zone: ZoneInfo) -> datetime:
        """The moment that was typed."""
        hour, minute = str(self.time.data).split(":")
        return datetime.combine(self.day.data, time(int(hour), int(minute)), zone)


def version_name(version: Version, title: Texts) -> str:
    """A version in a list: title and number."""
    name = text_of(title) or version.checklist.code
    return str(_("%(title)s, version %(number)s", title=name, number=version.number))


def wave_form(clients: list[Client], versions: list[Version], wave: Wave | None = None) -> WaveForm:
    """The form, filled from the wave or from what was typed."""
    form = WaveForm(obj=wave)
    form.offer(clients, versions)
    return form
