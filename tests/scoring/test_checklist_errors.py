"""Each rule for a checklist, broken once: the rule and its place are named, and nothing is scored."""

from typing import Any

import pytest

from audit.scoring.visit import check_checklist, publishing_problems, score

Document = dict[str, Any]

BANDS = [{"upto": 5, "credit": 1}, {"below": "7.5", "credit": "1/2"}, {"credit": 0}]
OPTIONS = [{"id": "a", "points": 1}, {"id": "b"}]


def checklist(*questions: Any, factors: Any = ({"id": "f", "weight": 1},)) -> Document:
    return {"factors": list(factors), "questions": list(questions)}


def q(id_: Any = "q", type_: Any = "yesno", **keys: Any) -> Document:
    return {"id": id_, "type": type_, "factor": "f"} | keys


def free(type_: str = "yesno", **keys: Any) -> Document:
    """A question outside any factor."""
    return {"id": "q", "type": type_, "weight": 0} | keys


FINE = {
    "nothing in it": checklist(factors=()),
    "decimal and fraction": checklist(q(weight="0.50"), q("p", weight="-0"), q("r", weight="007/3")),
    "unknown keys, even null": checklist(
        q(title=None, help=1.5, text={"vi": "Có"}), factors=[{"id": "f", "weight": 1, "title": None}]
    ),
    "a key of another type": checklist(q(min="low", options=[], bands=7)),
    "unknown option and band keys": checklist(
        q(type_="single", options=[{"id": "a", "points": 1, "label": None}]),
        q("p", "number", bands=[{"credit": 1, "label": 0.5}]),
    ),
    "bands": checklist(q(type_="number", bands=BANDS), q("p", "duration", bands=BANDS)),
    "number without bands, weight 0": checklist(free("number")),
    "empty section": checklist(q(section="")),
    "adjustment in a factor": checklist(q(adjust="-1/2"), q("p", adjust=3, weight=0)),
    "adjustment with knock-out": checklist(q(adjust=1, knockout={"scope": "visit", "cap": "99.5"})),
    "knock-out of a factor": checklist(q(knockout={"scope": "factor"})),
    "shown by an integer": checklist(q("p", "scale", min=0, max=3), q(show_if={"q": "p", "in": [0, 1]})),
    "shown by what can never be": checklist(q("p"), q(show_if={"q": "p", "in": [None, [], 1.5, "maybe"]})),
    "worthless options, weight 0": checklist(free("single", options=[{"id": "a"}])),
    "photo that asks for photos": checklist(free("photo", photo="on_loss")),
    "negative points": checklist(
        q(type_="single", options=[{"id": "a", "points": -1}, {"id": "b", "points": "-2"}])
    ),
}


@pytest.mark.parametrize("document", FINE.values(), ids=FINE.keys())
def test_no_error(document: Document) -> None:
    assert check_checklist(document) == []
    assert score(document, {})["status"] in ("incomplete", "not_scorable")


def two(**keys: Any) -> Document:
    """A parent and a question shown by it."""
    return checklist(q("p"), q(**keys))


