"""Who may be offered a visit (product.md, rules 2 and 3). A refusal names the rule and the day it lifts.

Who once said to work or have worked at a branch, or to be close to somebody who does, never goes there. The
same shopper stays away from a branch for 90 days or two waves, whichever is longer, and has at most a
tenth of a wave's visits, but at least four. Companions and households are not recorded yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.db import db
from audit.i18n import day
from audit.i18n import gettext as _
from audit.visits.lifecycle import Action, State
from audit.visits.models import Visit, VisitEvent
from audit.waves.models import Wave

AWAY_DAYS = 90
AWAY_WAVES = 2
AT_LEAST = 4
# A shopper who was never bound to the visit has not been there.
FREE = (State.PLANNED, State.CANCELLED)
# Neither counts as a share of the wave: nothing came of it.
NO_SHARE = (*FREE, State.ABORTED, State.REJECTED)


@dataclass(frozen=True)
class Refusal:
    """Why not: the rule in words with the day it lifts (None: never, or nobody can know yet)."""

    rule: str  # "conflict", "rotation" or "share"
    sentence: str
    lifts_on: date | None


def refusals(visit: Visit, shoppers: Iterable[Person]) -> dict[int, Refusal]:
    """What keeps shoppers from the visit, by person; who may have it is not in it. Five queries."""
    ids = [shopper.id for shopper in shoppers]
    found = _share_refusals(visit, ids)
    found.update(_rotation_refusals(visit, ids))
    found.update(_conflict_refusals(visit, ids))
    return found


def refusal(visit: Visit, shopper: Person) -> Refusal | None:
    """What keeps one shopper from the visit."""
    return refusals(visit, [shopper]).get(shopper.id)


def conflicts(branch_id: int, shopper_ids: Iterable[int]) -> dict[int, datetime]:
    """Who of them answered yes to the conflict question for the branch, and when first; it never lapses."""
    query = (
        select(VisitEvent.by_id, func.min(VisitEvent.at))
        .join(Visit, Visit.id == VisitEvent.visit_id)
        .where(Visit.branch_id == branch_id, VisitEvent.by_id.in_(list(shopper_ids)))
        .where(VisitEvent.action == Action.DECLINE, VisitEvent.data["conflict"].as_boolean())
        .group_by(VisitEvent.by_id)
    )
    return {by_id: at for by_id, at in db.session.execute(query) if by_id is not None}


def most_visits(total: int) -> int:
    """How many of a wave's visits one shopper may have."""
    return max(AT_LEAST, total // 10)


def _conflict_refusals(visit: Visit, ids: list[int]) -> dict[int, Refusal]:
    zone = ZoneInfo(visit.branch.timezone)
    found = {}
    for shopper_id, at in conflicts(visit.branch_id, ids).items():
        sentence = _(
            "Conflict of interest: said on %(day)s that they or someone close to them works or worked at this"
            " branch. The rule does not lift; offer the visit to somebody else.",
            day=day(at.astimezone(zone).date()),
        )
        found[shopper_id] = Refusal("conflict", sentence, None)
    return found


def _share_refusals(visit: Visit, ids: list[int]) -> dict[int, Refusal]:
    wave = select(Visit.shopper_id, func.count()).where(Visit.wave_id == visit.wave_id, Visit.id != visit.id)
    taken = wave.where(Visit.state.not_in(NO_SHARE), Visit.shopper_id.in_(ids)).group_by(Visit.shopper_id)
    planned = select(func.count()).where(Visit.wave_id == visit.wave_id, Visit.state != State.CANCELLED)
    most = most_visits(db.session.scalar(planned) or 0)
    ends = visit.wave.ends_on
    found = {}
    for shopper_id, count in db.session.execute(taken):
        if shopper_id is not None and count >= most:
            sentence = _(
                "Share of the wave: one shopper has at most %(most)s of its visits (a tenth, but at least 4)"
                " and this one already has %(count)s. The rule lifts when the wave ends on %(day)s.",
                most=most,
                count=count,
                day=day(ends),
            )
            found[shopper_id] = Refusal("share", sentence, ends)
    return found


def _rotation_refusals(visit: Visit, ids: list[int]) -> dict[int, Refusal]:
    query = select(Visit).where(Visit.branch_id == visit.branch_id, Visit.id != visit.id)
    query = query.where(Visit.shopper_id.in_(ids), Visit.state.not_in(FREE))
    earlier = list(
        db.session.scalars(query.options(joinedload(Visit.wave)).order_by(Visit.closes_on, Visit.id))
    )
    if not earlier:
        return {}
    in_order = select(Wave).where(Wave.client_id == visit.client_id).order_by(Wave.starts_on, Wave.id)
    waves = list(db.session.scalars(in_order))
    zone = ZoneInfo(visit.branch.timezone)
    found = {}
    for other in earlier:
        refused = _rotation(visit, other, waves, zone)
        if refused is not None and other.shopper_id is not None:
            found[other.shopper_id] = refused
    return found


def _rotation(visit: Visit, other: Visit, waves: list[Wave], zone: ZoneInfo) -> Refusal | None:
    """Whether another visit to the same branch, before or after, is too near."""
    places = {wave.id: place for place, wave in enumerate(waves)}
    here, there = places[visit.wave_id], places[other.wave_id]
    was_there = other.visited_at or other.started_at
    first = was_there.astimezone(zone).date() if was_there else other.opens_on
    last = was_there.astimezone(zone).date() if was_there else other.closes_on
    far_enough = visit.opens_on >= last + timedelta(AWAY_DAYS) or visit.closes_on <= first - timedelta(
        AWAY_DAYS
    )
    if far_enough and abs(here - there) >= AWAY_WAVES:
        return None
    lifts = last + timedelta(AWAY_DAYS)
    next_allowed = there + AWAY_WAVES
    if next_allowed < len(waves):
        lifts = max(lifts, waves[next_allowed].starts_on)
        return Refusal("rotation", _sentence(other, last, lifts), lifts)
    return Refusal("rotation", _sentence(other, last, lifts, waits_for_wave=True), None)


def _sentence(other: Visit, last: date, lifts: date, waits_for_wave: bool = False) -> str:
    facts = {"wave": other.wave.name, "last": day(last), "lifts": day(lifts)}
    rule = _(
        "Rotation: the same shopper does not return to a branch within 90 days or two waves,"
        " whichever is longer. The other visit is in %(wave)s, on %(last)s.",
        **facts,
    )
    if waits_for_wave:
        ends = _("The rule lifts with the second wave after that one, on %(lifts)s at the earliest.", **facts)
    else:
        ends = _("The rule lifts on %(lifts)s.", **facts)
    return f"{rule} {ends}"
