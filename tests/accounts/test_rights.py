"""Roles and how far they go: given and taken by an admin, counting from the next request."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts import services
from audit.accounts.models import Grant, Person, RoleName
from audit.accounts.queries import client_ids
from audit.errors import Conflict, Invalid
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]
AT = datetime(2026, 11, 14, 3, 5, tzinfo=UTC)


def held(session: Session, person: Person) -> set[tuple[str, int | None, int | None, int | None]]:
    """The person's rights as rows."""
    session.rollback()
    rows = session.scalars(select(Grant).where(Grant.person_id == person.id))
    return {(g.role, g.client_id, g.region_id, g.branch_id) for g in rows}


def test_a_role_is_chosen_first_then_the_place(
    admin: Person, shopper: Person, world: World, client_of: Browser, session: Session
) -> None:
    desk, path = client_of(admin), f"/people/{shopper.id}/rights"
    first = desk.get(path).text
    assert "Ngân hàng Sao Mai" in first
    assert 'name="branch_id"' not in first
    asked = {"role": "branch_manager", "client_id": str(world.client.id)}
    second = desk.get(path, query_string=asked).text
    assert "CN001 Hoàn Kiếm" in second
    assert "ST001" not in second
    answer = desk.post(path, data={**asked, "branch_id": str(world.branch.id)})
    assert (answer.status_code, answer.location) == (303, f"/people/{shopper.id}")
    assert ("branch_manager", world.client.id, None, world.branch.id) in held(session, shopper)
    assert client_of(shopper).get("/account").text.count("CN001 Hoàn Kiếm") == 1


def test_regions_are_shown_with_their_path(
    admin: Person, shopper: Person, world: World, client_of: Browser
) -> None:
    from tests import factories

    factories.region(world.client, "Hà Nội", world.north)
    asked = {"role": "area_manager", "client_id": str(world.client.id)}
    page = client_of(admin).get(f"/people/{shopper.id}/rights", query_string=asked).text
    assert "Miền Bắc › Hà Nội" in page


@pytest.mark.parametrize("role", ["shopper", "editor", "admin"])
def test_agency_roles_need_no_place(
    admin: Person, head_office: Person, client_of: Browser, session: Session, role: str
) -> None:
    answer = client_of(admin).post(f"/people/{head_office.id}/rights", data={"role": role})
    assert answer.status_code == 303
    assert (role, None, None, None) in held(session, head_office)


BAD = [
    ({"role": ""}, "Hãy chọn vai trò"),
    ({"role": "king"}, "Hãy chọn vai trò"),
    ({"role": "head_office"}, "Hãy chọn khách hàng"),
    ({"role": "head_office", "client_id": "{client}", "branch_id": "{branch}"}, "cần một chi nhánh"),
    ({"role": "area_manager", "client_id": "{client}"}, "cần một khu vực"),
    ({"role": "branch_manager", "client_id": "{client}"}, "cần một chi nhánh"),
    (
        {"role": "branch_manager", "client_id": "{client}", "branch_id": "{foreign_branch}"},
        "không thuộc khách hàng",
    ),
    (
        {"role": "area_manager", "client_id": "{client}", "region_id": "{foreign_region}"},
        "không thuộc khách hàng",
    ),
    ({"role": "head_office", "client_id": "999999"}, "Không có khách hàng này"),
    ({"role": "head_office", "client_id": "abc"}, "Không có nơi này"),
    ({"role": "head_office", "client_id": "99999999999999"}, "Không có nơi này"),
    ({"role": "editor", "client_id": "{client}"}, "không chọn khách hàng"),
]


@pytest.mark.parametrize(("form", "sentence"), BAD)
def test_a_reach_that_does_not_fit_is_refused_in_words(
    admin: Person,
    shopper: Person,
    world: World,
    client_of: Browser,
    session: Session,
    form: dict[str, str],
    sentence: str,
) -> None:
    places = {
        "client": world.client.id,
        "branch": world.branch.id,
        "foreign_branch": world.foreign_branch.id,
        "foreign_region": world.foreign_region.id,
    }
    data = {key: value.format(**places) for key, value in form.items()}
    answer = client_of(admin).post(f"/people/{shopper.id}/rights", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert held(session, shopper) == {("shopper", None, None, None)}


def test_the_database_refuses_it_too(shopper: Person, world: World, session: Session) -> None:
    for values in ({"role": "head_office"}, {"role": "editor", "client_id": world.client.id}):
        session.add(Grant(person_id=shopper.id, **values))
        with pytest.raises(IntegrityError, match="reach_fits_role"):
            session.flush()
        session.rollback()


def test_the_same_right_twice_is_one(
    admin: Person, shopper: Person, client_of: Browser, session: Session
) -> None:
    answer = client_of(admin).post(f"/people/{shopper.id}/rights", data={"role": "shopper"})
    assert answer.status_code == 409
    assert "đã có quyền này" in answer.text
    assert held(session, shopper) == {("shopper", None, None, None)}


def test_a_removed_right_is_gone_on_the_next_request(
    admin: Person, editor: Person, client_of: Browser, session: Session
) -> None:
    services.add_grant(editor, RoleName.ADMIN, by=admin, at=AT)
    session.commit()
    second, desk = client_of(editor), client_of(admin)
    assert second.get("/people").status_code == 200
    grant = next(g for g in editor.grants if g.role == "admin")
    answer = desk.post(f"/people/{editor.id}/rights/{grant.id}/remove")
    assert answer.status_code == 303
    assert second.get("/people").status_code == 403
    assert second.get("/account").status_code == 200
    assert desk.post(f"/people/{editor.id}/rights/{grant.id}/remove").status_code == 404


def test_a_right_is_removed_only_from_its_person(
    admin: Person, shopper: Person, other_shopper: Person, client_of: Browser, session: Session
) -> None:
    path = f"/people/{shopper.id}/rights/{other_shopper.grants[0].id}/remove"
    assert client_of(admin).post(path).status_code == 404
    assert held(session, other_shopper) == {("shopper", None, None, None)}


def test_nobody_takes_the_admin_role_from_themselves(
    admin: Person, client_of: Browser, session: Session
) -> None:
    answer = client_of(admin).post(f"/people/{admin.id}/rights/{admin.grants[0].id}/remove")
    assert answer.status_code == 409
    assert "Anh/chị không thể tự bỏ quyền quản trị" in answer.text
    assert held(session, admin) == {("admin", None, None, None)}
    assert f"/rights/{admin.grants[0].id}/remove" not in client_of(admin).get(f"/people/{admin.id}").text


def test_reach_by_client(head_office: Person, shopper: Person, admin: Person, world: World) -> None:
    assert client_ids(head_office) == {world.client.id}
    assert client_ids(shopper) == client_ids(admin) == frozenset()


def test_the_service_speaks_plainly(shopper: Person, world: World, session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        services.add_grant(shopper, RoleName.AREA_MANAGER, world.client.id, by=None, at=AT)
    assert refusal.value.details["field"] == "region_id"
    services.add_grant(shopper, RoleName.AREA_MANAGER, world.client.id, world.north.id, by=None, at=AT)
    with pytest.raises(Conflict):
        services.add_grant(shopper, RoleName.AREA_MANAGER, world.client.id, world.north.id, by=None, at=AT)
