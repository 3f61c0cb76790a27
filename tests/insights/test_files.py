"""Tables to take along: the same figures as on the page, their definitions, and nothing a spreadsheet would run."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import select

from audit.i18n import force_locale
from audit.insights import export
from audit.insights.selection import Selection
from audit.insights.sheet import Column, Kind, Sheet, printed, shown
from audit.insights.sheets import ALL
from audit.insights.view import view_of
from audit.insights.workbook import Writer, csv_of, workbook
from audit.trail.models import Entry
from tests import factories
from tests.insights.cards import card


def table(browser, name, query):
    """The lines of a table's CSV file."""
    answer = browser.get(f"/network/{name}.csv?{query}")
    assert answer.status_code == 200, (name, answer.text)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def book_of(browser, path):
    """An Excel file as it is read back."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def values(page, columns):
    """The rows of a sheet below its head, up to the first empty one; numbers as decimals."""
    found = []
    for row in page.iter_rows(min_row=2, max_col=columns, values_only=True):
        if all(value is None for value in row):
            break
        found.append([Decimal(str(value)) if isinstance(value, int | float) else value for value in row])
    return found


def as_text(value):
    """A shown value as the CSV writes it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.fixture
def rich(figures, world, shopper, session):
    """The same wave with a question, a section, formats and channels."""
    world.branch.format, world.second_branch.channel = "Kiosk", "phone"
    card(
        figures.wave,
        world.second_branch,
        shopper,
        "84.25",
        {"issue": "80.5", "attitude": 90, "speed": "1/3"},
        {"greeted": (0, "12.5", "12.5"), "skill": ("1/2", 10, 5)},
        {"counter": "77.7"},
    )
    session.commit()
    return figures


def test_every_file_holds_what_the_tables_hold(client_of, head_office, rich, app):
    browser, query = client_of(head_office), f"wave={rich.wave.id}"
    book = book_of(browser, f"/network/export.xlsx?{query}")
    with force_locale("vi"):
        sheets = {name: build(view_of(head_office, Selection(rich.wave))) for name, build in ALL.items()}
    assert book.sheetnames == [sheet.title for sheet in sheets.values()] + ["Định nghĩa"]
    for name, sheet in sheets.items():
        cells = [[shown(row.get(one.key), one.kind) for one in sheet.columns] for row in sheet.rows]
        head, *lines = table(browser, name, query)
        titles = [column.title for column in sheet.columns]
        assert head == titles == [cell.value for cell in book[sheet.title][1]]
        assert lines == [[as_text(value) for value in row] for row in cells], name
        expected = [
            [Decimal(value) if isinstance(value, int | Decimal) else value or None for value in row]
            for row in cells
        ]
        assert values(book[sheet.title], len(titles)) == expected, name
    assert any(len(sheet.rows) > 1 for sheet in sheets.values())


def test_the_page_shows_the_figures_of_the_file(client_of, head_office, rich):
    browser, query = client_of(head_office), f"wave={rich.wave.id}"
    head, *lines = table(browser, "branches", query)
    page = browser.get(f"/network?{query}").text
    place = {title: number for number, title in enumerate(head)}
    known = {line[place["Mã chi nhánh"]]: line for line in lines}
    assert known["CN001"][place["Điểm trung bình"]] == "70"
    assert known["CN002"][place["Điểm trung bình"]] == "87"  # 87.125
    assert known["CN003"][place["Điểm trung bình"]] == ""  # a visit without a score is unknown, not zero
    for code in ("CN001", "CN002"):
        mean, n = known[code][place["Điểm trung bình"]], known[code][place["Số lượt"]]
        row = page[page.index(code) :]
        row = row[: row.index("</tr>")]
        assert mean in row
        assert n in row


