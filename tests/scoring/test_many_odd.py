"""Aggregates of odd inputs: nothing there, one visit, all alike, and what is wrong named by its key."""

from typing import Any

import pytest

from audit.scoring.aggregate import InputError, aggregate

VISIT = {"branch": "A", "wave": "W", "score": 80, "shopper": "lan"}
SIDES = {"a": [80, 82, 84], "b": [70, 75, 80]}
PLAN = {"s": 12, "tau": 5, "branches": 20, "visits": 3}
NO_CHANGE = {"diff": None, "low": None, "high": None, "p": None, "verdict": "too_few"}


def six(*scores: int, wave: str = "W") -> list[dict[str, Any]]:
    """Six branches with the same scores."""
    return [{"branch": branch, "wave": wave, "score": score} for branch in "ABCDEF" for score in scores]


@pytest.mark.parametrize(
    ("kind", "document", "message"),
    [
        ("compare", {"b": [], "s2": 1, "df": 9}, "a: must be a list"),
        ("compare", {"a": [], "b": [True], "s2": 1, "df": 9}, r"b\[0\]: must be an integer or a string"),
        ("compare", SIDES | {"df": 9}, "s2: must be an integer or a string"),
        ("compare", SIDES | {"s2": -1, "df": 9}, "s2: must not be negative"),
        ("compare", SIDES | {"s2": 1}, "df: must be an integer within 0"),
        ("compare", SIDES | {"s2": 1, "df": "9"}, "df: must be an integer within 0"),
        ("compare", SIDES | {"s2": 1, "df": 10**16}, "df: must be an integer within 0"),
        ("compare", SIDES | {"s2": 10**400, "df": 9}, "too large"),
        ("trend", {"to": "W", "visits": []}, "from: must be a string"),
        ("trend", {"from": "W", "visits": []}, "to: must be a string"),
        ("trend", {"from": "V", "to": "W"}, "visits: must be a list"),
        ("nps", {}, "ratings: must be a list"),
        ("nps", {"ratings": [10, 11]}, r"ratings\[1\]: must be whole, within 0 and 10"),
        ("nps", {"ratings": ["8.5"]}, r"ratings\[0\]: must be whole"),
        ("nps", {"ratings": [8.0]}, r"ratings\[0\]: must be an integer or a string"),
        ("share", {"n": 5}, "k: must be an integer within 0"),
        ("share", {"k": 6, "n": 5}, "k: must not be more than n"),
        ("share", {"k": -1, "n": 5}, "k: must be an integer within 0"),
        ("agreement", {}, "visits: must be a list"),
        ("agreement", {"visits": [[]]}, r"visits\[0\]: must be an object"),
        ("agreement", {"visits": [{}, {"q": "2"}]}, r"visits\[1\].q: must be within 0 and 1"),
        (
            "leniency",
            {"visits": [VISIT, VISIT | {"shopper": None}]},
            r"visits\[1\].shopper: must be a string",
        ),
        ("leniency", {"visits": [VISIT | {"score": None}]}, r"visits\[0\].score: must be"),
        ("drivers", {}, "rows: must be a list"),
        ("drivers", {"rows": [{"outcome": 1}]}, r"rows\[0\].credits: must be an object"),
        ("drivers", {"rows": [{"credits": {}}]}, r"rows\[0\].outcome: must be"),
        ("drivers", {"rows": [{"outcome": 1, "credits": {"q": -1}}]}, r"rows\[0\].credits.q: must be within"),
        ("plan", PLAN | {"s": "x"}, "s: must be an integer or a string"),
        ("plan", PLAN | {"tau": -1}, "tau: must not be negative"),
        ("plan", PLAN | {"branches": "20"}, "branches: must be an integer within 0"),
        ("plan", PLAN | {"visits": -1}, "visits: must be an integer within 0"),
        ("plan", PLAN | {"total_branches": 19}, "total_branches: must be an integer within 20"),
        ("plan", PLAN | {"want_reliability": "1.01"}, "want_reliability: must be within 0 and 1"),
        ("plan", PLAN | {"want_change": -1}, "want_change: must not be negative"),
        ("plan", PLAN | {"s": 10**400}, "too large or too small"),
        ("discoveries", {}, "p: must be a list"),
        ("discoveries", {"p": [0, "1.1"]}, r"p\[1\]: must be a number within 0 and 1"),
        ("discoveries", {"p": [0.5]}, r"p\[0\]: must be a number within 0 and 1"),
    ],
)
def test_what_is_wrong_is_named(kind: str, document: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        aggregate(kind, document)


@pytest.mark.parametrize("df", [0, 4])
def test_a_yardstick_that_is_not_known_gives_a_difference_only(df: int) -> None:
    document = SIDES | {"s2": None, "df": df}

    assert aggregate("compare", document) == NO_CHANGE | {"diff": 7.0}


def test_two_branches_with_no_visits_or_no_spread() -> None:
    assert aggregate("compare", {"a": [], "b": [80], "s2": 9, "df": 9}) == NO_CHANGE
    alike = aggregate("compare", {"a": [80] * 3, "b": [80] * 3, "s2": 0, "df": 9})
    apart = aggregate("compare", {"a": [80] * 3, "b": [90] * 3, "s2": 0, "df": 9})

    assert alike == {"diff": 0.0, "low": 0.0, "high": 0.0, "p": 1.0, "verdict": "unclear"}
    assert apart == {"diff": -10.0, "low": -10.0, "high": -10.0, "p": 0.0, "verdict": "lower"}


def test_a_trend_of_nothing_and_of_no_change() -> None:
    nothing = aggregate("trend", {"from": "V", "to": "W", "visits": six(80)})
    same = aggregate("trend", {"from": "V", "to": "W", "visits": six(80, 80, 80) + six(80, 80, 80, wave="V")})

    assert nothing == {"network": NO_CHANGE | {"branches": 0}, "branches": []}
    unchanged = {"diff": 0.0, "low": 0.0, "high": 0.0, "p": 1.0}
    assert same["network"] == unchanged | {"branches": 6, "verdict": "unclear"}
    assert same["branches"] == [unchanged | {"branch": branch, "flag": ""} for branch in "ABCDEF"]


def test_a_network_that_rose_alike_everywhere_has_clearly_risen() -> None:
    visits = six(70, 70, 70, wave="V") + six(80, 80, 80)
    result = aggregate("trend", {"from": "V", "to": "W", "visits": visits})

    assert result["network"] == {
        "branches": 6, "diff": 10.0, "low": 10.0, "high": 10.0, "p": 0.0, "verdict": "up"
    }  # fmt: skip
    assert {row["flag"] for row in result["branches"]} == {"up"}


def test_five_branches_are_enough_for_the_network_even_without_repeated_visits() -> None:
    visits = [
        {"branch": branch, "wave": wave, "score": score + (wave == "W") * more}
        for branch, score, more in zip("ABCDE", (60, 70, 80, 65, 75), (5, 6, 7, 8, 9), strict=True)
        for wave in "VW"
    ]
    result = aggregate("trend", {"from": "V", "to": "W", "visits": visits})

    assert result["network"]["verdict"] == "up"
    assert {row["low"] for row in result["branches"]} == {None}


def test_a_shopper_always_alone_or_beside_herself_is_not_compared() -> None:
    visits = [VISIT | {"branch": branch} for branch in "ABCDEF" for _ in range(3)]
    row = {"shopper": "lan", "k": 0, "leniency": None, "low": None, "high": None, "p": None, "flag": ""}

    assert aggregate("leniency", {"visits": visits}) == {"shoppers": [row]}
    assert aggregate("leniency", {"visits": []}) == {"shoppers": []}


def test_shoppers_who_always_agree_are_told_so() -> None:
    visits = [VISIT | {"branch": branch, "shopper": name} for branch in "ABCDE" for name in ("lan", "minh")]
    rows = aggregate("leniency", {"visits": visits})["shoppers"]

    assert [(row["leniency"], row["low"], row["high"], row["p"], row["flag"]) for row in rows] == [
        (0.0, 0.0, 0.0, 1.0, "")
    ] * 2


def test_drivers_without_spread_and_without_enough() -> None:
    rows = [{"outcome": 7 + place % 2, "credits": {"q": place % 2}} for place in range(50)]
    (clear,) = aggregate("drivers", {"rows": rows})["questions"]
    (few,) = aggregate("drivers", {"rows": rows[1:]})["questions"]
    (unknown,) = aggregate("drivers", {"rows": [row | {"outcome": None} for row in rows]})["questions"]

    assert (clear["gap"], clear["low"], clear["high"], clear["p"], clear["clear"]) == (
        1.0,
        1.0,
        1.0,
        0.0,
        True,
    )
    assert (few["full"], few["less"], few["gap"], few["clear"]) == (25, 24, None, False)
    assert (unknown["full"], unknown["less"]) == (0, 0)


def test_a_plan_for_nothing_or_for_what_no_number_of_visits_can_do() -> None:
    nothing = aggregate("plan", PLAN | {"visits": 0})
    certain = aggregate("plan", PLAN | {"want_half_width": 0, "want_change": 0, "want_reliability": 1})
    hopeless = aggregate("plan", PLAN | {"tau": "1/1000000000", "want_reliability": "0.7"})
    alike = aggregate("plan", PLAN | {"s": 0, "tau": 0, "want_half_width": 5, "want_change": 5})

    assert nothing == {"visits": 0} | dict.fromkeys(
        ("branch_half_width", "branch_change", "network_half_width", "network_change", "reliability")
    )
    assert [certain[f"visits_for_{target}"] for target in ("half_width", "change", "reliability")] == [
        None
    ] * 3
    assert hopeless["visits_for_reliability"] is None
    assert alike["reliability"] is None
    assert (alike["visits_for_half_width"], alike["visits_for_change"]) == (1, 1)
    assert aggregate("plan", PLAN | {"s": 0})["reliability"] == 1.0


def test_counts_below_ten_give_no_percentage() -> None:
    assert aggregate("nps", {"ratings": []})["nps"] is None
    assert aggregate("share", {"k": 9, "n": 9})["share"] is None
    assert aggregate("share", {"k": 0, "n": 10})["low"] == 0.0
    assert aggregate("nps", {"ratings": ["10"] * 10})["nps"] == 100.0


def test_one_small_p_among_many_untested_ones_stands() -> None:
    document = {"p": [None] * 99 + ["0.1"]}

    assert aggregate("discoveries", document)["discoveries"][-1] is True
    assert aggregate("discoveries", {"p": ["0.1", "0.5"]}) == {"discoveries": [False, False]}
