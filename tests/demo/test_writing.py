"""The demo as it is written, before any database: counts, rules, times, sentences."""

import json
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from audit.demo.answers import SENTENCES
from audit.demo.calendar import ZONE, moment, periods
from audit.demo.details import SAME_LETTERS
from audit.demo.load import write
from audit.demo.places import BRANDS
from audit.demo.timeline import Life
from audit.demo.twists import TWISTS
from audit.scoring import visit as scoring
from audit.visits.lifecycle import State

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    """The whole demo of one day."""
    return write(2026, 1.0, TODAY)


def document(kind: str) -> dict[str, Any]:
    """A built-in checklist."""
    return json.loads(files("audit").joinpath("checklists", "builtin", f"{kind}.json").read_text("utf-8"))


def test_has_the_promised_size(lives: list[Life]) -> None:
    assert len(BRANDS) == 3
    assert sum(len(brand.places) for brand in BRANDS) == 32
    assert len(periods(TODAY)) == 6
    assert 280 <= len(lives) <= 310
    assert {life.slot.shopper for life in lives} == set(range(12))
    assert {life.slot.state for life in lives} == set(State)


def test_same_seed_writes_the_same_and_another_does_not(lives: list[Life]) -> None:
    assert write(2026, 1.0, TODAY) == lives
    assert write(7, 1.0, TODAY) != lives


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_nothing_happens_in_the_future_and_steps_are_in_order(today: date) -> None:
    for life in write(1, 1.0, today):
        times = [step.at for step in life.steps]
        assert times == sorted(times), life.slot
        assert times[-1] < moment(today, 0), life.slot
        assert life.opens_on <= life.closes_on


def test_waves_leave_time_before_and_after_today() -> None:
    for days in range(800):
        today = date(2026, 1, 1) + timedelta(days=days)
        every = {period.key: period for period in periods(today)}
        first, past, now = every["bank-first"], every["bank-past"], every["bank-now"]
        assert first.ends_on + timedelta(days=1) == past.starts_on
        assert past.ends_on + timedelta(days=1) == now.starts_on <= today - timedelta(days=30)
        assert now.ends_on >= today + timedelta(days=21)
        assert len({first.name, past.name, now.name}) == 3
        assert {key for key, period in every.items() if period.brand == "retail"} == {
            "retail-past",
            "retail-now",
        }


def test_rotation_and_shares_hold(lives: list[Life]) -> None:
    pairs = Counter((life.place.code, life.slot.shopper, life.slot.wave == "bank-first") for life in lives)
    assert max(pairs.values()) == 1
    first = {(life.place.code, life.slot.shopper) for life in lives if life.slot.wave == "bank-first"}
    assert not first & {
        (life.place.code, life.slot.shopper) for life in lives if life.slot.wave == "bank-past"
    }
    by_wave = Counter((life.slot.wave, life.slot.shopper) for life in lives)
    totals = Counter(life.slot.wave for life in lives)
    assert all(count <= totals[wave] / 10 + 1 for (wave, _), count in by_wave.items())


def test_nobody_is_asked_about_two_visits_to_a_branch_in_one_wave() -> None:
    for seed in (2026, 7, 8):
        asked = Counter(
            (life.slot.wave, life.place.code, step.detail["shopper"])
            for life in write(seed, 1.0, TODAY)
            for step in life.steps
            if step.action == "offer"
        )
        assert max(asked.values()) == 1


def test_released_visits_are_spread_as_planned(lives: list[Life]) -> None:
    done = Counter(
        life.place.code
        for life in lives
        if life.slot.state == State.RELEASED and life.slot.wave.endswith("now")
    )
    counts = [done[place.code] for brand in BRANDS[:2] for place in brand.places]
    assert counts.count(0) == 1
    assert sum(count >= 3 for count in counts) >= 18
    assert any(count in (1, 2) for count in counts)


def test_every_twist_befalls_a_visit(lives: list[Life]) -> None:
    planned = Counter(twist.name for twist in TWISTS)
    for every in (lives, write(5, 1.0, TODAY)):
        assert Counter(life.slot.twist for life in every if life.slot.twist) == planned
    assert {life.slot.twist for life in write(2026, 0.0, TODAY)} == {
        "",
        *planned,
    }  # a small one has each kind


