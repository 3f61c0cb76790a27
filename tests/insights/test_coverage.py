"""How far the visits have come: live for the agency, for the client's side never so fine that it tells of a shopper."""

import itertools
import random
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from audit.api import tokens
from audit.db import now
from audit.insights import quota, sheets
from audit.insights.coverage import Progress
from audit.insights.discretion import LEAST, groups_of, may_tell
from audit.insights.selection import Selection
from audit.insights.view import view_of
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import WaveState
from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import rows, section

GUARDED = ("done", "to_come", "late", "aborted", "rejected")
FRESH = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.REJECTED, State.ABORTED)


@pytest.fixture
def wave(world, admin, shopper, session):
    """Six branches in the north with one visit to come each; the south has three."""
    made = factories.wave(world.client, admin, name="Quý 4")
    north = [world.branch, world.second_branch]
    north += [
        factories.branch(world.north, f"CN1{place}", f"Bắc {place}", format="Phố", channel="phone")
        for place in range(4)
    ]
    south = [world.southern_branch, *(factories.branch(world.south, f"CN2{n}", f"Nam {n}") for n in range(2))]
    for branch in (*north, *south):
        factories.visit(made, branch, shopper, State.IN_PROGRESS)
    session.commit()
    return made


def coverage(person, wave, **filters):
    """By name of the row, without what only links need."""
    found = sheets.ALL["coverage"](view_of(person, Selection(wave, **filters)))
    return {row["name"]: {key: row[key] for key in row if key != "_id"} for row in found.rows}


def hidden(row):
    return all(row[key] is None for key in GUARDED)


def became(wave, branch, state, days_ago, session):
    """The branch's visit was made so many days ago and is in this state by now."""
    visit = next(one for one in wave_visits(wave, session) if one.branch_id == branch.id)
    moment = now() - timedelta(days=days_ago)
    visit.started_at = visit.accepted_at = moment
    if state == State.ABORTED:
        visit.abort_reason = "recognised"
    else:
        visit.submitted_at = moment
    if state in (State.APPROVED, State.RELEASED):
        visit.approved_at = moment
    if state == State.RELEASED:
        visit.released_at = moment
    visit.state = state
    session.commit()


def wave_visits(wave, session):
    return session.query(Visit).filter_by(wave_id=wave.id).all()


@pytest.mark.parametrize("state", FRESH)
def test_a_visit_of_today_changes_nothing_that_the_client_reads(
    head_office, area_manager, admin, wave, world, session, state
):
    readers = (head_office, area_manager)
    before = [coverage(person, wave) for person in readers]
    became(wave, world.branch, state, 0, session)
    assert [coverage(person, wave) for person in readers] == before
    live = coverage(admin, wave)["Miền Bắc"]
    expected = {State.REJECTED: (5, 0, 0, 1), State.ABORTED: (5, 0, 1, 0)}.get(state, (6, 1, 0, 0))
    assert (live["planned"], live["done"], live["aborted"], live["rejected"]) == expected


@pytest.mark.parametrize("state", FRESH)
def test_a_day_later_it_counts_but_only_among_enough_branches(
    head_office, area_manager, wave, world, session, state
):
    before = coverage(head_office, wave)
    became(wave, world.southern_branch, state, 2, session)
    ended = state in (State.ABORTED, State.REJECTED)
    found = coverage(head_office, wave)
    assert found["Tất cả"]["done"] == int(not ended)
    assert found["Tất cả"]["planned"] == 9 - int(ended)
    assert found["Tất cả"]["aborted"] == int(state == State.ABORTED)
    assert found["Tất cả"]["rejected"] == int(state == State.REJECTED)
    assert found["Miền Nam"] == before["Miền Nam"], "three branches: not even a rejection is told"
    assert hidden(found["Miền Nam"])


def test_the_rest_is_told_by_no_difference(head_office, area_manager, wave):
    found = coverage(head_office, wave)
    assert found["Tất cả"]["done"] == 0
    assert hidden(found["Miền Nam"])
    assert hidden(found["Miền Bắc"]), "all less the north would be the south's three branches"
    assert hidden(coverage(area_manager, wave)["Tất cả"]), (
        "and whoever reads the north may know who reads all"
    )


def test_regions_that_are_large_enough_are_told(head_office, area_manager, wave, world, shopper, session):
    for place in range(2):
        factories.visit(wave, factories.branch(world.south, f"CN3{place}", "Nam"), shopper, State.ACCEPTED)
    session.commit()
    found = coverage(head_office, wave)
    assert [row["to_come"] for row in found.values()] == [11, 6, 5]
    assert coverage(area_manager, wave)["Tất cả"] == {**found["Miền Bắc"], "name": "Tất cả"}
    assert coverage(head_office, wave, region_id=world.south.id)["Tất cả"]["to_come"] == 5


FILTERS = (
    {"words": "cn001"},
    {"words": "cn1"},
    {"format": "Phố"},
    {"channel": "phone"},
    {"channel": "onsite"},
    {"region": "north"},
    {"region": "south"},
    {"region": "north", "words": "cn"},
    {"region": "north", "channel": "phone"},
)


