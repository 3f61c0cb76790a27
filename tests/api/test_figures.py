"""What the addresses answer, on figures that a pocket calculator gives."""

from datetime import date

import pytest

from audit.visits.lifecycle import State
from audit.waves.models import WaveState
from tests import factories
from tests.insights.cards import card


def _by(rows, key):
    return {row[key]: row for row in rows}


def test_the_network_and_what_is_shown_of_it(program, figures, world):
    answer = program.json("/network")
    assert answer["wave"]["id"] == figures.wave.id
    # (70 + 90) / 2; with the knock-out ((60 + 70 + 0) / 3 + 90) / 2 = 66.67
    whole = answer["network"]
    assert (whole["mean"], whole["overall"], whole["branches"], whole["visits"]) == (80, 67, 2, 4)
    assert (whole["existing"], whole["unscored"], whole["incidents"]) == (3, 1, 1)
    assert answer["shown"] == whole
    assert (whole["low"], whole["high"]) == (None, None)
    assert (answer["visit_spread"], answer["repeated_visits"], answer["branch_spread"]) == (10.0, 2, None)
    assert (answer["change"], answer["no_change_because"]) == (None, "first")
    north = program.json("/network", region=world.south.id)
    assert north["network"] == whole
    assert (north["shown"]["mean"], north["shown"]["existing"]) == (None, 1)


def test_branches_with_their_factors_and_sections(program, figures, world):
    rows = _by(program.rows("/branches", wave=figures.wave.id), "code")
    assert set(rows) == {"CN001", "CN002", "CN003"}
    first = rows["CN001"]
    assert (first["mean"], first["overall"], first["visits"], first["incidents"]) == (70, 43, 3, 1)
    assert first["few"] is False
    assert first["factors"][0] == {"id": "issue", "mean": 60, "n": 3}  # 60.33
    assert first["factors"][2] == {"id": "speed", "mean": 40, "n": 1}
    assert first["sections"][0] == {"id": "arrival", "mean": 70, "n": 3}
    last = rows["CN003"]
    assert (last["mean"], last["visits"], last["unscored"], last["few"]) == (None, 0, 1, True)
    assert (first["rank_low"], first["flag"]) == (None, "")


