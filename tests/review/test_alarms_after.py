"""What the client's people read of a confirmed alarm once its visit is released or rejected."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.review import alarms, services
from audit.review.layers import Alarm
from audit.visits import queries
from audit.visits.models import Visit
from tests import stories
from tests.review.ladder import ClientOf

NOTE = "Đã gọi lại: đúng như vậy."
FOLLOWS = "Phiếu điểm của lượt này sẽ có khi được phát hành"
GONE = "không còn giá trị"


@pytest.fixture
def alarm(visit: Visit, editor: Person, head_office: Person, area_manager: Person, session: Session) -> Alarm:
    """A confirmed one of the submitted visit; head office and the area manager were told."""
    made = Alarm(visit_id=visit.id, question_id="greeted", round=1, at=stories.AT)
    session.add(made)
    session.flush()
    alarms.settle(made, editor, stories.AT, NOTE, is_true=True)
    session.commit()
    return made


def rejected(visit: Visit, editor: Person, session: Session) -> None:
    found = queries.locked_visit_for(editor, visit.id)
    services.reject(found, editor, stories.AT + timedelta(hours=1), "Bịa đặt.", fraud=True)
    session.commit()


def test_until_the_release_the_scorecard_is_announced_and_then_linked(
    alarm: Alarm, visit: Visit, editor: Person, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    address = f"/alarms/{alarm.id}"
    assert FOLLOWS in client_of(head_office).get(address).text
    stories.approved(visit, editor)
    assert FOLLOWS in client_of(head_office).get(address).text

    card = stories.released(visit, admin)

    page = client_of(head_office).get(address).text
    assert FOLLOWS not in page
    assert f'href="/scorecards/{card.id}"' in page
    assert client_of(head_office).get(f"/scorecards/{card.id}").status_code == 200


def test_a_rejected_visits_alarm_says_that_it_no_longer_counts(
    alarm: Alarm, visit: Visit, editor: Person, head_office: Person, client_of: ClientOf, session: Session
) -> None:
    before = client_of(head_office).get(f"/alarms/{alarm.id}").text
    assert NOTE in before
    assert GONE not in before

    rejected(visit, editor, session)

    for address in (f"/alarms/{alarm.id}", "/alarms"):
        page = client_of(head_office).get(address).text
        assert GONE in page
        for word in (NOTE, "Được chào?", FOLLOWS):
            assert word not in page
    page = client_of(editor).get(f"/alarms/{alarm.id}").text
    assert NOTE in page
    assert GONE in page


def test_who_was_told_is_told_that_it_is_taken_back(
    alarm: Alarm,
    visit: Visit,
    editor: Person,
    head_office: Person,
    area_manager: Person,
    branch_manager: Person,
    session: Session,
) -> None:
    rejected(visit, editor, session)

    mails = session.scalars(select(Mail).where(Mail.key.startswith("alarm-taken-back:"))).all()
    assert {mail.address for mail in mails} == {head_office.email, area_manager.email}
    for mail in mails:
        assert f"/alarms/{alarm.id}\n" in mail.body
        for word in (NOTE, "Được chào?", "Bịa đặt"):
            assert word not in mail.subject + mail.body


def test_a_dismissed_alarm_is_not_taken_back(
    visit: Visit, editor: Person, head_office: Person, session: Session
) -> None:
    made = Alarm(visit_id=visit.id, question_id="greeted", round=1, at=stories.AT)
    session.add(made)
    session.flush()
    alarms.settle(made, editor, stories.AT, NOTE, is_true=False)
    rejected(visit, editor, session)

    assert session.scalars(select(Mail).where(Mail.key.startswith("alarm-taken"))).all() == []