def test_numbers_are_numbers_and_days_are_days(app):
    columns = [
        Column("name", "Tên"),
        Column("count", "n", Kind.COUNT),
        Column("mean", "Điểm", Kind.ESTIMATE),
        Column("lost", "Mất", Kind.POINTS),
        Column("share", "Tỷ lệ", Kind.SHARE),
        Column("day", "Ngày", Kind.DATE),
    ]
    row = {
        "name": "A",
        "count": 3,
        "mean": Decimal("82.5"),
        "lost": Decimal("-2.25"),
        "share": Decimal("0.665"),
        "day": date(2026, 11, 14),
        "_id": 7,
    }
    nothing = {"name": "B", "_id": 8}
    sheet = Sheet("x", "Bảng", columns, [row, nothing], ["Ghi chú"])
    with app.test_request_context(), force_locale("vi"):
        lines = list(csv.reader(io.StringIO(csv_of(sheet).decode("utf-8-sig"), newline="")))
        book = openpyxl.load_workbook(io.BytesIO(workbook([sheet], [("Khách hàng", "=SUM(A1)")])))
        said = [printed(row[column.key], column.kind) for column in columns]
    assert lines[1:] == [["A", "3", "83", "-2.3", "67", "2026-11-14"], ["B", "", "", "", "", ""]]
    assert said == ["A", "3", "83", "−2,3", "67\u00a0%", "14/11/2026"]
    page = book["Bảng"]
    assert [cell.value for cell in page[2]] == ["A", 3, 83, -2.3, 67, page["F2"].value]
    assert page["F2"].value.date() == date(2026, 11, 14)
    assert [page[f"{letter}2"].number_format for letter in "BCDEF"] == [
        "0",
        "0",
        "0.0",
        '0" %"',
        "dd/mm/yyyy",
    ]
    assert [cell.value for cell in page[3]] == ["B", None, None, None, None, None]
    assert page["A5"].value == "Ghi chú"
    assert book["Định nghĩa"]["B1"].value == "'=SUM(A1)"


def test_definitions_say_what_the_file_is_of_and_how_each_column_is_made(client_of, head_office, rich, world):
    path = f"/network/export.xlsx?wave={rich.wave.id}&region={world.north.id}&q=cn0"
    book = book_of(client_of(head_office), path)
    assert book.sheetnames[-1] == "Định nghĩa"
    lines = [
        [cell for cell in row if cell is not None] for row in book["Định nghĩa"].iter_rows(values_only=True)
    ]
    facts = {line[0]: line[1] for line in lines if len(line) == 2}
    assert facts["Khách hàng"] == "Ngân hàng Sao Mai"
    assert facts["Đợt"].startswith("Quý 4 (")
    assert facts["Phạm vi"] == "toàn mạng lưới · Miền Bắc · “cn0”"
    assert "phiên bản" in facts["Bảng tiêu chí"]
    assert facts["Chi nhánh có điểm"] == "2 trong 2"
    assert facts["Số lượt"] == "5"
    assert facts["Ngày ghé thăm"] == "14/11/2026 – 14/11/2026"
    assert "Lập lúc" in facts
    defined = {(line[0], line[1]) for line in lines if len(line) == 3}
    with force_locale("vi"):
        view = view_of(head_office, Selection(rich.wave))
        wanted = {
            (sheet.title, column.title)
            for sheet in (build(view) for build in ALL.values())
            for column in sheet.columns
            if column.about
        }
    assert wanted <= defined | {("Mạng lưới", "")}


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_is_a_formula(client_of, head_office, figures, world, session, text):
    world.branch.name = f"{text} Hoàn Kiếm"
    session.commit()
    browser, query = client_of(head_office), f"wave={figures.wave.id}"
    names = {line[1] for line in table(browser, "branches", query)}
    assert f"'{text} Hoàn Kiếm" in names
    for path in ("export.xlsx", "visits.xlsx", f"branches/{world.branch.id}/export.xlsx"):
        book = book_of(browser, f"/network/{path}?{query}")
        cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
        assert all(cell.data_type != "f" for cell in cells), path
        shown_names = {str(cell.value) for cell in cells if text in str(cell.value)}
        assert shown_names, path
        assert not any(name.startswith(text) for name in shown_names), path