BROKEN = {
    "a list": ([], "not_an_object", ""),
    "null": (None, "not_an_object", ""),
    "no factors": ({"questions": []}, "missing_key", "factors"),
    "no questions": ({"factors": []}, "missing_key", "questions"),
    "null questions": ({"factors": [], "questions": None}, "null", "questions"),
    "factors an object": ({"factors": {}, "questions": []}, "not_a_list", "factors"),
    "factor a string": (checklist(factors=["f"]), "not_an_object", "factors[0]"),
    "factor without id": (checklist(factors=[{"weight": 1}]), "missing_key", "factors[0].id"),
    "factor id a number": (checklist(factors=[{"id": 1, "weight": 1}]), "bad_id", "factors[0].id"),
    "factor without weight": (checklist(factors=[{"id": "f"}]), "missing_key", "factors[0].weight"),
    "factor weight null": (checklist(factors=[{"id": "f", "weight": None}]), "null", "factors[0].weight"),
    "factor weight negative": (
        checklist(factors=[{"id": "f", "weight": "-1/9"}]), "negative_weight", "factors[0].weight"),
    "factor twice": (checklist(factors=[{"id": "f", "weight": 1}] * 2), "repeated_id", "factors[1].id"),
    "question a list": (checklist([]), "not_an_object", "questions[0]"),
    "question without id": (checklist({"type": "text"}), "missing_key", ".id"),
    "empty id": (checklist(q("")), "bad_id", ".id"),
    "id a list": (checklist(q([])), "bad_id", ".id"),
    "question twice": (checklist(q(), q()), "repeated_id", "+.id"),
    "no type": (checklist({"id": "q", "factor": "f"}), "missing_key", ".type"),
    "unknown type": (checklist(q(type_="slider")), "unknown_type", ".type"),
    "type a list": (checklist(q(type_=["yesno"])), "unknown_type", ".type"),
    "unknown factor": (checklist(q(factor="g")), "unknown_factor", ".factor"),
    "factor an object": (checklist(q(factor={"id": "f"})), "unknown_factor", ".factor"),
    "factor null": (checklist(free(factor=None)), "null", ".factor"),
    "section a number": (checklist(q(section=1)), "bad_section", ".section"),
    "weight negative": (checklist(q(weight=-1)), "negative_weight", ".weight"),
    "na a number": (checklist(q(na=1)), "bad_flag", ".na"),
    "required a word": (checklist(q(required="true")), "bad_flag", ".required"),
    "photo true": (checklist(q(photo=True)), "bad_photo", ".photo"),
    "photo unhashable": (checklist(q(photo=[])), "bad_photo", ".photo"),
    "good true": (checklist(q(good=True)), "bad_good", ".good"),
    "null of another type": (checklist(q(bands=None)), "null", ".bands"),
    "no options": (checklist(q(type_="single")), "options_missing", ".options"),
    "no options, weight 0": (checklist(free("multi")), "options_missing", ".options"),
    "empty options": (checklist(q(type_="multi", options=[])), "options_empty", ".options"),
    "options an object": (checklist(q(type_="multi", options={})), "not_a_list", ".options"),
    "option a string": (
        checklist(q(type_="single", options=["a"])), "not_an_object", ".options[0]"),
    "option twice": (
        checklist(q(type_="single", options=[*OPTIONS, {"id": "a"}])), "repeated_id", ".options[2].id"),
    "option without id": (
        checklist(q(type_="single", options=[{"points": 1}])), "missing_key", ".options[0].id"),
    "points null": (
        checklist(q(type_="single", options=[{"id": "a", "points": None}])), "null", ".options[0].points"),
    "worst is best": (
        checklist(q(type_="single", options=[{"id": "a"}, {"id": "b", "points": 0}])), "no_credit", ".type"),
    "multi without points": (checklist(q(type_="multi", options=[{"id": "a"}])), "no_credit", ".type"),
    "scale without max": (checklist(q(type_="scale", min=1)), "missing_key", ".max"),
    "scale with words": (checklist(q(type_="scale", min="1", max=5)), "bad_integer", ".min"),
    "scale of a boolean": (checklist(q(type_="scale", min=False, max=5)), "bad_integer", ".min"),
    "scale upside down": (checklist(q(type_="scale", min=5, max=5)), "scale_order", ".max"),
    "empty bands": (checklist(free("number", bands=[])), "bands_empty", ".bands"),
    "bands an object": (checklist(free("number", bands={})), "not_a_list", ".bands"),
    "band a number": (checklist(free("number", bands=[1])), "not_an_object", ".bands[0]"),
    "last band limited": (
        checklist(q(type_="number", bands=BANDS[:1])), "band_last", ".bands[0].upto"),
    "band with neither": (
        checklist(q(type_="number", bands=[{"credit": 1}, {"credit": 0}])), "band_limit", ".bands[0]"),
    "band with both": (
        checklist(q(type_="number", bands=[{"upto": 1, "below": 2, "credit": 1}, {"credit": 0}])),
        "band_limit", ".bands[0]"),
    "bands not increasing": (
        checklist(q(type_="number", bands=[{"below": 5, "credit": 1}, {"upto": 5, "credit": 0}, BANDS[-1]])),
        "band_order", ".bands[1]"),
    "band without credit": (checklist(free("number", bands=[{}])), "missing_key", ".bands[0].credit"),
    "band credit over 1": (
        checklist(q(type_="number", bands=[{"credit": "1.01"}])), "band_credit", ".bands[0].credit"),
    "weight without factor": (
        checklist({"id": "q", "type": "yesno"}), "weight_without_factor", ".factor"),
    "adjustment with weight": (checklist(q(adjust=1, weight=1)), "adjust_with_weight", ".weight"),
    "adjustment of 0": (checklist(q(adjust="0/5")), "adjust_zero", ".adjust"),
    "adjustment null": (checklist(q(adjust=None)), "null", ".adjust"),
    "adjustment of a text": (checklist(free("text", adjust=1)), "no_credit", ".type"),
    "weighted photo": (checklist(q(type_="photo", weight=1)), "no_credit", ".type"),
    "weighted number without bands": (checklist(q(type_="number")), "no_credit", ".type"),
    "knock-out of a duration": (
        checklist(free("duration", knockout={"scope": "visit"})), "no_credit", ".type"),
    "knock-out a word": (checklist(q(knockout="visit")), "not_an_object", ".knockout"),
    "knock-out without scope": (checklist(q(knockout={})), "missing_key", ".knockout.scope"),
    "knock-out of a section": (
        checklist(q(knockout={"scope": "section"})), "knockout_scope", ".knockout.scope"),
    "knock-out cap 101": (
        checklist(q(knockout={"scope": "visit", "cap": 101})), "knockout_cap", ".knockout.cap"),
    "knock-out cap null": (
        checklist(q(knockout={"scope": "visit", "cap": None})), "null", ".knockout.cap"),
    "knock-out without factor": (
        checklist(free(knockout={"scope": "factor"})), "knockout_without_factor", ".factor"),
    "show_if a word": (two(show_if="p"), "not_an_object", "+.show_if"),
    "show_if null": (two(show_if=None), "null", "+.show_if"),
    "show_if without q": (two(show_if={"in": ["yes"]}), "missing_key", "+.show_if.q"),
    "show_if without in": (two(show_if={"q": "p"}), "missing_key", "+.show_if.in"),
    "show_if in nothing": (two(show_if={"q": "p", "in": []}), "show_if_empty", "+.show_if.in"),
    "show_if in a word": (two(show_if={"q": "p", "in": "yes"}), "not_a_list", "+.show_if.in"),
    "show_if unknown": (two(show_if={"q": "z", "in": ["yes"]}), "show_if_question", "+.show_if.q"),
    "show_if unhashable": (two(show_if={"q": [], "in": ["yes"]}), "show_if_question", "+.show_if.q"),
    "show_if itself": (two(show_if={"q": "q", "in": ["yes"]}), "show_if_question", "+.show_if.q"),
    "show_if later": (
        checklist(q(show_if={"q": "p", "in": ["yes"]}), q("p")), "show_if_question", ".show_if.q"),
    "show_if a text": (
        checklist(free("text", id="p"), q(show_if={"q": "p", "in": ["x"]})),
        "show_if_question", "+.show_if.q"),
}  # fmt: skip


