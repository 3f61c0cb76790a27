"""On random waves the page, its Excel file, its CSV files, the interface for programs and `audit aggregate` agree."""

import itertools
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.accounts.models import RoleName
from audit.api import tokens
from audit.db import now
from tests import factories
from tests.insights.agreeing import (
    ESTIMATE,
    NOTHING,
    Made,
    Outputs,
    Visit,
    counts_of,
    same_numbers,
    told_by_aggregate,
)
from tests.insights.cards import card

SAID = {"above": "rõ ràng cao hơn mạng lưới", "below": "rõ ràng thấp hơn mạng lưới", "": ""}
_numbers = itertools.count(1)

SCORES = st.builds(
    lambda below, share: Fraction(100 * share, below * 100),
    st.sampled_from([1, 2, 3, 7, 283]),
    st.integers(0, 100),
)


VISITS = st.builds(
    Visit,
    score=st.one_of(SCORES, SCORES, SCORES, st.none()),
    knocked=st.sampled_from([False, False, False, True]),
    issue=st.one_of(SCORES, SCORES, st.none()),
    credit=st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)]),
    lost=SCORES,
)
# By branch the visits of the wave before and of the wave: few, none, and enough for ranks and verdicts.
PLACES = st.lists(
    st.tuples(st.lists(VISITS, max_size=3), st.lists(VISITS, max_size=4)), min_size=1, max_size=7
)


