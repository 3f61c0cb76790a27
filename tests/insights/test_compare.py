"""Two of anything side by side: verdicts checked by hand, who may see which, and what is odd."""

import re
from fractions import Fraction
from html import unescape

import pytest

from audit.insights import statistics
from audit.insights.comparing import trend_between
from audit.scoring.aggregate import aggregate
from tests import factories
from tests.insights.cards import card
from tests.insights.comparisons import address, branches_address, figures_rows, page, side_by_side
from tests.insights.conftest import heading, rows, wave_of


@pytest.fixture(autouse=True)
def forgotten():
    statistics.forget()
    yield
    statistics.forget()


# s = 4 with 24 df; t = 1.7109, so two means of 3 visits differ by ± 1.7109·4·√(2/3) = 5.588.


@pytest.mark.parametrize("role", ["head_office", "area_manager", "admin", "editor"])
def test_two_branches_with_the_verdict(client_of, request, role, two_waves):
    world = two_waves
    browser = client_of(request.getfixturevalue(role))
    text = page(browser, branches_address(world, world.branch, world.branches[2]))
    assert heading(text) == "Hoàn Kiếm cao hơn Xuân Đỉnh 10 điểm (4–16)"
    found = side_by_side(text)
    # Each mean ± 1.7109·4/√3 = 3.95.
    assert found["Điểm trung bình"] == ["80 (khoảng 76–84, 3 lượt)", "70 (khoảng 66–74, 3 lượt)"]
    assert found["Xử lý tình huống"] == ["80 n = 3", "70 n = 3"]
    assert ("Thứ hạng" in found) == (role != "editor")
    query = branches_address(world, world.branch, world.branches[2])
    names = [row[0] for row in figures_rows(browser, query)]
    assert ("Thứ hạng, trong 6 chi nhánh" in names) == (role != "editor")
    assert "được chọn trước khi xem số liệu" in text
    text = page(browser, branches_address(world, world.branches[2], world.branch))
    assert heading(text) == "Xuân Đỉnh thấp hơn Hoàn Kiếm 10 điểm (4–16)"


def test_a_difference_that_chance_may_have_made(client_of, head_office, two_waves):
    world = two_waves
    text = page(client_of(head_office), branches_address(world, world.branches[4], world.branches[5]))
    assert heading(text) == "Ninh Kiều và Yên Hòa: chênh −2 (−8 đến 4): chưa đủ lượt để nói"


def test_the_ends_of_a_wave_get_no_verdict_unless_picked_beforehand(client_of, head_office, two_waves):
    world, browser = two_waves, client_of(head_office)
    ends = (world.second_branch, world.branch)
    text = page(browser, branches_address(world, *ends))
    assert heading(text) == "Ba Đình và Hoàn Kiếm: chênh −20 (−26 đến −14)"
    assert "cao nhất và thấp nhất của đợt" in text
    assert "thấp hơn Hoàn Kiếm" not in text
    text = page(browser, branches_address(world, *ends, picked="yes"))
    assert heading(text) == "Ba Đình thấp hơn Hoàn Kiếm 20 điểm (14–26)"


def test_two_waves_of_one_branch(client_of, head_office, two_waves):
    world = two_waves
    text = page(
        client_of(head_office),
        address(what="waves", wave=world.last.id, branch=world.branch.id, a=world.first.id, b=world.last.id),
    )
    assert heading(text) == "Hoàn Kiếm từ Quý 2 đến Quý 3: tăng 20 (14–26)"
    found = side_by_side(text)
    assert found["Điểm trung bình"] == ["60 (khoảng 56–64, 3 lượt)", "80 (khoảng 76–84, 3 lượt)"]
    assert "Thứ hạng" not in found  # ranks of two waves are not to be compared
    assert "Khoảng 1/10 chi nhánh được nêu có thể là báo động nhầm." in text


