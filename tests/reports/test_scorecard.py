"""What the scorecard says: numbers that add up and wordings that promise no more than is known."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.reports import words
from audit.reports.data import DEFAULT_BANDS, Change, Network, Photo, ScorecardData, bands_from
from audit.reports.ledger import apportion, contributions
from audit.reports.scorecard import band_of, band_views, build
from audit.scoring.visit import score

Sample = Callable[..., ScorecardData]
VECTORS = json.loads((Path(__file__).resolve().parents[1] / "data" / "visit.json").read_text())


def plain(text: str) -> Fraction:
    """Read a printed Vietnamese number."""
    return Fraction(text.replace("−", "-").replace("+", "").replace(",", "."))


def worked_example(sample: Sample) -> ScorecardData:
    """The first public vector: scoring.md 1.10, 61,5 points."""
    vector = VECTORS["vectors"][0] if "vectors" in VECTORS else VECTORS[0]
    checklist = vector["checklist"]
    if isinstance(checklist, str):
        checklist = VECTORS["checklists"][checklist]
    return sample(checklist=checklist, answers=vector["answers"], photos=0, actions=(), repeats=())


def with_knockouts(sample: Sample, short: Callable[[int], dict[str, Any]]) -> ScorecardData:
    """Thirty questions of which one caps its factor and one caps the visit."""
    checklist, failed = short(30), []
    for question in checklist["questions"]:
        simple = question["type"] == "yesno" and question.get("weight", 1) and "show_if" not in question
        if simple and question.get("good", "yes") == "yes" and len(failed) < 2:
            scope, cap = ("visit", 30) if failed else ("factor", 20)
            question["knockout"] = {"scope": scope, "cap": cap}
            failed.append(question["id"])
    answers = sample(checklist=checklist, quality=0.9).answers
    answers = {**answers, **{name: {"value": "no", "photos": 1} for name in failed}}
    return sample(checklist=checklist, answers=answers)


def test_the_worked_example_reads_as_the_rules_say(sample: Sample) -> None:
    view = build(worked_example(sample), "vi")
    assert view.score == "61,5"
    assert (view.summary.lost, view.summary.count, view.summary.bonus) == ("40,5", 5, "2,0")
    assert view.summary.knockouts == "8,4"
    assert view.summary.total == "38,5"
    assert [row.lost for row in view.losses] == ["−22,3", "−5,1", "−4,9"]
    assert build(worked_example(sample), "en").score == "61.5"


@pytest.mark.parametrize("seed", range(12))
def test_printed_contributions_and_steps_add_up_to_the_printed_score(sample: Sample, seed: int) -> None:
    view = build(sample(quality=0.3 + seed / 18, seed=seed), "vi")
    entries = [plain(factor.contribution) for factor in view.factors]
    entries += [plain(step.points) for step in view.steps if step.counted]
    assert sum(entries) == plain(view.score)
    on_page_1 = [plain(step.points) for step in view.first_steps if step.counted]
    assert sum(entries[: len(view.factors)]) + sum(on_page_1) == plain(view.score)


@pytest.mark.parametrize("seed", range(12))
def test_points_lost_add_up_question_by_question_and_section_by_section(sample: Sample, seed: int) -> None:
    view = build(sample(quality=0.3 + seed / 18, seed=seed), "vi")
    rows = [row for section in view.sections for row in section.rows]
    assert sum(plain(row.lost) for row in rows if row.lost) == plain(view.score) - 100
    assert sum(plain(row.possible) for row in rows if row.possible) == 100
    assert plain(view.worth_total) == 100
    assert plain(view.lost_total) == plain(view.score) - 100
    lost = [plain(section.lost) - plain(section.bonus or "0") for section in view.sections]
    assert sum(lost) == 100 - plain(view.score)


def test_knock_outs_are_named_and_keep_the_sum(
    sample: Sample, short: Callable[[int], dict[str, Any]]
) -> None:
    view = build(with_knockouts(sample, short), "vi")
    assert [step.kind for step in view.steps] == ["factor_knockout", "visit_knockout"]
    factor, visit = view.steps
    assert (factor.cap, factor.counted, visit.cap, visit.counted) == ("20", False, "30", True)
    assert view.score == "30,0"
    assert view.before_knockouts
    assert sum(plain(one.contribution) for one in view.factors) + plain(visit.points) == 30


def test_the_network_is_compared_before_knock_outs(
    sample: Sample, short: Callable[[int], dict[str, Any]]
) -> None:
    data = with_knockouts(sample, short)
    view = build(replace(data, network=Network("50", {}, 20, 10)), "vi")
    assert view.network is not None
    assert plain(view.network.difference) == plain(view.before_knockouts) - 50


def test_a_full_factor_shows_all_of_its_points(sample: Sample) -> None:
    view = build(sample(quality=1.0), "vi")
    full = [factor for factor in view.factors if factor.score == "100,0"]
    assert full
    assert all(factor.contribution == factor.possible for factor in full)


@given(st.lists(st.fractions(0, 100, max_denominator=500), min_size=1, max_size=9))
def test_apportioned_tenths_add_up_and_stay_within_a_tenth(values: list[Fraction]) -> None:
    total = Fraction(round(sum(values) * 10), 10)
    shown = apportion(values, total)
    if not any(values):
        assert shown == tuple(values)
        return
    assert shown is not None
    assert sum(shown) == total
    assert all(abs(one - value) <= Fraction(1, 10) for one, value in zip(shown, values, strict=True))


@given(
    st.lists(st.tuples(st.integers(1, 99), st.fractions(0, 100, max_denominator=60)), min_size=1, max_size=8)
)
def test_no_factor_brings_more_than_it_may(factors: list[tuple[int, Fraction]]) -> None:
    weights = sum(weight for weight, _ in factors)
    possible = [Fraction(100 * weight, weights) for weight, _ in factors]
    scores = [value for _, value in factors]
    overall = sum(share * value / 100 for share, value in zip(possible, scores, strict=True))
    shown_total = Fraction(int(overall * 10 + Fraction(1, 2)), 10)
    most, shown, _ = contributions(possible, scores, [], shown_total)
    assert sum(most) == 100
    assert sum(shown) == shown_total
    assert all(0 <= one <= top for one, top in zip(shown, most, strict=True))


@pytest.mark.parametrize(
    ("value", "shown", "grade"),
    [
        ("69.94", "69,9", "Cần cải thiện"),
        ("69.95", "70,0", "Đạt"),
        ("89.96", "90,0", "Xuất sắc"),
        ("0", "0,0", "Không đạt"),
    ],
)
def test_a_printed_score_never_contradicts_its_grade(value: str, shown: str, grade: str) -> None:
    assert words.number(value, "vi") == shown
    assert band_of(band_views(DEFAULT_BANDS, "vi"), Fraction(value)).title == grade


def test_a_client_may_have_fewer_bands() -> None:
    bands = band_views(
        bands_from([{"from": 0, "title": {"vi": "Chưa đạt"}}, {"from": "72.5", "title": {"vi": "Đạt"}}]), "vi"
    )
    assert [(band.title, band.low, band.high) for band in bands] == [
        ("Đạt", "72,5", ""),
        ("Chưa đạt", "0", "72,4"),
    ]
    assert bands_from(None) == DEFAULT_BANDS


def test_no_verdict_on_the_last_wave_unless_the_data_carry_it(sample: Sample) -> None:
    assert build(sample(change=None), "vi").change is None
    down = build(sample(change=Change("down", "-14", "-20", "-8")), "vi").change
    assert down is not None
    assert (down.verdict, down.difference, down.low, down.high) == ("down", "14", "8", "20")
    unclear = build(sample(), "vi").change
    assert unclear is not None
    assert (unclear.difference, unclear.low, unclear.high) == ("3", "−4", "9")


def test_default_weights_are_recognised_in_any_scale(sample: Sample) -> None:
    data = sample()
    assert build(data, "vi").default_weights
    equal = {**data.checklist, "factors": [{**factor, "weight": 1} for factor in data.checklist["factors"]]}
    result = score(equal, data.answers)
    assert not build(replace(data, checklist=equal, result=result), "vi").default_weights


def test_a_duration_tells_minutes_and_never_a_time_of_day(sample: Sample) -> None:
    view = build(sample(), "vi")
    minutes = [
        row for row in (row for part in view.sections for row in part.rows) if row.answer_key == "minutes"
    ]
    assert minutes
    assert all(plain(row.answer) in (Fraction(5, 2), Fraction(19, 2)) for row in minutes)
    assert "10:05" not in repr(view)
    assert "T10:" not in repr(view)


def test_photos_of_unknown_questions_are_left_out_and_the_rest_follow_the_form(sample: Sample) -> None:
    names = [question["id"] for question in sample().checklist["questions"]]
    chosen = tuple(Photo(name, "photo-1") for name in (names[9], "nowhere", names[3]))
    view = build(replace(sample(), photos=chosen), "vi")
    assert [(photo.label, photo.number) for photo in view.photos] == [(1, 4), (2, 10)]


def test_a_visit_without_a_score_has_no_scorecard(sample: Sample) -> None:
    with pytest.raises(ValueError, match="not_scorable"):
        build(replace(sample(), result={"status": "not_scorable"}), "vi")


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [("-9.35", 1, "−9,4"), ("0.04", 1, "0,0"), ("85.9", 0, "86"), ("-0.04", 1, "0,0")],
)
def test_numbers_round_half_away_from_zero_with_comma_and_minus(value: str, places: int, shown: str) -> None:
    assert words.number(value, "vi", places) == shown
    assert words.number(value, "en", places) == shown.replace(",", ".")
