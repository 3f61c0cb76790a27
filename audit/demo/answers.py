"""What a shopper saw: answers of one visit drawn by the branch's quality, with comments and photos owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from audit.demo import comments_enquiry, remarks
from audit.demo.comments_bank import BANK
from audit.demo.comments_retail import RETAIL
from audit.demo.details import detailed
from audit.scoring.visit import credit

Question = Mapping[str, Any]
SENTENCES = {"bank": BANK, "retail": RETAIL, "enquiry": comments_enquiry.ENQUIRY}

# Easier (+) or harder (−) to get right than the branch's quality says.
EASE = {
    "hours_online": 0.2, "address_match": 0.2, "badge": 0.12, "docs_told": 0.08, "needs_asked": -0.15,
    "fees_told": -0.08, "fees_in_writing": -0.18, "next_step": -0.1, "solution_offered": 0.12, "wait": -0.08,
    "exchange_solution": 0.14, "interrupted": 0.1, "exchange_blame": 0.14, "price_corrected": 0.1,
    "reached": 0.3, "docs_match": 0.15, "callback_kept": -0.05, "receipt_given": 0.12, "hotline_wait": -0.12,
}  # fmt: skip
# Circumstances: how often "yes", whatever the branch is like.
OFTEN = {"came_by_vehicle": 0.7, "had_to_wait": 0.75, "queue": 0.65, "callback_promised": 0.35}
# Rare events: the share of what the branch lacks (of its quality for a bonus) in which they happen.
RARE = {
    "insurance_tied": 0.25, "secret_asked": 0.05, "client_data_overheard": 0.12, "expired_item": 0.12,
    "raised_voice": 0.12, "complaint_raised": 0.3,
}  # fmt: skip
BONUS = {"contact_offered": 0.35, "carry_help": 0.35}
NOT_APPLICABLE = {
    "unknown_question": 0.45, "atm_broken": 0.15, "expired_item": 0.3, "alternative_offered": 0.1,
    "price_online_match": 0.12, "fees_match": 0.08, "policy_match": 0.1, "photo_hall": 0.3, "photo_rates": 0.3,
    "photo_till": 0.25, "photo_shelf": 0.12,
}  # fmt: skip
FIGURES: Mapping[str, Mapping[Fraction, tuple[int, ...]]] = {
    "atm_broken": {Fraction(1): (0,), Fraction(1, 2): (1,), Fraction(0): (2, 3)},
    "transfers": {Fraction(1): (0,), Fraction(1, 2): (1,), Fraction(0): (2, 3)},
    "price_tags": {Fraction(1): (5,), Fraction(1, 2): (3, 4), Fraction(0): (1, 2)},
}
WORDS = {Fraction(1): "good", Fraction(1, 2): "mid", Fraction(0): "bad"}


@dataclass(frozen=True)
class Drawn:
    """One answer; `value` None without `na` for a photo question."""

    question: str
    value: Any
    na: bool
    comment: str
    at: datetime


@dataclass(frozen=True)
class Owed:
    """A photo that comes with an answer, and what there is to see."""

    question: str
    scene: str
    at: datetime


@dataclass
class Story:
    """The answers in form order and the photos; `left_at` is when the shopper was out of the door."""

    answers: list[Drawn] = field(default_factory=list)
    photos: list[Owed] = field(default_factory=list)
    left_at: datetime | None = None


class Observer:
    """Draws one visit. `quality` by factor, "" for the whole, each 0 … 1; `arrival` in the branch's zone.

    `code` is the visit's number among all; `forced` are answers that are given, by question; `hurried` is a
    shopper who is out again in no time.
    """

    def __init__(
        self,
        kind: str,
        quality: Mapping[str, float],
        arrival: datetime,
        rng: Random,
        *,
        code: int = 0,
        forced: Mapping[str, str] | None = None,
        hurried: bool = False,
    ) -> None:
        self.kind, self.quality, self.rng = kind, quality, rng
        self.code, self.forced, self.hurried = code, forced or {}, hurried
        self.arrival = arrival
        self.clock = arrival - timedelta(minutes=rng.randint(70, 170))
        self.section = ""
        self.values: dict[str, Any] = {}
        self.credits: dict[str, list[float]] = {}
        self.story = Story()

    def observe(self, document: Mapping[str, Any]) -> Story:
        """Answer every question that is shown."""
        for question in document["questions"]:
            self._enter(question.get("section", ""))
            shown = question.get("show_if")
            if shown is None or self.values.get(shown["q"]) in shown["in"]:
                self._answer(question)
        return self.story

    def _enter(self, section: str) -> None:
        if section == self.section:
            return
        if self.section == "before":
            self.clock = self.arrival
        if section == "after":
            self.story.left_at = self.clock
            self.clock += timedelta(minutes=self.rng.randint(25, 110))
        self.section = section

    def _answer(self, question: Question) -> None:
        name = question["id"]
        self.clock += timedelta(seconds=self.rng.randint(12, 55) / (8 if self.hurried else 1))
        if name not in self.forced and question.get("na") and self.rng.random() < self._na_share(name):
            self._keep(question, None, "", na=True)
        elif question["type"] == "photo":
            self._keep(question, None, "")
            for _ in range(2 if self.rng.random() < 0.05 else 1):
                self._owe(question, None)
        elif question["type"] == "text":
            if question.get("required"):
                self._keep(question, self.rng.choice(SENTENCES[self.kind][name]["none"]), "")
            elif self.rng.random() < 0.9:
                self._keep(question, self._remark(), "")
        else:
            value = self._value(question)
            earned = credit(question, value)
            self._keep(question, value, self._comment(question, value, earned))
            self._count(question, earned)
            if question.get("photo") == "on_loss" and earned is not None and earned < 1:
                self._owe(question, value)

    def _na_share(self, name: str) -> float:
        if name == "fees_match" and self.values.get("fees_told") == "no":
            return 0.85  # no figure was named that could be compared
        return NOT_APPLICABLE.get(name, 0.04)

    def _keep(self, question: Question, value: Any, comment: str, na: bool = False) -> None:
        self.values[question["id"]] = value
        self.story.answers.append(Drawn(question["id"], value, na, comment, self.clock))

    def _owe(self, question: Question, value: Any) -> None:
        self.story.photos.append(
            Owed(question["id"], scene_of(self.kind, question["id"], value, self.rng), self.clock)
        )

    def _count(self, question: Question, earned: Fraction | None) -> None:
        if earned is not None and question.get("factor") and question.get("weight", 1):
            self.credits.setdefault(question["factor"], []).append(float(earned))

    def _chance(self, question: Question) -> float:
        base = self.quality.get(question.get("factor", ""), self.quality[""])
        return min(0.985, max(0.04, base + EASE.get(question["id"], 0.0)))

    def _level(self, question: Question) -> float:
        """How good it was, 0 … 1: mostly near the branch's level, sometimes quite different."""
        chance = self._chance(question)
        return self.rng.betavariate(2.2 * chance, 2.2 * (1 - chance))

    def _value(self, question: Question) -> Any:
        drawn = getattr(self, f"_{question['type']}")(question)
        return self.forced.get(question["id"], drawn)

    def _yesno(self, question: Question) -> str:
        name, good = question["id"], question.get("good", "yes")
        bad = "no" if good == "yes" else "yes"
        lacks = 1 - self.quality[""]
        if name in OFTEN:
            return "yes" if self.rng.random() < OFTEN[name] else "no"
        if name in RARE:
            return "yes" if self.rng.random() < RARE[name] * lacks else "no"
        if name in BONUS:
            return good if self.rng.random() < BONUS[name] * self.quality[""] else bad
        return good if self.rng.random() < self._chance(question) else bad

    def _single(self, question: Question) -> str:
        level = self._level(question)
        options = [option["id"] for option in question["options"]]
        gaps = {name: abs(float(credit(question, name) or 0) - level) for name in options}
        nearest = min(gaps.values())
        chosen: str = self.rng.choice([name for name in options if gaps[name] - nearest < 1e-9])
        return chosen

    def _multi(self, question: Question) -> list[str]:
        share = (1 - self._chance(question)) * 0.36
        return [option["id"] for option in question["options"] if self.rng.random() < share]

    def _scale(self, question: Question) -> int:
        low, high = question["min"], question["max"]
        level = self._level(question)
        if question.get("weight", 1) == 0:  # satisfaction follows from what was seen
            level = self._mean() ** 1.2 + self.rng.gauss(0, 0.08)
        return int(min(high, max(low, round(low + level * (high - low)))))

    def _mean(self) -> float:
        every = [one for found in self.credits.values() for one in found]
        return sum(every) / len(every) if every else self.quality[""]

    def _number(self, question: Question) -> int:
        table = FIGURES[question["id"]]
        level = self._level(question)
        return self.rng.choice(table[min(table, key=lambda one: abs(float(one) - level))])

    def _duration(self, question: Question) -> dict[str, str]:
        short, long = (float(Fraction(band["upto"])) for band in question["bands"][:2])
        level = self._level(question)
        if level > 0.6:
            minutes = self.rng.uniform(0.3 * short, short)
        elif level > 0.3:
            minutes = self.rng.uniform(short + 0.2, long)
        else:
            minutes = self.rng.uniform(long + 0.2, long * 1.7)
        if self.hurried:
            minutes = min(minutes, 0.3 * short) / 2
        start = self.clock.replace(microsecond=0)
        end = start + timedelta(seconds=int(minutes * 60))
        self.clock = end
        return {"start": start.isoformat(), "end": end.isoformat()}

    def _comment(self, question: Question, value: Any, earned: Fraction | None) -> str:
        known = SENTENCES[self.kind].get(question["id"], {})
        outcomes = _outcomes(question, value, earned)
        fine = earned is None or earned == 1
        share = 0.13 if fine else 0.55 if earned else 0.75
        if self.rng.random() >= share:
            return ""
        said = [self.rng.choice(known[one]) for one in outcomes if one in known]
        minutes = 0 if question["type"] != "duration" else _minutes(value)
        told = " ".join(one.format(m=minutes, n=value) if "{" in one else one for one in said)
        return self._detailed(told, question["id"])

    def _remark(self) -> str:
        means = {name: sum(found) / len(found) for name, found in self.credits.items()}
        best, worst = max(means, key=lambda one: means[one]), min(means, key=lambda one: means[one])
        known = comments_enquiry if self.kind == "enquiry" else remarks
        said = [self.rng.choice(known.PRAISE[best])] if means[best] > 0.55 else []
        if means[worst] < 0.85:
            said.append(self.rng.choice(known.WISHES[worst]))
        return self._detailed(" ".join(said) or self.rng.choice(known.PRAISE[best]), "comment")

    def _detailed(self, told: str, question: str) -> str:
        return detailed(told, question, self.section, self.code, there=self.kind != "enquiry")


