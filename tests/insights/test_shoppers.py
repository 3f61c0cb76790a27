"""Shoppers compared with each other: the agency's page, its words, who may not see it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.insights.leniency import leniency_in
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card
from tests.insights.conftest import Figures, heading, rows

Browser = Callable[[Person | None], FlaskClient]
VECTORS = Path(__file__).parents[1] / "data" / "aggregate.json"


@pytest.fixture
def lenient(world: World, admin: Person, session: Session) -> Wave:
    """The public vector as released visits: Lan scores about nine points above the others."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    case = next(one for one in vectors if one["name"] == "one_lenient_shopper")
    using = factories.version()
    waves: dict[str, Wave] = {}
    branches = {}
    people = {}
    for visit in case["input"]["visits"]:
        wave, branch, shopper = visit["wave"], visit["branch"], visit["shopper"]
        waves[wave] = waves.get(wave) or factories.wave(world.client, admin, using, name=f"Đợt {wave}")
        branches[branch] = branches.get(branch) or factories.branch(world.north, branch.upper(), branch)
        people[shopper] = people.get(shopper) or factories.person(shopper.title(), RoleName.SHOPPER)
        card(waves[wave], branches[branch], people[shopper], visit["score"])
    session.commit()
    return waves["W1"]


def test_says_who_scores_differently_and_by_how_much(
    client_of: Browser, lenient: Wave, editor: Person
) -> None:
    page = client_of(editor).get("/network/shoppers").text
    assert heading(page) == "1 người chấm khác hẳn những người khác"
    table = rows(page)
    assert table[0][0] == "Lan"
    assert "chấm cao hơn người khác khoảng 9 điểm (5–14; 7 lượt)" in table[0]
    assert [row[0] for row in table] == ["Lan", "Hoa", "Minh", "Tu"]
    by_name = {row[0]: row for row in table}
    assert "chênh −1 điểm (−6 đến 5; 7 lượt): chưa đủ để kết luận" in by_name["Minh"]
    assert "ít hơn 5 lượt ở nơi người khác cũng đến: chưa kết luận" in by_name["Tu"]
    assert "Khoảng 1/10 người được nêu có thể là báo động nhầm." in page
    assert "style=" not in page


def test_agrees_with_the_aggregate(session: Session, lenient: Wave, admin: Person) -> None:
    found = {row.name: row.figures for row in leniency_in(admin, lenient).rows}
    assert float(found["Lan"].leniency or 0) == pytest.approx(9.285714285714286)
    assert found["Lan"].low == pytest.approx(4.5952568550208435)
    assert found["Minh"].p == pytest.approx(0.855244502985294)


@pytest.mark.parametrize("name", ["shopper", "branch_manager", "area_manager", "head_office", "other_client"])
def test_is_for_the_agency_only(
    client_of: Browser, lenient: Wave, name: str, request: pytest.FixtureRequest
) -> None:
    answer = client_of(request.getfixturevalue(name)).get(f"/network/shoppers?wave={lenient.id}")
    assert answer.status_code == 403
    assert "Lan" not in answer.text


def test_little_data_is_said_in_words(client_of: Browser, figures: Figures, admin: Person) -> None:
    page = client_of(admin).get(f"/network/shoppers?wave={figures.wave.id}").text
    assert heading(page) == "Chưa đủ lượt lặp lại để so sánh người ghé thăm"
    assert "nan" not in page.lower().split()


def test_a_wave_without_visits_says_so(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    browser = client_of(admin)
    assert browser.get("/network/shoppers").status_code == 200
    wave = factories.wave(world.client, admin)
    session.commit()
    page = browser.get(f"/network/shoppers?wave={wave.id}").text
    assert heading(page) == "Chưa có lượt nào được chấm: chưa so sánh được người ghé thăm"
    assert browser.get("/network/shoppers?wave=999999").status_code == 404
