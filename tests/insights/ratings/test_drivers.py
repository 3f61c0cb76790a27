"""Drivers, and the page and files that they share with the ratings: never a number that the counts cannot carry."""

import io
import itertools
import re
from datetime import date
from html import unescape

import pytest
from openpyxl import load_workbook

from audit.db import db
from audit.scoring.aggregate import aggregate
from tests import factories
from tests.insights.conftest import heading, rows
from tests.insights.ratings.conftest import DOCUMENT
from tests.insights.ratings.pages import links, page, table, total


def three_more(driven, world, admin, rate):
    """The wave after it, with too few visits for drivers of its own."""
    dates = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 3, 31)}
    later = factories.wave(world.client, admin, driven.version, name="Quý 1", **dates)
    for value in (10, 9, 8):
        rate(later, world.branch, {"nps": value}, {"greeted": 1})
    db.session.commit()
    return later


def test_each_driver_leads_to_exactly_its_visits(client_of, head_office, admin, driven, world, rate):
    rate(driven, world.branch, {}, {"greeted": 1})  # without the rating
    later = three_more(driven, world, admin, rate)
    browser = client_of(head_office)
    browser_page = page(browser, {"wave": driven.id})
    assert "55 lượt có đánh giá này" in browser_page
    first = links(browser_page, "drivers")
    assert [total(browser, link) for link in first] == [55, 35, 20]
    pooled = page(browser, {"wave": later.id, "waves": "pooled"})
    assert [total(browser, link) for link in links(pooled, "drivers")] == [58, 38, 20]
    everyone = re.search(r'<p><a href="([^"]+)">58 lượt có đánh giá này', pooled)[1]
    assert total(browser, everyone) == 58
    text = browser.get(unescape(everyone)).text
    assert "Quý 1 · Quý 4" in text
    assert {row[5] for row in rows(text)} == {"Quý 1", "Quý 4"}


def test_drivers_say_what_goes_with_the_rating(client_of, head_office, driven):
    text = page(client_of(head_office))
    assert "55 lượt có đánh giá này (thang 0–10)" in text
    greeted, solved, pushed = table(text, "drivers")
    assert greeted[:4] == ["2. Được chào?", "64 % 35/55", "9,0", "6,5"]
    assert greeted[4].startswith("2,5 (")
    assert greeted[4].endswith("; 35 và 20 lượt)")
    assert greeted[5] == "rõ ràng cao hơn khi đạt"
    assert solved[5] == "chưa đủ để kết luận"
    assert pushed[2:] == ["–", "–", "một phía có ít hơn 10 lượt (50 và 5)", "–"]
    assert "không cho biết điều gì gây ra điều gì" in text
    assert "Khoảng 1/10 câu hỏi được nêu có thể là báo động nhầm." in text
    names = [row[0] for row in table(text, "drivers")]
    assert not any("Hài lòng" in name or "Cảm nhận" in name for name in names)  # other ratings drive nothing


def test_the_page_says_what_the_aggregate_says(client_of, head_office, driven):
    visits = [((8, 9, 10)[place % 3], {"greeted": 1, "solved": place % 2}) for place in range(35)]
    visits += [
        ((6, 7, 6, 7)[place % 4], {"greeted": "1/2" if place % 2 else 0, "solved": place % 2})
        for place in range(20)
    ]
    told = aggregate("drivers", {"rows": [{"outcome": outcome, "credits": met} for outcome, met in visits]})
    gap = {one["question"]: one for one in told["questions"]}["greeted"]
    shown = [f"{gap[name]:.1f}".replace(".", ",") for name in ("gap", "low", "high")]
    assert table(page(client_of(head_office)), "drivers")[0][4] == (
        f"{shown[0]} ({shown[1]} đến {shown[2]}; 35 và 20 lượt)"
    )


def test_another_outcome_may_be_chosen(client_of, head_office, driven):
    text = page(client_of(head_office), "outcome=feel")
    assert "35 lượt có đánh giá này. Cần ít nhất 50" in text
    assert '<option value="feel" selected>' in text


def test_few_visits_may_be_pooled_with_earlier_waves(client_of, head_office, admin, driven, world, rate):
    later = three_more(driven, world, admin, rate)
    browser = client_of(head_office)
    text = page(browser, {"wave": later.id})
    assert "3 lượt có đánh giá này. Cần ít nhất 50" in text
    assert "waves=pooled" in text
    text = page(browser, {"wave": later.id, "waves": "pooled"})
    assert "58 lượt có đánh giá này" in text
    assert "Quý 1 · Quý 4" in text
    assert table(text, "drivers")[0][1] == "66 % 38/58"
    assert table(text, "ratings")[0][1] == "chưa có NPS"  # of this wave alone


def test_an_area_manager_reads_the_area_only(client_of, area_manager, driven, world):
    browser = client_of(area_manager)
    text = page(browser)
    assert "37 lượt có đánh giá này. Cần ít nhất 50" in text  # 17 + 20
    page(browser, {"region": world.south.id}, 404)


def test_the_filter_narrows(client_of, head_office, driven, world):
    text = page(client_of(head_office), {"region": world.south.id})
    assert "18 lượt" in heading(text)


def test_only_released_current_editions_count(client_of, head_office, wave, world, rate, session):
    for _place in range(10):
        rate(wave, world.branch, {"nps": 10})
        rate(wave, world.branch, {"nps": 0}, is_current=False)
        rate(wave, world.branch, {"nps": 0}, released_at=None)
    session.commit()
    assert heading(page(client_of(head_office))).startswith("NPS của người ghé thăm: 100 (khoảng")


