"""NPS, CSAT, shares of yes and drivers: never a number that the counts cannot carry."""

import io
import itertools
import re
from datetime import date
from fractions import Fraction
from html import unescape

import pytest
from openpyxl import load_workbook

from audit.db import db
from audit.scoring.aggregate import aggregate
from audit.waves.models import Wave
from tests import factories
from tests.factories import both
from tests.insights.cards import card
from tests.insights.conftest import heading, rows


def _scale(name, low, high, text, **more):
    return {"id": name, "type": "scale", "min": low, "max": high, "weight": 0, "text": both(text), **more}


DOCUMENT = {
    **factories.CHECKLIST,
    "questions": [
        *factories.CHECKLIST["questions"],
        _scale("csat", 1, 5, "Hài lòng?", kind="csat"),
        _scale("feel", 1, 7, "Cảm nhận"),
        {
            "id": "pushed",
            "type": "yesno",
            "good": "no",
            "factor": "attitude",
            "text": both("Bị ép mua?"),
        },
        {"id": "awning", "type": "yesno", "weight": 0, "truth": "no", "text": both("Có mái hiên?")},
    ],
}


def page(browser, query="", status=200):
    answer = browser.get("/network/drivers", query_string=query)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def table(text, name):
    """The body rows of the section with this id."""
    return rows(text.split(f'aria-labelledby="{name}"', 1)[1])


@pytest.fixture
def wave(world, admin, session) -> Wave:
    """An open wave with every kind of rating."""
    made = factories.wave(world.client, admin, factories.version(DOCUMENT), name="Quý 4")
    session.commit()
    return made


@pytest.fixture
def rate(shopper):
    """Adds a released visit with ratings and credits."""

    def add(wave, branch, ratings=(), credits=(), **values):
        ends = {"nps": (0, 10), "csat": (1, 5), "feel": (1, 7)}
        lines = {}
        for name, value in dict(ratings).items():
            low, high = ends[name]
            lines[name] = (Fraction(value - low, high - low), 0, 0)
        for name, credit in dict(credits).items():
            lines[name] = (credit, 10, 0)
        return card(wave, branch, shopper, 70, questions=lines, **values)

    return add


def test_from_ten_answers_on_there_is_an_nps_with_its_range(
    client_of, head_office, world, wave, rate, session
):
    given = [9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 7, 7, 8, 8, 8, 0, 3, 5, 6]
    for value in given:
        rate(wave, world.branch, {"nps": value})
    session.commit()
    text = page(client_of(head_office))
    assert heading(text) == "NPS của người ghé thăm: 35 (khoảng 3 đến 58, 20 lượt)"
    first = table(text, "ratings")[0]
    assert [cell.replace(" ,", ",") for cell in first[1:]] == [
        "35 (khoảng 3 đến 58, 20 lượt)",
        "11 sẵn lòng giới thiệu, 5 trung lập, 4 không",
    ]
    assert "không phải của khách hàng" in text
    expected = aggregate("nps", {"ratings": given})
    assert (expected["nps"], round(expected["low"]), round(expected["high"])) == (35, 3, 58)


def test_below_ten_answers_there_are_counts_only(client_of, head_office, world, wave, rate, session):
    for value in (10, 9, 9, 8, 7, 6, 5, 10, 9):
        rate(wave, world.branch, {"nps": value, "csat": 4}, {"greeted": 1})
    session.commit()
    text = page(client_of(head_office))
    assert heading(text) == "NPS của người ghé thăm: 5 sẵn lòng giới thiệu, 2 trung lập, 2 không"
    nps, csat = table(text, "ratings")[:2]
    assert nps[1] == "chưa có NPS"
    assert nps[2].endswith("Ít hơn 10 câu trả lời: chỉ nêu số lượt.")
    assert csat[1:] == ["chưa có tỷ lệ", "9/9 lượt Ít hơn 10 câu trả lời: chỉ nêu số lượt."]
    assert table(text, "shares")[0] == ["2. Được chào?", "9/9 lượt"]
    assert "%" not in re.sub(r"<[^>]+>", "", text.split("<main", 1)[1])