def _outcomes(question: Question, value: Any, earned: Fraction | None) -> Sequence[str]:
    """The keys of the sentences that fit."""
    kind = question["type"]
    if kind == "multi":
        return value or ["none"]
    if kind == "scale":
        level = float(earned or 0)
        return ["high" if level >= 0.75 else "mid" if level >= 0.5 else "low"]
    if kind in ("number", "duration"):
        return [WORDS.get(earned, "")] if earned is not None else []
    return [value]


def _minutes(value: Mapping[str, str]) -> int:
    start, end = (datetime.fromisoformat(value[one]) for one in ("start", "end"))
    return max(1, round((end - start).total_seconds() / 60))


SCENES = {
    "photo_front": ("front",),
    "photo_contact": ("contact",),
    "photo_rates": ("rates",),
    "photo_hall": ("hall",),
    "photo_shelf": ("shelf",),
    "photo_till": ("till",),
    "hours_match": ("hours",),
    "atm_broken": ("atm",),
    "aisle_blocked": ("aisle",),
    "floor_dirty": ("floor",),
    "price_tags": ("bare_shelf",),
    "price_online_match": ("tag",),
    "price_charged": ("receipt",),
    "expired_item": ("label",),
}
PROBLEMS = {
    "dirty": "floor", "no_seat": "hall", "ticket_down": "kiosk", "no_forms": "desk", "old_poster": "poster",
    "sign_damaged": "front", "litter": "litter", "door_blocked": "aisle", "dirty_glass": "hours",
}  # fmt: skip


def scene_of(kind: str, question: str, value: Any, rng: Random) -> str:
    """What a photo shows: the thing itself, or the first problem that was ticked."""
    del kind
    if isinstance(value, list):
        return PROBLEMS[value[0]] if value else "floor"
    return rng.choice(SCENES[question])