def test_all_alike_and_nothing_known(client_of, head_office, wave, world, rate, session):
    for place in range(60):
        rate(wave, world.branch, {"nps": 10}, {"greeted": place % 2, "solved": None})
    session.commit()
    greeted = table(page(client_of(head_office)), "drivers")[0]
    assert greeted[2:] == ["10,0", "10,0", "0,0 (0,0 đến 0,0; 30 và 30 lượt)", "chưa đủ để kết luận"]


def test_a_wave_without_visits_and_a_checklist_without_ratings(
    client_of, head_office, world, admin, wave, session
):
    browser = client_of(head_office)
    text = page(browser, {"wave": wave.id})
    assert heading(text) == "NPS của người ghé thăm: chưa có câu trả lời"
    assert "0 lượt có đánh giá này. Cần ít nhất 50" in text
    plain = {
        **DOCUMENT,
        "questions": [one for one in DOCUMENT["questions"] if one["type"] in ("photo", "text", "multi")],
    }
    other = factories.wave(world.client, admin, factories.version(plain))
    session.commit()
    text = page(browser, {"wave": other.id})
    assert "nên không có NPS cũng như CSAT" in text
    assert "phải có một đánh giá không tính điểm" in text
    assert heading(text) == "Điều gì đi cùng một lượt tốt: chưa có gì để so sánh"


def test_before_the_first_wave(client_of, head_office, world):
    assert "Chưa có đợt nào được mở" in page(client_of(head_office))


@pytest.mark.parametrize("role", ["shopper", "branch_manager"])
def test_other_roles_are_refused(client_of, request, role, wave):
    browser = client_of(request.getfixturevalue(role))
    for address in (
        "/network/drivers",
        "/network/drivers.xlsx",
        "/network/drivers/nps.csv",
        "/network/comments.csv",
    ):
        assert browser.get(address).status_code == 403


def test_signed_out(client_of, wave):
    for address in ("/network/drivers", "/network/drivers.xlsx", "/network/comments.xlsx"):
        assert client_of(None).get(address).status_code == 302


@pytest.mark.parametrize("query", ["outcome=greeted", "outcome=none", "wave=x"])
def test_an_address_that_names_nothing(client_of, head_office, wave, query):
    page(client_of(head_office), query, 404)


def test_another_clients_wave_is_not_there(client_of, other_client, wave):
    browser = client_of(other_client)
    for address in (
        "/network/drivers",
        "/network/drivers.xlsx",
        "/network/drivers/nps.csv",
        "/network/comments.xlsx",
    ):
        assert browser.get(address, query_string={"wave": wave.id}).status_code == 404


def test_the_files_say_what_the_page_says(client_of, head_office, driven):
    browser = client_of(head_office)
    book = load_workbook(io.BytesIO(browser.get("/network/drivers.xlsx").data))
    names = book.sheetnames
    assert names[:3] == ["NPS của người ghé thăm", "Tỷ lệ câu trả lời", "Động lực của câu 9"]
    nps = [cell.value for cell in book[names[0]][2]]
    told = table(page(browser), "ratings")[0][1]
    assert told.startswith(f"{nps[6]} (khoảng {nps[7]} đến {nps[8]}, {nps[2]} lượt)".replace("-", "−"))
    lines = browser.get("/network/drivers/drivers.csv").text.splitlines()
    assert lines[1].startswith("2,Được chào?,35,20,64,9.0,6.5,2.5,")
    assert lines[3].split(",")[:8] == ["13", "Bị ép mua?", "50", "5", "91", "", "", ""]
    assert browser.get("/network/drivers/none.csv").status_code == 404


def told(book):
    """What the sheet of definitions says that the file is of."""
    sheet = book.worksheets[-1]
    lines = itertools.takewhile(lambda row: row[0] is not None, sheet.iter_rows(values_only=True))
    return {line[0]: line[1] for line in lines}


def test_the_file_says_what_its_figures_rest_on(client_of, head_office, admin, driven, world, rate, session):
    later = three_more(driven, world, admin, rate)
    browser = client_of(head_office)
    answer = browser.get("/network/drivers.xlsx", query_string={"wave": later.id, "waves": "pooled"})
    book = load_workbook(io.BytesIO(answer.data))
    known = told(book)
    assert known["Các đợt của những lượt này"] == "Quý 1, Quý 4"
    assert known["Số lượt có đánh giá này"] == "58"
    assert known["Đánh giá"].startswith("9. ")
    assert known["Đánh giá"].endswith(" (0–10)")
    assert re.search(r"\d{2}/\d{2}/\d{4}", known["Lập lúc"])
    notes = "\n".join(str(row[0]) for row in book.worksheets[2].iter_rows(values_only=True) if row[0])
    assert "không cho biết điều gì gây ra điều gì" in notes
    assert "Khoảng 1/10 câu hỏi được nêu có thể là báo động nhầm." in notes
    first = "\n".join(str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True) if row[0])
    assert "không phải của khách hàng" in first


def test_the_page_costs_the_same_queries(client_of, head_office, driven, world, rate, session, queries):
    browser = client_of(head_office)
    page(browser)  # what is kept in the process is read
    with queries() as few:
        page(browser)
    for _place in range(10):
        rate(driven, world.branch, {"nps": 1}, {"greeted": 0, "wait": 1})
    session.commit()
    with queries() as many:
        text = page(browser)
    assert "65 lượt có đánh giá này" in unescape(text)
    assert len(many) == len(few)
