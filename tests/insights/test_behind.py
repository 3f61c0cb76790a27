"""The visits behind a figure: whose they are, which of them, in which order."""

import csv
import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from audit.insights import behind
from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows


def page(browser, query="", status=200):
    answer = browser.get(f"/network/visits{query}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


@pytest.fixture
def asked(admin, world, shopper, session):
    """Hoàn Kiếm met "greeted" once, partly never, lost it twice; Ba Đình met it; Ninh Kiều was not asked."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    for score, credit in ((60, 0), (70, 0), (80, 1)):
        lines = {"greeted": (credit, 10, 10 - 10 * credit), "skill": ("1/2", 20, 10)}
        card(wave, world.branch, shopper, score, questions=lines)
    card(wave, world.second_branch, shopper, 90, questions={"greeted": (1, 10, 0), "skill": (1, 20, 0)})
    card(wave, world.southern_branch, shopper, 50, questions={"greeted": (None, 0, 0)}, knockouts=1)
    card(wave, world.southern_branch, shopper, None, questions={"greeted": (0, 0, 0)})
    session.commit()
    return wave


@pytest.mark.parametrize("role", ["head_office", "editor", "admin"])
def test_every_released_visit_of_the_wave(client_of, request, role, asked):
    text = page(client_of(request.getfixturevalue(role)), f"?wave={asked.id}")
    assert heading(text) == "6 lượt ghé thăm"
    found = rows(text)
    assert len(found) == 6
    assert "Hà" not in text  # the shopper's name
    assert "10:05" not in text
    assert found[-1][1:] == ["Hoàn Kiếm CN001", "14/11/2026, buổi sáng", "60,0", "không có"]


def test_the_visits_of_a_question_with_what_they_lost(client_of, head_office, world, asked):
    browser = client_of(head_office)
    text = page(browser, f"?branch={world.branch.id}&question=greeted&result=missed")
    assert heading(text) == "2 lượt ghé thăm · Hoàn Kiếm · không đạt"
    assert [row[3:] for row in rows(text)] == [
        ["70,0", "không có", "Không đạt", "10,0"],
        ["60,0", "không có", "Không đạt", "10,0"],
    ]
    assert "Câu 2." in text
    assert len(rows(page(browser, "?question=greeted&result=met"))) == 2
    assert len(rows(page(browser, "?question=skill&result=partly"))) == 3
    # The visit that was not asked, not the one without a score: its lines count in no figure.
    assert [row[5] for row in rows(page(browser, "?question=greeted&result=none"))] == ["Không đánh giá"]
    assert len(rows(page(browser, "?question=greeted"))) == 5


def test_every_row_leads_to_its_scorecard(client_of, head_office, asked, world, shopper, session):
    made = card(asked, world.second_branch, shopper, "12.34", visited_on=factories.AT.date().replace(day=20))
    session.commit()
    browser = client_of(head_office)
    text = page(browser)
    assert f'href="/scorecards/{made.id}"' in text
    assert rows(text)[0][3] == "12,3"


def test_incidents_and_visits_without_a_score(client_of, head_office, asked):
    browser = client_of(head_office)
    text = page(browser, "?result=incident")
    assert heading(text) == "1 lượt ghé thăm · có điểm liệt"
    assert rows(text)[0][3:] == ["50,0", "1 điểm liệt"]
    assert rows(page(browser, "?result=unscored"))[0][3] == "không tính điểm"


def test_the_filter_of_the_network_narrows_the_visits(client_of, head_office, asked, world, session):
    world.second_branch.channel, world.second_branch.format = "phone", "Nhỏ"
    session.commit()
    browser = client_of(head_office)
    assert len(rows(page(browser, f"?region={world.south.id}"))) == 2
    assert len(rows(page(browser, "?q=cn002"))) == 1
    assert [row[1] for row in rows(page(browser, "?channel=phone"))] == ["Ba Đình CN002"]
    assert [row[1] for row in rows(page(browser, "?format=Nhỏ"))] == ["Ba Đình CN002"]


def test_an_area_manager_sees_the_area_only(client_of, area_manager, asked, world):
    browser = client_of(area_manager)
    text = page(browser)
    assert heading(text) == "4 lượt ghé thăm"
    assert "Ninh Kiều" not in text
    page(browser, f"?branch={world.southern_branch.id}", 404)
    page(browser, f"?region={world.south.id}", 404)


def test_what_is_not_there_or_not_theirs(client_of, head_office, other_client, asked, world):
    browser = client_of(head_office)
    for query in (
        f"?branch={world.foreign_branch.id}",
        "?branch=999999",
        "?branch=x",
        "?question=none_such",
        f"?region={world.foreign_region.id}",
        "?wave=999999",
        "?channel=drums",
    ):
        page(browser, query, 404)
    page(client_of(other_client), f"?wave={asked.id}", 404)


def test_the_agency_cannot_mix_clients(client_of, admin, asked, world):
    page(client_of(admin), f"?wave={asked.id}&branch={world.foreign_branch.id}", 404)


@pytest.mark.parametrize("role", ["branch_manager", "shopper"])
def test_who_may_not(client_of, request, role, asked):
    page(client_of(request.getfixturevalue(role)), "", 403)


def test_signed_out(client_of, asked):
    answer = client_of(None).get("/network/visits")
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.location


def test_nothing_yet(client_of, head_office, world, admin, session):
    browser = client_of(head_office)
    assert "chưa" in page(browser).lower()
    factories.wave(world.client, admin)
    session.commit()
    text = page(browser)
    assert heading(text) == "0 lượt ghé thăm"
    assert "Không có lượt đã phát hành nào" in text


def test_visits_come_in_pages_and_in_any_order(client_of, head_office, asked, monkeypatch):
    monkeypatch.setattr(behind, "PAGE", 2)
    browser = client_of(head_office)
    assert len(rows(page(browser))) == 2
    assert len(rows(page(browser, "?page=99"))) == 2
    assert [row[3] for row in rows(page(browser, "?sort=score"))] == ["50,0", "60,0"]
    assert [row[3] for row in rows(page(browser, "?sort=score&order=desc"))] == ["90,0", "80,0"]
    assert [row[3] for row in rows(page(browser, "?sort=lost"))] == [
        row[3] for row in rows(page(browser))
    ]  # means nothing without a question


def test_as_many_queries_for_many_visits(client_of, head_office, asked, world, shopper, session, queries):
    browser = client_of(head_office)
    page(browser)
    with queries() as few:
        page(browser)
    for score in range(10):
        card(asked, world.branch, shopper, score)
    session.commit()
    with queries() as many:
        page(browser)
    assert len(many) == len(few)


def in_file(browser, query):
    """Head and lines of the CSV and of the Excel file of the list, which are the same."""
    answer = browser.get(f"/network/visits.csv{query}")
    assert answer.status_code == 200, answer.text[:300]
    head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    book = load_workbook(io.BytesIO(browser.get(f"/network/visits.xlsx{query}").data))
    found = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert found[0] == head
    assert [row[7] for row in found[1:]] == [line[7] for line in lines]
    return head, lines, found[1:], [[cell.value for cell in row] for row in book.worksheets[-1].rows]


@pytest.mark.parametrize(
    "more",
    [
        "",
        "&branch={branch}",
        "&question=greeted",
        "&question=greeted&result=missed",
        "&question=greeted&result=less&branch={branch}",
        "&question=greeted&result=none",
        "&question=greeted&result=yes",
        "&question=skill&beside=greeted",
        "&question=skill&result=partly&q=cn001",
        "&result=incident",
        "&result=unscored",
        "&region={south}",
    ],
)
def test_page_and_file_hold_the_same_visits(client_of, head_office, asked, world, more):
    browser = client_of(head_office)
    query = f"?wave={asked.id}{more.format(branch=world.branch.id, south=world.south.id)}"
    shown = rows(page(browser, query))
    head, lines, _book, _about = in_file(browser, query)
    assert sorted(row[0] for row in shown) == sorted(line[7] for line in lines)
    assert len(shown) > 0
    if "question=" in more:
        assert head[-2:] == ["Kết quả", "Điểm bị mất"]
        told = {row[0]: (row[5], row[6].replace(",", ".")) for row in shown}
        assert {line[7]: (line[-2], line[-1]) for line in lines} == told
    else:
        assert "Kết quả" not in head


def test_the_file_says_what_was_asked_for(client_of, head_office, asked, world):
    browser = client_of(head_office)
    query = f"?wave={asked.id}&branch={world.branch.id}&question=greeted&result=missed"
    _head, _lines, found, about = in_file(browser, query)
    assert [row[-1] for row in found] == [10, 10]
    known = {row[0]: row[1] for row in about}
    assert known["Chi nhánh"] == "Hoàn Kiếm (CN001)"
    assert known["Câu hỏi"] == "2. Được chào?"
    assert known["Những lượt nào"] == "Không đạt"
    text = page(browser, query)
    for kind in ("csv", "xlsx"):
        address = unescape(re.search(rf'href="(/network/visits\.{kind}[^"]*)"', text)[1])
        for part in (f"wave={asked.id}", f"branch={world.branch.id}", "question=greeted", "result=missed"):
            assert part in address


def test_a_file_never_holds_more_than_was_asked_for(client_of, head_office, area_manager, asked, world):
    browser = client_of(head_office)
    assert browser.get("/network/visits.csv?wave=all&question=greeted").status_code == 404
    assert browser.get("/network/visits.csv?question=none_such").status_code == 404
    assert browser.get(f"/network/visits.csv?branch={world.foreign_branch.id}").status_code == 404
    area = client_of(area_manager)
    assert area.get(f"/network/visits.csv?branch={world.southern_branch.id}").status_code == 404
    _head, lines, _found, _about = in_file(area, f"?wave={asked.id}&question=skill&beside=greeted")
    assert {line[1] for line in lines} == {"CN001", "CN002"}
