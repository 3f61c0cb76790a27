"""The tables of a wave: what the reader may see, in the wanted order, with the network's figures."""

from datetime import date
from fractions import Fraction

import pytest

from audit.insights import sheets, statistics, words
from audit.insights.selection import Selection
from audit.insights.sheet import Kind, nearest, printed, shown
from audit.insights.sheets.sections import weakest_words
from audit.insights.view import view_of
from audit.insights.words import (
    estimate_words,
    few_words,
    flag_words,
    network_change_words,
    rank_words,
    stability_words,
    trend_words,
)
from audit.visits.lifecycle import State
from tests import factories
from tests.insights.cards import card


@pytest.fixture(autouse=True)
def forgotten(session):
    statistics.forget()
    yield
    statistics.forget()


def table(person, wave, name, **filters):
    return sheets.ALL[name](view_of(person, Selection(wave, **filters)))


def by(sheet, key="name"):
    return {row[key]: row for row in sheet.rows}


def test_every_sheet_has_its_columns_in_every_row(head_office, area_manager, figures):
    for person in (head_office, area_manager):
        for name in sheets.ALL:
            sheet = table(person, figures.wave, name)
            keys = [column.key for column in sheet.columns]
            assert len(set(keys)) == len(keys)
            assert sheet.name == name
            for row in sheet.rows:
                assert {key for key in row if not key.startswith("_")} <= set(keys)
                for column in sheet.columns:
                    shown(row.get(column.key), column.kind)
                    printed(row.get(column.key), column.kind)


def test_an_area_sees_its_rows_and_the_networks_mean(area_manager, head_office, figures):
    network, own = table(area_manager, figures.wave, "network").rows
    (whole,) = table(head_office, figures.wave, "network").rows
    assert network["mean"] == whole["mean"] == 80  # Hoàn Kiếm 70, Ba Đình 90
    kept = ("existing", "overall", "incidents", "unscored")
    assert [network[key] for key in kept] == [None] * 4  # the rest of the network is not theirs
    assert [whole[key] for key in kept] == [3, Fraction(200, 3), 1, 1]
    assert [own[key] for key in ("existing", "incidents", "unscored")] == [2, 1, 0]
    for key in ("low", "high", "visited", "n", "s", "tau"):
        assert network.get(key) == whole.get(key)
    assert any("khu vực của anh/chị" in note for note in table(area_manager, figures.wave, "network").notes)
    narrowed, _part = table(head_office, figures.wave, "network", words="cn002").rows
    assert narrowed == whole
    seen = by(table(area_manager, figures.wave, "branches"), "branch")
    everything = by(table(head_office, figures.wave, "branches"), "branch")
    assert set(seen) < set(everything)
    for name, row in seen.items():
        assert row == everything[name]


def test_branches_stand_in_the_order_asked_for(head_office, figures):
    def order(**filters):
        return [row["branch"] for row in table(head_office, figures.wave, "branches", **filters).rows]

    assert order() == ["Ba Đình", "Hoàn Kiếm", "Ninh Kiều"]  # too few for shrunk scores: by name
    assert order(sort="mean", descending=True) == ["Ba Đình", "Hoàn Kiếm", "Ninh Kiều"]
    assert order(sort="mean") == ["Hoàn Kiếm", "Ba Đình", "Ninh Kiều"]
    assert order(sort="n", descending=True) == ["Hoàn Kiếm", "Ba Đình", "Ninh Kiều"]
    assert order(sort="factor.issue", descending=True) == ["Ba Đình", "Hoàn Kiếm", "Ninh Kiều"]
    assert order(sort="nothing") == order()


def test_the_filter_narrows_the_rows(head_office, figures, world, session):
    world.second_branch.format, world.second_branch.channel = "Quầy", "phone"
    session.flush()
    for filters in ({"format": "Quầy"}, {"channel": "phone"}, {"words": "cn002"}):
        assert [row["branch"] for row in table(head_office, figures.wave, "branches", **filters).rows] == [
            "Ba Đình"
        ]
        network, own = table(head_office, figures.wave, "network", **filters).rows
        assert (network["mean"], own["mean"], own["n"]) == (80, 90, 1)
    formats = by(table(head_office, figures.wave, "formats"))
    assert formats["Quầy"]["mean"] == 90
    assert list(formats)[-1] == "không ghi"
    assert by(table(head_office, figures.wave, "channels"))["Qua điện thoại"]["mean"] == 90


