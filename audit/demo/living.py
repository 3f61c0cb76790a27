"""Living the planned visits through the real services, in the order of time."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.readers import Readers
from audit.db import db
from audit.demo.answers import Drawn
from audit.demo.painting.jobs import Picture
from audit.demo.pictures import Painted
from audit.demo.replies import FLAG_NOTES
from audit.demo.timeline import Life, Step
from audit.review import release
from audit.review import services as review
from audit.review.flags import rules
from audit.review.flags.queries import flags_of
from audit.visits import evidence, planning, queries, services, submission
from audit.visits.answering import Given, save_answers
from audit.visits.models import Photo, Visit
from audit.waves.models import Wave

FRESH = 400  # steps after which the planner looks again at tables that were empty when it first saw them
DEVICE = {"demo": True}


@dataclass
class World:
    """Who and what the visits need, and the visits made so far by number."""

    admin: Person
    editors: list[Person]
    shoppers: list[Person]
    branches: Mapping[str, Branch]  # by code
    waves: Mapping[str, Wave]
    painted: Mapping[UUID, Painted]
    read: Callable[[str], bytes]  # an original by its key
    lives: list[Life]
    seed: int
    until: datetime  # nothing happens from here on
    visits: dict[int, Visit] = field(default_factory=dict)
    readers: Mapping[int, Readers] = field(default_factory=dict)  # by branch
    evidence: Mapping[int, str] = field(default_factory=dict)  # a picture that proves something, by branch
    agenda: list[tuple[datetime, int, int, Step]] = field(default_factory=list)
    turns: Iterable[int] = field(default_factory=count)

    def plan(self, step: Step) -> None:
        """Let something happen at its time, unless that is too late."""
        if step.at < self.until:
            heapq.heappush(self.agenda, (step.at, step.visit, next(iter(self.turns)), step))

    def visit(self, step: Step) -> Visit:
        """The visit that a step is about."""
        return self.visits[step.visit]


Deed = Callable[[World, Step], None]


def live(world: World, deeds: Mapping[str, Deed], after: Mapping[str, Sequence[Deed]]) -> None:
    """Take every step in the order of time, and what follows `after` a step; flushes, the caller commits."""
    for step in sorted((one for life in world.lives for one in life.steps), key=lambda one: one.visit):
        world.plan(step)
    for turn in count():
        if not world.agenda:
            break
        if turn % FRESH == FRESH - 1:
            db.session.execute(
                text("ANALYZE visit, visit_event, photo, submission, answer, text_print, action")
            )
        step = heapq.heappop(world.agenda)[-1]
        deeds[step.action](world, step)
        for deed in after.get(step.action, ()):
            deed(world, step)


def _visit(world: World, step: Step) -> Visit:
    return world.visit(step)


def shopper_of(world: World, step: Step) -> Person:
    """Who holds the visit now."""
    held = world.visits[step.visit].shopper_id
    shopper = next((one for one in world.shoppers if one.id == held), None)
    if shopper is None:
        raise LookupError(f"visit {step.visit} has no shopper at {step.at}")
    return shopper


def _plan(world: World, step: Step) -> None:
    life = world.lives[step.visit]
    terms = planning.Terms(life.opens_on, life.closes_on, life.fee, life.expense_cap)
    wave, branch = world.waves[life.slot.wave], world.branches[life.place.code]
    world.visits[step.visit] = planning.plan_visits(wave, [branch.id], step.at, world.admin, terms)[0]


def _offer(world: World, step: Step) -> None:
    shopper = world.shoppers[step.detail["shopper"]]
    planning.assign(_visit(world, step), shopper, world.admin, step.at)


def _accept(world: World, step: Step) -> None:
    visit = _visit(world, step)
    seen = services.terms_seal(visit)
    services.accept(visit, shopper_of(world, step), step.at, conflict=False, terms_seen=seen)


def _conflict(world: World, step: Step) -> None:
    visit = _visit(world, step)
    services.accept(visit, shopper_of(world, step), step.at, conflict=True, terms_seen="")


def _decline(world: World, step: Step) -> None:
    services.decline(_visit(world, step), shopper_of(world, step), step.at)


def _withdraw(world: World, step: Step) -> None:
    services.withdraw(_visit(world, step), shopper_of(world, step), step.at)


def _expire(world: World, step: Step) -> None:
    services.expire(_visit(world, step), step.at)


def _cancel(world: World, step: Step) -> None:
    services.cancel(_visit(world, step), world.admin, step.at, step.detail["reason"])


def _start(world: World, step: Step) -> None:
    services.start(_visit(world, step), shopper_of(world, step), step.at)


def _abort(world: World, step: Step) -> None:
    visit, shopper = _visit(world, step), shopper_of(world, step)
    services.abort(visit, shopper, step.at, step.detail["reason"], step.detail["note"])


def _answers(world: World, step: Step) -> None:
    """What was given while still in the place; the rest comes with the submission."""
    given = [_given(one) for one in _drawn(world, step) if one.at <= step.detail["until"]]
    save_answers(_visit(world, step), shopper_of(world, step), step.at, given)


def _drawn(world: World, step: Step) -> list[Drawn]:
    story = world.lives[step.visit].story
    return [one for one in story.answers if one.value is not None or one.na] if story else []


def _given(one: Drawn) -> Given:
    return Given(one.question, one.value, one.na, one.comment, one.at)


def _photos(world: World, step: Step) -> None:
    for place, picture in enumerate(step.detail["pictures"]):
        _photo(world, step, picture, step.at + timedelta(seconds=4 * place))


def _photo(world: World, step: Step, picture: Picture, at: datetime) -> Photo:
    """One photo arrives; its copies are there already, so the job that makes them finds nothing to do."""
    painted = world.painted[picture.id]
    latitude, longitude = picture.position or (None, None)
    accuracy = 12.0 if picture.position else None
    taken = evidence.Taken(picture.taken_at, latitude, longitude, accuracy)
    data = world.read(painted.original)
    visit, shopper = _visit(world, step), shopper_of(world, step)
    photo, _new = evidence.add_photo(visit, shopper, at, picture.id, picture.question, data, taken)
    for name, key in painted.copies.items():
        setattr(photo, name, key)
    photo.state, photo.width, photo.height = "stored", painted.width, painted.height
    photo.dhash = painted.dhash
    return photo


def _submit(world: World, step: Step) -> None:
    visit = _visit(world, step)
    late: Iterable[Given] = ()
    story = world.lives[step.visit].story
    if visit.round == 1 and story is not None and story.left_at is not None:
        left = story.left_at
        late = [_given(one) for one in _drawn(world, step) if one.at > left]
    package = submission.Package(answers=tuple(late), device=DEVICE, visited_at=_arrived(world, step))
    submission.submit(visit, shopper_of(world, step), step.at, step.detail["id"], package)


def _arrived(world: World, step: Step) -> datetime | None:
    pictures = world.lives[step.visit].pictures
    story = world.lives[step.visit].story
    moments = [one.at for one in story.photos] if story else [one.taken_at for one in pictures]
    return min(moments, default=None)


def _return(world: World, step: Step) -> None:
    editor = world.editors[step.detail["editor"]]
    review.send_back(_visit(world, step), editor, step.at, step.detail["notes"])


def _correct(world: World, step: Step) -> None:
    visit, shopper = _visit(world, step), shopper_of(world, step)
    stored = queries.answers_of(visit)
    said: Mapping[str, str] = step.detail["said"]
    given = [_corrected(name, stored[name].value, stored[name], text, step.at) for name, text in said.items()]
    save_answers(visit, shopper, step.at, given)
    _photos(world, step)


def _corrected(name: str, value: Any, old: Any, text: str, at: datetime) -> Given:
    return Given(name, value, old.na, " ".join(part for part in (old.comment, text) if part), at)


def _approve(world: World, step: Step) -> None:
    visit, editor = _visit(world, step), world.editors[step.detail["editor"]]
    note = FLAG_NOTES[step.visit % len(FLAG_NOTES)] if rules.needs_reason(flags_of(visit)) else ""
    review.approve(visit, editor, step.at, flag_note=note)


def _reject(world: World, step: Step) -> None:
    editor = world.editors[step.detail["editor"]]
    reason, fraud = step.detail["reason"], step.detail["fraud"]
    review.reject(_visit(world, step), editor, step.at, reason, fraud=fraud)


def _release(world: World, step: Step) -> None:
    release.release(_visit(world, step), world.admin, step.at)


DEEDS: Mapping[str, Deed] = {
    "plan": _plan,
    "offer": _offer,
    "accept": _accept,
    "conflict": _conflict,
    "decline": _decline,
    "withdraw": _withdraw,
    "expire": _expire,
    "cancel": _cancel,
    "start": _start,
    "abort": _abort,
    "answers": _answers,
    "photos": _photos,
    "submit": _submit,
    "return": _return,
    "correct": _correct,
    "approve": _approve,
    "reject": _reject,
    "release": _release,
}