@pytest.fixture
def make(app, session, client_of, shopper, admin):
    """Put a drawn history into the database."""

    def made(places):
        number = next(_numbers)
        client = factories.client(f"R{number}", f"Ngẫu nhiên {number}")
        regions = factories.region(client, "Bắc"), factories.region(client, "Nam")
        branches = [
            factories.branch(regions[place % 2], f"C{place}", f"Chi nhánh {place}")
            for place in range(len(places))
        ]
        before = factories.wave(client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
        wave = factories.wave(client, admin, before.version, name="Quý 4")
        owner = factories.person("Trụ sở", RoleName.HEAD_OFFICE, client=client)
        _token, secret = tokens.make(owner, "Power BI", client.id, None, 30, now())
        found = Made((before, wave), branches, regions[0], client_of(owner), None)
        for branch, drawn in zip(branches, places, strict=True):
            for when, own, visits in (("before", before, drawn[0]), ("now", wave, drawn[1])):
                for visit in visits:
                    _card(own, branch, shopper, visit)
                    found.visits.append((branch.code, when, visit))
        session.commit()
        found.program = app.test_client()
        found.program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return found

    return made


def _card(wave, branch, shopper, visit):
    if visit.score is None:
        return card(wave, branch, shopper, None)
    more = {"knockouts": 1, "overall": Decimal(0)} if visit.knocked else {}
    questions = {"greeted": (visit.credit, 100, visit.lost)}
    return card(wave, branch, shopper, visit.score, {"issue": visit.issue}, questions, **more)


def _text(value):
    """As CSV writes it; Excel's whole numbers read the same."""
    return "" if value is None else str(value)


# ---- that they agree ----


def _check_branches(made, told, out, codes):
    files = {row["code"]: row for row in out.csv("branches")}
    books = {row["code"]: row for row in out.books["branches"]}
    rows = {row["code"]: row for row in out.api("branches")["data"]}
    page = out.cells
    assert set(files) == set(books) == set(rows) == set(page) == set(codes)
    for code in codes:
        right = {**NOTHING, **(told.branches.get(code, {}) if told else {}), **counts_of(made, code)}
        assert same_numbers(files[code]) == same_numbers(books[code])
        shown = {key: files[code][key] for key in right if key in files[code]}
        assert shown == {key: _text(right[key]) for key in shown}
        assert files[code]["said"] == SAID[right["flag"]]
        if right["change"] is None:
            assert files[code]["trend"] == _change_words(right).replace("–", "")
        assert _of_api(rows[code]) == right
        if told:
            issue = next(part for part in rows[code]["factors"] if part["id"] == "issue")
            assert (issue["mean"], issue["n"]) == told.factor["by_branch"].get(code, (None, 0))
        _check_cells(page[code], right)


def _of_api(row):
    names = {
        "n": "visits",
        "shrunk": "expected",
        "ranked": "ranked_of",
        "turn": "trend",
        "no_change": "no_change_because",
    }
    return {key: row[names.get(key, key)] for key in (*NOTHING, "incidents", "unscored", "overall")}


def _check_cells(cells, right):
    """Region, mean and range, n, rank range, verdict, change, knock-outs: in the fixed wordings."""
    _region, mean, n, rank, said, change, _knockouts = cells
    assert n == str(right["n"])
    if right["n"]:
        spread = "" if right["low"] is None else f" ({right['low']}–{right['high']})"
        assert mean == f"{right['mean']}{spread}"
    else:
        assert not re.search(r"\d", mean)
    ranked = right["rank_low"] is not None
    assert rank == (
        f"hạng {right['rank_low']}–{right['rank_high']} trong {right['ranked']}" if ranked else "–"
    )
    assert (SAID[right["flag"]] or "–") in said or not right["flag"]
    assert not any(word in said for flag, word in SAID.items() if flag != right["flag"] and word)
    assert change == _change_words(right)


def _change_words(right):
    diff, low, high = (_minus(right[key]) for key in ("change", "change_low", "change_high"))
    if right["change"] is None:
        return {
            "": "–",
            "not_both": "không có lượt ở cả hai đợt",
            "too_few": "chưa đủ lượt để so sánh",
            "no_range": "chưa đủ lượt lặp lại để so sánh",
        }[right["no_change"]]
    if right["turn"] == "up":
        return f"tăng {diff} ({low}–{high})"
    if right["turn"] == "down":
        return f"giảm {-right['change']} ({_minus(-right['change_high'])}–{_minus(-right['change_low'])})"
    if diff == low == high == "0":
        return "không thay đổi"
    return f"thay đổi {diff} ({low} đến {high}): chưa đủ lượt để nói"


def _minus(value):
    return "–" if value is None else str(value).replace("-", "\u2212")


def _check_network(told, out):
    answer = out.api("network")
    (row,) = out.csv("network")
    assert same_numbers(out.books["network"][0]) == same_numbers(row)
    assert answer["network"] == answer["shown"]
    own, change = answer["network"], answer["change"] or {}
    for key in ("mean", "low", "high"):
        assert _text(own[key]) == row[key] == (_text(told.network[key]) if told else "")
    for key in ("overall", "incidents", "unscored", "existing"):
        assert _text(own[key]) == row[key]
    if told is None:
        return
    assert _text(answer["visit_spread"]) == row["s"] == _text(told.network["s"])
    assert _text(answer["branch_spread"]) == row["tau"] == _text(told.network["tau"])
    assert _text(change.get("diff")) == row["change"] == _text(told.network["change"])
    for key in ("low", "high", "branches"):
        name = f"change_{key}"
        assert _text(change.get(key)) == row[name] == _text(told.network[name])
    spread = "" if own["low"] is None else f"khoảng {own['low']}–{own['high']}, "
    assert f"{own['mean']} ({spread}{own['visits']} lượt" in out.page.split("<h1>", 1)[1]


def _check_parts(made, told, out):
    api = {row["id"]: row for row in out.api("factors")["data"]}
    files, books = out.csv("factors"), out.books
    assert [same_numbers(row) for row in files] == [same_numbers(row) for row in books["factors"]]
    assert [(row["mean"], row["n"]) for row in files] == [
        (_text(row["mean"]), str(row["n"])) for row in api.values()
    ]
    asked, answers = out.csv("questions"), out.api("questions")["data"]
    assert [same_numbers(row) for row in asked] == [same_numbers(row) for row in books["questions"]]
    for row, answer in zip(asked, answers, strict=True):
        assert (row["number"], float(row["lost"])) == (str(answer["number"]), answer["lost"])
        for key in ("n", "met", "partly", "missed"):
            assert row[key] == str(answer[key])
        assert row["share"] == _text(answer["share_met"])
    if told is not None:
        assert (api["issue"]["mean"], api["issue"]["n"]) == (told.factor["mean"], told.factor["n"])
        assert [answer["lost"] for answer in answers] == [told.lost]
        credits = [v.credit for _code, when, v in made.visits if when == "now" and v.score is not None]
        (answer,) = answers
        assert (answer["met"], answer["missed"]) == (credits.count(1), credits.count(0))
        assert answer["partly"] == len(credits) - credits.count(1) - credits.count(0)


def _check_regions(out):
    api = out.api("regions")["data"]
    files, books = out.csv("regions"), out.books
    assert [same_numbers(row) for row in files] == [same_numbers(row) for row in books["regions"]]
    names = {"visited": "branches", "n": "visits"}
    for row, answer in zip(files, api, strict=True):
        assert row["name"] == answer["path"]
        for key in ESTIMATE:
            assert row[key] == _text(answer["estimate"][names.get(key, key)])


def _check_visits(out):
    """One by one, with one decimal: CSV of the visits and the interface."""
    rows = out.api("scorecards")["data"]
    assert sorted(out.visits_csv()) == sorted(
        (row["branch_code"], _tenth(row["overall"]), _tenth(row["before_knockouts"])) for row in rows
    )


def _tenth(value):
    return "" if value is None else f"{value:.1f}"


def check(made):
    """All five, for the whole client and for a filter, whose rows are the same figures."""
    told, query = told_by_aggregate(made), {"wave": made.waves[1].id}
    out = Outputs(made, query)
    _check_branches(made, told, out, [branch.code for branch in made.branches])
    _check_network(told, out)
    _check_parts(made, told, out)
    _check_regions(out)
    _check_visits(out)
    inside = [branch.code for branch in made.branches if branch.region_id == made.north.id]
    _check_branches(made, told, Outputs(made, {**query, "region": made.north.id}), inside)


def plain(*scores, knocked=False):
    """Visits with these scores."""
    return [Visit(Fraction(score), knocked, Fraction(score), Fraction(1, 2), Fraction(1)) for score in scores]


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([([], [])], id="no visit at all"),
        pytest.param([([], plain("1/2"))], id="one visit on a half"),
        pytest.param(
            [(plain(40), plain(50))] * 5 + [(plain(40, 60, 40), plain(50, 60, 40))], id="no error known"
        ),
        pytest.param([(plain(40, 60, 40), plain(50, 60))] * 6, id="two visits"),
        pytest.param([(plain(50, 50, 50), plain(50, 50, 50))] * 6, id="all equal, s is 0"),
        pytest.param(
            [(plain(20, 22, 18), plain(80, 82, 78)), *[(plain(50, 52, 48), plain(50, 52, 48))] * 5],
            id="one stands out and moves",
        ),
        pytest.param([(plain(90, 92), plain(10, 12, 11, 13, knocked=True))] * 7, id="all fall"),
        pytest.param([(plain(50), [Visit(None, False, None, Fraction(0), Fraction(0))])] * 2, id="no score"),
    ],
)
def test_on_waves_that_are_odd(make, places):
    check(make(places))


def test_on_random_waves(make):
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PLACES)
    def holds(places):
        check(make(places))

    holds()
