"""Creating and changing clients, regions and branches; the database as the last word."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches import services
from audit.branches.models import Branch
from audit.branches.names import plain
from audit.branches.services import BranchData, ClientData
from audit.errors import Invalid
from audit.trail.models import Entry
from tests import factories
from tests.conftest import World

AT = factories.AT


def refused(field: str, error: pytest.ExceptionInfo[Invalid]) -> bool:
    """Whether the refusal names this field."""
    return error.value.details == {"field": field}


def data(world: World, **values: object) -> BranchData:
    """A branch in the north that may be added."""
    made = BranchData(
        region_id=world.north.id, code="CN009", name="Tây Hồ", address="1 Lạc Long Quân, Hà Nội"
    )
    return replace(made, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Đường Nguyễn Huệ", "duong nguyen hue"),
        ("  ĐÀ   Nẵng ", "da nang"),
        ("Đa\u0300 Na\u0306\u0303ng", "da nang"),
        ("ƯỚC Ỷ ợ", "uoc y o"),
    ],
)
def test_names_are_compared_without_accents(typed: str, found: str) -> None:
    assert plain(typed) == found


def test_a_client_gets_a_clean_code_and_name(session: Session) -> None:
    client = services.create_client(ClientData(" bank-1 ", "  Ngân hàng A "), AT)
    assert (client.code, client.name, client.dispute_days) == ("BANK-1", "Ngân hàng A", 7)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("code", {"code": "B"}),
        ("code", {"code": "BANK 1"}),
        ("code", {"code": "bank"}),  # taken: codes are compared in capitals
        ("name", {"name": "  "}),
        ("name", {"name": "Ngân hàng Sao Mai"}),
        ("dispute_days", {"dispute_days": 91}),
    ],
)
def test_a_client_is_refused_at_the_field(
    session: Session, world: World, field: str, values: dict[str, object]
) -> None:
    wanted = replace(ClientData("NEW", "Mới"), **values)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as error:
        services.create_client(wanted, AT)
    assert refused(field, error)


def test_a_refused_change_leaves_the_transaction_usable(
    session: Session, world: World, admin: Person
) -> None:
    with pytest.raises(Invalid):
        services.update_client(world.client, ClientData("SHOP", "Ngân hàng Sao Mai"), admin, AT)
    services.update_client(world.client, ClientData("BANK", "Ngân hàng Sao Mai 2", active=False), admin, AT)
    session.commit()
    assert (world.client.code, world.client.name, world.client.active) == (
        "BANK",
        "Ngân hàng Sao Mai 2",
        False,
    )


def test_regions_have_at_most_four_levels(session: Session, world: World) -> None:
    parent = world.north
    for level in (2, 3, 4):
        parent = services.create_region(world.client, f"Cấp {level}", parent.id)
        assert parent.level == level
    with pytest.raises(Invalid) as error:
        services.create_region(world.client, "Cấp 5", parent.id)
    assert refused("parent_id", error)


def test_a_region_cannot_lie_in_another_clients_region(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as error:
        services.create_region(world.client, "Lạc", world.foreign_region.id)
    assert refused("parent_id", error)


def test_a_region_cannot_lie_under_itself_or_below(session: Session, world: World, admin: Person) -> None:
    child = services.create_region(world.client, "Hà Nội", world.north.id)
    for parent in (world.north, child):
        with pytest.raises(Invalid) as error:
            services.update_region(world.north, "Miền Bắc", parent.id, admin, AT)
        assert refused("parent_id", error)


def test_moving_a_region_moves_the_levels_below(session: Session, world: World, admin: Person) -> None:
    child = services.create_region(world.client, "Hà Nội", world.north.id)
    grandchild = services.create_region(world.client, "Nội thành", child.id)
    services.update_region(child, "Hà Nội", None, admin, AT)
    session.commit()
    assert (child.level, grandchild.level) == (1, 2)
    services.update_region(world.north, "Miền Bắc", grandchild.id, admin, AT)
    session.commit()
    assert (world.north.level, world.north.parent_id) == (3, grandchild.id)


def test_a_move_that_would_push_the_lowest_too_deep_is_refused(
    session: Session, world: World, admin: Person
) -> None:
    deep = world.south
    for level in (2, 3):
        deep = services.create_region(world.client, f"Nam {level}", deep.id)
    services.create_region(world.client, "Hà Nội", world.north.id)
    with pytest.raises(Invalid) as error:
        services.update_region(world.north, "Miền Bắc", deep.id, admin, AT)
    assert refused("parent_id", error)


def test_two_regions_of_one_place_need_two_names(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as error:
        services.create_region(world.client, "Miền Nam")
    assert refused("name", error)
    services.create_region(world.client, "Miền Nam", world.north.id)


def test_a_branch_can_be_found_without_accents(session: Session, world: World, admin: Person) -> None:
    branch = services.create_branch(world.client, data(world, name="Đống Đa"))
    assert branch.search == "cn009 dong da 1 lac long quan, ha noi"
    services.update_branch(branch, data(world, name="Thanh Xuân"), admin, AT)
    assert "thanh xuan" in branch.search


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("code", {"code": "CN001"}),
        ("code", {"code": " "}),
        ("name", {"name": ""}),
        ("address", {"address": ""}),
        ("longitude", {"latitude": 21.0}),
        ("latitude", {"longitude": 105.0}),
        ("latitude", {"latitude": 91.0, "longitude": 105.0}),
        ("longitude", {"latitude": 21.0, "longitude": -181.0}),
        ("timezone", {"timezone": "Asia/Hanoi_City"}),
        ("channel", {"channel": "fax"}),
        ("region_id", {"region_id": 0}),
    ],
)
def test_a_branch_is_refused_at_the_field(
    session: Session, world: World, field: str, values: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as error:
        services.create_branch(world.client, data(world, **values))
    assert refused(field, error)


def test_a_branch_cannot_lie_in_another_clients_region(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as error:
        services.create_branch(world.client, data(world, region_id=world.foreign_region.id))
    assert refused("region_id", error)


def test_two_clients_may_use_the_same_branch_code(session: Session, world: World) -> None:
    branch = services.create_branch(
        world.foreign, data(world, region_id=world.foreign_region.id, code=world.branch.code)
    )
    assert branch.code == world.branch.code


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE branch SET region_id = (SELECT id FROM region WHERE name = 'Miền Trung')"
        " WHERE code = 'CN001'",
        "UPDATE branch SET code = 'CN002' WHERE code = 'CN001'",
        "UPDATE branch SET latitude = 21 WHERE code = 'CN001'",
        "UPDATE branch SET latitude = 91, longitude = 1 WHERE code = 'CN001'",
        "UPDATE branch SET name = ' ' WHERE code = 'CN001'",
        "UPDATE region SET level = 5 WHERE name = 'Miền Bắc'",
        "UPDATE region SET level = 2 WHERE name = 'Miền Bắc'",
        "UPDATE region SET name = 'Miền Nam' WHERE name = 'Miền Bắc'",
        "UPDATE region SET level = 2, parent_id = (SELECT id FROM region WHERE name = 'Miền Trung')"
        " WHERE name = 'Miền Bắc'",
        "UPDATE client SET dispute_days = 91",
        "UPDATE client SET code = 'bank' WHERE code = 'BANK'",
    ],
)
def test_the_database_refuses_nonsense(session: Session, world: World, statement: str) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text(statement))
    session.rollback()


def test_a_race_for_a_code_ends_in_a_sentence(session: Session, world: World) -> None:
    services.create_branch(world.client, data(world))
    with pytest.raises(Invalid):
        services.create_branch(world.client, data(world, name="Khác"))
    assert session.query(Branch).filter_by(code="CN009").count() == 1


def entries(session: Session, room: str) -> list[tuple[str, int | None, int | None, dict[str, object]]]:
    """What the trail says of a room: kind, who, client, facts."""
    found = session.scalars(select(Entry).where(Entry.kind.startswith(room)).order_by(Entry.id))
    return [(one.kind, one.by_id, one.client_id, one.data) for one in found]


def test_moving_a_branch_is_recorded_as_it_changes_who_sees_its_history(
    session: Session, world: World, admin: Person
) -> None:
    branch = world.southern_branch
    same = data(world, region_id=world.south.id, code="CN003", name="Ninh Kiều")
    services.update_branch(branch, same, admin, AT)
    assert entries(session, "branch") == []
    services.update_branch(branch, replace(same, region_id=world.north.id), admin, AT)
    moved = {"branch": "CN003 Ninh Kiều", "old": "Miền Nam", "new": "Miền Bắc"}
    assert entries(session, "branch") == [("branch.moved", admin.id, world.client.id, moved)]
    services.update_branch(branch, replace(same, region_id=world.north.id, active=False), admin, AT)
    services.update_branch(branch, replace(same, region_id=world.north.id), admin, AT)
    kinds = [kind for kind, *_rest in entries(session, "branch")]
    assert kinds == ["branch.moved", "branch.closed", "branch.opened"]


def test_moving_a_region_is_recorded_and_a_new_name_is_none(
    session: Session, world: World, admin: Person
) -> None:
    services.update_region(world.north, "Bắc Bộ", None, admin, AT)
    assert entries(session, "region") == []
    services.update_region(world.north, "Bắc Bộ", world.south.id, admin, AT)
    services.update_region(world.north, "Bắc Bộ", None, admin, AT)
    facts = [about for *_rest, about in entries(session, "region")]
    assert facts == [
        {"region": "Bắc Bộ", "old": "", "new": "Miền Nam"},
        {"region": "Bắc Bộ", "old": "Miền Nam", "new": ""},
    ]


def test_what_changed_about_a_client_is_recorded(session: Session, world: World, admin: Person) -> None:
    same = ClientData("BANK", "Ngân hàng Sao Mai")
    services.update_client(world.client, same, admin, AT)
    assert entries(session, "client") == []
    services.update_client(world.client, replace(same, dispute_days=0, active=False), admin, AT)
    assert entries(session, "client") == [
        (
            "client.changed",
            admin.id,
            world.client.id,
            {"old": {"dispute_days": 7, "active": True}, "new": {"dispute_days": 0, "active": False}},
        )
    ]
