"""The figures of a wave are those of scoring.aggregate over the whole network, whoever reads them."""

import itertools
import random
from fractions import Fraction

import pytest
from sqlalchemy import text

from audit.insights import parts, statistics
from audit.insights.sheet import nearest
from audit.review import comparable
from audit.scoring.aggregate import aggregate
from tests import factories
from tests.insights.cards import card


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


def waves_of(client, admin, count, version=None):
    version = version or factories.version()
    return [
        factories.wave(
            client,
            admin,
            version,
            name=f"Đợt {number}",
            starts_on=factories.AT.date().replace(month=number, day=1),
            ends_on=factories.AT.date().replace(month=number, day=28),
        )
        for number in range(1, count + 1)
    ]


def filled(waves, branches, shopper, chance, most=5):
    """Random scores with thirds and sevenths; returns them as the input of an aggregate wants them."""
    visits = []
    for wave, branch in itertools.product(waves, branches):
        for _ in range(chance.randint(0, most)):
            score = Fraction(chance.randint(0, 2100), 21)
            card(wave, branch, shopper, score)
            visits.append({"branch": f"{branch.id:09}", "wave": str(wave.id), "score": str(score)})
    return visits


@pytest.mark.parametrize("seed", range(3))
def test_a_waves_figures_are_those_of_the_aggregate(world, shopper, admin, session, seed):
    chance = random.Random(seed)
    branches = [factories.branch(world.north, f"X{number}", f"Chi nhánh {number}") for number in range(9)]
    waves = waves_of(world.client, admin, 6)
    visits = filled(waves, branches, shopper, chance)
    found = statistics.of_wave(waves[-1])
    assert found.pooled == tuple(wave.id for wave in reversed(waves[2:]))
    pooled = [visit for visit in visits if int(visit["wave"]) in found.pooled]
    existing = found.network.existing
    assert existing == len(branches) + 3  # the world's own three are open too
    told = aggregate("branches", {"wave": str(waves[-1].id), "visits": pooled, "total_branches": existing})
    assert found.s == pytest.approx(told["s"])
    assert found.df == told["df"]
    assert found.tau == pytest.approx(told["tau"])
    assert [float(found.network.mean), found.network.low, found.network.high] == pytest.approx(
        [told["network"][key] for key in ("mean", "low", "high")]
    )
    assert len(told["branches"]) == found.network.branches
    for row in told["branches"]:
        own = found.branch(int(row["branch"]))
        assert (own.n, own.rank, own.rank_low, own.rank_high, own.flag) == tuple(
            row[key] for key in ("n", "rank", "rank_low", "rank_high", "flag")
        )
        for key in ("mean", "low", "high", "reliability", "shrunk", "p"):
            assert getattr(own, key) == (None if row[key] is None else pytest.approx(row[key]))
    trend = aggregate("trend", {"from": str(waves[-2].id), "to": str(waves[-1].id), "visits": pooled})
    assert found.previous.id == waves[-2].id
    assert found.change.verdict == trend["network"]["verdict"]
    assert float(found.change.diff) == pytest.approx(trend["network"]["diff"])
    for row in trend["branches"]:
        told = found.branch(int(row["branch"]))
        if row["p"] is None:
            assert (told.change, told.no_change) == (None, "too_few")
            continue
        own = told.change
        assert (own.flag, told.no_change) == (row["flag"], "")
        assert [float(own.diff), own.low, own.high] == pytest.approx(
            [row[k] for k in ("diff", "low", "high")]
        )


def test_figures_are_kept_until_a_cell_of_the_pool_changes(world, shopper, admin, session):
    first, second = waves_of(world.client, admin, 2)
    for wave in (first, second):
        for score in (60, 70):
            card(wave, world.branch, shopper, score)
    found = statistics.of_wave(second)
    assert statistics.of_wave(second) is found
    card(first, world.branch, shopper, 10)
    changed = statistics.of_wave(second)
    assert changed is not found
    assert changed.df == found.df + 1
    world.second_branch.active = False
    session.flush()
    assert statistics.of_wave(second).network.existing == changed.network.existing - 1


def test_some_branches_have_their_own_estimate_with_the_networks_yardstick(world, shopper, admin, session):
    (wave,) = waves_of(world.client, admin, 1)
    for branch, scores in ((world.branch, (60, 70, 80, 90)), (world.second_branch, (50, 60, 70))):
        for score in scores:
            card(wave, branch, shopper, score)
    found = statistics.of_wave(wave)
    one = statistics.estimate(found, [world.branch.id])
    assert (one.mean, one.branches, one.visits, one.existing) == (75, 1, 4, 1)
    own = found.branch(world.branch.id)
    assert (one.low, one.high) == (own.low, own.high)
    nobody = statistics.estimate(found, [world.southern_branch.id])
    assert (nobody.mean, nobody.low, nobody.overall, nobody.visits) == (None, None, None, 0)
    assert statistics.estimate(found, []).mean is None


