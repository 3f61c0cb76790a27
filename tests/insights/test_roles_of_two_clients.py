"""A role counts for its own client: comparing one client's branches opens no comparison of another's."""

import pytest
from flask import url_for

from audit.accounts.models import Grant, RoleName
from audit.db import now
from audit.insights import selection
from audit.insights.view import sees_ranks
from audit.reports import wave_reports
from tests import factories
from tests.insights.cards import card

ROOMS = ("insights", "wave_reports")
AGENCY_ONLY = {
    "insights.shoppers_xlsx",
    "insights.shoppers_csv",
    "insights.leniency",
    "insights.precision_page",
    "insights.precision_xlsx",
    "insights.precision_csv",
}


@pytest.fixture
def manager(world, area_manager, figures, session):
    """Area manager of the bank's north who manages a branch of the other client."""
    own = Grant(role=RoleName.BRANCH_MANAGER, client_id=world.foreign.id, branch_id=world.foreign_branch.id)
    area_manager.grants.append(own)
    session.commit()
    return area_manager


def addresses(app, world, figures, report_id):
    """Every address of the rooms, of the other client's wave, branch and report."""
    known = {"branch_id": world.foreign_branch.id, "report_id": report_id, "name": "branches"}
    wave = figures.foreign_wave.id
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.split(".")[0]
        if room not in ROOMS or rule.endpoint in AGENCY_ONLY:
            continue
        values = {name: known[name] for name in rule.arguments}
        for method in sorted(rule.methods & {"GET", "POST"}):
            with app.test_request_context():
                made = url_for(rule.endpoint, wave=wave, **values)
            yield method, rule.endpoint, made


def test_no_address_of_the_rooms_opens_the_other_clients_figures(
    client_of, app, manager, figures, world, session
):
    report = wave_reports.WaveReport(
        person_id=manager.id,
        wave_id=figures.foreign_wave.id,
        selection={},
        language="vi",
        at=now(),
        steps=1,
        branch_ids=[world.foreign_branch.id],
    )
    session.add(report)
    session.commit()
    browser = client_of(manager)
    asked = list(addresses(app, world, figures, report.id))
    assert len(asked) > 25
    for method, endpoint, address in asked:
        answer = browser.open(address, method=method, data={"language": "vi"} if method == "POST" else None)
        assert answer.status_code == 404, (endpoint, address)
        assert "Hải Châu" not in answer.text
        assert "Hoa Sen" not in answer.text


def test_nothing_of_the_other_client_is_offered_or_mixed_in(client_of, manager, figures, world):
    browser = client_of(manager)
    for address in (
        "/network",
        "/network/visits.csv",
        "/network/visits.csv?wave=all",
        "/reports",
        "/network/compare",
    ):
        text = browser.get(address).text
        assert "Hoàn Kiếm" in text or "Quý 4" in text
        assert "Đợt Hoa Sen" not in text
        assert "Hải Châu" not in text
    own = f"/network/compare?wave={figures.wave.id}&what="
    for query in (f"branches&a={world.foreign_branch.id}", f"waves&a={figures.foreign_wave.id}"):
        assert browser.get(own + query).status_code == 404
    for room in ("visits", "comments", "photos"):
        found = browser.get(f"/network/{room}?wave={figures.wave.id}&branch={world.foreign_branch.id}")
        assert found.status_code == 404


def test_the_own_branch_stays_readable_where_branch_managers_read(
    client_of, manager, figures, world, session
):
    browser = client_of(manager)
    assert "Đợt Hoa Sen" in browser.get("/batches/new").text
    assert browser.get(f"/network?wave={figures.wave.id}").status_code == 200


def test_the_newest_wave_is_one_that_the_reader_compares(
    app, manager, figures, world, admin, shopper, session
):
    newer = factories.wave(world.foreign, admin, name="Mới nhất", starts_on=figures.wave.ends_on)
    card(newer, world.foreign_branch, shopper, 50)
    session.commit()
    with app.test_request_context("/network"):
        assert selection.read(manager).wave.id == figures.wave.id


def test_ranks_are_for_the_own_client(editor, world, session):
    editor.grants.append(Grant(role=RoleName.HEAD_OFFICE, client_id=world.foreign.id))
    assert sees_ranks(editor, world.foreign.id)
    assert not sees_ranks(editor, world.client.id)