@pytest.mark.parametrize(("document", "rule", "where"), BROKEN.values(), ids=BROKEN.keys())
def test_error(document: Any, rule: str, where: str) -> None:
    # In the table "." is the first question and "+." the second.
    where = where.replace("+.", "questions[1].") if where[:1] == "+" else where
    where = f"questions[0]{where}" if where[:1] == "." else where

    problems = check_checklist(document)

    assert (rule, where) in [(problem.rule, problem.where) for problem in problems]
    assert publishing_problems(document) == problems
    assert score(document, {}) == {"status": "error", "error": "checklist"}


@pytest.mark.parametrize(
    "number",
    [0.5, 1.0, True, "", " 1", "1 ", "1\n", "+1", ".5", "1.", "1/0", "1/-2", "--1", "1e3", "1,5", "1_000",
     "0x1", "²", "１", "١", "1/2/3", "1.5/2", "−1", "NaN", [], {}, [1]],
    ids=repr,
)  # fmt: skip
def test_what_is_no_number(number: Any) -> None:
    for broken in (
        checklist(factors=[{"id": "f", "weight": number}]),
        checklist(q(weight=number)),
        checklist(q(adjust=number)),
        checklist(q(knockout={"scope": "visit", "cap": number})),
        checklist(q(type_="single", options=[{"id": "a", "points": 1}, {"id": "b", "points": number}])),
        checklist(q(type_="number", bands=[{"upto": number, "credit": 1}, {"credit": 0}])),
        checklist(q(type_="number", bands=[{"credit": number}])),
    ):
        assert score(broken, {}) == {"status": "error", "error": "checklist"}


def test_a_problem_names_its_question() -> None:
    document = checklist(q("chao", weight=-1), q("cho", "scale", min=1))

    named = [(problem.question, problem.rule) for problem in check_checklist(document)]

    assert named == [("chao", "negative_weight"), ("cho", "missing_key")]


def test_publishing_refuses_a_checklist_that_can_never_score() -> None:
    weightless = checklist(q(weight=0))
    elsewhere = checklist(q(), factors=[{"id": "f", "weight": 0}, {"id": "g", "weight": 1}])

    for document in (weightless, elsewhere):
        assert check_checklist(document) == []
        assert [problem.rule for problem in publishing_problems(document)] == ["all_weights_zero"]
    assert publishing_problems(checklist(q())) == []
