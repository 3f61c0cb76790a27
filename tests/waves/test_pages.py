"""The admin's pages of waves and of the visits planned in them."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import now
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.board import DESK
from audit.waves.models import Wave, WaveState
from tests import factories
from tests.branches.test_pages import count_queries
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]


def desk_day() -> date:
    """Today at the agency's desk, as the pages count days."""
    return now().astimezone(DESK).date()


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave around today."""
    today = desk_day()
    made = factories.wave(
        world.client, admin, name="Đợt xuân", starts_on=today - timedelta(10), ends_on=today + timedelta(30)
    )
    session.commit()
    return made


@pytest.fixture
def visit(session: Session, world: World, wave: Wave) -> Visit:
    """A planned visit of `world.branch` that can be offered."""
    return future(session, factories.visit(wave, world.branch, state=State.PLANNED))


def future(session: Session, made: Visit) -> Visit:
    """The visit with a window from today."""
    made.opens_on, made.closes_on = desk_day(), desk_day() + timedelta(5)
    made.submit_by = now() + timedelta(days=6)
    session.commit()
    return made


def gets(wave: Wave, visit: Visit) -> list[str]:
    """Every page to read."""
    own = f"/waves/{wave.id}"
    return [
        "/waves",
        "/waves/new",
        own,
        f"{own}/edit",
        f"{own}/ethics",
        f"{own}/plan",
        f"{own}/visits/{visit.id}",
    ]


def posts(wave: Wave, visit: Visit) -> list[str]:
    """Every address that changes something."""
    own, one = f"/waves/{wave.id}", f"/waves/{wave.id}/visits/{visit.id}"
    steps = [f"{own}/{step}" for step in ("edit", "ethics", "open", "close", "plan")]
    return ["/waves/new", *steps, *(f"{one}/{step}" for step in ("assign", "take-back", "cancel"))]


def plan_form(*branches: object, **values: str) -> dict[str, object]:
    """The plan form filled."""
    today = desk_day()
    return {
        "branch": [str(branch.id) for branch in branches],  # type: ignore[attr-defined]
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(5)).strftime("%d/%m/%Y"),
        "fee": "150.000",
        "expense_cap": "0",
        "shopper_id": "",
        "seen": "0",
        **values,
    }


def test_an_admin_reads_every_page_in_both_languages(
    client_of: Browser, session: Session, wave: Wave, visit: Visit, admin: Person
) -> None:
    for language, word in (("vi", "Đợt"), ("en", "Waves")):
        admin.language = language
        browser = client_of(admin)
        for address in gets(wave, visit):
            answer = browser.get(address)
            assert answer.status_code == 200, address
            assert word in answer.text
            assert "style=" not in answer.text


@pytest.mark.parametrize("name", ["shopper", "editor", "branch_manager", "area_manager", "head_office"])
def test_nobody_else_gets_in(
    client_of: Browser, wave: Wave, visit: Visit, name: str, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))
    for address in gets(wave, visit):
        assert browser.get(address).status_code == 403, address
    for address in posts(wave, visit):
        assert browser.post(address).status_code == 403, address


def test_signed_out_asks_to_sign_in(client_of: Browser, wave: Wave, visit: Visit) -> None:
    browser = client_of(None)
    for address in gets(wave, visit):
        assert "/sign-in" in browser.get(address).headers["Location"]
    for address in posts(wave, visit):
        assert "/sign-in" in browser.post(address).headers["Location"]


def test_a_visit_is_found_only_under_its_own_wave(
    client_of: Browser, session: Session, world: World, wave: Wave, visit: Visit, admin: Person
) -> None:
    other = factories.wave(world.foreign, admin)
    browser = client_of(admin)
    assert browser.get(f"/waves/{other.id}/visits/{visit.id}").status_code == 404
    assert browser.post(f"/waves/{other.id}/visits/{visit.id}/cancel").status_code == 404
    assert browser.get("/waves/4711").status_code == 404
    assert browser.get("/waves/4711/plan").status_code == 404


def test_the_gate_opens_after_the_record_and_only_once(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    wave = factories.wave(
        world.client, admin, state=WaveState.PLANNING, ethics_at=None, ethics_by_id=None, ethics_note=""
    )
    browser = client_of(admin)
    refused = browser.post(f"/waves/{wave.id}/open")
    assert refused.status_code == 409
    assert "hãy ghi lại rằng khách hàng đã báo cho nhân viên" in refused.text
    assert browser.post(f"/waves/{wave.id}/ethics", data={"note": "  "}).status_code == 422
    note = {"note": "Thông báo số 12 ngày 03/11/2026."}
    assert browser.post(f"/waves/{wave.id}/ethics", data=note).status_code == 303
    assert "Người ghi: Đỗ Hải Yến" in browser.get(f"/waves/{wave.id}").text
    assert browser.post(f"/waves/{wave.id}/open").status_code == 303
    assert browser.post(f"/waves/{wave.id}/open").status_code == 409
    late = browser.post(f"/waves/{wave.id}/ethics", data={"note": "Bản ghi dài tôi vừa viết xong"})
    assert late.status_code == 409
    assert "Bản ghi dài tôi vừa viết xong" in late.text  # what was typed is not lost
    assert 'role="alert"' in late.text
    session.refresh(wave)
    assert wave.state == WaveState.OPEN


def test_the_board_says_what_needs_a_person(
    client_of: Browser, session: Session, world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    for state in (State.SUBMITTED, State.SUBMITTED, State.APPROVED, State.RELEASED):
        future(session, factories.visit(wave, world.branch, shopper, state))
    future(session, factories.visit(wave, world.branch, state=State.PLANNED))
    late = future(session, factories.visit(wave, world.branch, shopper, State.ACCEPTED))
    late.submit_by = now() - timedelta(hours=1)
    page = client_of(admin).get("/waves").text
    for words in (
        "4 việc cần xử lý",
        "1 lượt trễ",
        "2 lượt chờ duyệt",
        "1 lượt chờ phát hành",
        "1 lượt chưa có người",
    ):
        assert words in page
    assert '<svg class="stack" viewBox="0 0 6 1"' in page
    only = client_of(admin).get(f"/waves/{wave.id}?state=late").text
    assert "Tìm thấy 1 lượt ghé thăm" in only


def test_more_waves_and_visits_cost_no_more_queries(
    client_of: Browser, session: Session, world: World, wave: Wave, visit: Visit, admin: Person
) -> None:
    def add(number: int) -> None:
        shopper = factories.person(f"Người {number}", RoleName.SHOPPER)
        region = factories.region(world.client, f"Vùng {number}")
        branch = factories.branch(region, f"V{number}", f"Vùng {number}")
        factories.visit(wave, branch, shopper, State.SUBMITTED)
        factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.RELEASED)
        session.commit()

    browser = client_of(admin)
    pages = ["/waves", f"/waves/{wave.id}", f"/waves/{wave.id}/plan", f"/waves/{wave.id}/visits/{visit.id}"]
    add(0)
    few = [count_queries(lambda page=page: browser.get(page)) for page in pages]
    for number in range(1, 11):
        add(number)
    assert [count_queries(lambda page=page: browser.get(page)) for page in pages] == few


def test_visits_are_planned_once_however_often_the_form_is_sent(
    client_of: Browser, session: Session, world: World, wave: Wave, admin: Person
) -> None:
    browser = client_of(admin)
    form = plan_form(world.branch, world.second_branch)
    assert browser.post(f"/waves/{wave.id}/plan", data=form).status_code == 303
    again = browser.post(f"/waves/{wave.id}/plan", data=form)
    assert again.status_code == 422
    assert "Đã có lượt được lên kế hoạch sau khi anh/chị mở trang này" in again.text
    assert [visit.fee for visit in session.query(Visit)] == [150_000, 150_000]
    page = browser.get(f"/waves/{wave.id}").text
    assert "Tìm thấy 2 lượt ghé thăm" in page


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"branch": []}, "Hãy chọn ít nhất một chi nhánh."),
        ({"branch": ["x"]}, "Chỉ chọn chi nhánh đang hoạt động"),
        ({"opens_on": ""}, "Cần điền mục này."),
        ({"closes_on": "2030-01-01"}, "Thời gian ghé thăm phải nằm trong đợt"),
        ({"fee": "nhiều"}, "Viết số tiền tròn đồng"),
        ({"shopper_id": "9999"}, "Hãy chọn một trong các phương án."),
        ({"seen": "x"}, "Viết một số nguyên"),
    ],
)
def test_a_plan_with_a_mistake_plans_nothing_and_keeps_the_ticks(
    client_of: Browser,
    session: Session,
    world: World,
    wave: Wave,
    admin: Person,
    values: dict[str, str],
    message: str,
) -> None:
    answer = client_of(admin).post(f"/waves/{wave.id}/plan", data={**plan_form(world.branch), **values})
    assert answer.status_code == 422
    assert message in answer.text
    if "branch" not in values:
        assert f'value="{world.branch.id}" id="b{world.branch.id}" checked' in answer.text
    assert session.query(Visit).count() == 0


def test_another_clients_branch_is_not_planned(
    client_of: Browser, session: Session, world: World, wave: Wave, admin: Person
) -> None:
    form = plan_form(world.branch, world.foreign_branch)
    assert client_of(admin).post(f"/waves/{wave.id}/plan", data=form).status_code == 422
    assert session.query(Visit).count() == 0


def test_one_refusal_of_the_rotation_rule_plans_nothing(
    client_of: Browser, session: Session, world: World, wave: Wave, admin: Person, shopper: Person
) -> None:
    been = factories.visit(wave, world.second_branch, shopper, State.RELEASED)
    form = plan_form(world.branch, world.second_branch, shopper_id=str(shopper.id), seen=str(been.id))
    answer = client_of(admin).post(f"/waves/{wave.id}/plan", data=form)
    assert answer.status_code == 422
    assert "Quy tắc luân phiên" in answer.text
    assert session.query(Visit).count() == 1


def test_a_visit_is_offered_taken_back_and_cancelled(
    client_of: Browser, session: Session, wave: Wave, visit: Visit, admin: Person, shopper: Person
) -> None:
    browser = client_of(admin)
    own = f"/waves/{wave.id}/visits/{visit.id}"
    assert browser.post(f"{own}/assign", data={"shopper_id": str(shopper.id)}).status_code == 303
    session.refresh(visit)
    assert (visit.state, visit.shopper_id) == (State.OFFERED, shopper.id)
    assert browser.post(f"{own}/assign", data={"shopper_id": str(shopper.id)}).status_code == 409
    assert browser.post(f"{own}/take-back").status_code == 303
    session.refresh(visit)
    assert (visit.state, visit.shopper_id) == (State.PLANNED, None)
    assert browser.post(f"{own}/take-back").status_code == 409
    assert browser.post(f"{own}/cancel", data={"reason": "Chi nhánh sửa chữa"}).status_code == 303
    assert browser.post(f"{own}/cancel").status_code == 409
    assert "Chi nhánh sửa chữa" in browser.get(own).text


@pytest.mark.parametrize("typed", ["", "x", "9999"])
def test_offering_to_nobody_asks_for_a_shopper(
    client_of: Browser, session: Session, wave: Wave, visit: Visit, admin: Person, shopper: Person, typed: str
) -> None:
    answer = client_of(admin).post(f"/waves/{wave.id}/visits/{visit.id}/assign", data={"shopper_id": typed})
    assert answer.status_code == 422
    assert "Chọn người ghé thăm" in answer.text


def test_the_visit_page_offers_only_who_may_go_and_says_why_not(
    client_of: Browser,
    session: Session,
    world: World,
    wave: Wave,
    visit: Visit,
    admin: Person,
    shopper: Person,
    other_shopper: Person,
) -> None:
    factories.visit(wave, world.branch, shopper, State.RELEASED)
    page = client_of(admin).get(f"/waves/{wave.id}/visits/{visit.id}").text
    assert f'<option value="{other_shopper.id}">Lê Quang Minh</option>' in page
    assert f'<option value="{shopper.id}">' not in page
    assert "<strong>Trần Thu Hà</strong>: Quy tắc luân phiên" in page
    refused = client_of(admin).post(
        f"/waves/{wave.id}/visits/{visit.id}/assign", data={"shopper_id": str(shopper.id)}
    )
    assert refused.status_code == 409
    assert "Quy tắc luân phiên" in refused.text


@pytest.mark.parametrize(
    "query",
    ["state=lost", "region=x", "shopper=-1", "page=0", "page=999999999", "sort=--fee", "region=99999"],
)
def test_nonsense_in_the_address_does_no_harm(
    client_of: Browser, wave: Wave, visit: Visit, admin: Person, query: str
) -> None:
    assert client_of(admin).get(f"/waves/{wave.id}?{query}").status_code == 200
    assert client_of(admin).get(f"/waves?{query}").status_code == 200


def test_the_visits_are_narrowed_and_sorted(
    client_of: Browser,
    session: Session,
    world: World,
    wave: Wave,
    visit: Visit,
    admin: Person,
    shopper: Person,
) -> None:
    southern = factories.visit(wave, world.southern_branch, shopper, State.ACCEPTED)
    southern.fee = 90_000
    browser = client_of(admin)

    def found(**query: object) -> list[str]:
        page = browser.get(f"/waves/{wave.id}", query_string=query).text
        return re.findall(r">(CN00\d) · ", page)

    assert found() == ["CN001", "CN003"]
    assert found(sort="fee") == ["CN003", "CN001"]
    assert found(sort="-branch") == ["CN003", "CN001"]
    assert found(state="accepted") == ["CN003"]
    assert found(region=world.north.id) == ["CN001"]
    assert found(shopper=shopper.id) == ["CN003"]
    assert found(state="released") == []


def test_a_wave_closes_when_nothing_waits(
    client_of: Browser, session: Session, wave: Wave, visit: Visit, admin: Person
) -> None:
    browser = client_of(admin)
    assert browser.post(f"/waves/{wave.id}/close").status_code == 409
    browser.post(f"/waves/{wave.id}/visits/{visit.id}/cancel")
    assert browser.post(f"/waves/{wave.id}/close").status_code == 303
    assert browser.get(f"/waves/{wave.id}").status_code == 200
    assert browser.post(f"/waves/{wave.id}/edit", data={}).status_code in (409, 422)


def test_a_change_that_came_too_late_keeps_what_was_typed(
    client_of: Browser, session: Session, wave: Wave, admin: Person
) -> None:
    wave.state = WaveState.CLOSED
    session.commit()
    form = {
        "client_id": wave.client_id,
        "version_id": wave.version_id,
        "name": wave.name,
        "starts_on": "01/10/2026",
        "ends_on": "31/12/2026",
        "fee": "150.000",
        "expense_cap": "0",
        "scenario": "Vai khách mới, hỏi mở thẻ",
    }
    answer = client_of(admin).post(f"/waves/{wave.id}/edit", data=form)
    assert answer.status_code == 409
    assert "Vai khách mới, hỏi mở thẻ" in answer.text
    assert 'role="alert"' in answer.text
