"""The network's page with enough visits for ranges, ranks, flags and changes: one figure for all readers."""

import json
import re
from html import unescape

import pytest

from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows, section
from tests.insights.wide import Wide, wide


@pytest.fixture
def made(world, shopper, admin, session) -> Wide:
    return wide(world, shopper, admin, session)


def charts(page: str) -> list[dict]:
    """The documents in the page."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    return [json.loads(text) for text in found]


def values(document: dict) -> list[dict]:
    """What a chart draws of each row."""
    return document["datasets"]["cells"] if "datasets" in document else document["data"]["values"]


def paragraph(page: str, start: str) -> str:
    """The first paragraph that begins so."""
    texts = (unescape(re.sub(r"<[^>]+>", "", text)) for text in re.findall(r"<p[^>]*>(.*?)</p>", page, re.S))
    return next(text for text in texts if text.startswith(start))


def test_one_sentence_on_the_network_and_its_change(client_of, head_office, made):
    text = client_of(head_office).get("/network").text
    assert re.fullmatch(r"Mạng lưới đạt 76 \(khoảng 7\d–7\d, 40 lượt\)", heading(text))
    change = paragraph(text, "Mạng lưới so với")
    assert change == "Mạng lưới so với Quý 3: tăng 12 (12–12) · 10 chi nhánh có mặt ở cả hai đợt"
    assert "Điểm chạm yếu nhất: Tại quầy (71, 40 lượt; điểm các chặng là trung bình, không có khoảng)" in text


def test_branches_stand_in_the_order_of_what_to_expect_with_rank_ranges(client_of, head_office, made):
    text = client_of(head_office).get("/network").text
    found = rows(text)
    assert [row[0].split(" R")[0] for row in found] == [branch.name for branch in made.branches]
    for row in found:
        assert re.fullmatch(r"\d+ \(\d+–\d+\)", row[2]), "no mean without its range"
        assert re.fullmatch(r"hạng \d+–\d+ trong 10", row[4]), "no rank but as a range"
        assert row[3] == "4"
        assert row[6].startswith("tăng 12 (")
    assert found[0][5] == "▲ rõ ràng cao hơn mạng lưới"
    assert found[-1][5] == "▼ rõ ràng thấp hơn mạng lưới"
    assert found[5][5] == "chưa đủ để kết luận"
    assert "Khoảng 1/10 chi nhánh được nêu có thể là báo động nhầm." in text


def test_the_chart_says_what_the_table_says(client_of, head_office, made):
    text = client_of(head_office).get("/network").text
    dots, factors, sections, regions = charts(text)
    drawn = {value["name"]: value for value in dots["data"]["values"]}
    for row in rows(text):
        value = drawn[row[0].rsplit(" ", 1)[0]]
        assert value["words"] == f"{row[2]} · 4 lượt · {row[4]}"
        assert value["flag"] == {"▲": "above", "▼": "below"}.get(row[5][0], "")
        assert f"{value['mean']:.0f}" == row[2].split(" ")[0]
        assert value["low"] < value["mean"] < value["high"]
    assert [value["shown"] for value in factors["datasets"]["cells"][:2]] == ["92", "92"]
    assert len(sections["datasets"]["cells"]) == 10 * 3, "one cell for each branch and section"
    assert [value["name"] for value in regions["data"]["values"]] == ["Miền Bắc", "Miền Nam"]


def test_an_area_manager_reads_the_same_figures_of_the_own_branches(
    client_of, head_office, area_manager, made
):
    everything = {row[0]: row[2:] for row in rows(client_of(head_office).get("/network").text)}
    text = client_of(area_manager).get("/network").text
    own = {row[0]: row[2:] for row in rows(text)}
    assert len(own) == 5
    assert all(everything[name] == figures for name, figures in own.items())
    assert heading(text).startswith("Khu vực của anh/chị: ")
    assert "Rộng 0" not in text
    shown = [value["name"] for document in charts(text) for value in values(document)]
    assert not [name for name in shown if name in ("Rộng 0", "Miền Nam")]


def test_a_filter_changes_which_branches_are_shown_and_no_figure(client_of, head_office, made):
    browser = client_of(head_office)
    everything = {row[0]: row[2:] for row in rows(browser.get("/network").text)}
    text = browser.get("/network?format=Mall&channel=onsite").text
    own = {row[0]: row[2:] for row in rows(text)}
    assert len(own) == 6
    assert all(everything[name] == figures for name, figures in own.items())
    assert heading(text).startswith("Chi nhánh theo bộ lọc: 69 (khoảng ")
    assert heading(browser.get("/network?channel=phone").text) == "Không tìm thấy chi nhánh nào"


def test_losses_are_counts_that_lead_to_the_visits(client_of, head_office, made):
    text = client_of(head_office).get("/network").text
    lost = section(text, "losses")
    assert [row[0].split(" ")[0] for row in rows(lost)] == ["2.", "5."]
    assert rows(lost)[0][1:] == ["16,2", "0/40", "40", "0"]
    assert f"/network/visits?question=greeted&amp;result=partly&amp;wave={made.wave.id}" in lost


def test_regions_have_estimates_of_their_own(client_of, head_office, made):
    text = section(client_of(head_office).get("/network").text, "regions")
    for name, figure, visited, visits, none in rows(text):
        assert re.fullmatch(r"\d+ \(\d+–\d+\)", figure), name
        assert (visited, visits, none) == ("5/5", "20", "không có")


def test_coverage_counts_what_is_planned_and_done(client_of, head_office, made):
    found = rows(section(client_of(head_office).get("/network").text, "coverage"))
    assert found[0][:4] == ["Tất cả", "40", "40", "40"]


def test_every_branch_is_two_clicks_from_its_visits(client_of, head_office, made):
    browser = client_of(head_office)
    text = browser.get("/network").text
    branch = made.branches[3]
    assert f'<a href="/network/branches/{branch.id}?wave={made.wave.id}">{branch.name}</a>' in text
    visits = browser.get(f"/network/visits?wave={made.wave.id}&branch={branch.id}").text
    assert visits.count('href="/scorecards/') == 4


def test_other_rules_are_not_compared(client_of, head_office, admin, world, shopper, made, session):
    document = {**factories.CHECKLIST, "factors": [{**factories.CHECKLIST["factors"][0], "weight": 1}]}
    document["factors"] += factories.CHECKLIST["factors"][1:]
    changed = factories.wave(world.client, admin, factories.version(document), name="Năm sau")
    changed.starts_on, changed.ends_on = made.wave.starts_on.replace(month=12), made.wave.ends_on
    card(changed, made.branches[0], shopper, 50)
    session.commit()
    text = client_of(head_office).get(f"/network?wave={changed.id}").text
    assert "Các đợt trước chấm theo quy tắc khác: không so được với đợt này." in text
    assert rows(text)[0][2] == "50"


def test_alike_branches_are_not_ranked(client_of, head_office, admin, world, shopper, made, session):
    alike = factories.wave(world.client, admin, factories.version(), name="Như nhau")
    alike.starts_on = made.wave.starts_on.replace(month=11)
    for branch in made.branches:
        for score in (60, 80, 70):
            card(alike, branch, shopper, score)
    session.commit()
    text = client_of(head_office).get(f"/network?wave={alike.id}").text
    assert "Đợt này chưa phân biệt được các chi nhánh." in text
    assert {row[4] for row in rows(text)} == {"–"}


def test_the_libraries_of_charts_come_only_with_charts(client_of, head_office, made, admin, session):
    browser = client_of(head_office)
    text = browser.get("/network").text
    assert "vendor/vega.min.js" in text
    assert "khoảng 90 %;" in text, "the caption reads as it should"
    empty = browser.get("/network?q=nichts").text
    assert "vega" not in empty
    assert "charts.css" not in empty


def test_names_cannot_leave_the_data_of_a_chart(client_of, head_office, made, session):
    made.branches[0].name = "</script><script>alert(1)</script>"
    session.commit()
    text = client_of(head_office).get("/network").text
    assert "<script>alert(1)" not in text
    assert charts(text)[0]["data"]["values"][0]["name"] == "</script><script>alert(1)</script>"


def test_editors_see_neither_ranks_nor_flags_nor_trends(client_of, editor, made):
    browser = client_of(editor)
    text = browser.get("/network").text
    assert "trong 10" not in text
    assert "rõ ràng" not in text
    assert len(rows(text)[0]) == 5
    assert all(value["flag"] == "" for value in values(charts(text)[0]))
    head = browser.get("/network/branches.csv").text.splitlines()[0]
    assert "Hạng" not in head
    assert "So với mạng lưới" not in head


def test_a_group_too_small_for_a_range_says_so(client_of, head_office, world, made, session):
    factories.branch(
        world.north, "NEW", "Mới mở", format="Phố"
    )  # open, not visited: four of five have a score
    session.commit()
    found = section(client_of(head_office).get("/network").text, "regions")
    streets = next(row for row in re.findall(r"<tr>.*?</tr>", found, re.S) if ">Phố<" in row)
    assert "87 (chưa rõ sai số)" in streets
    assert "4/5" in streets