def test_ranges_ranks_flags_and_change(program, world, admin, shopper, session):
    before = factories.wave(world.client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
    wave = factories.wave(world.client, admin, before.version, name="Quý 4")
    places = [factories.branch(world.north, f"R{place}", f"Nơi {place}") for place in range(6)]
    for place, branch in enumerate(places):
        for score in (-2, 0, 2):
            card(before, branch, shopper, 20 + score)
            card(wave, branch, shopper, 20 + score + (60 if place == 0 else 0))
    session.commit()
    rows = _by(program.rows("/branches", wave=wave.id), "code")
    best = rows["R0"]
    assert (best["mean"], best["rank_low"], best["rank_high"], best["ranked_of"]) == (80, 1, 1, 6)
    assert (best["flag"], best["trend"], best["change"], best["reliability"]) == ("above", "up", 60, 100)
    assert best["low"] < 80 < best["high"]
    assert best["change_low"] < 60 < best["change_high"]
    assert (rows["R3"]["rank_low"], rows["R3"]["rank_high"], rows["R3"]["flag"]) == (2, 6, "below")
    assert (rows["R3"]["trend"], rows["R3"]["change"]) == ("", 0)
    answer = program.json("/network", wave=wave.id)
    assert answer["change"]["wave"]["name"] == "Quý 3"
    assert (answer["change"]["branches"], answer["change"]["diff"], answer["change"]["verdict"]) == (
        6,
        10,
        "unclear",
    )
    assert (answer["no_change_because"], answer["visit_spread"], answer["repeated_visits"]) == ("", 2.0, 24)


def test_how_far_the_visits_have_come(program, figures, world, shopper, session):
    factories.visit(figures.wave, world.southern_branch, shopper, State.ABORTED)
    factories.visit(figures.wave, world.southern_branch, shopper, State.ACCEPTED)
    session.commit()
    rows = program.json("/coverage")["data"]
    assert [(row["region_id"], row["planned"], row["done"], row["released"]) for row in rows] == [
        (None, 7, None, 5),
        (world.north.id, 4, None, 4),
        (world.south.id, 3, None, 1),
    ]
    figures.wave.state = WaveState.CLOSED
    more = [factories.branch(world.south, f"CN01{place}", "Thêm") for place in range(4)]
    for branch in more:
        factories.visit(figures.wave, branch, shopper, State.SUBMITTED)
    factories.visit(figures.wave, more[0], shopper, State.REJECTED)
    session.commit()
    whole, north, south = program.json("/coverage")["data"]
    assert (whole["planned"], whole["done"], whole["released"], whole["to_come"], whole["late"]) == (
        10,
        9,
        5,
        1,
        1,
    )
    assert (whole["aborted"], whole["rejected"]) == (1, 1)
    assert (south["planned"], south["done"], south["aborted"]) == (8, None, None)
    assert (north["planned"], north["late"], north["rejected"]) == (4, None, None)


def test_regions_formats_channels(program, figures, world, session):
    world.branch.format = "Cửa hàng lớn"
    world.second_branch.channel = "phone"
    session.commit()
    regions = _by(program.json("/regions")["data"], "name")
    assert set(regions) == {"Miền Bắc", "Miền Nam"}
    assert (regions["Miền Bắc"]["estimate"]["mean"], regions["Miền Bắc"]["estimate"]["visits"]) == (80, 4)
    assert regions["Miền Nam"]["estimate"]["mean"] is None
    formats = _by(program.json("/formats")["data"], "name")
    assert {name: row["estimate"]["mean"] for name, row in formats.items()} == {"": 90, "Cửa hàng lớn": 70}
    channels = _by(program.json("/channels")["data"], "name")
    assert {name: row["estimate"]["mean"] for name, row in channels.items()} == {"onsite": 70, "phone": 90}


def test_factors_sections_questions(program, figures):
    factors = _by(program.json("/factors")["data"], "id")
    # Hoàn Kiếm (50 + 60 + 71) / 3 = 60.33, Ba Đình 90: 75.17
    assert (factors["issue"]["mean"], factors["issue"]["n"], factors["issue"]["branches"]) == (75, 4, 2)
    assert factors["issue"]["title"] == "Xử lý tình huống"
    sections = _by(program.json("/sections")["data"], "id")
    assert (sections["counter"]["mean"], sections["counter"]["n"]) == (30, 3)
    assert (sections["leaving"]["mean"], sections["leaving"]["n"]) == (None, 0)
    questions = _by(program.json("/questions")["data"], "id")
    assert set(questions) == {"greeted"}
    greeted = questions["greeted"]
    assert (greeted["n"], greeted["met"], greeted["partly"], greeted["missed"]) == (3, 1, 0, 2)
    assert (greeted["number"], greeted["text"]) == (2, "Được chào?")
    # (20 + 20 + 0) / 3 = 13.33 at one branch, 0 at the other without the question
    assert greeted["lost"] == pytest.approx(13.3)


def test_the_same_filter_as_the_pages(program, figures, world, session):
    world.branch.format, world.branch.channel = "Cửa hàng lớn", "phone"
    world.branch.search = "cn001 hoan kiem"
    session.commit()
    for query in (
        {"format": "Cửa hàng lớn"},
        {"channel": "phone"},
        {"q": "hoan kiem"},
        {"q": "Kiếm cn001", "region": world.north.id},
    ):
        assert [row["code"] for row in program.rows("/branches", **query)] == ["CN001"], query
        assert {row["branch_code"] for row in program.rows("/scorecards", **query)} == {"CN001"}, query
    assert program.get("/branches", channel="lost").status_code == 404
    assert program.get("/scorecards", channel="lost").status_code == 404


def test_scorecards_without_who_and_when(program, figures, world, shopper):
    rows = program.rows("/scorecards")
    assert [row["before_knockouts"] for row in rows] == [60.0, 70.0, 80.0, 90.0, None]
    assert [row["overall"] for row in rows] == [60.0, 70.0, 0.0, 90.0, None]
    third = rows[2]
    assert third["factors"] == [
        {"id": "attitude", "score": 90.0},
        {"id": "issue", "score": 71.0},
        {"id": "speed", "score": 40.0},
    ]
    assert (third["visited_on"], third["daypart"], third["knockouts"]) == ("2026-11-14", "morning", 1)
    told = program.get("/scorecards").text
    for secret in (shopper.name, shopper.email, "shopper", "visit_id", "10:05", "03:05", "latitude", "flag"):
        assert secret not in told


def test_scores_have_one_decimal_rounded_once(program, world, admin, shopper, session):
    wave = factories.wave(world.client, admin)
    card(wave, world.branch, shopper, "17396/283", {"issue": "1/3"})
    card(wave, world.branch, shopper, "61.45", {"issue": "61.05"})
    session.commit()
    rows = program.rows("/scorecards")
    assert [row["overall"] for row in rows] == [61.5, 61.5]
    assert [row["factors"][0]["score"] for row in rows] == [0.3, 61.1]


def test_only_released_current_editions(program, world, admin, shopper, session):
    wave = factories.wave(world.client, admin)
    card(wave, world.branch, shopper, 60)
    card(wave, world.branch, shopper, 10, released_at=None)
    card(wave, world.branch, shopper, 20, is_current=False)
    session.commit()
    assert [row["overall"] for row in program.rows("/scorecards")] == [60.0]
    assert program.json("/network")["network"]["visits"] == 1


@pytest.mark.parametrize("path", ["/branches", "/scorecards", "/waves"])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 2000])
def test_pieces_of_any_size_make_the_whole(program, figures, world, admin, session, path, limit):
    factories.wave(world.client, admin, name="Sau", starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
    session.commit()
    query = {"wave": figures.wave.id} if path == "/branches" else {}
    whole = program.rows(path, **query)
    assert program.rows(path, limit=limit, **query) == whole
    assert [row["id"] for row in whole] == sorted({row["id"] for row in whole})


def test_a_cursor_stays_right_while_visits_are_released(program, figures, world, shopper, session):
    first = program.json("/scorecards", limit=2)
    card(figures.wave, world.branch, shopper, 33)
    session.commit()
    rest = program.json("/scorecards", cursor=first["next_cursor"])
    assert [row["overall"] for row in first["data"] + rest["data"]] == [60.0, 70.0, 0.0, 90.0, None, 33.0]


def test_other_branches_stay_out_of_a_narrow_tokens_rows(program_of, head_office, world, figures):
    program = program_of(head_office, world.client, world.south)
    assert [row["code"] for row in program.rows("/branches")] == ["CN003"]
    assert [row["branch_code"] for row in program.rows("/scorecards")] == ["CN003"]
    assert [row["name"] for row in program.json("/regions")["data"]] == ["Miền Nam"]
    assert program.get("/branches", region=world.north.id).status_code == 404
    assert program.get("/scorecards", region=world.north.id).status_code == 404
    answer = program.json("/network")
    assert (answer["network"]["mean"], answer["shown"]["mean"]) == (80, None)
    assert {key: value for key, value in answer["network"].items() if value is not None} == {
        "mean": 80,
        "branches": 2,
        "visits": 4,
    }  # incidents, unscored visits and existing branches of other regions are not theirs
    assert (answer["shown"]["existing"], answer["shown"]["unscored"]) == (1, 1)
    assert program.json("/questions")["data"] == []


@pytest.mark.parametrize("path", ["/branches", "/scorecards", "/regions", "/waves", "/questions"])
def test_many_rows_cost_the_queries_of_few(program, figures, world, shopper, session, statements, path):
    program.get(path)
    counts = []
    for turn in range(2):
        with statements() as sent:
            program.rows(path)
        counts.append(len(sent))
        for place in range(6):
            branch = factories.branch(world.north, f"M{turn}{place}", f"Mới {place}")
            card(figures.wave, branch, shopper, 50 + place, {"issue": 50})
        session.commit()
        program.get(path)  # a wave's figures are computed once after a release
    assert counts[0] == counts[1]


def test_texts_in_the_owners_language(program, head_office, figures, session):
    head_office.language = "en"
    session.commit()
    titles = [row["title"] for row in program.json("/factors")["data"]]
    assert titles[0] == "Xử lý tình huống (en)"
