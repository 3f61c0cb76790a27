"""The form of what is agreed with a client: one field per rule, one per threshold of a flag."""

from typing import Any

from audit.accounts import agency
from audit.branches import limits
from audit.branches.models import Client
from audit.branches.settings import SettingsData
from audit.fields import ChoiceField, PointsField, WholeField, filled
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l


class _AgreedForm(Form):
    """What is not a threshold."""

    dispute_days = WholeField(_l("Days to object after release"), [filled])
    answer_days = WholeField(_l("Days to answer an objection"), [filled])
    escalate_hours = WholeField(_l("Hours until a submission is urgent"), [filled])
    action_points = PointsField(_l("Propose an action from (points lost)"), [filled])
    alarm_person_id = ChoiceField(_l("Who is told of an alarm"), choices=[], default="")


# A field of the form for each threshold; WTForms wants them on the class.
SettingsForm: Any = type(
    "SettingsForm",
    (_AgreedForm,),
    {limit.name: WholeField(limit.label) for limit in limits.FIELDS},
)


def settings_form(client: Client) -> Any:
    """The form as it stands for this client, or as typed; a threshold that is the default stays empty."""
    own = client.flag_limits or {}
    start = {
        "dispute_days": client.dispute_days,
        "answer_days": client.answer_days,
        "escalate_hours": client.escalate_hours,
        "action_points": client.action_points,
        "alarm_person_id": str(client.alarm_person_id or ""),
        **{limit.name: own.get(limit.name) for limit in limits.FIELDS},
    }
    form = SettingsForm(data=start)
    form.alarm_person_id.choices = _people(client)
    return form


def _people(client: Client) -> list[tuple[str, str]]:
    people = [(str(person.id), person.name) for person in agency.editors()]
    gone = client.alarm_person_id
    if gone is not None and str(gone) not in {number for number, _name in people}:
        people.append((str(gone), _("somebody who is no longer active")))
    return [("", _("Every admin")), *people]


def read(form: Any) -> SettingsData:
    """What was typed."""
    chosen = form.alarm_person_id.data
    return SettingsData(
        dispute_days=form.dispute_days.data,
        answer_days=form.answer_days.data,
        escalate_hours=form.escalate_hours.data,
        action_points=form.action_points.data,
        alarm_person_id=int(chosen) if chosen else None,
        limits={limit.name: form[limit.name].data for limit in limits.FIELDS},
    )
