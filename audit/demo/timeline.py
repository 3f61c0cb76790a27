"""What happens to each visit and when: every step of its life, with the answers and photos it brings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from audit.demo.answers import Observer, Story
from audit.demo.calendar import ZONE, Period, moment
from audit.demo.chance import dice
from audit.demo.painting.jobs import Picture, picture_of, smaller
from audit.demo.places import Brand, Place
from audit.demo.plan import Slot
from audit.demo.receipts import Spent, spent_at
from audit.demo.remarks import ABORTS, CANCELS, CORRECTIONS, FRAUD, NOTES, REJECTIONS
from audit.visits.lifecycle import State

LIVED = frozenset(
    {State.IN_PROGRESS, State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED, State.REJECTED}
)
# How many days ago the visit was, at least and at most, where the state says so.
AGES = {
    State.APPROVED: (3, 6),
    State.SUBMITTED: (1, 2),
    State.RETURNED: (4, 6),
    State.IN_PROGRESS: (1, 1),
}
# The same for visits that something special happens to.
TWISTED_AGES: Mapping[str, tuple[int, int]] = {
    "claimed": (2, 3),
    "correction_waits": (2, 3),
    "escalated": (6, 6),
    "dispute_open": (9, 10),
    "dispute_overdue": (18, 22),
    "dispute_upheld": (26, 30),
    "dispute_declined": (24, 30),
}
ESCALATE_HOURS = 120  # what the demo's clients are promised
TERMS = {
    "bank": (180_000, 20_000),
    "retail": (150_000, 150_000),
    "enquiry": (90_000, 0),
}  # fee and cap in đồng
ALARMING = {"bank": "secret_asked", "retail": "expired_item"}
NEWEST_FINISHED = 9  # days: a released visit was returned, corrected, approved and released since


@dataclass(frozen=True)
class Step:
    """One thing that happens: an action of `living`, at a time, with what it needs."""

    at: datetime
    visit: int
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Life:
    """A visit with its terms and steps in order; `story` and `pictures` where somebody was there."""

    slot: Slot
    brand: Brand
    place: Place
    opens_on: date
    closes_on: date
    fee: int
    expense_cap: int
    is_old: bool = False  # of a wave that matters only for its figures
    steps: list[Step] = field(default_factory=list)
    story: Story | None = None
    pictures: list[Picture] = field(default_factory=list)
    spent: Spent | None = None


class Biographer:
    """Writes the life of one visit, by chance of its own; `busy` are days on which shoppers are elsewhere."""

    def __init__(
        self,
        number: int,
        slot: Slot,
        brand: Brand,
        period: Period,
        today: date,
        seed: int,
        busy: Collection[tuple[int, date]] = (),
    ) -> None:
        self.number, self.slot, self.period, self.today, self.seed = number, slot, period, today, seed
        self.rng = dice(seed, slot.wave, slot.branch, slot.turn)
        self.place = brand.places[slot.branch]
        self.day = self._free_day(busy)
        opens, closes = self._window()
        fee, cap = TERMS[period.kind]
        if "Phú Quốc" in self.place.name or "Đà Lạt" in self.place.name:
            fee += 60_000
        self.life = Life(slot, brand, self.place, opens, closes, fee, cap, period.is_old)

    def write(self, document: Mapping[str, Any]) -> Life:
        """The whole life up to the slot's state."""
        self._plan()
        state = self.slot.state
        if state == State.CANCELLED:
            self._cancel()
        elif state == State.ABORTED:
            self._abort()
        elif state in LIVED:
            self._observe(document)
            self._perform()
        return self.life

    def _do(self, at: datetime, action: str, **detail: Any) -> None:
        self.life.steps.append(Step(at, self.number, action, detail))

    def _between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def _free_day(self, busy: Collection[tuple[int, date]]) -> date:
        """A day on which this shopper is at no other branch, where there is one."""
        day = self._day()
        for _ in range(12):
            if (self.slot.shopper, day) not in busy:
                break
            day = self._day()
        return day

    def _day(self) -> date:
        """The day of the visit; for one that lies ahead, the day on which its window opens."""
        state, period = self.slot.state, self.period
        if self.slot.again and not period.ended:
            return self.today + timedelta(days=self.rng.randint(0, 3))
        if state in (State.PLANNED, State.OFFERED, State.ACCEPTED):
            return self.today + timedelta(days=self.rng.randint(0, 4))
        ages = TWISTED_AGES.get(self.slot.twist) or AGES.get(state)
        if self.slot.twist == "late":
            ages = (4, 5)
        if ages is not None:
            least, most = ages
            day = self.today - timedelta(days=self.rng.randint(least, most))
        else:
            newest = period.ends_on - timedelta(days=9)
            if not period.ended:
                newest = self.today - timedelta(days=NEWEST_FINISHED)
            first = period.starts_on + timedelta(days=20 if self.slot.again else 5)
            day = self._between(min(first, newest), newest)
        late = max(0, day.weekday() - 4) if self.slot.wave.startswith("bank") else 0
        return day - timedelta(days=late)

    def _window(self) -> tuple[date, date]:
        """First and last day for the visit, inside the wave."""
        rng, state = self.rng, self.slot.state
        if state == State.ACCEPTED and self.slot.turn % 5 == 4 and self.slot.shopper != 0:
            return self.today - timedelta(days=9), self.today - timedelta(days=3)  # overdue
        ahead = self.day >= self.today
        opens = self.day if ahead else self.day - timedelta(days=rng.randint(1, 4))
        closes = self.day + timedelta(days=rng.randint(3, 11) if ahead else rng.randint(1, 6))
        if state in (State.IN_PROGRESS, State.RETURNED):
            closes = self.today + timedelta(days=rng.randint(1, 5))
        return max(opens, self.period.starts_on), min(closes, self.period.ends_on)

    def _plan(self) -> None:
        rng, opens = self.rng, self.life.opens_on
        start = self.period.starts_on
        planned = moment(opens - timedelta(days=4) if self.slot.again else start - timedelta(days=12), 9, 15)
        planned = min(planned, moment(self.today - timedelta(days=5), 9, 15))
        self._do(planned, "plan")
        if self.slot.state == State.PLANNED:
            return
        first = min(opens - timedelta(days=rng.randint(2, 3)), self.today - timedelta(days=3))
        offered = moment(
            max(first, planned.date() + timedelta(days=1)), rng.randint(8, 11), rng.randint(0, 59)
        )
        if self.slot.free and not self.slot.again and rng.random() < 0.4:
            offered = self._history(offered)
        if self.slot.state == State.CANCELLED and rng.random() < 0.5:
            return
        self._do(offered, "offer", shopper=self.slot.shopper)
        if self.slot.state not in (State.OFFERED, State.CANCELLED):
            self._do(offered + timedelta(minutes=rng.randint(20, 500)), "accept")

    def _history(self, offered: datetime) -> datetime:
        """Somebody else had it first; returns when it is offered again."""
        other = self.rng.choice(self.slot.free)
        before = offered - timedelta(hours=22)
        if before <= self.life.steps[0].at:
            return offered
        self._do(before, "offer", shopper=other)
        kind = self.rng.choice(("decline", "decline", "conflict", "withdraw", "expire"))
        if kind == "withdraw":
            self._do(before + timedelta(minutes=40), "accept")
        self._do(before + timedelta(hours=self.rng.randint(2, 19)), kind)
        return offered

    def _cancel(self) -> None:
        last = self.life.steps[-1].at
        self._do(last + timedelta(hours=self.rng.randint(3, 20)), "cancel", reason=self.rng.choice(CANCELS))

    def _arrival(self) -> datetime:
        rng = self.rng
        if self.slot.twist == "off_schedule":
            return moment(self.day, 6, rng.randint(8, 20))  # before any of the shops opens
        if self.slot.wave.startswith("bank"):
            morning = rng.random() < 0.5
            hour = rng.randint(8, 9) if morning else rng.randint(13, 15)
            return moment(self.day, hour, rng.randint(30, 55) if morning else rng.randint(10, 45))
        latest = 16 if self.day >= self.today - timedelta(days=1) else 19
        return moment(self.day, rng.randint(9, latest), rng.randint(0, 59))

    def _abort(self) -> None:
        arrival = self._arrival()
        reason = self.rng.choice(("closed", "recognised", "asked_to_leave", "unsafe"))
        self._do(arrival, "start")
        note = self.rng.choice(ABORTS[reason])
        if reason in ("closed", "unsafe"):
            shot = self._picture("photo_front", "shutter", arrival + timedelta(minutes=3))
            self.life.pictures.append(shot)
            self._do(arrival + timedelta(minutes=4), "photos", pictures=[shot])
        self._do(arrival + timedelta(minutes=9), "abort", reason=reason, note=note)

    def _observe(self, document: Mapping[str, Any]) -> None:
        place, rng = self.place, self.rng
        swing = rng.gauss(0, 0.06) + (place.before - 0.03 if self.period.ended else 0.0)
        whole = min(0.97, max(0.15, place.quality + swing))
        quality = {"": whole} | {name: min(0.98, max(0.1, whole + lean)) for name, lean in place.leanings}
        kind, twist = self.period.kind, self.slot.twist
        observer = Observer(
            kind,
            quality,
            self._arrival(),
            rng,
            code=self.slot.code,
            forced=dict(place.answers) | ({ALARMING[kind]: "yes"} if twist.startswith("alarm") else {}),
            hurried=twist == "too_fast",
        )
        story = observer.observe(document)
        self.life.story = story
        if self.slot.state == State.IN_PROGRESS:
            _halve(story)
        self.life.pictures = [self._picture(one.question, one.scene, one.at) for one in story.photos]

    def _picture(self, question: str, scene: str, at: datetime) -> Picture:
        far = self.slot.state == State.REJECTED and self.slot.turn % 2 == 1  # the one that is fraud
        aside = self.slot.twist == "far"
        made = picture_of(self.life.brand, self.place, question, scene, at, self.rng, far=far, aside=aside)
        return made if not self.period.ended else replace(made, size=smaller(made.size))

    def _perform(self) -> None:
        story, rng, state = self.life.story, self.rng, self.slot.state
        assert story is not None  # noqa: S101 - observed just before
        self._do(story.answers[0].at - timedelta(minutes=3), "start")
        left = story.left_at or story.answers[-1].at
        self._do(left + timedelta(minutes=4), "answers", until=left)
        self._do(left + timedelta(minutes=6), "photos", pictures=list(self.life.pictures))
        if state == State.IN_PROGRESS:
            return
        end = max(story.answers[-1].at, left + timedelta(minutes=7)) + timedelta(minutes=rng.randint(8, 70))
        if self.slot.twist == "late":
            end += timedelta(hours=29)
        self._do(end, "submit", id=_uuid(rng))
        self._spend(left, end)
        if state == State.SUBMITTED:
            self._wait(end)
        else:
            self._review(end)

    def _spend(self, left: datetime, submitted: datetime) -> None:
        """What was laid out, told in the evening; with dice of its own."""
        if self.place.is_remote:
            return
        spent = spent_at(self.life.brand, self.place, left, dice(self.seed, self.slot.code, "spent"))
        if spent is not None:
            self.life.spent = spent
            self._do(submitted + timedelta(minutes=11), "spend")

    def _wait(self, submitted: datetime) -> None:
        """What happens to a submission that nobody has decided about."""
        twist, editor = self.slot.twist, self.slot.code % 2
        morning = moment(submitted.astimezone(ZONE).date() + timedelta(days=1), 9, 40)
        if twist == "escalated":
            self._do(submitted + timedelta(hours=ESCALATE_HOURS, minutes=4), "escalate")
        elif twist == "claimed":
            self._do(morning, "claim", editor=editor)
        elif twist == "correction_waits":
            self._do(morning, "amend", editor=editor)

    def _review(self, submitted: datetime) -> None:
        rng, state = self.rng, self.slot.state
        day = submitted.astimezone(ZONE).date()
        editor = rng.randint(0, 1)
        fraud = state == State.REJECTED and self.slot.turn % 2 == 1
        returned = state == State.RETURNED or (state == State.REJECTED and not fraud) or rng.random() < 0.22
        checked = moment(day + timedelta(days=1), rng.randint(9, 11), rng.randint(0, 59))
        if returned and not fraud and state != State.APPROVED and not self.place.is_remote:
            self._return(checked, editor)
            if state == State.RETURNED:
                return
            checked += timedelta(days=2)
        if state == State.REJECTED:
            reason = FRAUD if fraud else rng.choice(REJECTIONS)
            self._do(checked, "reject", editor=editor, reason=reason, fraud=fraud)
            if self.slot.twist.startswith("appeal"):
                appealed = checked + timedelta(days=1, hours=7)
                self._do(appealed, "appeal")
                if self.slot.twist == "appeal_declined":
                    self._do(appealed + timedelta(days=2), "answer_appeal")
            return
        checked = self._look_closely(checked, editor)
        self._do(checked, "approve", editor=editor)
        self._grade(checked, editor)
        if state == State.RELEASED:
            self._do(self._release_day(checked), "release")

    def _look_closely(self, at: datetime, editor: int) -> datetime:
        """Corrections and what is covered, before the approval; returns when that can be."""
        twist = self.slot.twist
        if twist in ("correction_agreed", "correction_declined"):
            self._do(at, "amend", editor=editor)
            is_agreed = twist == "correction_agreed"
            self._do(at + timedelta(hours=3), "answer_amendment", agreed=is_agreed, editor=1 - editor)
            return at + timedelta(hours=4)
        if twist in ("comment_covered", "photo_covered"):
            self._do(at, "cover", editor=editor, what=twist.partition("_")[0])
            return at + timedelta(minutes=16)
        return at

    def _grade(self, approved: datetime, editor: int) -> None:
        rng = dice(self.seed, self.slot.code, "grade")
        if rng.random() < 0.85:
            grade = rng.choices((5, 4, 3, 2), (34, 42, 19, 5))[0]
            self._do(approved + timedelta(minutes=3), "grade", editor=editor, grade=grade)

    def _release_day(self, approved: datetime) -> datetime:
        """Fridays in the afternoon; what was approved since waits no longer than until yesterday."""
        day = approved.date() + timedelta(days=1)
        friday = day + timedelta(days=(4 - day.weekday()) % 7)
        return moment(min(friday, self.today - timedelta(days=1)), 16, 30)

    def _return(self, at: datetime, editor: int) -> None:
        story, rng = self.life.story, self.rng
        assert story is not None  # noqa: S101 - only visits with answers are returned
        plain = [one for one in story.answers if one.value is not None and not isinstance(one.value, dict)]
        timed = [one for one in story.answers if isinstance(one.value, dict)]
        quiet = [one for one in plain if not one.comment and one.question not in ("comment", "nps", "csat")]
        notes = {rng.choice(quiet).question: rng.choice(NOTES["other"])}
        if rng.random() < 0.6:
            notes[rng.choice(timed).question] = rng.choice(NOTES["duration"])
        if rng.random() < 0.6 or len(notes) < 2:
            notes["photo_front"] = rng.choice(NOTES["photo"])
        self._do(at, "return", editor=editor, notes=notes)
        if self.slot.state == State.RETURNED:
            return
        again = at + timedelta(hours=rng.randint(5, 11))
        extra = []
        if "photo_front" in notes:
            extra = [self._picture("photo_front", "front", self.life.pictures[0].taken_at)]
            self.life.pictures += extra
        said = {question: rng.choice(CORRECTIONS) for question in notes if question != "photo_front"}
        self._do(again, "correct", said=said, pictures=extra)
        self._do(again + timedelta(minutes=12), "submit", id=_uuid(rng))


def _halve(story: Story) -> None:
    """Keep the first half: the shopper has not come further yet."""
    story.answers = story.answers[: len(story.answers) // 2]
    last = story.answers[-1].at
    story.photos = [one for one in story.photos if one.at <= last]
    story.left_at = last


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
