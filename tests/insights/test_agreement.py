"""The page's means are those of `audit aggregate`, and exactly right where rounding hangs on a half."""

import re
from collections import defaultdict
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.i18n import rounded
from audit.scoring import exact
from audit.scoring.aggregate import aggregate
from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows, section

# Thirds, sevenths and 283rds as scores of real checklists have them; 83 as the default weights' odd one.
SCORES = st.builds(
    lambda below, share: Fraction(100 * share, below * 100),
    st.sampled_from([1, 2, 3, 7, 83, 283]),
    st.integers(0, 100),
)


def _shown(text):
    """Name -> whole mean and visits, and the network's under "", from the page."""
    found = {row[0].split(" ", 1)[0]: (row[2].split(" ")[0], int(row[3])) for row in rows(text)}
    network = re.search(r"Mạng lưới đạt (\d+) \((?:khoảng \d+–\d+, )?(\d+) lượt", heading(text))
    found[""] = (network[1], int(network[2]))
    return found


def _expected(scores):
    own = defaultdict(list)
    for branch, score in scores:
        own[branch].append(score)
    means = {branch: sum(values, Fraction(0)) / len(values) for branch, values in own.items()}
    return means, sum(means.values(), Fraction(0)) / len(means), {name: len(v) for name, v in own.items()}


def _check(browser, wave, scores):
    means, network, counts = _expected(scores)
    visits = [{"branch": name, "wave": "w", "score": exact.text(score)} for name, score in scores]
    result = aggregate("branches", {"wave": "w", "visits": visits})
    shown = _shown(browser.get(f"/network?wave={wave.id}").text)
    assert shown[""] == (rounded(network, 0), len(scores))
    assert result["network"]["mean"] == pytest.approx(float(network), abs=1e-9)
    for row in result["branches"]:
        assert shown[row["branch"]] == (rounded(means[row["branch"]], 0), row["n"])
        assert row["mean"] == pytest.approx(float(means[row["branch"]]), abs=1e-9)
        assert row["n"] == counts[row["branch"]]


HALVES = [
    ["60", "61"],  # 60.5
    ["181/3", "181/3", "182/3"],  # 60.444…
    ["181/3", "181/3", "365/6"],  # 60.5 from three fractions that no decimal ends
    ["100/7", "150/7", "113/14", "27/2"],  # sums to 115/2: 14.375
    ["17396/283", "17396/283", "17209/283", "16267/283"],
    ["1/2"],
    ["199/2"],
    ["0", "1/3", "2/3", "1"],  # 0.5
]


def test_means_that_lie_on_a_half(client_of, head_office, admin, world, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    places = [factories.branch(world.north, f"H{place}", f"Nửa{place}") for place in range(len(HALVES))]
    scores = []
    for branch, values in zip(places, HALVES, strict=True):
        for value in values:
            card(wave, branch, shopper, Fraction(value), {"issue": Fraction(value)})
            scores.append((branch.name, Fraction(value)))
    for branch in (world.branch, world.second_branch, world.southern_branch):
        branch.active = False
    session.commit()
    _check(client_of(head_office), wave, scores)
    text = client_of(head_office).get(f"/network?wave={wave.id}").text
    factors = {row[0].split(" ")[0]: row[2] for row in rows(section(text, "factors"))}
    shown = {name: (mean, factors.get(name)) for name, (mean, _n) in _shown(text).items()}
    assert shown["Nửa0"] == shown["Nửa2"] == ("61", "61")
    assert shown["Nửa1"] == ("60", "60")
    assert shown["Nửa5"] == shown["Nửa7"] == ("1", "1")
    assert shown["Nửa6"] == ("100", "100")


def test_the_network_mean_that_lies_on_a_half(client_of, head_office, admin, world, shopper, session):
    # Branch means 181/3, 181/3 and 365/6: each unending, together exactly 60.5.
    wave = factories.wave(world.client, admin, name="Quý 4")
    places = (world.branch, world.second_branch, world.southern_branch)
    for branch, value in zip(places, ("181/3", "181/3", "365/6"), strict=True):
        card(wave, branch, shopper, Fraction(value), {"issue": Fraction(value)})
    session.commit()
    assert _shown(client_of(head_office).get("/network").text)[""] == ("61", 3)


def test_random_waves_agree_with_the_aggregate(client_of, head_office, admin, world, shopper, session):
    browser = client_of(head_office)
    places = [factories.branch(world.north, f"R{place}", f"Ngẫu{place}") for place in range(4)]
    for branch in (world.branch, world.second_branch, world.southern_branch):
        branch.active = False
    session.commit()

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(range(4)), SCORES), min_size=1, max_size=12))
    def holds(drawn):
        wave = factories.wave(world.client, admin)
        for place, score in drawn:
            card(wave, places[place], shopper, score)
        session.commit()
        _check(browser, wave, [(places[place].name, score) for place, score in drawn])

    holds()


def test_the_same_visits_in_any_order_give_the_same_page(
    client_of, head_office, admin, world, shopper, session
):
    pages = []
    for order in (1, -1):
        wave = factories.wave(world.client, admin)
        for place, value in list(product(range(2), ("1/3", "200/7", "77.7")))[::order]:
            branch = (world.branch, world.second_branch)[place]
            card(wave, branch, shopper, Fraction(value) + place, {"issue": Fraction(value)})
        session.commit()
        found = rows(client_of(head_office).get(f"/network?wave={wave.id}").text)
        pages.append(
            [(row[0], row[2].split(" ")[0], row[3]) for row in found]
        )  # the second has one before it
    assert pages[0] == pages[1]
