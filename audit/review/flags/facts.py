"""What is known of a submitted visit when its flags are looked for: times, places, photos, answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from sqlalchemy import select

from audit.branches import limits
from audit.checklists.published import Published
from audit.db import db
from audit.review.corrected import Answers, comments_of, manifest, submitted_answers
from audit.scoring import visit as scoring
from audit.visits import queries as visits
from audit.visits.lifecycle import Action
from audit.visits.models import Photo, Submission, Visit, VisitEvent

EARTH_METRES = 6_371_008.8
# Sections of the journey in which the shopper is not at the branch: what is answered there says nothing of when.
ELSEWHERE = ("before", "after")
CLOCK_TOLERANCE = timedelta(seconds=60)  # as the answers' own times (visits/jsonbody.py)


class Fix(NamedTuple):
    """A position in degrees; the accuracy in metres, None where it was not told."""

    latitude: float
    longitude: float
    accuracy: float | None = None


class Presence(NamedTuple):
    """Check-in and check-out as far as they are known."""

    came: datetime | None
    left: datetime | None

    @property
    def lasted(self) -> timedelta | None:
        """How long the shopper was there; nothing is shorter than no time."""
        if self.came is None or self.left is None:
            return None
        return max(self.left - self.came, timedelta(0))


@dataclass(frozen=True)
class Facts:
    """One submission of one visit with all that its flags are judged by."""

    visit: Visit
    at: datetime
    first: Submission  # the one that came from the visit itself
    last: Submission  # the one that is looked through
    photos: Sequence[Photo]  # of the last one, readable ones only, in form order
    presence: Presence
    fixes: Sequence[Fix]  # all that were told during the visit, the start first
    limits: Mapping[str, int]

    @property
    def known(self) -> Published:
        """The checklist."""
        return visits.checklist_of(self.visit)

    @property
    def has_place(self) -> bool:
        """Whether somebody had to go there; an enquiry by telephone has no place."""
        return bool(self.known.document.get("channel", "visit") == "visit")

    @cached_property
    def answers(self) -> Answers:
        """The answers in the form of scoring.md 1.4."""
        return submitted_answers(self.last)

    @cached_property
    def comments(self) -> dict[str, str]:
        """The comments by question."""
        return comments_of(self.last)

    @cached_property
    def result(self) -> Mapping[str, Any]:
        """What approving would give."""
        return scoring.score(self.known.checklist, self.answers)

    @cached_property
    def states(self) -> Mapping[str, str]:
        """The state of each question."""
        return scoring.states(self.known.checklist, self.answers)


def facts_of(visit: Visit, round_: int, at: datetime) -> Facts | None:
    """The facts of one round of a visit loaded with branch, client and version; None without a submission."""
    query = select(Submission).where(
        Submission.visit_id == visit.id, Submission.status == "accepted", Submission.round <= round_
    )
    accepted = list(db.session.scalars(query.order_by(Submission.round)))
    if not accepted or accepted[-1].round != round_:
        return None
    everything = list(db.session.scalars(select(Photo).where(Photo.visit_id == visit.id)))
    order = visits.checklist_of(visit).order
    sent = manifest(accepted[-1])
    photos = [one for one in everything if str(one.id) in sent and one.state != "unreadable"]
    known = visits.checklist_of(visit)
    return Facts(
        visit=visit,
        at=at,
        first=accepted[0],
        last=accepted[-1],
        photos=sorted(photos, key=lambda one: (order.get(one.question_id, len(order)), str(one.id))),
        presence=presence(visit, accepted[0], everything, known),
        fixes=fixes(visit, accepted[0], everything),
        limits=limits.read(visit.client.flag_limits),
    )


def presence(visit: Visit, first: Submission, photos: Iterable[Photo], known: Published) -> Presence:
    """From the arrival as told (or the start of the form) to the last answer given or photo taken there."""
    moments = [
        datetime.fromisoformat(given["at"])
        for question, given in first.payload["answers"].items()
        if "at" in given and _is_there(known, question)
    ]
    sent = manifest(first)
    taken = [one for one in photos if str(one.id) in sent and _is_there(known, one.question_id)]
    moments += [moment for one in taken if (moment := corrected(one.device_at, one.clock_offset)) is not None]
    there = [moment for moment in moments if moment <= first.at]
    return Presence(visit.visited_at or visit.started_at, max(there, default=None))


def _is_there(known: Published, question_id: str) -> bool:
    question = known.questions.get(question_id)
    return question is not None and question.get("section") not in ELSEWHERE


def is_there(facts: Facts, question_id: str) -> bool:
    """Whether the question is one for the place itself."""
    return _is_there(facts.known, question_id)


def corrected(moment: datetime | None, offset: float | None) -> datetime | None:
    """A moment by the device's clock in the server's time, where that clock is known to be off."""
    ahead = timedelta(minutes=round((offset or 0) / 60))
    return moment - ahead if moment is not None and abs(ahead) > CLOCK_TOLERANCE else moment


def fixes(visit: Visit, first: Submission, photos: Iterable[Photo]) -> list[Fix]:
    """The positions told during a visit: at its start and with the photos of its first submission."""
    sent = manifest(first)
    own = [one for one in photos if str(one.id) in sent]
    return started_at(visit) + [
        Fix(one.latitude, one.longitude, one.accuracy)
        for one in own
        if one.latitude is not None and one.longitude is not None
    ]


def started_at(visit: Visit) -> list[Fix]:
    """Where the form was started, if the device told."""
    query = select(VisitEvent.data).where(VisitEvent.visit_id == visit.id, VisitEvent.action == Action.START)
    data = db.session.scalar(query.order_by(VisitEvent.id.desc()).limit(1)) or {}
    told = data.get("position")
    return [Fix(told["latitude"], told["longitude"], told.get("accuracy"))] if told else []


def metres(one: Fix, other: Fix) -> float:
    """The great-circle distance by the haversine formula."""
    south, north = radians(one.latitude), radians(other.latitude)
    wide = radians(other.longitude - one.longitude)
    chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(wide / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(chord)))