def test_a_region_counts_what_lies_below_it(head_office, figures, world, shopper, session):
    deep = factories.region(world.client, "Quận 1", world.south)
    card(figures.wave, factories.branch(deep, "CN009", "Bến Thành"), shopper, 50)
    regions = by(table(head_office, figures.wave, "regions"))
    south = next(row for name, row in regions.items() if name == "Miền Nam")
    assert (south["mean"], south["n"], south["visited"], south["unscored"]) == (50, 1, 1, 1)
    assert regions["Miền Nam › Quận 1"]["mean"] == 50


def test_questions_add_up_to_what_the_network_lost(head_office, figures, world, shopper, session):
    wave = figures.wave
    questions = [question["id"] for question in wave.version.document["questions"]][:2]
    for branch, lost in ((world.southern_branch, 10), (world.southern_branch, 20)):
        card(
            wave,
            branch,
            shopper,
            100 - lost,
            questions={questions[0]: (0, 50, lost), questions[1]: (1, 50, 0)},
        )
    rows = by(table(head_office, wave, "questions", words="cn003"), "_id")
    first, second = rows[questions[0]], rows[questions[1]]
    assert (first["lost"], first["met"], first["missed"], first["n"]) == (15, 0, 2, 2)
    assert (second["lost"], second["met"], second["share"]) == (0, 2, None)  # below ten: counts only
    (_network, own) = table(head_office, wave, "network", words="cn003").rows
    assert sum(row["lost"] for row in rows.values()) == 100 - own["overall"]


def test_coverage_counts_visits_by_region(admin, area_manager, figures, world, shopper, session):
    wave = figures.wave
    for state in (State.PLANNED, State.ACCEPTED, State.SUBMITTED, State.CANCELLED):
        factories.visit(wave, world.branch, shopper, state)
    row = by(table(admin, wave, "coverage"))["Tất cả"]
    assert (row["planned"], row["done"], row["released"], row["to_come"], row["aborted"]) == (8, 6, 5, 2, 0)
    north = by(table(area_manager, wave, "coverage"))["Tất cả"]
    assert (north["planned"], north["released"]) == (7, 4)


def test_sections_name_the_weakest_only_where_one_is(world):
    rows = [{"name": "Đến", "mean": Fraction(80), "n": 3}, {"name": "Quầy", "mean": Fraction(61), "n": 4}]
    assert weakest_words(rows) == (
        "Điểm chạm yếu nhất: Quầy (61, 4 lượt; điểm các chặng là trung bình, không có khoảng)"
    )
    assert weakest_words([rows[0], {**rows[1], "n": 2}]) == "", "one or two visits are not the journey"
    assert weakest_words([{**rows[0], "mean": Fraction("61.4")}, rows[1]]) == "", "both print 61"
    assert weakest_words([{**rows[0], "mean": Fraction("61.5")}, rows[1]]) != ""
    assert weakest_words(rows[:1]) == ""
    assert weakest_words([rows[0], {**rows[1], "mean": Fraction(80)}]) == ""
    assert weakest_words([{**rows[0], "mean": None}]) == ""


def test_the_fixed_wordings():
    assert estimate_words(Fraction(83), 78.4, 87.5, 4) == "83 (khoảng 78–88, 4 lượt)"
    assert estimate_words(Fraction(83), None, None, 3) == "83 (3 lượt, chưa rõ sai số)"
    assert estimate_words(None, None, None, 0) == "Chưa có lượt"
    assert rank_words(2, 4, 6) == "hạng 2–4 trong 6"
    assert rank_words(None, None, 6) == ""
    assert flag_words("below") == "rõ ràng thấp hơn mạng lưới"
    assert flag_words("") == ""
    assert trend_words(Fraction(14), 8.0, 20.0, "up") == "tăng 14 (8–20)"
    assert trend_words(Fraction(-14), -20.0, -8.0, "down") == "giảm 14 (8–20)"
    assert trend_words(Fraction(2), -4.0, 8.0, "") == "thay đổi 2 (−4 đến 8): chưa đủ lượt để nói"
    assert network_change_words(12, Fraction(3), 1.0, 5.0, "up") == (
        "tăng 3 (1–5) · 12 chi nhánh có mặt ở cả hai đợt"
    )
    assert "Ít hơn 5 chi nhánh" in network_change_words(2, None, None, None, "too_few")
    assert "Ít hơn 5 chi nhánh" in words.network_verdict_words(None, None, None, "too_few")
    assert words.network_verdict_words(Fraction(0), 0.0, 0.0, "unclear") == "không thay đổi"
    assert words.network_verdict_words(Fraction(3), -1.0, 7.0, "unclear") == "chưa đủ để kết luận"
    assert few_words(2) == "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận"
    assert few_words(3) == ""
    assert stability_words(12.0, 5.0) == (
        "Hai lượt ở cùng một chi nhánh chênh nhau trung bình 14 điểm;"
        " 15 % mức chênh giữa các lượt là do khác chi nhánh."
    )
    assert stability_words(None, None) == ""
    assert stability_words(0.0, 0.0) == "Tất cả các lượt đều cùng điểm."
    assert trend_words(Fraction(0), 0.0, 0.0, "unclear") == "không thay đổi"
    assert trend_words(Fraction(1), 0.6, 1.4, "") == "thay đổi 1 (1 đến 1): chưa đủ lượt để nói"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.ESTIMATE, "–"),
        (Fraction(125, 2), Kind.ESTIMATE, "63"),
        (-0.4, Kind.ESTIMATE, "0"),
        (Fraction(-5, 2), Kind.ESTIMATE, "−3"),
        (Fraction("33.349999999999999999999999999999"), Kind.SCORE, "33,4"),
        (Fraction(2, 3), Kind.SHARE, "67\u00a0%"),
        (Fraction(100), Kind.POINTS, "100,0"),
        (7, Kind.COUNT, "7"),
        ("=1", Kind.TEXT, "=1"),
        (date(2026, 11, 2), Kind.DATE, "02/11/2026"),
    ],
    ids=str,
)
def test_values_are_rounded_once_half_away_from_zero(value, kind, text):
    assert printed(value, kind) == text


