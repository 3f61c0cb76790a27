"""A visit from its start to the flags of its submission, through the real services; without a word, no flag."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import cos, degrees, radians
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.review.flags import job, words
from audit.review.flags.facts import EARTH_METRES
from audit.review.layers import Flag
from audit.scoring import visit as scoring
from audit.visits import evidence, queries, services, submission
from audit.visits.answering import Given, save_answers
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, photo_files, stories

HERE = (21.0246, 105.8479)
CAME = factories.AT  # Saturday, 10:05 at the branch
HANOI = timedelta(hours=7)
_seeds = itertools.count(1_000)
Position = dict[str, float | None]


def east(metres: float, accuracy: float | None = 10.0, of: tuple[float, float] = HERE) -> Position:
    """A position so many metres east of a place, along the great circle but for a hair."""
    wide = degrees(metres / (EARTH_METRES * cos(radians(of[0]))))
    return {"latitude": of[0], "longitude": of[1] + wide, "accuracy": accuracy, "age": 1.0}


@dataclass(frozen=True)
class Shot:
    """A photo: its bytes, when the device says it was added, what its file says."""

    data: bytes
    question: str = "front"
    at: datetime = CAME + timedelta(minutes=5)
    position: tuple[float, float, float] | None = None
    offset: float | None = None


@cache
def picture(seed: int, taken: datetime | None = CAME + timedelta(minutes=5)) -> bytes:
    """A picture of its own for each seed, taken during the visit unless said otherwise."""
    local = None if taken is None else (taken + HANOI).replace(tzinfo=None)
    return photo_files.jpeg(320, 240, seed, taken_at=local)


def shot(**more: Any) -> Shot:
    """A photo that is alike no other."""
    return Shot(**{"data": picture(next(_seeds)), **more})


@dataclass
class Scene:
    """How a visit went; times are the server's, answers the best ones but for `values`."""

    wave: Wave
    branch: Branch
    shopper: Person
    came: datetime = CAME
    lasted: timedelta = timedelta(minutes=30)
    sent: timedelta = timedelta(minutes=40)  # after coming
    start: Position | None = field(default_factory=lambda: east(0))
    shots: Sequence[Shot] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, timedelta] = field(default_factory=dict)  # by question, after coming; else the end
    told: datetime | None = None  # the arrival as the shopper says it
    submitted: Visit | None = None

    def play(self) -> Visit:
        """The visit, submitted; photos have their copies and hashes."""
        visit = factories.visit(self.wave, self.branch, self.shopper)
        visit.accepted_at = self.came - timedelta(days=1)
        db.session.commit()
        visit = queries.locked_visit_for(self.shopper, visit.id)
        facts: dict[str, Any] = {} if self.start is None else {"position": self.start}
        services.start(visit, self.shopper, self.came, **facts)
        self._answer(visit)
        for one in self._shots():
            self._photo(visit, one)
        package = submission.Package(visited_at=self.told)
        submission.submit(visit, self.shopper, self.came + self.sent, uuid4(), package)
        db.session.commit()
        evidence.prepare(visit.id)
        return visit

    def _shots(self) -> Sequence[Shot]:
        if self.shots is not None:
            return self.shots
        at = self.came + min(timedelta(minutes=5), self.lasted)
        return [shot(at=at, data=picture(next(_seeds), at))]

    def _answer(self, visit: Visit) -> None:
        known = queries.checklist_of(visit)
        wanted = {name: stories.best(one) for name, one in known.questions.items()} | dict(self.values)
        document = {
            name: {"na": True} if value == "na" else {"value": value}
            for name, value in wanted.items()
            if value is not None
        }
        shown = scoring.states(known.checklist, document)
        given = []
        for name, answer in document.items():
            if shown[name] != "hidden":
                at = self.came + self.times.get(name, self.lasted)
                comment = self.comments.get(name, "")
                given.append(Given(name, answer.get("value"), "na" in answer, comment, at))
        save_answers(visit, self.shopper, self.came, given)

    def _photo(self, visit: Visit, one: Shot) -> None:
        latitude, longitude, accuracy = one.position or (None, None, None)
        taken = evidence.Taken(one.at, latitude, longitude, accuracy, clock_offset=one.offset)
        evidence.add_photo(visit, self.shopper, one.at, uuid4(), one.question, one.data, taken)

    def flags(self) -> dict[str, Flag]:
        """The flags by code; where there are several of one code, the first."""
        visit = self.submitted = self.play()
        job.look_through(visit.id, 1, self.came + self.sent)
        return flags_of(visit)


def flags_of(visit: Visit, round_: int = 1) -> dict[str, Flag]:
    """What is stored, by code."""
    query = select(Flag).where(Flag.visit_id == visit.id, Flag.round == round_).order_by(Flag.id.desc())
    return {flag.code: flag for flag in db.session.scalars(query)}


def said(flag: Flag) -> str:
    """Its reason in the language of the test."""
    visit = db.session.get_one(Visit, flag.visit_id)
    return words.reason(flag, queries.checklist_of(visit).questions, visit.branch.timezone)
