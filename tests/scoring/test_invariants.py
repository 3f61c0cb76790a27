"""Scoring as properties: every invariant of scoring.md 1.9, and agreement with a sum done by hand."""

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from audit.scoring.visit import answer_problems, check_checklist, missing, prepare, score, states
from tests.scoring.by_hand import result_of, states_of
from tests.scoring.strategies import answers_to, checklists, gives_credit, values_of, visits

Document = dict[str, Any]
Visit = tuple[Document, Document]

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def scored(visit: Visit) -> Document:
    """The result of a visit that has a score; other visits are not examples of the rule."""
    result = score(*visit)
    assume(result["status"] == "scored")
    return result


def scores(result: Document) -> Document:
    """Everything that is a score: not the coverage, not how losses are listed."""
    if result["status"] != "scored":
        return result
    return {key: result[key] for key in ("overall", "overall_shown", "before_knockouts", "factors")} | {
        "sections": {row["id"]: row["score"] for row in result["sections"] if row["score"] is not None}
    }


def total(rows: list[Document], key: str) -> Fraction:
    return sum((Fraction(row[key]) for row in rows), Fraction(0))


@settings(many, max_examples=250)
@given(visits())
def test_agrees_with_the_sum_done_by_hand(visit: Visit) -> None:
    checklist, answers = visit

    assert check_checklist(checklist) == []
    assert answer_problems(checklist, answers) == []
    assert states(checklist, answers) == states_of(checklist, answers)
    assert score(checklist, answers) == result_of(checklist, answers)
    assert score(prepare(checklist), answers) == score(checklist, answers)


@many
@given(visits())
def test_bounds(visit: Visit) -> None:
    result = scored(visit)

    assert 0 <= Fraction(result["overall"]) <= Fraction(result["before_knockouts"]) <= 100
    assert 0 <= Fraction(result["coverage"]) <= 1
    for row in result["factors"] + result["sections"]:
        assert row["score"] is None or 0 <= Fraction(row["score"]) <= 100


@many
@given(visits())
def test_every_point_is_explained(visit: Visit) -> None:
    result = scored(visit)
    lost = total(result["questions"], "lost")
    visit_drops = total([row for row in result["knockouts"] if row["scope"] == "visit"], "drop")

    assert lost == 100 - Fraction(result["overall"])
    assert lost - visit_drops == 100 - Fraction(result["before_knockouts"])
    assert total(result["questions"], "lost_shown") == 100 - Fraction(result["overall_shown"])
    assert total(result["questions"], "possible") == total(result["factors"], "possible") == 100


@many
@given(visits())
def test_what_lost_nothing_shows_nothing(visit: Visit) -> None:
    for row in scored(visit)["questions"]:
        assert abs(Fraction(row["lost_shown"]) - Fraction(row["lost"])) < Fraction(1, 10)
        if row["lost"] == "0":
            assert row["lost_shown"] == "0.0"
        assert row["lost_shown"] != "-0.0"


@many
@given(visits(), st.sampled_from(["2", "1/3", "0.7", "1000000007"]))
def test_multiplying_all_factor_weights_changes_nothing(visit: Visit, by: str) -> None:
    checklist, answers = visit
    factors = [one | {"weight": str(Fraction(one["weight"]) * Fraction(by))} for one in checklist["factors"]]

    assert score(checklist | {"factors": factors}, answers) == score(checklist, answers)


@many
@given(visits(), st.sampled_from(["2", "1/3", "0.7", "1000000007"]), st.data())
def test_multiplying_the_weights_of_one_factor_changes_nothing(
    visit: Visit, by: str, data: DataObject
) -> None:
    checklist, answers = visit
    factor = data.draw(st.sampled_from([one["id"] for one in checklist["factors"]]))
    questions = [
        one | {"weight": str(Fraction(one.get("weight", 1)) * Fraction(by))}
        if one.get("factor") == factor and "adjust" not in one and one["type"] not in ("text", "photo")
        else one
        for one in checklist["questions"]
    ]

    assert score(checklist | {"questions": questions}, answers) == score(checklist, answers)


