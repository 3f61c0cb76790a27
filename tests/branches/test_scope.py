"""Who reaches which branch: the one condition on which every other scope rests."""

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.branches.models import Branch
from audit.branches.queries import (
    branch_for,
    branches_for,
    client_for,
    clients_for,
    in_reach,
    region_for,
    regions_for,
    tree_for,
)
from audit.errors import NotFound
from tests import factories
from tests.conftest import World


def codes(session: Session, person: Person) -> set[str]:
    """The codes of the branches that the person reaches."""
    return {branch.code for branch in session.scalars(branches_for(person))}


@pytest.fixture
def nested(session: Session, world: World) -> dict[str, Branch]:
    """A tree of four levels under the north, one branch at each, beside the world's."""
    two = factories.region(world.client, "Hà Nội", world.north)
    three = factories.region(world.client, "Nội thành", two)
    four = factories.region(world.client, "Phố cổ", three)
    made = {
        "two": factories.branch(two, "L2", "Hai"),
        "three": factories.branch(three, "L3", "Ba"),
        "four": factories.branch(four, "L4", "Bốn"),
    }
    session.commit()
    return made


def test_the_agency_reaches_every_branch_of_every_client(
    session: Session, world: World, admin: Person, editor: Person
) -> None:
    everything = {"CN001", "CN002", "CN003", "ST001"}
    assert codes(session, admin) == everything
    assert codes(session, editor) == everything


def test_head_office_reaches_its_client_and_no_other(
    session: Session, world: World, head_office: Person, other_client: Person
) -> None:
    assert codes(session, head_office) == {"CN001", "CN002", "CN003"}
    assert codes(session, other_client) == {"ST001"}


def test_an_area_manager_reaches_the_region_and_all_below(
    session: Session, nested: dict[str, Branch], area_manager: Person
) -> None:
    assert codes(session, area_manager) == {"CN001", "CN002", "L2", "L3", "L4"}


def test_an_area_in_the_middle_does_not_reach_up_or_beside(
    session: Session, nested: dict[str, Branch]
) -> None:
    manager = factories.person("Giữa", RoleName.AREA_MANAGER, region=nested["three"].region)
    assert codes(session, manager) == {"L3", "L4"}


def test_a_branch_manager_reaches_the_own_branch_only(
    session: Session, world: World, branch_manager: Person, other_manager: Person
) -> None:
    assert codes(session, branch_manager) == {"CN001"}
    assert codes(session, other_manager) == {"CN002"}


def test_several_grants_add_up_even_across_clients(session: Session, world: World) -> None:
    person = factories.person("Nhiều vai", RoleName.BRANCH_MANAGER, branch=world.branch)
    south, foreign = world.southern_branch, world.foreign_region
    person.grants += [
        Grant(role=RoleName.BRANCH_MANAGER, client_id=south.client_id, branch_id=south.id),
        Grant(role=RoleName.AREA_MANAGER, client_id=foreign.client_id, region_id=foreign.id),
    ]
    session.commit()
    assert codes(session, person) == {"CN001", "CN003", "ST001"}


def test_two_areas_of_two_clients_stay_apart(session: Session, world: World) -> None:
    person = factories.person("Hai vùng", RoleName.AREA_MANAGER, region=world.south)
    foreign = world.foreign_region
    person.grants.append(Grant(role=RoleName.AREA_MANAGER, client_id=foreign.client_id, region_id=foreign.id))
    session.commit()
    assert codes(session, person) == {"CN003", "ST001"}


def test_a_shopper_and_somebody_without_grants_reach_nothing(
    session: Session, world: World, shopper: Person
) -> None:
    assert codes(session, shopper) == set()
    assert codes(session, factories.person("Không vai")) == set()


@pytest.mark.parametrize("name", ["admin", "head_office", "area_manager", "branch_manager"])
def test_somebody_deactivated_reaches_nothing(
    session: Session, world: World, name: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(name)
    person.active = False
    session.commit()
    assert codes(session, person) == set()
    assert list(session.scalars(clients_for(person))) == []
    assert list(session.scalars(regions_for(person, world.client.id))) == []


def test_a_deactivated_branch_stays_in_scope(session: Session, world: World, branch_manager: Person) -> None:
    world.branch.active = False
    session.commit()
    assert codes(session, branch_manager) == {"CN001"}


def test_a_grant_that_names_another_clients_region_is_held_to_its_client(
    session: Session, world: World, area_manager: Person
) -> None:
    # The database refuses such a grant; the condition holds even for one made up in memory.
    forged = Person(name="X", active=True)
    forged.grants = [
        Grant(role=RoleName.AREA_MANAGER, client_id=world.client.id, region_id=world.foreign_region.id),
        Grant(role=RoleName.BRANCH_MANAGER, client_id=world.client.id, branch_id=world.foreign_branch.id),
    ]
    assert codes(session, forged) == set()


def test_the_condition_fits_a_query_of_another_room(
    session: Session, world: World, branch_manager: Person
) -> None:
    query = session.query(Branch.code).filter(in_reach(branch_manager), Branch.client_id == world.client.id)
    assert [code for (code,) in query] == ["CN001"]


def test_one_branch_out_of_scope_does_not_exist(
    session: Session, world: World, branch_manager: Person, other_client: Person, shopper: Person
) -> None:
    assert branch_for(branch_manager, world.branch.id) is world.branch
    for person in (other_client, shopper):
        with pytest.raises(NotFound):
            branch_for(person, world.branch.id)
    with pytest.raises(NotFound):
        branch_for(branch_manager, world.second_branch.id)


def test_clients_follow_the_grants(
    session: Session, world: World, admin: Person, area_manager: Person, shopper: Person
) -> None:
    assert {client.code for client in session.scalars(clients_for(admin))} == {"BANK", "SHOP"}
    assert {client.code for client in session.scalars(clients_for(area_manager))} == {"BANK"}
    assert list(session.scalars(clients_for(shopper))) == []
    with pytest.raises(NotFound):
        client_for(area_manager, world.foreign.id)


def test_regions_follow_the_grants(
    session: Session,
    nested: dict[str, Branch],
    world: World,
    head_office: Person,
    area_manager: Person,
    branch_manager: Person,
    other_client: Person,
) -> None:
    def names(person: Person) -> set[str]:
        return {region.name for region in session.scalars(regions_for(person, world.client.id))}

    assert names(head_office) == {"Miền Bắc", "Miền Nam", "Hà Nội", "Nội thành", "Phố cổ"}
    assert names(area_manager) == {"Miền Bắc", "Hà Nội", "Nội thành", "Phố cổ"}
    assert names(branch_manager) == {"Miền Bắc"}
    assert names(other_client) == set()
    with pytest.raises(NotFound):
        region_for(area_manager, world.south.id)


def test_the_tree_has_parents_first_and_counts_what_lies_below(
    session: Session, nested: dict[str, Branch], world: World, admin: Person
) -> None:
    tree = [(node.path, node.own, node.total) for node in tree_for(admin, world.client.id)]
    assert tree == [
        ("Miền Bắc", 2, 5),
        ("Miền Bắc › Hà Nội", 1, 3),
        ("Miền Bắc › Hà Nội › Nội thành", 1, 2),
        ("Miền Bắc › Hà Nội › Nội thành › Phố cổ", 1, 1),
        ("Miền Nam", 1, 1),
    ]
