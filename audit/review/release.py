"""Releasing approved visits to the client: names, figures and dates freeze with the scorecard."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.db import db
from audit.errors import Conflict, Forbidden
from audit.i18n import gettext as _
from audit.review import alarms
from audit.review.announcing import announce, announce_wave, tell_held_back
from audit.review.cells import settle
from audit.review.figures import Figures, figures_of
from audit.review.fingerprint import fingerprint
from audit.review.layers import Alarm
from audit.review.models import Scorecard
from audit.trail.services import record
from audit.visits.lifecycle import Action, State
from audit.visits.models import Visit
from audit.visits.services import move
from audit.waves.models import Wave

AFTER_RELEASE = "after_release"  # a task of the room above, so by its name
BEFORE_FILES = 6  # just above the PDFs: actions are a moment's work, and managers look for them at once


def release(visit: Visit, by: Person, at: datetime) -> Scorecard:
    """Release one approved visit. Callers hold the visit's lock.

    Conflict when it is not approved, or while an alarm of it is not settled (`alarm`).
    """
    card = _cards([visit.id]).get(visit.id)
    if visit.state == State.RELEASED and card is not None and by.has(RoleName.ADMIN):
        return card  # a second click
    if card is None:
        # The table of steps knows the reason: not approved yet, or moved on.
        move(visit, Action.RELEASE, by, at)
        raise _no_scorecard()
    if visit.state == State.APPROVED and by.has(RoleName.ADMIN):
        alarms.check_settled(visit)
    _release_cards([(visit, card)], by, at)
    announce(card, at)
    return card


def release_wave(wave: Wave, by: Person, at: datetime) -> int:
    """Release the approved visits of a wave and return how many there were; Conflict when there are none.

    Visits with an alarm that nobody has settled stay behind (`held_back` names them); when no other is left, that
    is the Conflict (`alarm`).
    """
    if not by.has(RoleName.ADMIN):
        raise Forbidden(_("This step is not yours to take."))
    count = _release_approved(wave, by, at)
    if not count and (held := held_back(wave)):
        names = ", ".join(one.branch for one in held)
        raise Conflict(
            _("What is left waits until its alarm is confirmed or dismissed: %(branches)s.", branches=names),
            code="alarm",
        )
    if not count:
        raise Conflict(_("No approved visit of this wave waits for its release."), code="nothing")
    return count


def release_due(wave: Wave, at: datetime) -> int:
    """What is approved of a wave whose time has come, released by the clock, once; how many there were.

    Callers hold the wave's lock. A wave without a time, or with a later one, is left alone. The admins are told
    of visits that stay behind for an alarm that nobody has settled.
    """
    if wave.release_at is None or wave.release_at > at:
        return 0
    data = {"release_at": wave.release_at.isoformat(), "set_by": wave.release_by_id}
    wave.release_at = wave.release_by_id = None
    count = _release_approved(wave, None, at, **data)
    tell_held_back(wave, len(held_back(wave)), at)
    return count


def _release_approved(wave: Wave, by: Person | None, at: datetime, **data: Any) -> int:
    query = select(Visit).where(Visit.wave_id == wave.id, Visit.state == State.APPROVED).order_by(Visit.id)
    found = list(
        db.session.scalars(query.with_for_update(of=Visit).execution_options(populate_existing=True))
    )
    held = alarms.unsettled([visit.id for visit in found])
    found = [visit for visit in found if visit.id not in held]
    cards = _cards([visit.id for visit in found])
    if len(cards) < len(found):
        raise _no_scorecard()
    if found:
        _release_cards([(visit, cards[visit.id]) for visit in found], by, at)
        announce_wave(wave, [cards[visit.id] for visit in found], at)
    if held:
        data["held_back"] = sorted(held)
    if found or by is None:
        record(
            "wave.released", by, at, client_id=wave.client_id, wave=wave.name, scorecards=len(found), **data
        )
    return len(found)


def _no_scorecard() -> Conflict:
    return Conflict(_("This visit has no scorecard yet: approve it first."), code="state")


def _cards(visit_ids: Sequence[int]) -> dict[int, Scorecard]:
    query = select(Scorecard).where(Scorecard.visit_id.in_(visit_ids), Scorecard.is_current)
    parts = (joinedload(Scorecard.branch), joinedload(Scorecard.wave), joinedload(Scorecard.client))
    return {card.visit_id: card for card in db.session.scalars(query.options(*parts))}


def _release_cards(pairs: Sequence[tuple[Visit, Scorecard]], by: Person | None, at: datetime) -> None:
    """One set of figures for each wave and version, then each visit its step, its dates and its job."""
    groups: dict[tuple[int, int], list[tuple[Visit, Scorecard]]] = defaultdict(list)
    for visit, card in pairs:
        groups[card.wave_id, card.version_id].append((visit, card))
    for (_wave, version_id), members in groups.items():
        branches = {card.branch_id for _visit, card in members}
        figures = figures_of(members[0][1].wave, version_id, branches)
        for visit, card in members:
            local = at.astimezone(ZoneInfo(card.branch.timezone)).date()
            card.dispute_until = local + timedelta(days=card.client.dispute_days)
            card.context = context_of(card, figures)
            visit.released_at = card.released_at = at
            card.sha256 = fingerprint(card)
            move(visit, Action.RELEASE, by, at, scorecard=card.number)
    settle([card for _visit, card in pairs])
    for _visit, card in pairs:
        # Before the photo copies in the queue: a person waits for the PDF, a missing copy is made on the spot.
        jobs.defer(db.session, "make_scorecard_files", priority=5, scorecard_id=card.id)
        jobs.defer(db.session, AFTER_RELEASE, priority=BEFORE_FILES, scorecard_id=card.id)


def context_of(card: Scorecard, figures: Figures) -> dict[str, Any]:
    """Everything a scorecard says that could change later."""
    settings = current_app.extensions["settings"]
    branch = card.branch
    return {
        "client": card.client.name,
        "branch": {"name": branch.name, "code": branch.code, "address": branch.address},
        "wave": card.wave.name,
        "bands": card.client.bands,
        "agency": {"name": settings.agency_name, "contact": settings.agency_contact},
        "network": figures.network,
        "trend": figures.course.points.get(card.branch_id, []),
        "change": figures.course.changes.get(card.branch_id),
        "branch_visits": figures.visits.get(card.branch_id, 0),
    }


@dataclass(frozen=True)
class HeldBack:
    """An approved visit that is not released while this alarm is not settled."""

    visit_id: int
    branch: str
    alarm_id: int


def held_back(wave: Wave) -> list[HeldBack]:
    """The approved visits of a wave that stay behind, by branch: the client learns of an alarm once it is checked."""
    query = (
        select(Visit.id, Branch.name)
        .join(Branch, Branch.id == Visit.branch_id)
        .where(Visit.wave_id == wave.id, Visit.state == State.APPROVED)
        .where(exists().where(Alarm.visit_id == Visit.id, Alarm.state == "raised"))
        .order_by(Branch.name, Visit.id)
    )
    names = dict(db.session.execute(query).all())
    waiting = alarms.unsettled(names)
    return [HeldBack(visit_id, name, waiting[visit_id]) for visit_id, name in names.items()]


@dataclass(frozen=True)
class ReleaseSummary:
    """How a wave stands with its release."""

    waiting: int  # submitted, not looked at
    approved: int
    released: int
    held: list[HeldBack]

    @property
    def ready(self) -> int:
        """What would go out now."""
        return self.approved - len(self.held)


def release_summary(wave: Wave) -> ReleaseSummary:
    """The counts for the wave's page."""
    query = select(Visit.state, func.count()).where(Visit.wave_id == wave.id).group_by(Visit.state)
    counts = dict(db.session.execute(query).all())
    return ReleaseSummary(
        counts.get(State.SUBMITTED, 0),
        counts.get(State.APPROVED, 0),
        counts.get(State.RELEASED, 0),
        held_back(wave),
    )