@many
@given(visits())
def test_deleting_what_was_not_answered_changes_no_score(visit: Visit) -> None:
    checklist, answers = visit
    result = scored(visit)
    kept = {row["id"] for row in result["questions"] if row["state"] == "answered"}
    questions = [
        {key: value for key, value in one.items() if key != "show_if"}
        for one in checklist["questions"]
        if one["id"] in kept
    ]

    rest = score(checklist | {"questions": questions}, {id_: answers[id_] for id_ in kept})

    assert scores(rest) == scores(result)
    assert Fraction(rest["coverage"]) >= Fraction(result["coverage"])
    assert rest["knockouts"] == result["knockouts"]
    assert rest["adjustments"] == result["adjustments"]


@settings(many, max_examples=100)
@given(visits(), st.data())
def test_a_better_answer_never_lowers_a_score(visit: Visit, data: DataObject) -> None:
    checklist, answers = visit
    result = scored(visit)
    parents = {one["show_if"]["q"] for one in checklist["questions"] if "show_if" in one}
    credits = {row["id"]: row["credit"] for row in result["questions"]}
    able = [
        one
        for one in checklist["questions"]
        if one["id"] not in parents and gives_credit(one) and credits[one["id"]] is not None
    ]
    assume(able)
    question = data.draw(st.sampled_from(able))
    id_ = question["id"]
    value = data.draw(values_of(question))

    other = score(checklist, answers | {id_: {"value": value, "photos": 1}})
    other_credit = next(row["credit"] for row in other["questions"] if row["id"] == id_)
    worse, better = (result, other) if Fraction(credits[id_]) <= Fraction(other_credit) else (other, result)

    for key in ("overall", "before_knockouts"):
        assert Fraction(worse[key]) <= Fraction(better[key])
    for low, high in zip(worse["factors"], better["factors"], strict=True):
        assert (low["score"] is None) == (high["score"] is None)
        assert low["score"] is None or Fraction(low["score"]) <= Fraction(high["score"])


@many
@given(visits(), st.randoms(use_true_random=False))
def test_the_order_of_questions_changes_no_score(visit: Visit, random: Any) -> None:
    checklist, answers = visit
    waiting = list(checklist["questions"])
    random.shuffle(waiting)
    questions: list[Document] = []
    while waiting:
        placed = {one["id"] for one in questions}
        able = next(one for one in waiting if "show_if" not in one or one["show_if"]["q"] in placed)
        waiting.remove(able)
        questions.append(able)

    other = score(checklist | {"questions": questions}, answers)
    result = score(checklist, answers)

    if result["status"] == "incomplete":
        assert sorted(other["missing"]) == sorted(result["missing"])
    else:
        assert scores(other) == scores(result)
        assert other.get("coverage") == result.get("coverage")


@settings(many, max_examples=100)
@given(visits(adjustments=False), st.booleans(), st.data())
def test_a_hundred_means_nothing_was_lost(visit: Visit, all_good: bool, data: DataObject) -> None:
    checklist, answers = visit
    if all_good:
        for question in checklist["questions"]:
            if question["type"] == "yesno":
                answers[question["id"]] = {"value": question.get("good", "yes"), "photos": 1}
    result = scored((checklist, answers))

    full = all(row["credit"] == "1" for row in result["questions"] if row["possible"] != "0")
    undropped = all(row["drop"] == "0" for row in result["knockouts"])

    assert (result["overall"] == "100") == (full and undropped)


@many
@given(st.data())
def test_mean_losses_explain_the_mean_score_and_its_change(data: DataObject) -> None:
    checklist = data.draw(checklists())
    waves = [[scored((checklist, data.draw(answers_to(checklist)))) for _ in range(2)] for _ in range(2)]
    ids = [one["id"] for one in checklist["questions"]]

    def mean_lost(wave: list[Document]) -> list[Fraction]:
        return [
            sum((Fraction(one["questions"][n]["lost"]) for one in wave), Fraction(0)) / 2
            for n in range(len(ids))
        ]

    means = [total(wave, "overall") / 2 for wave in waves]
    losses = [mean_lost(wave) for wave in waves]

    assert [sum(one, Fraction(0)) for one in losses] == [100 - mean for mean in means]
    changes = [after - before for before, after in zip(*losses, strict=True)]
    assert -sum(changes, Fraction(0)) == means[1] - means[0]


@many
@given(visits())
def test_what_is_missing_can_be_asked_while_filling_in(visit: Visit) -> None:
    checklist, answers = visit
    result = score(checklist, answers)

    assert missing(checklist, answers) == result.get("missing", [])
    for id_ in list(answers):
        less = {key: value for key, value in answers.items() if key != id_}
        assert score(checklist, less).get("missing", []) == missing(checklist, less)