def test_each_gets_the_own_scope(
    client_of, head_office, area_manager, editor, other_client, branch_manager, shopper, rich, world
):
    query = f"wave={rich.wave.id}"

    def codes(person):
        return {line[0] for line in table(client_of(person), "branches", query)[1:]}

    assert codes(head_office) == codes(editor) == {"CN001", "CN002", "CN003"}
    assert codes(area_manager) == {"CN001", "CN002"}
    regions = {line[0] for line in table(client_of(area_manager), "regions", query)[1:]}
    assert regions == {"Miền Bắc"}
    paths = [
        *(f"/network/{name}.csv?{query}" for name in ALL),
        f"/network/export.xlsx?{query}",
        f"/network/visits.xlsx?{query}",
        f"/network/branches/{world.branch.id}/export.xlsx?{query}",
        f"/network/branches/{world.branch.id}/branch-waves.csv?{query}",
    ]
    for path in paths:
        assert client_of(other_client).get(path).status_code == 404, path
        assert client_of(branch_manager).get(path).status_code == 403, path
        assert client_of(shopper).get(path).status_code == 403, path
    southern = f"/network/branches/{world.southern_branch.id}/export.xlsx"
    assert client_of(area_manager).get(southern).status_code == 404


def test_the_filter_of_the_page_holds_for_its_files(client_of, head_office, rich, world):
    browser = client_of(head_office)

    def codes(more):
        return {line[0] for line in table(browser, "branches", f"wave={rich.wave.id}&{more}")[1:]}

    assert codes(f"region={world.south.id}") == {"CN003"}
    assert codes("format=Kiosk") == {"CN001"}
    assert codes("channel=phone") == {"CN002"}
    assert codes("q=cn002") == {"CN002"}
    assert codes("q=xyz") == set()
    for query in ("region=999999", f"region={world.foreign_region.id}", "channel=fax", "region=x"):
        path = f"/network/export.xlsx?wave={rich.wave.id}&{query}"
        assert browser.get(path).status_code == 404, query


def test_strange_tables_are_not_there(client_of, head_office, figures, world):
    browser = client_of(head_office)
    assert browser.get(f"/network/secrets.csv?wave={figures.wave.id}").status_code == 404
    assert browser.get(f"/network/branches/{world.branch.id}/secrets.csv").status_code == 404
    assert browser.get("/network/compare/compare.csv").status_code == 404


def test_a_branch_and_a_comparison_have_their_files(client_of, head_office, rich, world):
    browser = client_of(head_office)
    book = book_of(browser, f"/network/branches/{world.branch.id}/export.xlsx")
    assert book.sheetnames[-1] == "Định nghĩa"
    about = {row[0].value: row[1].value for row in book["Định nghĩa"].iter_rows(max_row=20) if row[0].value}
    assert about["Chi nhánh"] == "Hoàn Kiếm (CN001)"
    assert about["Đợt"].startswith("Quý 4 (")
    assert "phiên bản" in about["Bảng tiêu chí"]
    assert int(about["Số lượt"]) > 0
    assert "/" in about["Ngày ghé thăm"]
    assert "lượt lặp lại" in about["Độ dao động giữa các lượt"]
    assert book.worksheets[0].title == "Tóm tắt"
    answer = browser.get(f"/network/branches/{world.branch.id}/branch-waves.csv")
    assert "Quý 4" in answer.text
    both = f"wave={rich.wave.id}&what=branches&a={world.branch.id}&b={world.second_branch.id}"
    assert len(book_of(browser, f"/network/compare.xlsx?{both}").sheetnames) == 3
    assert "Hoàn Kiếm" in browser.get(f"/network/compare/compare.csv?{both}").text


def test_shoppers_are_for_the_agency(client_of, admin, head_office, rich, shopper):
    query = f"wave={rich.wave.id}"
    assert shopper.name in client_of(admin).get(f"/network/shoppers.csv?{query}").text
    book = book_of(client_of(admin), f"/network/shoppers.xlsx?{query}")
    assert len(book.sheetnames) == 2
    for kind in ("csv", "xlsx"):
        assert client_of(head_office).get(f"/network/shoppers.{kind}?{query}").status_code == 403


