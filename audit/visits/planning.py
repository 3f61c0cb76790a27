"""Planning the visits of a wave and giving them to shoppers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.saving import invalid
from audit.db import db
from audit.errors import Conflict
from audit.i18n import day
from audit.i18n import gettext as _
from audit.visits import services
from audit.visits.eligibility import refusal
from audit.visits.lifecycle import State
from audit.visits.models import Visit, VisitEvent
from audit.waves.models import Wave, WaveState
from audit.waves.services import lock

GRACE = timedelta(hours=24)  # after the window's last minute, to finish and send


@dataclass(frozen=True)
class Terms:
    """When and for how much: days of the branch, both inclusive; money in đồng."""

    opens_on: date
    closes_on: date
    fee: int
    expense_cap: int
    submit_on: date | None = None  # until 23:59 by the branch's clock; None: 24 hours after the window


def end_of(last: date, timezone: str) -> datetime:
    """23:59 of a day by the branch's clock."""
    return datetime.combine(last, time(23, 59), ZoneInfo(timezone))


def deadline(closes_on: date, timezone: str) -> datetime:
    """23:59 of the last day by the branch's clock, and 24 hours more."""
    return end_of(closes_on, timezone).astimezone(UTC) + GRACE


def last_planned(wave: Wave) -> int:
    """The newest visit's number in the wave, 0 without any: what a planning page has seen."""
    return db.session.scalar(select(func.max(Visit.id)).where(Visit.wave_id == wave.id)) or 0


def plan_visits(
    wave: Wave,
    branch_ids: Sequence[int],
    at: datetime,
    by: Person,
    terms: Terms,
    shopper: Person | None = None,
    seen: int | None = None,
) -> list[Visit]:
    """One visit for each branch, offered to the shopper if one is given. Invalid names the field.

    `seen` is `last_planned` when the page was made: a form sent twice is a Conflict, not twice the visits.
    """
    lock(wave)
    if wave.state == WaveState.CLOSED:
        raise Conflict(_("This wave is closed: nothing can be planned in it."))
    if seen is not None and seen != last_planned(wave):
        raise Conflict(
            _("Visits were planned since you opened the page. Look at the plan before you add more.")
        )
    _check(wave, terms, shopper)
    branches = _branches(wave, branch_ids)
    visits = [_planned(wave, branch, terms) for branch in branches]
    db.session.add_all(visits)
    db.session.flush()
    for visit in visits:
        event = VisitEvent(
            visit_id=visit.id, at=at, by_id=by.id, action="plan", to_state=State.PLANNED, data={}
        )
        db.session.add(event)
    db.session.flush()
    if shopper is not None:
        for visit in visits:
            assign(visit, shopper, by, at)
    return visits


def _check(wave: Wave, terms: Terms, shopper: Person | None) -> None:
    if terms.closes_on < terms.opens_on:
        raise invalid("closes_on", _("The last day cannot be before the first day."))
    if terms.opens_on < wave.starts_on or terms.closes_on > wave.ends_on:
        field = "opens_on" if terms.opens_on < wave.starts_on else "closes_on"
        days = {"first": day(wave.starts_on), "last": day(wave.ends_on)}
        raise invalid(field, _("The window must lie within the wave: %(first)s to %(last)s.", **days))
    if terms.fee < 0 or terms.expense_cap < 0:
        raise invalid("fee" if terms.fee < 0 else "expense_cap", _("An amount cannot be below 0."))
    if terms.submit_on is not None and terms.submit_on < terms.closes_on:
        raise invalid("submit_on", _("The deadline cannot be before the window's last day."))
    if shopper is not None and wave.state != WaveState.OPEN:
        message = _("Visits can be offered once the wave is open. Plan them without a shopper now.")
        raise invalid("shopper_id", message)


def _branches(wave: Wave, branch_ids: Sequence[int]) -> list[Branch]:
    wanted = set(branch_ids)
    if not wanted:
        raise invalid("branch_ids", _("Choose at least one branch."))
    query = select(Branch).where(Branch.client_id == wave.client_id, Branch.active, Branch.id.in_(wanted))
    found = list(db.session.scalars(query.order_by(Branch.code)))
    if len(found) < len(wanted):
        raise invalid("branch_ids", _("Choose only active branches of this client."))
    return found


def _planned(wave: Wave, branch: Branch, terms: Terms) -> Visit:
    zone = branch.timezone
    return Visit(
        client_id=wave.client_id,
        wave=wave,
        branch=branch,
        version_id=wave.version_id,
        state=State.PLANNED,
        opens_on=terms.opens_on,
        closes_on=terms.closes_on,
        submit_by=end_of(terms.submit_on, zone) if terms.submit_on else deadline(terms.closes_on, zone),
        fee=terms.fee,
        expense_cap=terms.expense_cap,
    )


def assign(visit: Visit, shopper: Person, by: Person, at: datetime) -> None:
    """Offer a planned visit to a shopper who may have it; Conflict names what stands in the way."""
    if visit.wave.state != WaveState.OPEN:
        raise Conflict(_("Visits can be offered only while the wave is open."))
    if at >= visit.submit_by:
        raise Conflict(_("The deadline of this visit has passed. Cancel it and plan another one."))
    # Two offers at once could each be the shopper's last allowed one.
    db.session.execute(select(Person.id).where(Person.id == shopper.id).with_for_update())
    found = refusal(visit, shopper)
    if found is not None and visit.state == State.PLANNED:
        raise Conflict(found.sentence, code=found.rule)
    services.offer(visit, shopper, by, at)
