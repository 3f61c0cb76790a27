"""The agency's pages of clients, regions and branches."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches.models import Branch, Client, Region
from audit.branches.services import BranchData, create_branch
from audit.db import db
from tests import factories
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]


def addresses(world: World) -> list[str]:
    """Every page of the room."""
    return [
        "/clients",
        "/clients/new",
        f"/clients/{world.client.id}",
        f"/clients/{world.client.id}/edit",
        f"/clients/{world.client.id}/regions/new",
        f"/regions/{world.north.id}/edit",
        f"/clients/{world.client.id}/branches/new",
        f"/branches/{world.branch.id}/edit",
    ]


def count_queries(work: Callable[[], object]) -> int:
    """How many statements the work sends."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def test_an_admin_opens_every_page_in_both_languages(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    for language, word in (("vi", "Khách hàng"), ("en", "Clients")):
        admin.language = language
        browser = client_of(admin)
        for address in addresses(world):
            answer = browser.get(address)
            assert answer.status_code == 200, address
            assert word in answer.text
            assert "style=" not in answer.text


@pytest.mark.parametrize(
    "name", ["shopper", "editor", "branch_manager", "area_manager", "head_office", "other_client"]
)
def test_nobody_else_opens_them(
    client_of: Browser, world: World, name: str, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(name))
    for address in addresses(world):
        assert browser.get(address).status_code == 403, address
        assert browser.post(address, data={"name": "X"}).status_code in (403, 405), address


def test_signed_out_asks_to_sign_in(client_of: Browser, world: World) -> None:
    for address in addresses(world):
        answer = client_of(None).get(address)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("address", ["/clients/9999", "/regions/9999/edit", "/clients/99999999999999"])
def test_what_does_not_exist_is_not_found(
    client_of: Browser, world: World, admin: Person, address: str
) -> None:
    assert client_of(admin).get(address).status_code == 404


def test_a_client_is_added_once_however_often_the_form_is_sent(
    client_of: Browser, session: Session, admin: Person
) -> None:
    browser = client_of(admin)
    form = {"name": "Cà phê Mây", "code": "may", "dispute_days": "10", "active": "y"}
    assert browser.post("/clients/new", data=form).status_code == 303
    again = browser.post("/clients/new", data=form)
    assert again.status_code == 422
    assert "đã dùng mã này" in again.text
    assert session.query(Client).filter_by(code="MAY").count() == 1


def test_what_was_typed_stays_and_the_message_stands_at_the_field(
    client_of: Browser, session: Session, admin: Person
) -> None:
    answer = client_of(admin).post(
        "/clients/new", data={"name": "Cà phê Mây", "code": "m", "dispute_days": "nhiều"}
    )
    assert answer.status_code == 422
    assert 'value="Cà phê Mây"' in answer.text
    assert 'value="nhiều"' in answer.text
    assert 'id="dispute_days-problem"' in answer.text
    assert session.query(Client).count() == 0


