"""The CSV: the same figures as shown, nothing that leads to a shopper, nothing that a spreadsheet would run."""

import csv
import io
from datetime import date

import pytest

from audit.insights import export
from audit.tables import safe
from tests import factories
from tests.insights.cards import card


def lines(browser, query=""):
    answer = browser.get(f"/network/visits.csv{query}")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_one_line_for_each_released_visit(client_of, head_office, figures, world, shopper, session):
    card(
        figures.wave,
        world.branch,
        shopper,
        "61.45",
        {"issue": "1/3", "attitude": 100},
        overall=20,
        number="BANK-2026-00042",
        knockouts=1,
        visited_on=date(2026, 12, 1),
        daypart="evening",
    )
    session.commit()
    head, *found = lines(client_of(head_office))
    assert head == [
        "Khách hàng",
        "Mã chi nhánh",
        "Chi nhánh",
        "Khu vực",
        "Đợt",
        "Ngày ghé thăm",
        "Buổi",
        "Phiếu điểm",
        "Điểm",
        "Điểm chưa tính điểm liệt",
        "Điểm liệt",
        "Bản",
        "Xử lý tình huống",
        "Thái độ, chuyên môn",
        "Tốc độ",
    ]
    assert len(found) == 6
    assert [line[1] for line in found] == ["CN001"] * 4 + ["CN002", "CN003"]
    assert found[3] == [
        "Ngân hàng Sao Mai",
        "CN001",
        "Hoàn Kiếm",
        "Miền Bắc",
        "Quý 4",
        "2026-12-01",
        "buổi tối",
        "BANK-2026-00042",
        "20.0",
        "61.5",
        "1",
        "1",
        "0.3",
        "100.0",
        "",
    ]
    assert found[5][8:] == ["", "", "0", "1", "", "", ""]  # not scorable


def test_what_is_not_released_stays_out(client_of, head_office, admin, figures, world, shopper, session):
    card(figures.wave, world.branch, shopper, 1, released_at=None)
    card(figures.wave, world.branch, shopper, 1, is_current=False)
    session.commit()
    assert len(lines(client_of(head_office))) == 1 + 5
    assert len(lines(client_of(admin), f"?wave={figures.wave.id}")) == 1 + 5


def test_each_sees_the_own_scope(client_of, head_office, area_manager, other_client, editor, figures):
    def codes(person, query=""):
        return sorted({line[1] for line in lines(client_of(person), query)[1:]})

    assert codes(head_office) == codes(head_office, "?wave=all") == ["CN001", "CN002", "CN003"]
    assert codes(area_manager) == ["CN001", "CN002"]
    assert codes(other_client) == ["ST001"]
    assert codes(editor) == ["CN001", "CN002", "CN003", "ST001"]
    assert codes(editor, f"?wave={figures.foreign_wave.id}") == ["ST001"]


def test_the_page_filter_holds_for_the_file(client_of, head_office, figures, world):
    browser = client_of(head_office)
    wave = figures.wave.id
    assert {line[1] for line in lines(browser, f"?wave={wave}&region={world.south.id}")[1:]} == {"CN003"}
    assert {line[1] for line in lines(browser, f"?wave={wave}&q=cn002")[1:]} == {"CN002"}


def test_nothing_leads_to_the_shopper(client_of, admin, figures):
    text = client_of(admin).get("/network/visits.csv").text
    assert "Trần" not in text
    assert "Thu Hà" not in text
    assert ":" not in text  # no time of day


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(client_of, head_office, figures, world, session, text):
    world.branch.name = f"{text} Hoàn Kiếm"
    session.commit()
    assert lines(client_of(head_office))[1][2] == f"'{text} Hoàn Kiếm"
    assert safe("Hoàn Kiếm = 1") == "Hoàn Kiếm = 1"


def test_a_comma_or_quote_stays_in_its_cell(client_of, head_office, figures, world, session):
    world.branch.name = 'Hoàn "Kiếm", số 1'
    session.commit()
    assert lines(client_of(head_office))[1][2] == 'Hoàn "Kiếm", số 1'


def test_pieces_join_without_loss(client_of, head_office, figures, world, shopper, session, monkeypatch):
    monkeypatch.setattr(export, "PIECE", 2)
    for score in range(7):
        card(figures.wave, world.branch, shopper, score)
    session.commit()
    found = lines(client_of(head_office))[1:]
    assert len(found) == 12
    assert len({line[7] for line in found}) == 12


def test_a_client_without_anything(client_of, head_office):
    assert len(lines(client_of(head_office))) == 1


def test_factors_of_several_versions_have_a_column_each(
    client_of, head_office, admin, figures, world, shopper, session
):
    document = {
        **factories.CHECKLIST,
        "factors": [
            {"id": "issue", "weight": 1, "title": factories.both("Giải quyết")},
            {"id": "attitude", "weight": 1, "title": factories.both("Thái độ")},
            {"id": "speed", "weight": 1, "title": factories.both("Nhanh")},
            {"id": "order", "weight": 1, "title": factories.both("Ngăn nắp")},
        ],
    }
    wave = factories.wave(world.client, admin, factories.version(document), name="Quý 5")
    card(wave, world.branch, shopper, 50, {"order": 30, "issue": 20})
    session.commit()
    head, *found = lines(client_of(head_office))
    assert head[12:] == ["Giải quyết", "Thái độ", "Nhanh", "Ngăn nắp"]
    assert next(line for line in found if line[4] == "Quý 5")[12:] == ["20.0", "", "", "30.0"]
    assert all(line[15] == "" for line in found if line[4] == "Quý 4")