def test_csat_and_shares_of_yes_with_their_ranges(client_of, head_office, world, wave, rate, session):
    for place in range(20):
        good = place < 17
        rate(
            wave,
            world.branch,
            {"csat": 5 if place < 9 else 4 if good else 3},
            {"pushed": 1 if good else 0, "greeted": 1 if good else None},
        )
    session.commit()
    text = page(client_of(head_office))
    csat = table(text, "ratings")[1]
    assert csat[1:] == ["85 % (khoảng 68–94 %; 17/20 lượt)", "17/20 lượt"]
    shares = dict(table(text, "shares"))
    assert shares["2. Được chào?"] == "100 % (khoảng 86–100 %; 17/17 lượt)"
    assert shares["13. Bị ép mua?"] == "15 % (khoảng 6–32 %; 3/20 lượt)"  # yes is the bad answer
    assert shares["3. Có xếp hàng?"] == "chưa có câu trả lời"
    assert not any("mái hiên" in name for name in shares)  # asked to see who was there


def listed(browser, address):
    """The rows of a list of visits, as many as its heading says."""
    text = browser.get(unescape(address)).text
    found = rows(text) if "<tbody>" in text else []
    assert heading(text).startswith(f"{len(found)} lượt")
    return found


def links(text, name, place=0):
    """The addresses in a row of the section with this id, in order."""
    body = text.split(f'aria-labelledby="{name}"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return re.findall(r'<a href="(/network/visits[^"]*)"', re.findall(r"<tr.*?</tr>", body, re.S)[place])


def test_each_rating_leads_to_exactly_its_visits(client_of, head_office, world, wave, rate, session):
    for place, value in enumerate([9] * 6 + [10] * 5 + [7, 7, 8, 8, 8, 0, 3, 5, 6]):
        branch = world.branch if place % 2 else world.second_branch
        rate(wave, branch, {"nps": value, "csat": 1 + place % 5}, {"pushed": place % 3 == 0})
    rate(wave, world.southern_branch, {"nps": 10}, {"pushed": 1})
    rate(wave, world.branch, {}, {"nps": None, "pushed": None})
    session.commit()
    browser = client_of(head_office)
    text = page(browser, {"region": world.north.id})
    assert [len(listed(browser, link)) for link in links(text, "ratings")] == [20, 11, 5, 4]
    assert sorted(row[5] for row in listed(browser, links(text, "ratings")[1])) == ["10"] * 5 + ["9"] * 6
    assert [len(listed(browser, link)) for link in links(text, "ratings", 1)] == [20, 8]
    shown = {row[0]: place for place, row in enumerate(table(text, "shares"))}
    (pushed,) = links(text, "shares", shown["13. Bị ép mua?"])
    assert len(listed(browser, pushed)) == 20
    # Yes is the bad answer: full credit for the seven who were not pushed.
    assert len(listed(browser, pushed.replace("answered", "no"))) == 7
    assert len(listed(browser, pushed.replace("answered", "yes"))) == 13
    assert all(f"region={world.north.id}" in link for link in links(text, "ratings"))


def test_a_rating_of_a_visit_without_a_score_is_in_its_list(
    client_of, head_office, world, wave, session, shopper
):
    for score in (*[70] * 9, None):
        card(wave, world.branch, shopper, score, questions={"nps": (1, 0, 0), "greeted": (1, 1, 0)})
    session.commit()
    browser = client_of(head_office)
    text = page(browser)
    assert table(text, "ratings")[0][1].endswith(", 10 lượt)")
    assert len(listed(browser, links(text, "ratings")[0])) == 10
    assert table(text, "shares")[0][1] == "9/9 lượt"
    assert len(listed(browser, links(text, "shares")[0])) == 9


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


def total(browser, address):
    """How many visits the list has over all its pages."""
    return int(heading(browser.get(unescape(address)).text).split()[0])


@pytest.fixture
def driven(wave, rate, world, session):
    """The vector's 55 visits: greeting goes with 2.5 points, tidiness does not, the third is too rare."""
    for place in range(35):
        rate(
            wave,
            world.branch if place % 2 else world.southern_branch,
            {"nps": (8, 9, 10)[place % 3], "feel": 1 + place % 7},
            {"greeted": 1, "solved": place % 2, "pushed": 0 if place < 5 else 1},
        )
    for place in range(20):
        rate(
            wave,
            world.second_branch,
            {"nps": (6, 7, 6, 7)[place % 4], "csat": 3},
            {"greeted": "1/2" if place % 2 else 0, "solved": place % 2, "pushed": 1},
        )
    session.commit()
    return wave


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
