"""Ratings, drivers, a branch's waves, and the filter by version: what programs get, and what stays out of reach."""

from datetime import date
from fractions import Fraction

import pytest

from tests import factories
from tests.factories import both
from tests.insights.cards import card


def _rated(wave, branch, shopper, nps, greeted=None, **more):
    lines = {"nps": (Fraction(nps, 10), 0, 0)}
    if greeted is not None:
        lines["greeted"] = (greeted, 10, 10 - 10 * greeted)
    return card(wave, branch, shopper, 70, questions=lines, **more)


def _by(rows, key):
    return {row[key]: row for row in rows}


def test_ratings_from_ten_answers_on(program, world, admin, shopper, session):
    wave = factories.wave(world.client, admin)
    for place in range(9):
        _rated(wave, world.branch, shopper, 9, 1 if place < 6 else 0)
    session.commit()
    rows = _by(program.json("/ratings")["data"], "question_id")
    nps, greeted = rows["nps"], rows["greeted"]
    assert (nps["kind"], nps["n"], nps["counted"], nps["passives"], nps["detractors"]) == ("nps", 9, 9, 0, 0)
    assert (nps["nps"], nps["low"], nps["share"]) == (None, None, None)
    assert (greeted["kind"], greeted["n"], greeted["counted"], greeted["share"]) == ("yes", 9, 6, None)
    _rated(wave, world.southern_branch, shopper, 0, 0)
    session.commit()
    rows = _by(program.json("/ratings")["data"], "question_id")
    assert (rows["nps"]["nps"], rows["nps"]["detractors"]) == (80, 1)
    assert rows["nps"]["low"] < 80 < rows["nps"]["high"]
    assert (rows["greeted"]["share"], rows["greeted"]["n"]) == (60, 10)
    assert rows["greeted"]["low"] < 60 < rows["greeted"]["high"]
    only = _by(program.json("/ratings", region=world.south.id)["data"], "question_id")
    assert (only["nps"]["n"], only["nps"]["nps"]) == (1, None)