def test_long_texts_stand_in_one_visit_only_but_for_the_one_that_was_copied(lives: list[Life]) -> None:
    texts: dict[str, set[int]] = {}
    for number, life in enumerate(lives):
        for one in life.story.answers if life.story else []:
            for text in (one.comment, one.value if one.question == "comment" else ""):
                if text and len(text) >= SAME_LETTERS:
                    texts.setdefault(text, set()).add(number)
    shared = [numbers for numbers in texts.values() if len(numbers) > 1]
    assert len(shared) == 1
    assert any(lives[number].slot.twist == "text_same" for number in shared[0])


def test_receipts_add_up_to_what_is_asked_for(lives: list[Life]) -> None:
    spent = [(life, life.spent) for life in lives if life.spent is not None]
    assert len(spent) > 20
    for life, one in spent:
        prices = [int(line.split("\t")[1]) for line in one.receipt.facts["lines"].split("|")]
        assert 0 < sum(prices) == one.amount <= life.expense_cap


def test_answers_are_complete_and_fit_the_checklist(lives: list[Life]) -> None:
    for brand, kind in (("bank", "bank"), ("retail", "retail"), ("insurer", "enquiry")):
        prepared = scoring.prepare(document(kind))
        whole = [life for life in lives if life.brand.key == brand and life.slot.state == State.RELEASED]
        assert whole
        for life in whole:
            assert life.story is not None
            given: dict[str, dict[str, Any]] = {}
            for one in life.story.answers:
                given[one.question] = (
                    {"na": True} if one.na else {} if one.value is None else {"value": one.value}
                )
            for picture in life.pictures:
                given[picture.question]["photos"] = given[picture.question].get("photos", 0) + 1
            assert scoring.score(prepared, given)["status"] == "scored"


def test_sentences_belong_to_an_outcome_of_their_question() -> None:
    words = {"yesno": {"yes", "no"}, "scale": {"low", "mid", "high"}}
    words |= {"text": {"none"}} | {kind: {"good", "mid", "bad"} for kind in ("number", "duration")}
    for kind, sentences in SENTENCES.items():
        questions = {question["id"]: question for question in document(kind)["questions"]}
        for name, outcomes in sentences.items():
            question = questions[name]
            allowed = words.get(question["type"]) or {one["id"] for one in question["options"]} | {"none"}
            assert set(outcomes) <= allowed, name
    texts = [
        text
        for kind in SENTENCES.values()
        for known in kind.values()
        for some in known.values()
        for text in some
    ]
    assert len(set(texts)) >= 240


def test_comments_tell_the_minutes_that_were_measured(lives: list[Life]) -> None:
    told = [
        one
        for life in lives
        if life.story
        for one in life.story.answers
        if isinstance(one.value, dict) and one.comment
    ]
    assert told
    assert not any("{" in one.comment for one in told)


def test_newcomer_has_a_visit_in_every_state_of_a_shopper(lives: list[Life]) -> None:
    mine = {life.slot.state: life for life in lives if life.slot.shopper == 0}
    assert set(mine) >= {
        State.OFFERED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.RETURNED,
        State.SUBMITTED,
        State.RELEASED,
    }
    for state in (State.OFFERED, State.ACCEPTED, State.IN_PROGRESS, State.RETURNED):
        assert mine[state].closes_on >= TODAY
    story = mine[State.IN_PROGRESS].story
    assert story is not None
    assert 15 <= len(story.answers) <= 30


def test_photos_are_taken_while_the_shopper_is_there(lives: list[Life]) -> None:
    for life in lives:
        if life.story is None or life.slot.state == State.REJECTED or life.slot.twist == "photo_same":
            continue
        days = {picture.taken_at.astimezone(ZONE).date() for picture in life.pictures}
        assert len(days) <= 1
    every = [picture for life in lives for picture in life.pictures]
    assert len({picture.id for picture in every}) == len(every)
    assert {picture.turn for picture in every} == {1, 6}
    assert len({picture.size for picture in every}) >= 5
