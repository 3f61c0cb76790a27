"""The branch's page: waves, factors beside the network, questions as counts, scorecards."""

import re

import pytest

from audit.insights import branch as branch_room
from tests import factories, stories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows


def page(browser, branch, query="", status=200):
    answer = browser.get(f"/network/branches/{branch.id}{query}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def table(text, name):
    """The body rows of the table of this class."""
    return rows(text.split(f'<table class="sheet {name}">', 1)[1])


@pytest.mark.parametrize("role", ["head_office", "area_manager", "editor", "admin"])
def test_the_branch_beside_the_network(client_of, request, role, figures, world):
    text = page(client_of(request.getfixturevalue(role)), world.branch)
    network = "Khu vực của anh/chị" if role == "area_manager" else "Mạng lưới"
    assert heading(text) == "Hoàn Kiếm: 70 điểm qua 3 lượt"
    assert "1/3 lượt bị điểm liệt" in text
    assert f">{network}</a>" in text
    assert table(text, "factors") == [
        ["Điểm trung bình", "70 n = 3", "80 2 chi nhánh, n = 4"],
        ["Xử lý tình huống", "60 n = 3", "75 n = 4"],
        ["Thái độ, chuyên môn", "90 n = 3", "90 n = 4"],
        ["Tốc độ", "40 n = 1", "65 n = 2"],
    ]
    assert table(text, "waves") == [["Quý 4", "01/10/2026 – 31/12/2026", "3", "70", "1/3 lượt bị điểm liệt"]]


def test_scorecards_are_listed_with_band_and_link(client_of, head_office, figures, world, shopper, session):
    newest = card(
        figures.wave, world.branch, shopper, "79.95", visited_on=factories.AT.date().replace(day=20)
    )
    session.commit()
    text = page(client_of(head_office), world.branch)
    found = table(text, "cards")
    assert found[0] == [newest.number, "Quý 4", "20/11/2026, buổi sáng", "80,0", "Tốt", "không có"]
    assert found[1][3:] == ["0,0", "Không đạt", "1 điểm liệt"]
    assert f'href="/scorecards/{newest.id}"' in text
    assert len(found) == 4
    assert "Hà" not in text  # the shopper's name


def test_questions_are_counts_ordered_by_points_lost(client_of, head_office, admin, world, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    for solved, greeted, skill in (
        ((1, 30, 0), (1, 10, 0), ("1/2", 20, 10)),
        ((0, 30, 30), (1, 10, 0), ("1/4", 20, 15)),
        ((None, 0, 0), (0, 10, 10), (1, 20, 0)),
        ((1, 30, 0), (1, 10, 0), ("3/4", 20, 5)),
    ):
        lines = {"solved": solved, "greeted": greeted, "skill": skill, "nps": ("7/10", 0, 0)}
        card(wave, world.branch, shopper, 50, questions=lines)
    session.commit()
    text = page(client_of(head_office), world.branch)
    assert table(text, "questions") == [  # equal losses in form order; NPS carries no points
        ["5", "Chuyên môn", "1/4 lượt đạt 3 lượt đạt một phần", "7,5"],
        ["6", "Giải quyết thế nào?", "2/3 lượt đạt", "7,5"],
        ["2", "Được chào?", "3/4 lượt đạt", "2,5"],
    ]


def test_another_wave_is_chosen_by_the_address(
    client_of, head_office, admin, figures, world, shopper, session
):
    other = factories.version()
    spring = factories.wave(
        world.client, admin, other, name="Quý 1", starts_on=factories.AT.date().replace(month=1)
    )
    card(spring, world.branch, shopper, "33.3", {"issue": 20})
    session.commit()
    browser = client_of(head_office)
    assert heading(page(browser, world.branch)) == "Hoàn Kiếm: 70 điểm qua 3 lượt"
    text = page(browser, world.branch, f"?wave={spring.id}")
    assert heading(text) == "Hoàn Kiếm: 33 điểm qua 1 lượt"
    assert "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận" in text
    assert [row[0] for row in table(text, "waves")] == [
        "Quý 4 phiên bản bảng tiêu chí khác: không so sánh được",
        "Quý 1 Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận",
    ]


def test_a_branch_without_released_visits(client_of, head_office, figures, world, session):
    new = factories.branch(world.south, "CN004", "An Bình")
    session.commit()
    text = page(client_of(head_office), new)
    assert heading(text) == "An Bình: chưa có lượt nào được chấm điểm"
    assert "chưa có lượt nào được phát hành" in text
    page(client_of(head_office), new, f"?wave={figures.wave.id}")


def test_a_branch_whose_visits_cannot_be_scored(client_of, head_office, figures, world):
    text = page(client_of(head_office), world.southern_branch)
    assert heading(text) == "Ninh Kiều: chưa có lượt nào được chấm điểm"
    assert table(text, "waves")[0][2:4] == ["0", "Không có điểm"]
    assert table(text, "cards")[0][3:5] == ["–", "không tính điểm"]


@pytest.mark.parametrize("query", ["?wave=x", "?wave=999999"])
def test_a_wave_that_is_none(client_of, head_office, figures, world, query):
    page(client_of(head_office), world.branch, query, 404)


def test_scorecards_come_in_pages(client_of, head_office, figures, world, monkeypatch):
    monkeypatch.setattr(branch_room, "CARDS", 2)
    browser = client_of(head_office)
    assert len(table(page(browser, world.branch), "cards")) == 2
    text = page(browser, world.branch, "?page=2")
    assert len(table(text, "cards")) == 1
    assert re.search(r'rel="prev" href="/network/branches/\d+\?page=1"', text)


def test_as_many_queries_for_many_visits(client_of, head_office, figures, world, shopper, session, queries):
    browser, address = client_of(head_office), f"/network/branches/{world.branch.id}"
    browser.get(address)
    with queries() as few:
        browser.get(address)
    for score in range(10):
        card(figures.wave, world.branch, shopper, score, {"issue": score}, {"greeted": (1, 10, 0)})
    session.commit()
    with queries() as many:
        text = browser.get(address).text
    assert heading(text) == "Hoàn Kiếm: 20 điểm qua 13 lượt"
    assert len(many) == len(few)


def test_a_visit_lived_through_the_services_arrives(
    client_of, head_office, editor, admin, world, shopper, session
):
    wave = factories.wave(world.client, admin, name="Quý 4")
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper, {"greeted": "no"})
    made = stories.approved(visit, editor)
    text = page(client_of(head_office), world.branch)
    assert heading(text) == "Hoàn Kiếm: chưa có lượt nào được chấm điểm"
    stories.released(visit, admin)
    text = page(client_of(head_office), world.branch)
    assert heading(text) == "Hoàn Kiếm: 87 điểm qua 1 lượt"  # 100 − 69/177 · 1/3 · 100
    assert table(text, "questions")[0] == ["2", "Được chào?", "0/1 lượt đạt", "13,0"]
    assert f'href="/scorecards/{made.id}"' in text
