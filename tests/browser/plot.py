"""The stage of the story: one retail chain's wave, with one visit still to do and two already approved."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audit.branches.models import Branch
from audit.checklists.services import install_builtin
from audit.db import db, now
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.browser.showcase import Cast, cast

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclasses.dataclass
class Plot:
    """Numbers for addresses, and the checklist's document."""

    wave: int
    visit: int
    questions: dict[str, dict[str, Any]]
    branches: dict[str, int]  # by the name that Cast has for them


def plot() -> Plot:
    """Make and commit it."""
    made, at = cast(), now()
    admin = made.people["admin"]
    version = install_builtin(at, admin)["retail"]
    today = at.astimezone(HANOI).date()
    wave = factories.wave(
        made.client,
        admin,
        version,
        name="Tháng này",
        starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=20),
        scenario="Anh/chị tìm quà cho mẹ, có đổi hàng sau khi mua.",
    )
    visit = _visit(wave, made.branch, made, State.OFFERED, at)
    for branch, lost in ((made.second_branch, {"badge": "no"}), (made.southern_branch, {"greeting": "none"})):
        other = _visit(wave, branch, made, State.ACCEPTED, at)
        stories.submitted(other, made.people["shopper"], lost, at - timedelta(hours=9))
        stories.approved(other, made.people["editor"], at - timedelta(hours=5))
    document = version.document
    branches = {
        name: getattr(made, name).id
        for name in ("branch", "second_branch", "southern_branch", "foreign_branch")
    }
    db.session.commit()
    return Plot(wave.id, visit.id, {one["id"]: one for one in document["questions"]}, branches)


def _visit(wave: Wave, branch: Branch, made: Cast, state: State, at: datetime) -> Visit:
    today = at.astimezone(HANOI).date()
    visit = factories.visit(wave, branch, made.people["shopper"], state)
    visit.opens_on, visit.closes_on = today - timedelta(days=3), today + timedelta(days=3)
    visit.submit_by = at + timedelta(days=4)
    db.session.commit()
    return visit


def times(minutes: int) -> tuple[str, str]:
    """Start and end of so many minutes, an hour ago, as the form's inputs take them."""
    start = now().astimezone(HANOI) - timedelta(hours=1)
    both = (start, start + timedelta(minutes=minutes))
    return both[0].strftime("%Y-%m-%dT%H:%M:%S"), both[1].strftime("%Y-%m-%dT%H:%M:%S")


# What this shopper met, where it was not the best: skip logic both ways, points lost, not applicable.
MET: dict[str, Any] = {
    "hours_online": "no",  # hides hours_match
    "phone_reached": "none",  # hides phone_stock
    "came_by_vehicle": "yes",  # brings up parking_space
    "parking_space": "no",
    "photo_shelf": "na",
    "photo_till": "na",
    "price_tags": "5",
    "queue": "no",  # hides queue_wait
    "price_charged": "no",  # brings up price_corrected, owes a photo
    "greeting": "later",
    "policy_match": "na",
}
HIDDEN = {"hours_match", "phone_stock", "queue_wait", "complaint_handled"}
PHOTOGRAPHED = ("photo_front", "price_charged")


def answers(questions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An answer for every question, the best one where nothing else was met."""
    given: dict[str, Any] = {}
    for name, question in questions.items():
        if question["type"] == "photo":
            continue
        given[name] = times(2) if question["type"] == "duration" else stories.best(question)
    return given | {"queue": "no", "complaint_raised": "no"} | MET
