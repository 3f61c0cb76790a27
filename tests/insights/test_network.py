"""The network's table: who sees which branches, with which figures, in which order."""

import pytest
from sqlalchemy.orm import Session

from audit.i18n import force_locale
from audit.insights import view
from audit.insights.selection import Selection
from audit.reports import wave_report_branches, wave_report_figures
from audit.waves.models import WaveState
from tests import factories
from tests.insights.cards import card
from tests.insights.conftest import heading, rows, section


def page(browser, address="/network", status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


def names(text):
    return [row[0].split(" CN")[0].split(" R")[0] if "CN" in row[0] else row[0] for row in rows(text)]


def test_head_office_compares_its_branches(client_of, head_office, figures):
    text = page(client_of(head_office))
    assert heading(text) == "Mạng lưới đạt 80 (4 lượt, chưa rõ sai số)"
    second, first, southern = rows(text)
    assert second == [
        "Ba Đình CN002",
        "Miền Bắc",
        "90",
        "1",
        "–",
        "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận",
        "–",
        "không có",
    ]
    assert first[:5] == ["Hoàn Kiếm CN001", "Miền Bắc", "70", "3", "–"]
    assert first[7] == "1/3 lượt dính điểm liệt"
    assert southern[0] == "Ninh Kiều CN003 1 lượt không chấm được điểm"
    assert southern[2:] == ["Không có điểm", "0", "–", "–", "–", "–"]
    assert "2/3 chi nhánh có điểm" in text
    assert "1/4 lượt dính điểm liệt (kể cả điểm liệt: 67)" in text
    assert "Chưa đủ lượt lặp lại để ước lượng sai số" in text


def test_a_factor_that_fewer_visits_have_says_so(client_of, head_office, figures):
    grid = rows(section(page(client_of(head_office)), "factors"))
    assert [row[1:] for row in grid] == [["1", "90", "90", "90"], ["3", "60", "90", "40 n = 1"]]


def test_a_branch_without_visits_says_so(client_of, head_office, figures, world, session):
    factories.branch(world.south, "CN004", "An Bình")
    session.commit()
    found = next(row for row in rows(page(client_of(head_office))) if row[0].startswith("An Bình"))
    assert found[2:] == ["Chưa có lượt", "0", "–", "–", "–", "–"]


def test_a_closed_branch_is_listed_only_with_its_visits(client_of, head_office, figures, world, session):
    world.second_branch.active = False
    factories.branch(world.south, "CN004", "Đã đóng", active=False)
    session.commit()
    assert [name.split(" CN")[0] for name in names(page(client_of(head_office)))] == [
        "Ba Đình",
        "Hoàn Kiếm",
        "Ninh Kiều",
    ]


def test_only_released_current_editions_count(
    client_of, head_office, admin, figures, world, shopper, session
):
    card(figures.wave, world.second_branch, shopper, 0, released_at=None)
    card(figures.wave, world.second_branch, shopper, 0, is_current=False)
    session.commit()
    for person in (head_office, admin):
        text = page(client_of(person), f"/network?wave={figures.wave.id}")
        assert next(row for row in rows(text) if row[0].startswith("Ba Đình"))[2:4] == ["90", "1"]


def test_an_area_manager_sees_the_area_only(client_of, area_manager, figures):
    text = page(client_of(area_manager))
    assert heading(text) == "Khu vực của anh/chị: 80 (4 lượt, chưa rõ sai số)"
    assert "Mạng lưới đạt 80 (4 lượt, chưa rõ sai số)" in text, "the network's mean stands beside it"
    assert "Ninh Kiều" not in text
    assert "Miền Nam" not in text


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_the_agency_chooses_among_all_clients(client_of, request, role, figures):
    browser = client_of(request.getfixturevalue(role))
    text = page(browser, f"/network?wave={figures.foreign_wave.id}")
    assert heading(text) == "Mạng lưới đạt 10 (1 lượt, chưa rõ sai số)"
    assert '<optgroup label="Siêu thị Hoa Sen">' in text
    assert '<optgroup label="Ngân hàng Sao Mai">' in text


def test_head_office_is_offered_no_other_clients_waves(client_of, head_office, figures):
    text = page(client_of(head_office))
    assert "Đợt Hoa Sen" not in text
    assert "Hải Châu" not in text
    assert "<optgroup" not in text


def test_signed_out(client_of, figures):
    for address in ("/network", "/network/visits.csv", "/network/branches/1"):
        assert client_of(None).get(address).status_code == 302


@pytest.mark.parametrize("role", ["shopper", "branch_manager"])
def test_other_roles_are_refused(client_of, request, role, figures, world):
    browser = client_of(request.getfixturevalue(role))
    for address in ("/network", "/network/visits.csv", f"/network/branches/{world.branch.id}"):
        page(browser, address, 403)


def test_figures_of_another_client_are_not_reachable(client_of, head_office, area_manager, figures, world):
    own, foreign = figures.wave.id, figures.foreign_wave.id
    for person in (head_office, area_manager):
        browser = client_of(person)
        for address in (
            f"/network?wave={foreign}",
            f"/network?wave={own}&region={world.foreign_region.id}",
            f"/network/visits.csv?wave={foreign}",
            f"/network/visits.csv?wave={own}&region={world.foreign_region.id}",
            f"/network/branches/{world.foreign_branch.id}",
            f"/network/branches/{world.foreign_branch.id}?wave={own}",
            f"/network/branches/{world.branch.id}?wave={foreign}",
        ):
            text = page(browser, address, 404)
            assert "Hải Châu" not in text
            assert "Hoa Sen" not in text


def test_an_area_manager_does_not_reach_the_next_area(client_of, area_manager, figures, world):
    browser = client_of(area_manager)
    page(browser, f"/network?region={world.south.id}", 404)
    page(browser, f"/network/visits.csv?wave={figures.wave.id}&region={world.south.id}", 404)
    page(browser, f"/network/branches/{world.southern_branch.id}", 404)
    page(browser, f"/network/branches/{world.southern_branch.id}?wave={figures.wave.id}", 404)


def test_even_the_agency_gets_no_region_of_another_client(client_of, admin, figures, world):
    page(client_of(admin), f"/network?wave={figures.wave.id}&region={world.foreign_region.id}", 404)


@pytest.mark.parametrize("query", ["wave=x", "wave=-1", "wave=999999999", "wave=9999999999999", "region=1e3"])
def test_an_address_that_names_nothing(client_of, head_office, figures, query):
    page(client_of(head_office), f"/network?{query}", 404)


def test_a_wave_that_is_still_planned_is_not_for_the_client(client_of, head_office, admin, figures, session):
    wave = factories.wave(figures.wave.client, admin, state=WaveState.PLANNING)
    session.commit()
    page(client_of(head_office), f"/network?wave={wave.id}", 404)


def test_a_region_brings_what_lies_below_it(client_of, head_office, figures, world, shopper, session):
    city = factories.region(world.client, "Cần Thơ", world.south)
    card(figures.wave, factories.branch(city, "CN009", "Cái Răng"), shopper, 40)
    session.commit()
    text = page(client_of(head_office), f"/network?region={world.south.id}")
    assert heading(text) == "Miền Nam: 40 (1 lượt, chưa rõ sai số)"
    assert "Mạng lưới đạt 67 (5 lượt, chưa rõ sai số)" in text
    assert [row[1] for row in rows(text)] == ["Cần Thơ", "Miền Nam"]
    assert [row[0] for row in rows(section(text, "regions"))] == ["Miền Nam", "Miền Nam › Cần Thơ"]


@pytest.mark.parametrize("words", ["ba dinh", "CN002", "Ba  BA"])
def test_search_finds_by_code_and_name_without_accents(
    client_of, head_office, figures, world, words, session
):
    world.second_branch.search = "cn002 ba dinh"
    session.commit()
    text = client_of(head_office).get("/network", query_string={"q": words}).text
    assert [name.split(" CN")[0] for name in names(text)] == ["Ba Đình"]


def test_a_filter_that_nothing_fits(client_of, head_office, figures):
    text = page(client_of(head_office), "/network?q=%25zz")
    assert "Không có chi nhánh nào khớp bộ lọc này" in text
    assert "<h1>Không tìm thấy chi nhánh nào</h1>" in text


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=nonsense&order=desc", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=branch&order=desc", "Ninh Kiều, Hoàn Kiếm, Ba Đình"),
        ("sort=mean", "Hoàn Kiếm, Ba Đình, Ninh Kiều"),
        ("sort=mean&order=desc", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=n&order=desc", "Hoàn Kiếm, Ba Đình, Ninh Kiều"),
        ("sort=incidents", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=incidents&order=desc", "Hoàn Kiếm, Ba Đình, Ninh Kiều"),
        ("sort=region&order=desc", "Ninh Kiều, Ba Đình, Hoàn Kiếm"),
        ("sort=factor.attitude&order=desc", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=factor.issue", "Hoàn Kiếm, Ba Đình, Ninh Kiều"),
        ("sort=factor.none", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
        ("sort=section.none&order=desc", "Ba Đình, Hoàn Kiếm, Ninh Kiều"),
    ],
)
def test_order(client_of, head_office, figures, query, order):
    text = page(client_of(head_office), f"/network?{query}")
    assert [name.split(" CN")[0] for name in names(text)] == order.split(", ")
    assert ("thứ tự có thể do may rủi" in text) == (
        query.startswith(("sort=mean", "sort=factor.attitude", "sort=factor.issue"))
    )


def test_the_whole_state_is_in_the_links(client_of, head_office, figures, world):
    text = page(client_of(head_office), f"/network?region={world.north.id}&q=cn&sort=mean&order=desc")
    wave = figures.wave.id
    assert f"/network?wave={wave}&amp;region={world.north.id}&amp;q=cn&amp;sort=n&amp;order=desc" in text
    assert f"/network/visits.csv?wave={wave}&amp;region={world.north.id}&amp;q=cn" in text


@pytest.mark.parametrize(
    "junk", ["endpoint=x", "_scheme=javascript&_external=1", "page=0", "page=-3", "q=%00"]
)
def test_junk_in_the_address_changes_nothing(client_of, head_office, figures, junk):
    text = page(client_of(head_office), f"/network?{junk}")
    assert "javascript:" not in text
    assert heading(text) == "Mạng lưới đạt 80 (4 lượt, chưa rõ sai số)"


def test_the_newest_wave_with_released_visits_comes_first(client_of, head_office, admin, figures, session):
    later = factories.wave(figures.wave.client, admin, name="Quý 1", starts_on=figures.wave.ends_on)
    later.ends_on = later.starts_on
    session.commit()
    assert "Quý 4 (" in page(client_of(head_office))
    text = page(client_of(head_office), f"/network?wave={later.id}")
    assert heading(text) == "Quý 1 chưa có lượt nào được chấm điểm"
    assert [row[2] for row in rows(text)] == ["Chưa có lượt"] * 3


def test_no_wave_at_all(client_of, head_office, editor):
    for person in (head_office, editor):
        assert heading(page(client_of(person))) == "Chưa có đợt nào được mở"


def test_only_visits_that_cannot_be_scored(client_of, head_office, admin, world, shopper, session):
    wave = factories.wave(world.client, admin, name="Quý 4")
    card(wave, world.branch, shopper, None)
    session.commit()
    text = page(client_of(head_office))
    assert heading(text) == "Quý 4 chưa có lượt nào được chấm điểm"
    assert [row[2] for row in rows(text)] == ["Chưa có lượt", "Không có điểm", "Chưa có lượt"]


def test_means_go_over_all_pages(
    client_of, head_office, figures, world, shopper, session: Session, monkeypatch
):
    monkeypatch.setattr(view, "PAGE", 2)
    browser = client_of(head_office)
    first, second = page(browser, "/network?sort=mean"), page(browser, "/network?sort=mean&page=2")
    assert [name.split(" CN")[0] for name in names(first)] == ["Hoàn Kiếm", "Ba Đình"]
    assert [name.split(" CN")[0] for name in names(second)] == ["Ninh Kiều"]
    assert heading(first) == heading(second) == "Mạng lưới đạt 80 (4 lượt, chưa rõ sai số)"
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert names(page(browser, "/network?sort=mean&page=99")) == names(second)


def test_ten_branches_cost_as_many_queries_as_one(
    client_of, head_office, figures, world, shopper, session, queries
):
    browser = client_of(head_office)
    page(browser)
    with queries() as few:
        page(browser)
    for number in range(10):
        branch = factories.branch(world.south, f"X{number}", f"Thêm {number}")
        card(figures.wave, branch, shopper, number, {"issue": number})
    session.commit()
    page(browser)  # the figures of a wave stay in memory until a visit is released
    with queries() as many:
        page(browser)
    assert len(many) == len(few)
    assert len(few) <= 15


def test_too_little_to_order_by_is_said_so_on_the_page_and_in_the_report(
    client_of, app, head_office, figures, world, shopper, session
):
    """Two branches with a score: no shrunk scores, and so the usual order is that of the names."""
    text = page(client_of(head_office))
    assert [name.split(" CN")[0] for name in names(text)] == ["Ba Đình", "Hoàn Kiếm", "Ninh Kiều"]
    assert "Thứ tự: theo tên, chưa đủ dữ liệu để xếp" in text
    assert "kỳ vọng đợt sau" not in text
    assert reported_order(app, head_office, figures).startswith("Xếp theo tên:")
    for number in range(5):
        branch = factories.branch(world.north, f"M{number}", f"Mới {number}")
        for score in (60, 80):
            card(figures.wave, branch, shopper, score)
    session.commit()
    text = page(client_of(head_office))
    assert "Thứ tự: kỳ vọng đợt sau" in text
    assert "chưa đủ dữ liệu để xếp" not in text
    assert not reported_order(app, head_office, figures).startswith("Xếp theo tên:")


def reported_order(app, person, figures):
    """What the report says above its table of branches."""
    with app.test_request_context(), force_locale("vi"):
        gathered = wave_report_figures.gathered(person, Selection(figures.wave), 1)
        return wave_report_branches.parts_of(gathered)[-1].sentences[0]