def test_waves_of_other_rules_are_not_pooled_and_the_reason_is_told(world, shopper, admin, session):
    document = factories.version().document
    reworded = {**document, "title": {"vi": "Tên khác", "en": "Another name"}}
    weights = [{**one, "weight": 7 + place} for place, one in enumerate(document["factors"])]
    first, second = waves_of(world.client, admin, 2)
    card(first, world.branch, shopper, 60)
    assert comparable.why_not(first) == "first"
    second.version = factories.version(reworded)
    assert comparable.previous(second) is first
    assert comparable.why_not(second) == ""
    second.version = factories.version({**document, "factors": weights})
    assert comparable.previous(second) is None
    assert comparable.why_not(second) == "other_rules"
    assert comparable.pooled(second) == [second]
    assert statistics.of_wave(second).why_no_change == "other_rules"


def test_equal_scores_have_ranges_of_no_width_and_no_flag(world, shopper, admin, session):
    (wave,) = waves_of(world.client, admin, 1)
    branches = [factories.branch(world.north, f"X{number}", f"Chi nhánh {number}") for number in range(6)]
    for branch, _turn in itertools.product(branches, range(3)):
        card(wave, branch, shopper, Fraction(200, 3))
    found = statistics.of_wave(wave)
    assert found.s == 0
    assert found.tau == 0
    for branch in branches:
        own = found.branch(branch.id)
        assert (own.low, own.high) == (float(own.mean), float(own.mean))
        assert (own.rank, own.flag) == (None, "")


@pytest.mark.parametrize("scores", [[], [None], [50], [None, 50]], ids=str)
def test_next_to_nothing_is_no_figure(world, shopper, admin, session, scores):
    (wave,) = waves_of(world.client, admin, 1)
    for score in scores:
        card(wave, world.branch, shopper, score)
    found = statistics.of_wave(wave)
    assert found.s is None
    assert found.tau is None
    assert not found.has_ranges
    assert found.network.mean == (50 if 50 in scores else None)
    assert found.network.low is None
    assert found.change is None
    own = found.branch(world.branch.id)
    assert (own.n, own.unscored) == (scores.count(50), scores.count(None))
    assert own.low is None
    assert own.shrunk is None
    assert not own.factors


def test_the_cells_are_read_in_a_fixed_number_of_queries(world, shopper, admin, session, queries):
    waves = waves_of(world.client, admin, 5)
    for wave in waves[:2]:
        card(wave, world.branch, shopper, 50)
    session.execute(text("SELECT 1"))
    with queries() as few:
        statistics.of_wave(waves[1])
    chance = random.Random(1)
    branches = [factories.branch(world.north, f"X{number}", f"Chi nhánh {number}") for number in range(6)]
    filled(waves, branches, shopper, chance, most=2)
    session.flush()
    statistics.forget()
    with queries() as many:
        statistics.of_wave(waves[4])
    assert len(many) <= len(few) + 1  # the pool of waves before the previous one


def test_parts_count_every_branch_the_same(world, shopper, admin, session):
    (wave,) = waves_of(world.client, admin, 1)
    third = Fraction(1, 3)
    for credit, lost in ((1, 0), (third, 20), (None, 0)):
        card(wave, world.branch, shopper, 60, {"issue": 60}, {"greeted": (credit, 30, lost)})
    card(wave, world.second_branch, shopper, 90, {"issue": None}, {"greeted": (0, 60, 60)})
    card(wave, world.southern_branch, shopper, None)
    found = parts.parts_of(wave.id)
    issue, greeted = found["factor"]["issue"], found["question"]["greeted"]
    assert (issue.mean, issue.n, issue.branches) == (60, 3, 1)
    assert nearest(greeted.mean, 300) == 100  # (2/3 + 0) / 2
    assert (greeted.n, greeted.branches, greeted.met, greeted.partly, greeted.missed) == (3, 2, 1, 1, 1)
    assert (greeted.possible, nearest(greeted.lost, 3)) == (45, 100)  # (20/3 + 60) / 2
    assert greeted.moves
    assert found["section"] == {}
    one = parts.parts_of(wave.id, [world.second_branch.id], ("question",))
    assert (one["question"]["greeted"].mean, set(one)) == (0, {"question"})
    assert parts.parts_of(wave.id, [world.southern_branch.id])["question"] == {}


def test_an_earlier_wave_may_be_renamed(world, shopper, admin, session):
    before, wave = waves_of(world.client, admin, 2)
    for one in (before, wave):
        card(one, world.branch, shopper, 60)
    session.commit()
    kept = statistics.of_wave(wave)
    assert statistics.of_wave(wave) is kept
    before.name = "Đợt mới đặt tên"
    session.commit()
    found = statistics.of_wave(wave).previous
    assert found is not None
    assert found.name == "Đợt mới đặt tên"
