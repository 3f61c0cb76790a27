"""Names that a client reads beside a scorecard, when the rights of who wrote them have changed since."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.db import now
from audit.followup import actions, thread, thread_list
from audit.followup.models import Action
from audit.review.models import Scorecard
from tests import factories, stories
from tests.conftest import World
from tests.followup.conftest import PLAN, Lived

ClientOf = Callable[[Person | None], FlaskClient]
NAME = "Trịnh Thị Kín"


def becomes(session: Session, person: Person, role: RoleName) -> None:
    """Nothing but this role of the agency's or a shopper's is left."""
    session.execute(delete(Grant).where(Grant.person_id == person.id))
    session.add(Grant(person_id=person.id, role=role))
    session.commit()
    session.expire_all()


@pytest.fixture
def both(session: Session) -> Person:
    """An editor who also shops."""
    made = factories.person(NAME, RoleName.EDITOR)
    made.grants.append(Grant(role=RoleName.SHOPPER))
    session.commit()
    return made


def test_who_was_an_editor_stays_the_agency_once_only_the_shopper_is_left(
    session: Session,
    card: Scorecard,
    both: Person,
    branch_manager: Person,
    admin: Person,
    client_of: ClientOf,
) -> None:
    thread.write(card, both, now(), "Chúng tôi xem lại.")
    becomes(session, both, RoleName.SHOPPER)
    for path in (f"/scorecards/{card.id}/thread", f"/scorecards/{card.id}", "/messages"):
        page = client_of(branch_manager).get(path).text
        assert "Chúng tôi xem lại." in page
        assert NAME not in page
        assert NAME in client_of(admin).get(path).text
    said = thread.messages_of(card, branch_manager)[0]
    assert (said.is_agency, said.role) == (True, "")


def test_what_the_agency_answered_does_not_wait_again_when_who_wrote_it_leaves(
    session: Session, card: Scorecard, both: Person, branch_manager: Person, admin: Person
) -> None:
    thread.write(card, branch_manager, now(), "Vì sao?")
    thread.write(card, both, now(), "Chúng tôi xem lại.")
    becomes(session, both, RoleName.SHOPPER)
    assert thread_list.thread_page_of(admin, False, 1)[2] == 0


@pytest.mark.parametrize("role", [RoleName.SHOPPER, RoleName.EDITOR])
def test_who_was_with_the_client_is_not_named_to_it_any_more(
    session: Session,
    world: World,
    lived: Lived,
    branch_manager: Person,
    editor: Person,
    client_of: ClientOf,
    role: RoleName,
) -> None:
    card = lived({"greeted": "no"}, now())
    left = factories.person(NAME, RoleName.BRANCH_MANAGER, branch=world.branch)
    thread.write(card, left, now(), "Quầy 3 bảo trì.")
    thread.acknowledge(card, left, now())
    made: Action = actions.add(card, left, now(), PLAN)
    session.commit()
    stories.disputed(card, left, at=now())
    paths = (f"/scorecards/{card.id}", f"/scorecards/{card.id}/thread", "/messages", f"/actions/{made.id}")
    for path in paths:
        assert NAME in client_of(branch_manager).get(path).text
    becomes(session, left, role)
    for path in paths:
        page = client_of(branch_manager).get(path).text
        assert NAME not in page
        assert "Người từng làm ở đơn vị của anh/chị" in page
        assert NAME in client_of(editor).get(path).text