def test_a_region_of_another_client_is_refused_at_the_field(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    browser = client_of(admin)
    form = {"name": "Lạc", "parent_id": str(world.foreign_region.id)}
    answer = browser.post(f"/clients/{world.client.id}/regions/new", data=form)
    assert answer.status_code == 422
    assert 'id="parent_id-problem"' in answer.text
    branch = {
        "code": "CN009",
        "name": "Lạc",
        "address": "1 phố",
        "region_id": str(world.foreign_region.id),
        "timezone": "Asia/Ho_Chi_Minh",
    }
    answer = browser.post(f"/clients/{world.client.id}/branches/new", data=branch)
    assert answer.status_code == 422
    assert 'id="region_id-problem"' in answer.text
    assert session.query(Region).filter_by(name="Lạc").count() == 0
    assert session.query(Branch).filter_by(code="CN009").count() == 0


def test_a_branch_is_added_and_changed(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    browser = client_of(admin)
    form = {
        "code": "CN009",
        "name": "Tây Hồ",
        "address": "1 Lạc Long Quân",
        "region_id": str(world.north.id),
        "latitude": "21,0285",
        "longitude": "105.8542",
        "timezone": "Asia/Ho_Chi_Minh",
        "active": "y",
        "channel": "phone",
    }
    assert browser.post(f"/clients/{world.client.id}/branches/new", data=form).status_code == 303
    made = session.query(Branch).filter_by(code="CN009").one()
    assert (made.latitude, made.longitude, made.active) == (21.0285, 105.8542, True)
    assert made.channel == "phone"
    refused = browser.post(f"/branches/{made.id}/edit", data={**form, "channel": "fax"})
    assert refused.status_code == 422
    assert 'id="channel-problem"' in refused.text
    del form["active"], form["channel"]
    assert browser.post(f"/branches/{made.id}/edit", data={**form, "name": "Hồ Tây"}).status_code == 303
    session.refresh(made)
    assert (made.name, made.active, made.channel) == ("Hồ Tây", False, "phone")  # what was not sent stays


@pytest.mark.parametrize("words", ["hoan kiem", "Hoàn Kiếm", "KIẾM hoan", "cn001"])
def test_the_search_finds_with_and_without_accents(
    client_of: Browser, session: Session, world: World, admin: Person, words: str
) -> None:
    values = BranchData(world.north.id, "CN777", "Cầu Giấy", "5 Xuân Thủy")
    create_branch(world.client, values)
    world.branch.search = "cn001 hoan kiem 9 hai ba trung"
    answer = client_of(admin).get(f"/clients/{world.client.id}", query_string={"q": words})
    assert "Hoàn Kiếm" in answer.text
    assert "Cầu Giấy" not in answer.text


def test_a_percent_sign_is_searched_as_itself(client_of: Browser, world: World, admin: Person) -> None:
    answer = client_of(admin).get(f"/clients/{world.client.id}", query_string={"q": "%"})
    assert "Không có chi nhánh nào khớp bộ lọc này" in answer.text


def test_the_list_is_narrowed_by_region_and_state(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    world.second_branch.active = False
    browser = client_of(admin)
    page = f"/clients/{world.client.id}"
    north = browser.get(page, query_string={"region": world.north.id}).text
    assert "Hoàn Kiếm</a>" in north
    assert "Ba Đình</a>" not in north
    assert "Ninh Kiều</a>" not in north
    assert "Ba Đình</a>" in browser.get(page, query_string={"active": "all"}).text
    assert "Hoàn Kiếm</a>" not in browser.get(page, query_string={"active": "no"}).text


def test_the_list_is_narrowed_by_channel(client_of: Browser, world: World, admin: Person) -> None:
    world.branch.channel = "online"
    browser = client_of(admin)
    page = f"/clients/{world.client.id}"
    online = browser.get(page, query_string={"channel": "online"}).text
    assert "Hoàn Kiếm</a>" in online
    assert "Trực tuyến</td>" in online
    assert "Ba Đình</a>" not in online
    assert "Ba Đình</a>" in browser.get(page, query_string={"channel": "onsite"}).text
    assert "Ba Đình</a>" in browser.get(page, query_string={"channel": "fax"}).text


@pytest.mark.parametrize(
    "query", ["region=x", "page=0", "page=999999999", "sort=%00", "active=maybe", "q=%00"]
)
def test_nonsense_in_the_address_does_no_harm(
    client_of: Browser, world: World, admin: Person, query: str
) -> None:
    assert client_of(admin).get(f"/clients/{world.client.id}?{query}").status_code == 200


def test_pages_hold_fifty(client_of: Browser, session: Session, world: World, admin: Person) -> None:
    for number in range(60):
        factories.branch(world.north, f"P{number:03}", f"Trang {number}")
    browser = client_of(admin)
    first = browser.get(f"/clients/{world.client.id}?sort=-code").text
    assert "P059" in first
    assert "P009" not in first
    assert "Trang 1 / 2" in first
    assert "P009" in browser.get(f"/clients/{world.client.id}?sort=-code&page=2").text


def test_more_branches_cost_no_more_queries(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    browser = client_of(admin)
    pages = ["/clients", f"/clients/{world.client.id}"]
    few = [count_queries(lambda page=page: browser.get(page)) for page in pages]
    for number in range(10):
        region = factories.region(world.client, f"Vùng {number}")
        factories.branch(region, f"V{number}", f"Vùng {number}")
        factories.client(f"C{number:02}", f"Khách {number}")
    session.commit()
    many = [count_queries(lambda page=page: browser.get(page)) for page in pages]
    assert many == few