def test_a_branch_that_did_not_change(client_of, head_office, two_waves):
    world = two_waves
    query = address(what="waves", branch=world.second_branch.id, a=world.last.id, b=world.first.id)
    text = page(client_of(head_office), query)  # the later one is the later one in whatever order
    assert heading(text) == "Ba Đình từ Quý 2 đến Quý 3: thay đổi 0 (−6 đến 6): chưa đủ lượt để nói"


def test_two_waves_of_the_network(client_of, head_office, two_waves):
    # Changes 20, 0, 10, 10, 4, 6: mean 50/6, sample variance 47.07; ± 2.015·√(47.07/6) = 5.64.
    text = page(client_of(head_office), address(what="waves", wave=two_waves.last.id))
    assert heading(text) == ("Mạng lưới từ Quý 2 đến Quý 3: tăng 8 (3–14) · 6 chi nhánh có mặt ở cả hai đợt")


def test_an_area_of_four_branches_is_too_few_for_a_change(client_of, area_manager, two_waves):
    text = page(client_of(area_manager), address(what="waves", wave=two_waves.last.id))
    assert heading(text) == "Khu vực của anh/chị trong Quý 2 và Quý 3"
    assert "Ít hơn 5 chi nhánh" in text
    assert side_by_side(text)["Điểm trung bình"][1].endswith("4 chi nhánh")


def test_two_regions(client_of, head_office, two_waves):
    # North (80 + 60 + 70 + 70)/4 = 70, south 65. Variance 16/3·(1/4 + 1/2) = 4; ± 1.7109·2 = 3.42.
    world = two_waves
    text = page(
        client_of(head_office),
        address(what="regions", wave=world.last.id, a=world.north.id, b=world.south.id),
    )
    assert heading(text) == "Miền Bắc cao hơn Miền Nam 5 điểm (2–8)"
    found = side_by_side(text)
    assert found["Điểm trung bình"] == [
        "70 (khoảng 68–72, 12 lượt) · 4 chi nhánh",
        "65 (khoảng 62–68, 6 lượt) · 2 chi nhánh",
    ]


def test_a_region_within_the_other_is_no_comparison(client_of, head_office, two_waves, session):
    world = two_waves
    inner = factories.region(world.client, "Hà Nội", world.north)
    world.branch.region_id = inner.id
    session.commit()
    query = address(what="regions", wave=world.last.id, a=world.north.id, b=inner.id)
    text = page(client_of(head_office), query)
    assert heading(text) == "Miền Bắc và Hà Nội cạnh nhau"
    assert "nằm trong khu vực kia" in text


def test_waves_of_other_rules_are_not_compared(client_of, head_office, two_waves, admin, shopper, session):
    world = two_waves
    document = {**factories.CHECKLIST, "factors": [dict(one) for one in factories.CHECKLIST["factors"]]}
    document["factors"][0]["weight"] = 1
    other = wave_of(world.client, admin, factories.version(document), "Quý 4", 10)
    for branch in world.branches:
        card(other, branch, shopper, 90, {"issue": 99})
    session.commit()
    browser = client_of(head_office)
    text = page(browser, address(what="waves", wave=other.id, a=world.last.id, b=other.id))
    assert heading(text) == "Mạng lưới trong Quý 3 và Quý 4"
    assert "không so sánh được" in text
    assert "tăng" not in heading(text)
    assert "Xử lý tình huống" not in side_by_side(text)
    text = page(browser, address(what="waves", wave=other.id))
    assert heading(text) == "So sánh hai đợt nào?"
    assert "phiên bản bảng tiêu chí khác" in text


