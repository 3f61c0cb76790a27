"""What stands beside a scorecard, as each person meets it: actions, messages, who has read it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import now
from audit.followup import thread
from audit.followup.models import Acknowledgement, Action, Message
from audit.review.models import Scorecard
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.followup.conftest import overdue

ClientOf = Callable[[Person | None], FlaskClient]


def test_the_scorecard_page_shows_actions_readers_and_messages(
    session: Session,
    card: Scorecard,
    taken: Action,
    branch_manager: Person,
    admin: Person,
    client_of: ClientOf,
) -> None:
    thread.write(card, branch_manager, now(), "Quầy 3 hôm đó bảo trì.")
    thread.write(card, admin, now(), "Chúng tôi xem lại.")
    session.commit()
    browser = client_of(branch_manager)
    page = browser.get(f"/scorecards/{card.id}").text
    assert "Tập chào khách đầu ca</a>" in page
    assert "Quầy 3 hôm đó bảo trì." in page
    assert admin.name not in page
    assert "Đơn vị khảo sát" in page
    assert "Tôi đã đọc phiếu điểm này" in page
    for _click in range(2):
        assert browser.post(f"/scorecards/{card.id}/acknowledge").status_code == 303
    page = browser.get(f"/scorecards/{card.id}").text
    assert "Tôi đã đọc phiếu điểm này" not in page
    assert session.scalar(select(func.count()).select_from(Acknowledgement)) == 1
    for_agency = client_of(admin).get(f"/scorecards/{card.id}").text
    assert "Nguyễn Văn Nam, Quản lý chi nhánh" in for_agency
    assert "/actions/new" not in for_agency
    assert "Tôi đã đọc phiếu điểm này" not in for_agency


@pytest.mark.parametrize(
    ("who", "write", "read"),
    [
        ("branch_manager", 303, 303),
        ("area_manager", 303, 303),
        ("head_office", 303, 303),
        ("editor", 303, 403),
        ("admin", 303, 403),
        ("other_manager", 404, 404),
        ("other_client", 404, 404),
        ("shopper", 403, 403),
    ],
)
def test_who_writes_and_who_acknowledges(
    session: Session,
    card: Scorecard,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
    who: str,
    write: int,
    read: int,
) -> None:
    browser = client_of(request.getfixturevalue(who))
    answer = browser.post(f"/scorecards/{card.id}/messages", data={"text": "Xin chào"})
    assert answer.status_code == write
    assert browser.post(f"/scorecards/{card.id}/acknowledge").status_code == read
    assert session.scalar(select(func.count()).select_from(Message)) == (write == 303)
    assert session.scalar(select(func.count()).select_from(Acknowledgement)) == (read == 303)


def test_an_endless_message_comes_back_as_typed(
    card: Scorecard, branch_manager: Person, client_of: ClientOf
) -> None:
    browser = client_of(branch_manager)
    answer = browser.post(f"/scorecards/{card.id}/messages", data={"text": "<b>" + "dài " * 600})
    assert answer.status_code == 422
    assert "&lt;b&gt;dài dài" in answer.text
    assert 'id="text-problem"' in answer.text


def test_an_unreleased_scorecard_has_no_thread_for_anybody(
    session: Session,
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    branch_manager: Person,
    client_of: ClientOf,
) -> None:
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper)
    path = f"/scorecards/{stories.approved(visit, editor).id}"
    for person in (editor, branch_manager):
        browser = client_of(person)
        assert browser.get(f"{path}/thread").status_code == 404
        assert browser.post(f"{path}/messages", data={"text": "Xin chào"}).status_code == 404


def test_a_managers_own_page_says_what_the_branch_has_to_do(
    session: Session, card: Scorecard, taken: Action, branch_manager: Person, client_of: ClientOf
) -> None:
    overdue(session, taken)
    page = client_of(branch_manager).get("/my-branches").text
    assert f'href="/actions?branch={card.branch_id}"' in page
    assert "0 việc cần quyết định, 1 việc cần làm; quá hạn trong tất cả các việc này: 1</a>" in page
