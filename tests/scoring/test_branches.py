"""Comparing branches: what must hold for any visits, and the edges where nothing can be computed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.scoring.aggregate import InputError, aggregate
from audit.scoring.inference import discoveries

Document = dict[str, Any]

SCORES = st.one_of(st.integers(0, 100), st.sampled_from(["200/3", "17396/283", "79.95", "80.05"]))


@st.composite
def waves(draw: st.DrawFn) -> list[Document]:
    """Visits to a few branches in W1 and W2."""
    rows = []
    for branch in "ABCDEFGH"[: draw(st.integers(1, 8))]:
        for wave in ("W1", "W2"):
            rows += [
                {"branch": branch, "wave": wave, "score": score}
                for score in draw(st.lists(SCORES, max_size=5))
            ]
    return rows


def compare(visits: list[Document], **more: Any) -> Document:
    return aggregate("branches", {"wave": "W1", "visits": visits} | more)


def visits(*scores: list[Any]) -> list[Document]:
    """One list of scores per branch, named A, B, C…"""
    return [
        {"branch": branch, "wave": "W1", "score": score}
        for branch, own in zip("ABCDEFGH", scores, strict=False)
        for score in own
    ]


@settings(max_examples=100, deadline=None)
@given(waves(), st.randoms(use_true_random=False))
def test_the_order_of_visits_does_not_matter(rows: list[Document], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert compare(shuffled) == compare(rows)


@settings(max_examples=150, deadline=None)
@given(waves())
def test_what_must_hold_for_any_wave(rows: list[Document]) -> None:
    result = compare(rows)
    ranked = [row for row in result["branches"] if row["rank_low"] is not None]

    assert [row["branch"] for row in result["branches"]] == sorted(
        {row["branch"] for row in rows if row["wave"] == "W1"}
    )
    for row in [*result["branches"], result["network"]]:
        assert (row["low"] is None) == (result["df"] < 5 or row["mean"] is None)
        if row["low"] is not None:
            assert 0 <= row["low"] <= row["mean"] <= row["high"] <= 100
    for row in result["branches"]:
        assert (row["p"] is not None) == (row["n"] >= 3 and row["shrunk"] is not None)
        assert row["flag"] == "" or row["p"] <= 0.1
        assert row["shrunk"] is None or -1e-9 <= row["reliability"] <= 1 + 1e-9
    for row in ranked:
        assert 1 <= row["rank_low"] <= row["rank_high"] <= len(ranked)
        if row["rank"] is not None:
            beaten = sum(other["rank_high"] < row["rank_low"] for other in ranked)
            assert beaten < row["rank"] <= len(ranked)
            assert row["rank_low"] <= 1 + sum(other["shrunk"] > row["shrunk"] for other in ranked)


@settings(max_examples=100, deadline=None)
@given(waves())
def test_rank_ranges_agree_with_comparing_every_pair(rows: list[Document]) -> None:
    result = compare(rows)
    ranked = [row for row in result["branches"] if row["rank_low"] is not None]

    def above(one: Document, other: Document) -> bool:
        errors = sum(row["reliability"] * result["s"] ** 2 / row["n"] for row in (one, other))
        return one["shrunk"] > other["shrunk"] and (one["shrunk"] - other["shrunk"]) ** 2 > errors

    for row in ranked:
        sharp = all(
            abs((row["shrunk"] - other["shrunk"]) ** 2 - sum(
                one["reliability"] * result["s"] ** 2 / one["n"] for one in (row, other)
            )) > 1e-6
            for other in ranked
            if other is not row
        )  # fmt: skip
        if sharp:
            assert row["rank_low"] == 1 + sum(above(other, row) for other in ranked)
            assert row["rank_high"] == len(ranked) - sum(above(row, other) for other in ranked)


def test_equal_scores_everywhere_divide_by_nothing() -> None:
    result = compare(visits(*[[80, 80, 80]] * 6))

    assert (result["s"], result["tau"]) == (0.0, 0.0)
    for row in result["branches"]:
        assert (row["low"], row["mean"], row["high"]) == (80.0, 80.0, 80.0)
        assert (row["p"], row["flag"], row["rank"]) == (1.0, "", None)
        assert (row["rank_low"], row["rank_high"], row["reliability"]) == (1, 6, 1.0)


def test_one_branch() -> None:
    result = compare(visits([70, 80, 90, 80, 75, 85]))

    assert result["network"]["mean"] == 80.0
    assert result["network"]["low"] == result["branches"][0]["low"]
    assert result["tau"] is None
    assert result["branches"][0]["p"] is None


def test_no_visits_at_all_and_none_in_the_wave() -> None:
    nothing = {"mean": None, "low": None, "high": None}

    assert compare([]) == {"s": None, "df": 0, "tau": None, "network": nothing, "branches": []}
    other = [{"branch": "A", "wave": "W0", "score": score} for score in (70, 80)]
    assert compare(other) | {"s": 0} == {"s": 0, "df": 1, "tau": None, "network": nothing, "branches": []}


def test_below_five_degrees_of_freedom_there_are_means_only() -> None:
    result = compare(visits([70, 80], [60], [50, 55], [90], [85, 80]))

    assert result["df"] == 3
    assert result["s"] is not None
    assert result["network"]["low"] is None
    assert all(row[key] is None for row in result["branches"] for key in ("low", "shrunk", "rank", "p"))


def test_a_sample_of_branches_needs_five_and_is_less_certain() -> None:
    scores = [[70, 80, 75], [60, 66, 63], [50, 55, 60], [90, 95, 88], [85, 80, 82]]

    all_visited, sampled = compare(visits(*scores)), compare(visits(*scores), total_branches=50)
    few = compare(visits(*scores[:4]), total_branches=50)

    assert sampled["network"]["low"] < all_visited["network"]["low"]
    assert sampled["branches"] == all_visited["branches"]
    assert few["network"]["mean"] is not None
    assert few["network"]["low"] is None


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "input: must be an object"),
        ({}, "wave: must be a string"),
        ({"wave": 1, "visits": []}, "wave: must be a string"),
        ({"wave": "W1"}, "visits: must be a list"),
        ({"wave": "W1", "visits": [1]}, r"visits\[0\]: must be an object"),
        ({"wave": "W1", "visits": [{"wave": "W1", "score": 1}]}, r"visits\[0\].branch: must be a string"),
        ({"wave": "W1", "visits": visits([None])}, r"visits\[0\].score"),
        ({"wave": "W1", "visits": visits([1]), "weights": []}, "weights: must be an object"),
        ({"wave": "W1", "visits": visits([1], [2]), "weights": {"A": 1}}, "weights.B"),
        ({"wave": "W1", "visits": visits([1]), "weights": {"A": -1}}, "weights: must not be negative"),
        ({"wave": "W1", "visits": visits([1], [2]), "total_branches": 1}, "total_branches"),
        ({"wave": "W1", "visits": visits([1]), "total_branches": True}, "total_branches"),
        ({"wave": "W1", "visits": visits([10**400])}, "too large"),
    ],
)
def test_bad_input_is_named(document: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        aggregate("branches", document)


def test_discoveries_step_up_and_leave_out_what_was_not_tested() -> None:
    assert discoveries([0.5, None, 0.04, 0.06, 0.061]) == [False, False, True, True, True]
    assert discoveries([]) == []
    assert discoveries([None]) == [False]
    assert discoveries([0.2, 0.11]) == [False, False]