def test_what_fell_short_of_a_half_is_one_again():
    third = Fraction(10**30 // 3, 10**30)
    assert nearest(third * 3 / 2) == 1
    assert nearest(-third * 3 / 2) == -1
    assert nearest(Fraction(1, 2) - Fraction(1, 10**19)) == 0
    assert nearest(Fraction(1, 20) * 3 * third, 10) == 1


ODD = {
    "no visits": [],
    "one visit": [[50]],
    "nothing scored": [[None, None], [None]],
    "one branch": [[60, 70, 80, 90, 50, 60, 70]],
    "all equal": [[Fraction(200, 3)] * 3] * 6,
    "all zero": [[0, 0, 0]] * 6,
    "enough": [[10 * place + turn * 7 for turn in range(4)] for place in range(6)],
}


@pytest.mark.parametrize("scores", ODD.values(), ids=ODD)
def test_odd_data_makes_tables_without_figures_that_mean_nothing(head_office, admin, world, shopper, scores):
    wave = factories.wave(world.client, admin)
    branches = [factories.branch(world.north, f"X{place}", f"Nhánh {place}") for place in range(6)]
    for branch, own in zip(branches, scores, strict=False):
        for score in own:
            card(wave, branch, shopper, score, {"issue": score}, {"greeted": (None, 0, 0)}, {"front": None})
    view = view_of(head_office, Selection(wave))
    scored = [score for own in scores for score in own if score is not None]
    for name, build in sheets.ALL.items():
        sheet = build(view)
        for row in sheet.rows:
            for column in sheet.columns:
                told = printed(row.get(column.key), column.kind)
                assert told.lower() not in ("nan", "inf", "none")
                if column.kind in (Kind.ESTIMATE, Kind.SCORE, Kind.SHARE) and not scored:
                    assert told == "–", (name, column.key)
    (network,) = sheets.ALL["network"](view).rows
    assert network["n"] == len(scored)
    notes = sheets.ALL["branches"](view).notes
    ranges = len(scored) - len([own for own in scores if any(score is not None for score in own)]) >= 5
    assert (words.no_range_note() in notes) == (bool(scored) and not ranges)


def test_more_branches_and_visits_cost_no_more_queries(head_office, admin, world, shopper, session, queries):
    wave = factories.wave(world.client, admin)

    def counted():
        session.expire_all()
        statistics.forget()
        chosen = Selection(session.get(type(wave), wave.id))
        session.refresh(head_office)
        assert head_office.grants
        with queries() as sent:
            view = view_of(head_office, chosen)
            for build in sheets.ALL.values():
                list(build(view).rows)
        return len(sent)

    for branch in (world.branch, world.second_branch):
        card(wave, branch, shopper, 60, {"issue": 50}, {"greeted": (1, 20, 0)}, {"front": 50})
    few = counted()
    for place in range(12):
        branch = factories.branch(world.south, f"Y{place}", f"Nhánh {place}", format=f"F{place % 4}")
        for score in (50, 60, 70):
            card(wave, branch, shopper, score, {"issue": 50}, {"greeted": (1, 20, 0)}, {"front": 50})
    assert counted() == few
