"""What the report of a wave says, for whom, and what its PDF is made of."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.reports import pdf, wave_report_branches, wave_report_figures
from audit.reports.models import WaveReport
from audit.reports.spans import span
from audit.trail.models import Entry
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card
from tests.reports.ordering import ordered, said

ClientOf = Callable[[Person | None], FlaskClient]


def test_the_report_of_the_network(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    assert browser.get(f"{address}/file").status_code == 404  # not made yet
    assert browser.get(f"{address}/progress").json == {"done": 0, "total": 1, "ready": False}

    jobs.run_until_idle(app)

    progress = browser.get(f"{address}/progress").json
    assert progress["ready"]
    assert progress["done"] == progress["total"] > 3
    answer = browser.get(f"{address}/file")
    assert answer.mimetype == "application/pdf"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]
    printed = said(answer.data)
    for sentence in (
        "Ngân hàng Sao Mai",
        "Quý 4",
        "80 (4 lượt, chưa rõ sai số)",  # the mean of 70 and 90; too few repeated visits for a range
        "Hoàn Kiếm CN001",
        "Ba Đình CN002",
        "Ninh Kiều CN003",
        "Chưa có lượt",
        "Miền Bắc",
        "Một kết quả riêng lẻ không phải là căn cứ để sa thải.",
        "Trang 1 /",
    ):
        assert sentence in printed, sentence
    assert "Hải Châu" not in printed
    assert "None" not in printed
    assert "nan" not in printed.lower().split()
    order, fetched = session.scalars(
        select(Entry).where(Entry.kind.in_(("report.ordered", "export.downloaded"))).order_by(Entry.id)
    )
    assert (order.kind, order.by_id, order.client_id) == ("report.ordered", head_office.id, wave.client_id)
    assert (fetched.by_id, fetched.data["what"], fetched.data["wave"]) == (
        head_office.id,
        "wave_report",
        "Quý 4",
    )


def test_an_area_manager_reports_the_own_area_beside_the_networks_mean(
    wave: Wave, area_manager: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(area_manager)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    printed = said(browser.get(f"{address}/file").data)
    assert "Hoàn Kiếm CN001" in printed
    assert "Ninh Kiều" not in printed
    assert "Miền Nam" not in printed


def test_the_filter_holds_for_the_report(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, world: World, session: Session
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}&region={world.north.id}&q=cn002")
    assert "Miền Bắc" in browser.get(address).text
    jobs.run_until_idle(app)
    printed = said(browser.get(f"{address}/file").data)
    assert "Ba Đình CN002" in printed
    assert "Hoàn Kiếm" not in printed
    assert "“cn002”" in printed
    report = session.scalars(select(WaveReport)).one()
    assert report.branch_ids == [world.second_branch.id]


def test_english_is_english_throughout(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}", "en")
    jobs.run_until_idle(app)
    printed = said(browser.get(f"{address}/file").data)
    assert "How this report was made" in printed
    assert "A single result is no ground for dismissal." in printed
    assert "%(" not in printed
    assert "%%" not in printed
    assert "lượt" not in printed


def test_the_pdf_is_tagged_and_its_letters_are_its_own(
    wave: Wave,
    head_office: Person,
    app: Flask,
    client_of: ClientOf,
    poppler: Callable[..., bytes],
    objects_of: Callable[[bytes], list[dict[str, object]]],
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    content = browser.get(f"{address}/file").data
    rows = poppler("pdffonts", content).decode().splitlines()[2:]
    assert rows
    for row in rows:
        name, *rest = row.split()
        assert name.split("+")[1].startswith("Inter"), row
        assert rest[-5:-2] == ["yes", "yes", "yes"], row
    reader = PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"].get_object()  # type: ignore[union-attr]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "vi"  # type: ignore[index]
    assert [str(one.title) for one in reader.outline if not isinstance(one, list)] == ["Quý 4"]  # type: ignore[union-attr]
    figures = [one for one in objects_of(content) if one.get("/S") == "/Figure"]
    assert any("Mọi chi nhánh" in str(one.get("/Alt")) for one in figures)
    # What stands in a chart is text: it can be searched and read aloud.
    charted = next(page for page in reader.pages if page.extract_text().count("Mọi chi nhánh"))
    assert "Hoàn Kiếm" in charted.extract_text()
    assert len(content) < 400_000


def test_nothing_but_its_own_charts_is_fetched() -> None:
    fetcher = pdf.ChartFetcher({"regions": b"<svg/>"})
    assert fetcher.fetch("chart:regions").content_type.startswith("image/svg")  # type: ignore[union-attr]
    for strange in ("chart:other", "file:///etc/passwd", "https://example.org/x.svg", "photo:1"):
        with pytest.raises(ValueError, match="not a chart"):
            fetcher.fetch(strange)


def test_the_picture_of_a_row_keeps_to_its_axis() -> None:
    assert span(None, None, None, None).count("<path") == 1  # nothing is known: only the axis
    drawn = span(101, -3, 140, 50)
    assert 'cx="105.0"' in drawn
    assert "M5.0 6.0H105.0" in drawn
    assert 'fill="#ffffff"' in span(50, 40, 60, 50, sure=False)
    assert "circle" not in span(50, 40, 60, 50, flag="above")
    assert span(50, 40, 60, 50, flag="above") != span(50, 40, 60, 50, flag="below")


def _many(count: int, world: World, wave: Wave, shopper: Person, session: Session) -> list[str]:
    """Branches more with one visit each; their names."""
    names = [f"Điểm {place:03d}" for place in range(count)]
    for place, name in enumerate(names):
        branch = factories.branch(world.north, f"D{place:03d}", name)
        card(wave, branch, shopper, 40 + place % 60, {"issue": 50, "attitude": 60, "speed": 70})
    session.commit()
    return names


def test_more_branches_than_a_page_holds_are_drawn_on_several(
    wave: Wave,
    head_office: Person,
    app: Flask,
    client_of: ClientOf,
    session: Session,
    world: World,
    shopper: Person,
) -> None:
    names = _many(88, world, wave, shopper, session)
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    content = browser.get(f"{address}/file").data
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    for title in ("Mọi chi nhánh", "Chi nhánh theo yếu tố"):
        drawn = [page for page in pages if f"{title}: " in page and "trên 90" in page]
        assert len(drawn) == 3, title
        for name in (*names, "Hoàn Kiếm", "Ba Đình"):
            assert sum(name in page for page in drawn) == 1, (title, name)
    assert "không vẽ ở đây" not in " ".join(pages)


def test_where_nobody_would_look_the_report_says_where_the_grids_are(
    wave: Wave,
    head_office: Person,
    app: Flask,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wave_report_figures, "MOST_DRAWN", 1)
    monkeypatch.setattr(wave_report_branches, "MOST_DRAWN", 1)
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    printed = said(browser.get(f"{address}/file").data)
    assert "Chi nhánh theo yếu tố" not in printed
    assert "Trên 1 chi nhánh thì không vẽ ở đây." in printed
    assert "Excel" in printed


def test_pieces_are_about_equal_and_hold_all() -> None:
    for count in (0, 1, 40, 41, 88, 120, 199, 200):
        cut = wave_report_figures.pieces(count)
        sizes = [each.stop - each.start for each in cut]
        assert sum(sizes) == count
        assert max(sizes, default=0) <= wave_report_figures.DRAWN
        assert max(sizes, default=0) - min(sizes, default=0) <= 1
    assert wave_report_figures.pieces(201) == []


def test_a_branch_with_one_or_two_visits_says_so(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    pages = PdfReader(io.BytesIO(browser.get(f"{address}/file").data)).pages
    table = next(text for text in (page.extract_text() for page in pages) if "Bảng tất cả chi nhánh" in text)
    row = " ".join(table.split()).split("Ba Đình CN002", 1)[1].split("CN003", 1)[0]
    assert "Ít hơn 3 lượt: chưa xếp hạng, chưa kết luận" in row
