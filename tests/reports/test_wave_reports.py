"""Reports of a wave: who may order which, made once, in order, logged, safe against second clicks and second runs."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.reports import pdf, wave_report_branches, wave_report_figures, wave_report_tasks
from audit.reports.models import Batch, BatchItem, WaveReport
from audit.reports.spans import span
from audit.trail.models import Entry
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card

ClientOf = Callable[[Person | None], FlaskClient]


@pytest.fixture
def wave(session: Session, world: World, admin: Person, shopper: Person) -> Wave:
    """Visits at the bank's three branches: 60, 70, 80; 90; one without a score. One at the other client."""
    made, other = factories.wave(world.client, admin, name="Quý 4"), factories.wave(world.foreign, admin)
    for score, speed in ((60, 50), (70, 60), (80, 70)):
        card(made, world.branch, shopper, score, {"issue": score, "attitude": 100, "speed": speed})
    card(made, world.second_branch, shopper, 90, {"issue": 90, "attitude": 90, "speed": 90})
    card(made, world.southern_branch, shopper, None)
    card(other, world.foreign_branch, shopper, 10)
    session.commit()
    return made


def ordered(browser: FlaskClient, query: str, language: str = "vi") -> str:
    """The address of the report's page."""
    answer = browser.post(f"/reports?{query}", data={"language": language})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def said(content: bytes) -> str:
    """The text of a PDF with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


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


def test_a_second_click_leads_to_the_first_ones_page_until_it_is_ready(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session, world: World
) -> None:
    browser = client_of(head_office)
    first = ordered(browser, f"wave={wave.id}")
    assert ordered(browser, f"wave={wave.id}&sort=mean&page=3") == first
    assert ordered(browser, f"wave={wave.id}&region={world.north.id}") != first
    assert ordered(browser, f"wave={wave.id}", "en") != first
    assert jobs.status(session) == {"todo": 3}
    jobs.run_until_idle(app)
    assert ordered(browser, f"wave={wave.id}") != first


def test_a_job_that_runs_twice_makes_it_once(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    ordered(client_of(head_office), f"wave={wave.id}")
    report_id = session.scalars(select(WaveReport.id)).one()
    wave_report_tasks.make_wave_report(report_id=report_id)
    made = session.get_one(WaveReport, report_id, populate_existing=True)
    first = (made.sha256, made.finished_at, made.done)
    assert len(app.extensions["storage"].read(made.sha256)) == made.bytes
    wave_report_tasks.make_wave_report(report_id=report_id)
    made = session.get_one(WaveReport, report_id, populate_existing=True)
    assert (made.sha256, made.finished_at, made.done) == first


def test_a_job_that_died_in_the_middle_begins_anew(
    wave: Wave,
    head_office: Person,
    app: Flask,
    client_of: ClientOf,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    monkeypatch.setattr(wave_report_tasks, "TOLD_SECONDS", 0)
    report_id = session.scalars(select(WaveReport.id)).one()

    class Died(BaseException):
        """As if by kill -9: nothing is tidied up."""

    first = wave_report_tasks._note

    def noted(number: int, **values: object) -> None:
        first(number, **values)
        if browser.get(f"{address}/progress").json["done"] >= 2:
            raise Died

    monkeypatch.setattr(wave_report_tasks, "_note", noted)
    with pytest.raises(Died):
        wave_report_tasks.make_wave_report(report_id=report_id)
    half = browser.get(f"{address}/progress").json
    assert not half["ready"]
    assert 2 <= half["done"] < half["total"]
    page = browser.get(address).text
    assert f'value="{half["done"]}"' in page  # seen without any script

    monkeypatch.setattr(wave_report_tasks, "_note", first)
    jobs.run_until_idle(app)
    assert browser.get(f"{address}/progress").json["ready"]


def test_no_transaction_is_held_while_pages_are_laid_out(
    wave: Wave, head_office: Person, client_of: ClientOf, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(client_of(head_office), f"wave={wave.id}")
    report_id = session.scalars(select(WaveReport.id)).one()
    session.commit()
    open_ones: list[bool] = []
    first = wave_report_tasks._printed

    def printed(*arguments: object) -> bytes:
        open_ones.append(session.in_transaction())
        return first(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(wave_report_tasks, "_printed", printed)
    wave_report_tasks.make_wave_report(report_id=report_id)
    assert open_ones == [False]


def test_a_report_is_its_owners(
    wave: Wave, head_office: Person, area_manager: Person, admin: Person, client_of: ClientOf
) -> None:
    address = ordered(client_of(head_office), f"wave={wave.id}")
    for person in (area_manager, admin):
        browser = client_of(person)
        for path in (address, f"{address}/progress", f"{address}/file"):
            assert browser.get(path).status_code == 404, path
        assert browser.post(f"{address}/again").status_code == 404


def test_who_lost_the_right_gets_no_file_any_more(
    wave: Wave, area_manager: Person, app: Flask, client_of: ClientOf, session: Session, world: World
) -> None:
    browser = client_of(area_manager)
    address = ordered(browser, f"wave={wave.id}")
    jobs.run_until_idle(app)
    assert browser.get(f"{address}/file").status_code == 200
    area_manager.grants[0].region_id = world.south.id
    session.commit()
    assert browser.get(f"{address}/file").status_code == 404


def test_an_order_falls_when_its_region_is_no_longer_theirs(
    wave: Wave, area_manager: Person, app: Flask, client_of: ClientOf, session: Session, world: World
) -> None:
    browser = client_of(area_manager)
    address = ordered(browser, f"wave={wave.id}&region={world.north.id}")
    area_manager.grants[0].region_id = world.south.id
    session.commit()
    jobs.run_until_idle(app)
    assert session.scalars(select(WaveReport)).all() == []
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("shopper", 403), ("branch_manager", 403)])
def test_others_order_nothing(
    who: str, status: int, wave: Wave, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(who))
    assert browser.get("/reports").status_code == status
    assert browser.post(f"/reports?wave={wave.id}", data={"language": "vi"}).status_code == status
    assert browser.post(f"/reports/scorecards?wave={wave.id}", data={"language": "vi"}).status_code == status


def test_what_is_not_there_cannot_be_ordered(
    wave: Wave, head_office: Person, other_client: Person, client_of: ClientOf, session: Session, world: World
) -> None:
    strange = client_of(other_client)
    for path in ("/reports", "/reports/scorecards"):
        assert strange.post(f"{path}?wave={wave.id}", data={"language": "vi"}).status_code == 404
        browser = client_of(head_office)
        assert browser.post(f"{path}?wave={wave.id}", data={"language": "fr"}).status_code == 422
        assert browser.post(f"{path}?wave=999999", data={"language": "vi"}).status_code == 404
        assert (
            browser.post(
                f"{path}?wave={wave.id}&region={world.foreign_region.id}", data={"language": "vi"}
            ).status_code
            == 404
        )
        # Nothing fits: said on the page, nothing is ordered.
        answer = browser.post(f"{path}?wave={wave.id}&q=xyzxyz", data={"language": "vi"})
        assert answer.status_code == 409
        assert "note problem" in answer.text
    assert session.scalars(select(WaveReport)).all() == []
    assert session.scalars(select(Batch)).all() == []


def test_the_scorecards_of_a_filter_as_one_file(
    wave: Wave, head_office: Person, client_of: ClientOf, session: Session, world: World
) -> None:
    world.branch.format = "Kiosk"
    world.second_branch.channel = "phone"
    session.commit()
    browser = client_of(head_office)
    for query, branches, words in (
        ("", {world.branch.id, world.second_branch.id}, []),
        (f"&region={world.south.id}&q=", set(), []),
        (
            f"&region={world.north.id}&channel=phone&q=cn",
            {world.second_branch.id},
            ["Miền Bắc", "Qua điện thoại", "“cn”"],
        ),
        ("&format=Kiosk&channel=onsite", {world.branch.id}, ["Kiosk", "Tại điểm bán"]),
    ):
        answer = browser.post(f"/reports/scorecards?wave={wave.id}{query}", data={"language": "vi"})
        if not branches:
            assert answer.status_code == 409
            continue
        assert answer.status_code == 303
        batch = session.scalars(select(Batch).order_by(Batch.id.desc())).first()
        assert batch is not None
        assert str(answer.location).endswith(f"/batches/{batch.id}")
        cards = session.scalars(
            text(
                "SELECT DISTINCT branch_id FROM scorecard JOIN batch_item ON scorecard_id = id WHERE batch_id = :b"
            ),
            {"b": batch.id},
        ).all()
        assert set(cards) == branches, query
        assert batch.title == " · ".join(["Ngân hàng Sao Mai", "Quý 4", *words])
    assert session.scalars(select(BatchItem)).all()


def test_the_page_offers_what_there_is(
    wave: Wave, head_office: Person, editor: Person, app: Flask, client_of: ClientOf
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    page = browser.get(f"/reports?wave={wave.id}&q=cn00").text
    assert "Quý 4" in page
    assert "4 tệp PDF" in page
    for path in (
        "/network/export.xlsx",
        "/network/branches.csv",
        "/network/visits.xlsx",
        "/network/visits.csv",
    ):
        links = re.findall(rf'href="({re.escape(path)}[^"]*)"', page)
        assert links, path
        assert any("q=cn00" in link for link in links), path
    assert address in page
    assert len(re.findall(r"btn-primary", page)) == 1
    assert "/reports/scorecards" not in client_of(editor).get(f"/reports?wave={wave.id}").text


def test_before_the_first_wave(head_office: Person, client_of: ClientOf) -> None:
    browser = client_of(head_office)
    answer = browser.get("/reports")
    assert answer.status_code == 200
    assert "Chưa có đợt nào được mở" in answer.text
    assert browser.post("/reports", data={"language": "vi"}).status_code == 404


def test_a_slow_one_can_be_tried_again_without_doubling_it(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    assert "/again" not in browser.get(address).text
    session.execute(text("UPDATE wave_report SET at = at - interval '1 hour'"))
    session.execute(text("DELETE FROM procrastinate_jobs"))  # given up after too many failures
    session.commit()
    assert f"{address}/again" in browser.get(address).text
    for _click in range(2):
        assert browser.post(f"{address}/again").status_code == 303
    assert jobs.status(session) == {"todo": 1}
    jobs.run_until_idle(app)
    assert browser.get(f"{address}/file").status_code == 200
    assert browser.post(f"{address}/again").status_code == 303
    assert jobs.status(session).get("todo", 0) == 0


def test_a_page_without_script_loads_itself_anew_only_while_it_waits(
    wave: Wave, head_office: Person, app: Flask, client_of: ClientOf
) -> None:
    browser = client_of(head_office)
    address = ordered(browser, f"wave={wave.id}")
    assert 'http-equiv="refresh"' in browser.get(address).text
    jobs.run_until_idle(app)
    assert 'http-equiv="refresh"' not in browser.get(address).text


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