def test_an_empty_wave_says_nothing_and_breaks_nothing(client_of, head_office, admin, world, session):
    wave = factories.wave(world.client, admin, name="Quý 1")
    session.commit()
    browser = client_of(head_office)
    for name in ALL:
        lines = table(browser, name, f"wave={wave.id}")
        assert not {cell for line in lines for cell in line} & {"nan", "NaN", "None"}
    book = book_of(browser, f"/network/export.xlsx?wave={wave.id}")
    facts = {row[0].value: row[1].value for row in book["Định nghĩa"].iter_rows(max_row=20) if row[0].value}
    assert facts["Ngày ghé thăm"] == "–"
    assert facts["Số lượt"] == "0"
    assert len(list(book_of(browser, f"/network/visits.xlsx?wave={wave.id}").worksheets[0].rows)) == 1


def test_without_any_wave_there_are_no_tables(client_of, head_office):
    for path in ("/network/export.xlsx", "/network/branches.csv"):
        assert client_of(head_office).get(path).status_code == 404


def test_downloads_are_in_the_trail(client_of, head_office, rich, world, session):
    browser, query = client_of(head_office), f"wave={rich.wave.id}"
    for path in (
        f"export.xlsx?{query}",
        f"branches.csv?{query}",
        f"branches/{world.branch.id}/export.xlsx?{query}",
        f"visits.xlsx?{query}&question=greeted&q=Ho%C3%A0n%00+Ki%E1%BA%BFm",
        "visits.csv",
    ):
        assert browser.get(f"/network/{path}").status_code == 200
    entries = session.scalars(select(Entry).where(Entry.kind == "export.downloaded").order_by(Entry.id)).all()
    assert [entry.data["what"] for entry in entries] == [
        f"network-{rich.wave.id}",
        f"branches-{rich.wave.id}",
        "branch-CN001",
        "visits",
        "visits",
    ]
    assert {entry.by_id for entry in entries} == {head_office.id}
    assert [entry.client_id for entry in entries] == [world.client.id] * 4 + [None]
    assert [entry.data.get("wave") for entry in entries] == ["Quý 4", "Quý 4", None, "Quý 4", None]
    narrowed = f"{query}&question=greeted&q=Hoàn Kiếm"
    assert [entry.data.get("filter") for entry in entries] == [query, query, query, narrowed, None]


def test_visits_as_excel_are_the_visits_as_csv(client_of, head_office, rich):
    browser = client_of(head_office)
    for query in ("", f"?wave={rich.wave.id}", f"?wave={rich.wave.id}&q=cn002"):
        text = browser.get(f"/network/visits.csv{query}").data.decode("utf-8-sig")
        head, *lines = csv.reader(io.StringIO(text, newline=""))
        book = book_of(browser, f"/network/visits.xlsx{query}")
        page = book.worksheets[0]
        assert [cell.value for cell in page[1]] == head
        found = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
        assert len(found) == len(lines) > 0
        for row, line in zip(found, lines, strict=True):
            assert row[5].date().isoformat() == line[5]
            assert [value or "" for value in row[:5]] == line[:5]
            assert [None if not text else float(text) for text in line[8:]] == row[8:]
        assert book.sheetnames[-1] == "Định nghĩa"


def test_too_many_visits_for_excel_are_refused_in_words(client_of, head_office, rich, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 5)
    browser = client_of(head_office)
    answer = browser.get("/network/visits.xlsx")
    assert answer.status_code == 422
    assert "CSV" in answer.text
    assert browser.get(f"/network/visits.xlsx?wave={rich.wave.id}&q=cn001").status_code == 200


def test_names_of_sheets_are_what_excel_takes():
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    writer = Writer(book)
    titles = ["Vùng: [A]/B?*", "x" * 40, "x" * 50, "X" * 40, "'ngoặc'", "[]"]
    for title in titles:
        writer.page(title)
    names = [page.name for page in book.worksheets()]
    book.close()
    assert all(0 < len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(titles)
    assert not any(sign in name for name in names for sign in "[]:*?/\\")
    assert names[4] == "ngoặc"