def narrowed(world, asked):
    names = {"words": "q", "region": "region", "format": "format", "channel": "channel"}
    values = {**asked, **({"region": getattr(world, asked["region"]).id} if "region" in asked else {})}
    return {names[name]: value for name, value in values.items()}


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_no_filter_makes_page_files_or_programs_tell_more(
    client_of, head_office, area_manager, app, world, wave, session, asked
):
    world.branch.search, world.second_branch.search = "cn001", "cn002"
    for place in range(4):  # of the north some were visited, of the south one
        branch = next(one for one in wave_visits(wave, session) if one.branch.code == f"CN1{place}").branch
        became(wave, branch, State.SUBMITTED, 3, session)
    became(wave, world.southern_branch, State.SUBMITTED, 3, session)
    query = {**narrowed(world, asked), "wave": wave.id}
    for person in (head_office, area_manager):
        if person is area_manager and asked.get("region") == "south":
            continue
        browser = client_of(person)
        page = browser.get("/network", query_string=query).text
        shown = rows(section(page, "coverage"))
        assert {tuple(row[2:3] + row[4:]) for row in shown} == {("–",) * 5}, page
        assert "ít hơn 5 chi nhánh" in page
        lines = browser.get("/network/coverage.csv", query_string=query).text.splitlines()
        assert {line.split(",")[2] for line in lines[1:]} == {""}
        book = openpyxl.load_workbook(
            BytesIO(browser.get("/network/export.xlsx", query_string=query).data), read_only=True
        )
        cells = [
            row[2]
            for row in book[next(name for name in book.sheetnames if "độ" in name or "Cover" in name)].values
        ]
        assert set(cells[1:]) == {None}
        _token, secret = tokens.make(person, "BI", wave.client_id, None, 90, now())
        session.commit()
        answer = app.test_client().get(
            "/api/v1/coverage", query_string=query, headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == 200, answer.text
        assert all(hidden(row) for row in answer.json["data"])


def test_the_last_visits_of_a_wave_are_not_told_by_what_is_released(head_office, wave, world, session):
    visited = [one.branch for one in wave_visits(wave, session)]
    for branch in visited[:4]:
        became(wave, branch, State.RELEASED, 3, session)
    assert coverage(head_office, wave)["Tất cả"]["to_come"] == 5
    became(wave, visited[4], State.RELEASED, 3, session)
    left = coverage(head_office, wave)["Tất cả"]
    assert hidden(left), "four branches left: each could be watched"
    assert (left["planned"], left["released"]) == (9, 5)
    wave.state = WaveState.CLOSED
    session.commit()
    assert coverage(head_office, wave)["Tất cả"]["to_come"] == 4, "nobody is on the way any more"


def test_what_is_planned_is_the_same_here_and_in_the_plan(client_of, admin, wave, world, shopper, session):
    for state in (State.ABORTED, State.REJECTED, State.CANCELLED, State.SUBMITTED, State.PLANNED):
        factories.visit(wave, world.branch, None if state == State.PLANNED else shopper, state)
    session.commit()
    found, plan = coverage(admin, wave)["Tất cả"], quota.quota_of(admin, wave)
    assert (found["planned"], found["done"]) == (plan.planned, plan.done) == (11, 1)
    assert (found["aborted"], found["rejected"], found["to_come"]) == (1, 1, 10)
    page = client_of(admin).get(f"/waves/{wave.id}/precision").text
    assert "đã làm: 1 trong 11 lượt" in page
    assert "không kể lượt đã hủy, bỏ dở hoặc bị từ chối" in page


def test_released_leads_to_the_visits(client_of, admin, wave, world, shopper, session):
    for branch in (world.branch, world.branch, world.southern_branch):
        card(wave, branch, shopper, 70)
    card(wave, world.second_branch, shopper, None)
    session.commit()
    browser = client_of(admin)
    for query, counts in (("", ["4", "3", "1"]), (f"&region={world.north.id}", ["3", "3"])):
        page = section(browser.get(f"/network?wave={wave.id}{query}").text, "coverage")
        assert [row[3] for row in rows(page)] == counts
        links = [part.split('"', 1)[0] for part in page.split('href="')[1:]]
        for link, count in zip(links, counts, strict=True):
            listed = browser.get(link.replace("&amp;", "&")).text
            assert listed.count('href="/scorecards/') == int(count)


def random_tree(rng):
    parents = {1: None}
    for region in range(2, rng.randint(2, 14)):
        parents[region] = rng.choice([None, *parents])
    own = {}
    for region in parents:
        branches = rng.choice((0, 0, 1, 2, 4, 5, 7, 20))
        if branches:
            own[region] = Progress(branches=branches, waiting=rng.choice((0, branches, branches // 2)))
    return own, parents


def test_no_sum_or_difference_of_what_is_told_is_too_small():
    """Whatever may be told is put together from groups that are large enough and share no branch."""
    rng = random.Random(7)
    told = 0
    for _turn in range(400):
        own, parents = random_tree(rng)
        groups = groups_of(own, parents)
        for group in groups:
            waiting = sum(own[one].waiting for one in group if one in own)
            assert sum(own[one].branches for one in group if one in own) >= LEAST
            assert not waiting or waiting >= LEAST
        assert all(not one & other for one, other in itertools.combinations(groups, 2))
        if groups:
            assert frozenset().union(*groups) >= set(own), "with the whole every branch is in a group"
        for region in own:
            part = {region: own[region]}
            if may_tell(part, own, groups):
                told += 1
                assert any({one for one in group if one in own} == {region} for group in groups)
            fewer = {region: own[region]._replace(branches=own[region].branches - 1)}
            assert fewer[region].branches == 0 or not may_tell(fewer, own, groups)
    assert told > 100
