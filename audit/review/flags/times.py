"""Flags of time: too fast, off the schedule, late."""

from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.checklists.models import Version
from audit.checklists.published import published
from audit.db import db
from audit.review.flags import hours
from audit.review.flags.facts import Facts, presence
from audit.review.flags.rules import Found, found
from audit.visits.lifecycle import State
from audit.visits.models import Photo, Submission, Visit

SAMPLE = 200  # the latest approved visits that the usual time is taken from


def look(facts: Facts) -> Iterator[Found]:
    """All of them."""
    yield from _too_fast(facts)
    yield from _off_schedule(facts)
    yield from _late(facts)


def _too_fast(facts: Facts) -> Iterator[Found]:
    lasted = facts.presence.lasted
    if lasted is None:
        return
    least = timedelta(minutes=facts.limits["too_fast_minutes"])
    usual = None
    known = usual_times(facts.visit)
    if len(known) >= facts.limits["too_fast_visits"]:
        usual = timedelta(seconds=median(one.total_seconds() for one in known))
        least = max(least, usual * facts.limits["too_fast_percent"] / 100)
    if lasted < least:
        yield found(
            "too_fast",
            seconds=_seconds(lasted),
            least=_seconds(least),
            usual=None if usual is None else _seconds(usual),
            visits=len(known),
        )


def usual_times(visit: Visit) -> list[timedelta]:
    """How long the latest approved visits of the same checklist took."""
    checklist = select(Version.checklist_id).where(Version.id == visit.version_id).scalar_subquery()
    query = (
        select(Visit)
        .join(Version, Version.id == Visit.version_id)
        .where(Version.checklist_id == checklist, Visit.id != visit.id)
        .where(Visit.state.in_((State.APPROVED, State.RELEASED)))
        .order_by(Visit.approved_at.desc(), Visit.id.desc())
        .limit(SAMPLE)
        .options(joinedload(Visit.version))
    )
    others = {one.id: one for one in db.session.scalars(query)}
    firsts = select(Submission).where(Submission.visit_id.in_(others), Submission.status == "accepted")
    photos: dict[int, list[Photo]] = {}
    for photo in db.session.scalars(select(Photo).where(Photo.visit_id.in_(others))):
        photos.setdefault(photo.visit_id, []).append(photo)
    times = []
    for first in db.session.scalars(firsts.where(Submission.round == 1)):
        other = others[first.visit_id]
        lasted = presence(other, first, photos.get(other.id, ()), published(other.version)).lasted
        if lasted is not None:
            times.append(lasted)
    return times


def _off_schedule(facts: Facts) -> Iterator[Found]:
    visit, came = facts.visit, facts.presence.came
    if came is None or not facts.has_place:
        return
    local = came.astimezone(ZoneInfo(visit.branch.timezone))
    wrong: dict[str, Any] = {}
    if not visit.opens_on <= local.date() <= visit.closes_on:
        wrong["window"] = [_iso(visit.opens_on), _iso(visit.closes_on)]
    week = hours.read(visit.branch.opening_hours)
    if week is not None and not hours.is_open(week, local):
        wrong["hours"] = visit.branch.opening_hours
    if wrong:
        yield found("off_schedule", at=came.isoformat(), **wrong)


def _late(facts: Facts) -> Iterator[Found]:
    left = facts.presence.left or facts.presence.came
    if left is None:
        return
    waited = facts.first.at - left
    if waited > timedelta(hours=facts.limits["late_hours"]):
        yield found("late", seconds=_seconds(waited), limit=facts.limits["late_hours"])


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _iso(day: date) -> str:
    return day.isoformat()