@pytest.fixture
def driven(world, admin, shopper, session):
    """Greeted visits rate 9, the others 6: 30 and 25 of them; an earlier wave of three."""
    before = factories.wave(world.client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
    wave = factories.wave(world.client, admin, before.version, name="Quý 4")
    for _place in range(3):
        _rated(before, world.branch, shopper, 9, 1)
    for place in range(55):
        _rated(
            wave,
            world.branch if place % 2 else world.southern_branch,
            shopper,
            9 if place < 30 else 6,
            place < 30,
        )
    session.commit()
    return wave


def test_drivers_with_their_gap(program, driven):
    answer = program.json("/drivers", wave=driven.id)
    assert (answer["visits"], answer["outcome"]["id"]) == (55, "nps")
    greeted = _by(answer["data"], "question_id")["greeted"]
    assert (greeted["met"], greeted["not_met"], greeted["share_met"]) == (30, 25, 55)
    assert (greeted["rating_met"], greeted["rating_not_met"], greeted["gap"]) == (9.0, 6.0, 3.0)
    pooled = program.json("/drivers", wave=driven.id, waves="pooled")
    assert (pooled["visits"], [wave["name"] for wave in pooled["waves"]]) == (58, ["Quý 4", "Quý 3"])
    assert _by(pooled["data"], "question_id")["greeted"]["met"] == 33
    assert program.get("/drivers", outcome="greeted").status_code == 404


def test_too_few_visits_carry_no_gap(program_of, head_office, driven, world):
    program = program_of(head_office, world.client, world.north)
    answer = program.json("/drivers", wave=driven.id)
    assert answer["visits"] == 27
    (greeted,) = answer["data"]
    assert (greeted["gap"], greeted["rating_met"], greeted["clear"]) == (None, None, "")
    assert program.json("/ratings", wave=driven.id)["data"][0]["n"] == 27


def test_a_branch_over_its_waves(program, world, admin, shopper, session):
    before = factories.wave(world.client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
    wave = factories.wave(world.client, admin, before.version, name="Quý 4")
    for score in (40, 60):
        card(before, world.branch, shopper, score)
    for score in (70, 80, 90):
        card(wave, world.branch, shopper, score, overall=0 if score == 90 else score, knockouts=score // 90)
    card(wave, world.second_branch, shopper, 60)
    card(wave, world.branch, shopper, None)
    session.commit()
    answer = program.json(f"/branches/{world.branch.id}/waves")
    assert (answer["branch_code"], len(answer["data"])) == ("CN001", 2)
    newest, older = answer["data"]
    assert (newest["wave"]["name"], newest["visits"], newest["unscored"], newest["incidents"]) == (
        "Quý 4",
        3,
        1,
        1,
    )
    assert (newest["mean"], newest["overall"], newest["network"], newest["few"]) == (80, 50, 70, False)
    assert (older["mean"], older["overall"], older["network"], older["few"]) == (50, None, 50, True)
    assert newest["comparable"] is older["comparable"] is True
    assert program.get(f"/branches/{world.branch.id}/waves", wave=999999).status_code == 404


def test_waves_scored_by_other_rules_are_marked(program, world, admin, shopper, session):
    before = factories.wave(world.client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
    changed = {**factories.CHECKLIST, "questions": factories.CHECKLIST["questions"][1:]}
    wave = factories.wave(world.client, admin, factories.version(changed), name="Quý 4")
    card(before, world.branch, shopper, 40)
    card(wave, world.branch, shopper, 60)
    session.commit()
    path = f"/branches/{world.branch.id}/waves"
    assert [row["comparable"] for row in program.json(path)["data"]] == [True, False]
    assert [row["comparable"] for row in program.json(path, wave=before.id)["data"]] == [False, True]


def test_branches_out_of_reach_have_no_waves(program, program_of, head_office, world, figures):
    assert program.get(f"/branches/{world.foreign_branch.id}/waves").status_code == 404
    narrow = program_of(head_office, world.client, world.south)
    assert narrow.get(f"/branches/{world.branch.id}/waves").status_code == 404
    assert narrow.get(f"/branches/{world.southern_branch.id}/waves").status_code == 200


def test_a_version_narrows_to_its_waves(program, world, admin, shopper, session):
    before = factories.wave(world.client, admin, name="Quý 3", starts_on=date(2026, 7, 1))
    document = {**factories.CHECKLIST, "title": both("Khác")}
    wave = factories.wave(world.client, admin, factories.version(document), name="Quý 4")
    card(before, world.branch, shopper, 40)
    card(wave, world.branch, shopper, 60)
    session.commit()
    assert program.json("/network")["wave"]["name"] == "Quý 4"
    assert program.json("/network", version=before.version_id)["wave"]["name"] == "Quý 3"
    assert program.json("/branches", version=before.version_id, wave=before.id)["wave"]["name"] == "Quý 3"
    # A page would go on to the version's own wave; a program is told that the two do not belong together.
    assert program.get("/branches", version=before.version_id, wave=wave.id).status_code == 404
    assert [row["overall"] for row in program.rows("/scorecards", version=before.version_id)] == [40.0]
    assert program.get("/scorecards", version=999999).status_code == 404
    assert {row["name"]: row["version_id"] for row in program.rows("/waves")} == {
        "Quý 3": before.version_id,
        "Quý 4": wave.version_id,
    }


def test_a_checklist_without_ratings(program, world, admin, shopper, session):
    plain = [one for one in factories.CHECKLIST["questions"] if one["type"] != "scale"]
    wave = factories.wave(world.client, admin, factories.version({**factories.CHECKLIST, "questions": plain}))
    card(wave, world.branch, shopper, 60)
    session.commit()
    answer = program.json("/drivers")
    assert (answer["outcome"], answer["outcomes"], answer["data"]) == (None, [], [])
    assert {row["kind"] for row in program.json("/ratings")["data"]} <= {"yes"}
