"""The branch's page: waves, factors beside the network, questions as counts, scorecards."""

import csv
import io
import re
from html import unescape

import pytest

from audit.insights import branch_page as branch_room
from audit.insights import statistics
from audit.insights.history import branch_history
from tests import factories, stories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows
from tests.insights.wide import wide


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


def page(browser, branch, query="", status=200):
    answer = browser.get(f"/network/branches/{branch.id}{query}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def table(text, name):
    """The body rows of the table of this class."""
    return rows(text.split(f'<table class="sheet {name}">', 1)[1])


def facts(text):
    """What is said of the branch, by what it is about."""
    found = re.findall(r"<dt>(.*?)</dt><dd.*?>(.*?)</dd>", text.split('<dl class="facts">', 1)[1], re.S)
    return {title: " ".join(unescape(re.sub(r"<[^>]+>", "", said)).split()) for title, said in found}


@pytest.mark.parametrize("role", ["head_office", "area_manager", "editor", "admin"])
def test_the_branch_beside_the_network(client_of, request, role, figures, world):
    text = page(client_of(request.getfixturevalue(role)), world.branch)
    own = "Khu vực của anh/chị" if role == "area_manager" else "Mạng lưới"
    assert heading(text) == "Hoàn Kiếm: 70 (3 lượt, chưa rõ sai số)"
    assert f">{own}</a>" in text
    said = facts(text)
    assert said["Điểm liệt"] == "1/3 lượt dính điểm liệt · kể cả điểm liệt: 43"  # (60 + 70 + 0)/3
    assert said["Mạng lưới, chi nhánh trung bình"] == "80 (4 lượt, chưa rõ sai số)"  # of all, for everybody
    assert "Thứ hạng" not in said
    if role != "editor":
        assert said["So với mạng lưới"] == "Chưa đủ lượt lặp lại để ước lượng sai số"
        assert said["So với đợt trước"] == "đây là đợt đầu tiên"
    assert table(text, "factors") == [
        ["Xử lý tình huống", "60 n = 3", "75 2 chi nhánh, n = 4"],
        ["Thái độ, chuyên môn", "90 n = 3", "90 2 chi nhánh, n = 4"],
        ["Tốc độ", "40 n = 1", "65 2 chi nhánh, n = 2"],
    ]
    assert table(text, "waves") == [
        [
            "Quý 4",
            "01/10/2026 – 31/12/2026",
            "70 (3 lượt, chưa rõ sai số)",
            "1/3 lượt dính điểm liệt kể cả điểm liệt: 43",
            "80",
        ]
    ]


@pytest.fixture
def broad(world, shopper, admin, session):
    """Ten branches with four visits in two waves; the first branch is best, the last worst."""
    return wide(world, shopper, admin, session)


def test_range_rank_flag_and_change(client_of, head_office, broad):
    # s² = 66/3 = 22 with 60 df (t = 1.6706): ± 1.6706·√(22/4) = 3.92; two waves: ± 1.6706·√11 = 5.54.
    text = page(client_of(head_office), broad.branches[-1], f"?wave={broad.wave.id}")
    assert heading(text) == "Rộng 9: 41 (khoảng 37–45, 4 lượt)"
    said = facts(text)
    assert said["So với mạng lưới"] == "rõ ràng thấp hơn mạng lưới"
    assert said["Thứ hạng"] == "hạng 10–10 trong 10"
    assert said["So với Quý 3"] == "tăng 12 (6–18)"
    assert said["Kỳ vọng đợt sau nếu không có gì thay đổi"] == "42"
    assert "Khoảng 1/10 chi nhánh được nêu có thể là báo động nhầm." in text
    waves = table(text, "waves")
    assert [row[0] for row in waves] == ["Quý 4", "Quý 3"]
    # Before, the older wave alone is the yardstick: 30 df, t = 1.6973.
    assert [row[2] for row in waves] == ["41 (khoảng 37–45, 4 lượt)", "29 (khoảng 25–33, 4 lượt)"]
    assert [row[4] for row in waves] == ["76", "64"]
    text = page(client_of(head_office), broad.branches[5], f"?wave={broad.wave.id}")
    assert facts(text)["So với mạng lưới"] == "chưa đủ để kết luận"


def test_ranks_and_flags_are_not_for_editors(client_of, editor, broad):
    text = page(client_of(editor), broad.branches[-1], f"?wave={broad.wave.id}")
    assert heading(text) == "Rộng 9: 41 (khoảng 37–45, 4 lượt)"
    assert "rõ ràng thấp hơn" not in text
    assert "hạng 10" not in text
    assert "tăng 12" not in text


def test_the_history_has_the_ranges_of_each_waves_own_page(broad, head_office):
    for line in branch_history(head_office, broad.branches[2]):
        own = statistics.of_wave(line.wave).branch(broad.branches[2].id)
        assert (line.n, line.mean, line.overall) == (own.n, own.mean, own.overall)
        assert line.low == pytest.approx(own.low)
        assert line.high == pytest.approx(own.high)
        assert float(line.network) == pytest.approx(float(statistics.of_wave(line.wave).network.mean))


def test_every_figure_leads_to_its_visits(client_of, head_office, broad):
    browser, branch = client_of(head_office), broad.branches[3]
    text = page(browser, branch, f"?wave={broad.wave.id}")
    links = set(re.findall(r'href="(/network/visits[^"]*)"', text))
    assert len(links) >= 4  # the waves' means, the questions met and partly
    for link in links:
        behind = browser.get(unescape(link))
        assert behind.status_code == 200
        assert "/scorecards/" in behind.text, link


def test_how_alike_the_visits_are(client_of, head_office, admin, world, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    for solved, greeted, skill in ((1, 1, "1/2"), (1, 0, "1/2"), (None, 1, "1/4")):
        lines = {"solved": (solved, 30, 0), "greeted": (greeted, 10, 0), "skill": (skill, 20, 0)}
        card(wave, world.branch, shopper, 50, questions=lines)
    session.commit()
    text = page(client_of(head_office), world.branch)
    # solved 1/1, greeted 1/3, skill 1/3: 5/9.
    assert "56 % tiêu chí cho kết quả giống nhau." in text
    assert table(text, "agreement") == [
        ["2", "Được chào?", "2/3 lượt đạt 1 lượt không đạt", "1/3"],
        ["5", "Chuyên môn", "0/3 lượt đạt 3 lượt đạt một phần", "1/3"],
    ]


def test_one_visit_does_not_agree_with_itself(client_of, head_office, figures, world):
    text = page(client_of(head_office), world.second_branch)
    assert "Chỉ một lượt thì chưa biết" in text
    assert "% tiêu chí" not in text


def test_open_actions_stand_on_the_page(client_of, head_office, editor, admin, world, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.lived(visit, editor, admin, {"greeted": "no"})
    text = page(client_of(head_office), world.branch)
    assert "1 việc cần làm đang mở" in text
    assert f'href="/actions?branch={world.branch.id}"' in text
    assert "việc cần làm đang mở" not in page(client_of(head_office), world.second_branch)


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
        ["6", "Giải quyết thế nào?", "2/3 lượt đạt 1 lượt không đạt", "7,5"],
        ["2", "Được chào?", "3/4 lượt đạt 1 lượt không đạt", "2,5"],
    ]


def test_another_wave_is_chosen_by_the_address(
    client_of, head_office, admin, figures, world, shopper, session
):
    document = {**factories.CHECKLIST, "questions": factories.CHECKLIST["questions"][:-2]}
    other = factories.version(document)
    spring = factories.wave(
        world.client, admin, other, name="Quý 1", starts_on=factories.AT.date().replace(month=1)
    )
    card(spring, world.branch, shopper, "33.3", {"issue": 20})
    session.commit()
    browser = client_of(head_office)
    assert heading(page(browser, world.branch)) == "Hoàn Kiếm: 70 (3 lượt, chưa rõ sai số)"
    text = page(browser, world.branch, f"?wave={spring.id}")
    assert heading(text) == "Hoàn Kiếm: 33 (1 lượt, chưa rõ sai số)"
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
    assert table(text, "waves")[0][2:4] == ["Không có điểm", "–"]
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
    assert re.search(r'rel="prev" href="/network/branches/\d+\?wave=\d+&amp;page=1"', text)


def test_as_many_queries_for_many_visits(client_of, head_office, figures, world, shopper, session, queries):
    browser, address = client_of(head_office), f"/network/branches/{world.branch.id}"
    browser.get(address)
    statistics.forget()
    with queries() as few:
        browser.get(address)
    for score in range(10):
        card(figures.wave, world.branch, shopper, score, {"issue": score}, {"greeted": (1, 10, 0)})
    session.commit()
    statistics.forget()
    with queries() as many:
        text = browser.get(address).text
    assert heading(text) == "Hoàn Kiếm: 20 (khoảng 5–34, 13 lượt)"
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
    assert heading(text) == "Hoàn Kiếm: 87 (1 lượt, chưa rõ sai số)"  # 100 − 69/177 · 1/3 · 100
    assert table(text, "questions")[0] == ["2", "Được chào?", "0/1 lượt đạt 1 lượt không đạt", "13,0"]
    assert f'href="/scorecards/{made.id}"' in text


def test_the_tables_as_files_say_the_same(client_of, head_office, other_client, broad):
    browser, branch = client_of(head_office), broad.branches[-1]
    text = page(browser, branch, f"?wave={broad.wave.id}")
    links = [unescape(one) for one in re.findall(r'href="(/network/branches/\d+/[^"]*)"', text)]
    assert [link.split("/")[-1].split("?")[0] for link in links][:3] == [
        "export.xlsx",
        "branch-facts.csv",
        "branch-waves.csv",
    ]
    for link in links:
        assert browser.get(link).status_code == 200, link
        assert client_of(other_client).get(link).status_code == 404
    newest = browser.get(links[2]).text.splitlines()[1].split(",")
    assert newest[3:7] == ["4", "41", "37", "45"]
    lines = csv.reader(io.StringIO(browser.get(links[1]).data.decode("utf-8-sig")))
    told = {row[0]: row[1] for row in lines}
    said = facts(text)
    assert said.items() <= told.items()
    alike = told["Các lượt giống nhau đến đâu"].split(". ")[0]
    assert alike.endswith(" % tiêu chí cho kết quả giống nhau")
    assert alike in text


def test_a_wave_that_does_not_tell_branches_apart(client_of, head_office, world, admin, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    branches = [factories.branch(world.north, f"E{place}", f"Đều {place}") for place in range(6)]
    for branch in branches:
        for _ in range(3):
            card(wave, branch, shopper, 75, {"issue": 75})
    session.commit()
    said = facts(page(client_of(head_office), branches[0], f"?wave={wave.id}"))
    assert said["Điểm trung bình"] == "75 (khoảng 75–75, 3 lượt)"
    assert said["Thứ hạng"] == "Đợt này chưa phân biệt được các chi nhánh."
    assert said["So với mạng lưới"] == "chưa đủ để kết luận"


def test_a_wave_in_which_the_branch_was_not_visited(client_of, head_office, broad, world):
    text = page(client_of(head_office), world.branch, f"?wave={broad.wave.id}")
    assert heading(text) == "Hoàn Kiếm: chưa có lượt nào được chấm điểm"
    assert '<dl class="facts">' not in text
