"""Comparing from the sums of cells: the same figures as from the visits, exact, for names and for numbers."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from audit.scoring.aggregate import aggregate
from audit.scoring.cells import (
    Cell,
    Yardstick,
    branches_of_cells,
    estimate_of_cells,
    measure_cells,
    trend_of_cells,
)
from audit.scoring.compare import compare_cells
from audit.scoring.drivers import Side, drivers_of
from audit.scoring.figures import plain
from audit.scoring.leniency import Part, leniency_of
from audit.scoring.ranks import Shrunk
from audit.scoring.shares import nps_of, nps_of_ratings
from tests.scoring.many_strategies import visits
from tests.scoring.test_vectors import AGGREGATE

WAVES = {"W0": 10, "W1": 11, "W2": 12}
NOTHING = {"n": 0, "total": Fraction(0), "squares": Fraction(0)}


def cell(branch: int, wave: int, *scores: int) -> Cell[int]:
    exact = [Fraction(score) for score in scores]
    squares = sum((score * score for score in exact), Fraction(0))
    return Cell(branch, wave, len(exact), sum(exact, Fraction(0)), squares)


def numbered(rows: list[dict[str, Any]]) -> list[Cell[int]]:
    """Cells with numbers for names: A is 65; branches without visits are there too."""
    scores: dict[tuple[int, int], list[Any]] = {
        (ord(branch), wave): [] for branch in "ABCDEFGHI" for wave in WAVES.values()
    }
    for row in rows:
        scores[ord(row["branch"]), WAVES[row["wave"]]].append(Fraction(row["score"]))
    return [cell(*place, *own) for place, own in scores.items()]


def named(rows: Collection[Any]) -> list[dict[str, Any]]:
    return [plain(row) | {"branch": chr(row.branch)} for row in rows]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits())
def test_cells_say_what_visits_say(rows: list[dict[str, Any]]) -> None:
    cells = numbered(rows)
    ours, theirs = branches_of_cells(cells, 11), aggregate("branches", {"wave": "W1", "visits": rows})
    network = plain(ours.network)

    assert {"s": ours.yardstick.s, "df": ours.yardstick.df, "tau": ours.tau} == {
        key: theirs[key] for key in ("s", "df", "tau")
    }
    assert {key: network[key] for key in ("mean", "low", "high")} == theirs["network"]
    assert named(ours.branches) == theirs["branches"]
    assert (ours.network.branches, ours.network.visits) == (
        len(theirs["branches"]), sum(row["n"] for row in theirs["branches"])
    )  # fmt: skip
    assert ours.ranked == sum(row["n"] >= 3 for row in theirs["branches"])
    changed, trend = (
        trend_of_cells(cells, 11, 12),
        aggregate("trend", {"from": "W1", "to": "W2", "visits": rows}),
    )
    assert {"network": plain(changed.network), "branches": named(changed.branches)} == trend


def test_means_and_changes_stay_exact() -> None:
    cells = [cell(1, 1, 80, 81, 81), cell(1, 2, 90, 91, 91), cell(2, 1, 70), cell(2, 2, 75)]

    assert [row.mean for row in branches_of_cells(cells, 1).branches] == [Fraction(242, 3), 70]
    assert [row.diff for row in trend_of_cells(cells, 1, 2).branches] == [10, 5]


def test_a_branch_has_one_cell_in_a_wave() -> None:
    twice = [cell(1, 1, 80), cell(1, 1, 90)]

    with pytest.raises(ValueError, match="two cells"):
        branches_of_cells(twice, 1)


def test_a_region_is_measured_with_the_yardstick_of_the_network() -> None:
    cells = [cell(1, 1, 70, 80, 75), cell(2, 1, 60, 66, 63), cell(3, 1, 85, 95, 90), cell(4, 1, 50, 55, 60)]
    whole = measure_cells(cells)
    region = estimate_of_cells(cells[:1], 1, whole)
    row = branches_of_cells(cells, 1).branches[0]

    assert estimate_of_cells(cells, 1, whole) == branches_of_cells(cells, 1).network
    assert (region.mean, region.low, region.high) == (row.mean, row.low, row.high)
    assert (region.branches, region.visits) == (1, 3)
    assert estimate_of_cells([], 1, whole).mean is None
    assert estimate_of_cells(cells, 1, Yardstick(Fraction(9), 4)).low is None
    weighted = estimate_of_cells(
        cells, 1, whole, {1: Fraction(3), 2: Fraction(1), 3: Fraction(0), 4: Fraction(0)}
    )
    assert weighted.mean == Fraction(3 * 75 + 63, 4)


def test_two_cells_compared_as_two_lists_of_scores() -> None:
    one, other, yardstick = cell(1, 1, 94, 97, 93, 96), cell(2, 1, 70, 80, 75), Yardstick(Fraction(100), 20)
    lists = {"a": [94, 97, 93, 96], "b": [70, 80, 75], "s2": 100, "df": 20}

    assert plain(compare_cells(one, other, yardstick)) == aggregate("compare", lists)
    assert compare_cells(one, Cell(3, 1, **NOTHING), yardstick).diff is None


def test_each_flagged_shopper_is_settled_in_a_round_of_her_own() -> None:
    scores = {1: 75, 2: 60, 3: 50, 4: 60, 5: 60}
    parts = [Part(who, place, 1, 1, Fraction(score)) for place in range(8) for who, score in scores.items()]
    found = {row.shopper: row for row in leniency_of(parts, Yardstick(Fraction(16), 32))}

    assert (found[1].flag, found[1].settled) == ("lenient", 1)
    assert (found[3].flag, found[3].settled) == ("strict", 2)
    assert {(found[who].leniency, found[who].flag, found[who].settled) for who in (2, 4, 5)} == {(0, "", 3)}
    assert leniency_of(parts, Yardstick(None, 0))[0].leniency is None


def test_two_shoppers_equally_far_apart_are_told_by_the_first_name() -> None:
    visits = [
        {"branch": branch, "wave": "W", "shopper": name, "score": score}
        for branch in "ABCDEFGH"
        for name, score in (("minh", 60), ("lan", 80))
    ]
    flags = {row["shopper"]: row["flag"] for row in aggregate("leniency", {"visits": visits})["shoppers"]}

    assert flags == {"lan": "lenient", "minh": ""}


def test_drivers_from_sums() -> None:
    vector = next(vector for vector in AGGREGATE["vectors"] if vector["kind"] == "drivers")
    sides: dict[str, tuple[Side, Side]] = {}
    for row in vector["input"]["rows"]:
        outcome = Fraction(row["outcome"])
        for question, credit in row["credits"].items():
            if credit is not None:
                both = list(sides.get(question, (Side(), Side())))
                old = both[Fraction(credit) < 1]
                both[Fraction(credit) < 1] = Side(old.n + 1, old.total + outcome, old.squares + outcome**2)
                sides[question] = (both[0], both[1])

    assert [plain(row) for row in drivers_of(sides)] == aggregate("drivers", vector["input"])["questions"]


def test_ratings_counted_before() -> None:
    assert nps_of(11, 5, 4) == nps_of_ratings([9] * 11 + [7, 7, 8, 8, 8] + [0, 3, 5, 6])


@pytest.mark.parametrize(
    ("score", "tenths"), [("80.05", 801), ("80.049", 800), ("79.95", 800), ("0.05", 1), ("-0.05", -1), (0, 0)]
)
def test_ranks_go_by_the_score_as_it_is_shown(score: Any, tenths: int) -> None:
    exact = Fraction(score)

    assert Shrunk([exact.numerator], exact.denominator, {}, {}).tenths(0) == tenths
