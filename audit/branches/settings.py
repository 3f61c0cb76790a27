"""What is agreed with a client about review, objections, actions, alarms and flags."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.accounts import agency
from audit.accounts.models import Person, RoleName
from audit.branches import limits
from audit.branches.models import Client
from audit.branches.saving import invalid
from audit.db import db
from audit.errors import Forbidden
from audit.i18n import gettext as _
from audit.trail.services import record


@dataclass(frozen=True)
class SettingsData:
    """As typed: days, hours, points with one decimal; `limits` by name, None for the default."""

    dispute_days: int
    answer_days: int
    escalate_hours: int
    action_points: Decimal
    alarm_person_id: int | None
    limits: Mapping[str, int | None]


BOUNDS = {"dispute_days": (0, 90), "answer_days": (1, 90), "escalate_hours": (1, 1_000)}
NAMES = ("dispute_days", "answer_days", "escalate_hours", "action_points", "alarm_person_id", "flag_limits")


def change(client: Client, data: SettingsData, by: Person, at: datetime) -> bool:
    """Set what is agreed and record what changed; False when nothing did. Invalid names the field.

    What is under way keeps its dates: a released scorecard has its own last day to object.
    """
    if not by.has(RoleName.ADMIN):
        raise Forbidden(_("This step is not yours to take."))
    _check(client, data)
    wanted: dict[str, Any] = {name: getattr(data, name) for name in NAMES[:-1]}
    wanted["flag_limits"] = limits.check(data.limits)
    changed = {name: value for name, value in wanted.items() if getattr(client, name) != value}
    if not changed:
        return False
    before = {name: getattr(client, name) for name in changed}
    for name, value in changed.items():
        setattr(client, name, value)
    record("client.settings", by, at, client_id=client.id, old=_plain(before), new=_plain(changed))
    db.session.flush()
    return True


def _check(client: Client, data: SettingsData) -> None:
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(data, name) <= most:
            raise invalid(name, _("A whole number from %(least)s to %(most)s.", least=least, most=most))
    if not 0 <= data.action_points <= 100:
        raise invalid("action_points", _("Points lie between 0 and 100."))
    chosen = data.alarm_person_id
    if chosen in (None, client.alarm_person_id):
        return
    if chosen not in {person.id for person in agency.editors()}:
        raise invalid("alarm_person_id", _("Choose somebody of the agency who is active."))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the trail keeps it: JSON knows no decimals."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}
