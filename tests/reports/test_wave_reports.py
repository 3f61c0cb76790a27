"""Reports of a wave: who may order which, made once, in order, safe against second clicks and second runs."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.reports import wave_report_tasks
from audit.reports.models import Batch, BatchItem, WaveReport
from audit.waves.models import Wave
from tests.conftest import World
from tests.reports.ordering import ordered

ClientOf = Callable[[Person | None], FlaskClient]


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