def test_the_points_of_difference_add_up(client_of, head_office, world, admin, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    card(wave, world.branch, shopper, 85, questions={"greeted": ("1/2", 10, 5), "skill": ("1/2", 20, 10)})
    card(wave, world.branch, shopper, 90, questions={"greeted": (1, 10, 0), "skill": ("1/2", 20, 10)})
    card(wave, world.second_branch, shopper, 70, questions={"greeted": (0, 10, 10), "skill": (0, 20, 20)})
    session.commit()
    query = address(what="branches", wave=wave.id, a=world.branch.id, b=world.second_branch.id)
    text = page(client_of(head_office), query)
    found = rows(text.split('<table class="sheet questions">', 1)[1])
    assert found == [
        ["2", "Được chào?", "1/2 lượt đạt mất 2,5", "0/1 lượt đạt mất 10,0"],
        ["5", "Chuyên môn", "0/2 lượt đạt mất 10,0", "0/1 lượt đạt mất 20,0"],
    ]  # two visits and one: too few to tell a difference
    assert heading(text) == "Hoàn Kiếm và Ba Đình cạnh nhau"
    assert "Chưa đủ lượt lặp lại để ước lượng sai số" in text
    assert side_by_side(text)["Điểm trung bình"][0] == (
        "88 (2 lượt, chưa rõ sai số) Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận"
    )
    assert f"branch={world.branch.id}&amp;question=skill" in text  # the visits behind it
    for branch, greeted, skill in ((world.branch, 3, 10), (world.second_branch, 10, 20)):
        for _ in range(4):
            lost = {"greeted": ("1/2", 10, greeted), "skill": ("1/2", 20, skill)}
            card(wave, branch, shopper, 100 - greeted - skill, questions=lost)
    session.commit()
    text = page(client_of(head_office), query)
    found = rows(text.split('<table class="sheet questions">', 1)[1])
    # Of six visits lost (5 + 0 + 4·3)/6 and 10; of five 10 and 20.
    assert [(row[1], row[-1]) for row in found] == [("Chuyên môn", "10,0"), ("Được chào?", "7,2")]


def test_branches_are_found_by_what_is_typed(client_of, head_office, two_waves):
    world, browser = two_waves, client_of(head_office)
    answer = browser.get(f"/network/compare?what=branches&wave={world.last.id}&a_q=cn001&b_q=X0 Xuân Đỉnh")
    assert answer.status_code == 302  # to an address that can be shared
    assert re.search(rf"a={world.branch.id}&b={world.branches[2].id}$", answer.location), answer.location
    text = page(browser, f"?what=branches&wave={world.last.id}&a_q=x&b_q=cn002")
    assert "Nhiều chi nhánh khớp với “x”" in text
    assert re.search(rf"a={world.branches[2].id}&amp;b={world.second_branch.id}", text)
    text = page(browser, f"?what=branches&wave={world.last.id}&a_q=nowhere")
    assert "Không có chi nhánh nào khớp với “nowhere”" in text
    text = page(browser, "?what=branches&a_q=<script>")
    assert "<script>”" not in text


def test_typed_words_keep_to_the_scope(client_of, area_manager, two_waves):
    text = page(client_of(area_manager), f"?what=branches&wave={two_waves.last.id}&a_q=cn003")
    assert "Không có chi nhánh nào khớp" in text
    assert "Ninh Kiều" not in text


@pytest.mark.parametrize("what", ["branches", "waves", "regions", "nonsense"])
def test_every_form_opens_without_a_choice(client_of, head_office, two_waves, what):
    assert heading(page(client_of(head_office), f"?what={what}"))


def test_what_is_not_there_or_not_theirs(
    client_of, head_office, area_manager, other_client, two_waves, admin
):
    world, browser = two_waves, client_of(head_office)
    foreign = factories.wave(world.foreign, admin)
    foreign_id = foreign.id
    for query in (
        branches_address(world, world.branch, world.foreign_branch),
        address(what="branches", a=999999),
        address(what="branches", a="x"),
        address(what="regions", a=world.foreign_region.id),
        address(what="waves", a=foreign_id),
        address(what="waves", b=foreign_id),
        address(what="waves", branch=world.foreign_branch.id),
        address(wave=foreign_id),
    ):
        page(browser, query, 404)
    page(client_of(other_client), branches_address(world, world.branch, world.branches[2]), 404)
    area = client_of(area_manager)
    page(area, branches_address(world, world.branch, world.southern_branch), 404)
    page(area, address(what="regions", wave=world.last.id, a=world.south.id, b=world.north.id), 404)
    page(area, address(what="waves", branch=world.southern_branch.id), 404)
    agency = client_of(admin)  # sees both clients, and still cannot mix them
    page(agency, branches_address(world, world.branch, world.foreign_branch), 404)
    page(agency, address(what="waves", wave=world.last.id, a=foreign_id), 404)


@pytest.mark.parametrize("role", ["branch_manager", "shopper"])
def test_who_may_not(client_of, request, role, two_waves):
    page(client_of(request.getfixturevalue(role)), "", 403)


def test_signed_out(client_of, two_waves):
    answer = client_of(None).get("/network/compare")
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.location


def test_without_any_wave(client_of, head_office, world):
    assert "chưa" in page(client_of(head_office)).lower()


def test_branches_without_visits_and_without_scores(client_of, head_office, figures, world, session):
    new = factories.branch(world.south, "CN004", "An Bình")
    session.commit()
    browser = client_of(head_office)
    for other in (new, world.southern_branch):
        query = address(what="branches", wave=figures.wave.id, a=world.branch.id, b=other.id)
        text = page(browser, query)
        assert heading(text) == f"Hoàn Kiếm và {other.name} cạnh nhau"
        assert "Một bên chưa có lượt được chấm điểm" in text
        assert side_by_side(text)["Điểm trung bình"][1] in ("Chưa có lượt", "Không có điểm")
    text = page(browser, address(what="branches", wave=figures.wave.id, a=new.id, b=new.id))
    assert "cùng một chi nhánh" in text
    query = address(what="regions", wave=figures.wave.id, a=world.north.id, b=world.south.id)
    assert "Một bên chưa có lượt được chấm điểm" in page(browser, query)
    query = address(what="waves", wave=figures.wave.id, a=figures.wave.id, b=figures.wave.id)
    assert "cùng một đợt" in page(browser, query)


def test_a_change_between_two_waves_is_that_of_the_aggregate(two_waves):
    world = two_waves
    visits = [
        {"branch": f"{branch.id:09}", "wave": name, "score": mean + away}
        for name, means in (("1", [60] * 6), ("2", [80, 60, 70, 70, 64, 66]))
        for branch, mean in zip(world.branches, means, strict=True)
        for away in (-4, 0, 4)
    ]
    told = aggregate("trend", {"from": "1", "to": "2", "visits": visits})
    found = trend_between(world.first, world.last)
    assert found.network.diff == Fraction(50, 6)
    assert [row.flag for row in found.branches] == [row["flag"] for row in told["branches"]]
    assert [row.low for row in found.branches] == pytest.approx([row["low"] for row in told["branches"]])
    # The page of the wave says the same of the wave before.
    known = statistics.of_wave(world.last)
    assert known.change == found.network
    assert [known.branches[row.branch].change for row in found.branches] == found.branches
    parts = trend_between(world.first, world.last, {branch.id for branch in world.branches[:5]})
    assert parts.network.branches == 5
    assert parts.network.diff == Fraction(44, 5)


def test_the_tables_as_files_say_the_same(client_of, head_office, other_client, two_waves):
    world, browser = two_waves, client_of(head_office)
    text = page(browser, branches_address(world, world.branch, world.branches[2]))
    links = [unescape(one) for one in re.findall(r'href="(/network/compare[./][^"]*)"', text)]
    assert len(links) == 2  # no question was asked, so there is no table of questions
    for link in links:
        assert browser.get(link).status_code == 200
    line = browser.get(links[1]).text.splitlines()[1].split(",")
    assert line[:6] == ["Điểm trung bình", "80", "76", "84", "3", "0"]
    assert line[-4:] == ["10", "4", "16", "rõ ràng cao hơn"]
    assert client_of(other_client).get(links[1]).status_code == 404
