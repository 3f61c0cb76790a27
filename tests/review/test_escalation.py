"""What waits for too long is told to admins, once a round; nothing is decided by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person, RoleName
from audit.mails.models import Mail
from audit.review import appeals, claims, escalation, queue
from audit.trail.models import Entry
from audit.visits import queries as visits
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf, state_of

AT = stories.AT
Due = Callable[[float], int]


@pytest.fixture
def due(visit: Visit, admin: Person) -> Due:
    """The clock's look so many hours after the submission."""
    return lambda hours: escalation.escalate_due(AT + timedelta(hours=hours))


def mails(session: Session) -> list[Mail]:
    return list(session.scalars(select(Mail).where(Mail.key.startswith("escalated:")).order_by(Mail.id)))


def test_before_the_limit_nothing_happens(due: Due, session: Session) -> None:
    assert due(47.9) == 0
    assert mails(session) == []


def test_every_admin_is_told_once_in_their_language(
    due: Due, visit: Visit, admin: Person, editor: Person, session: Session
) -> None:
    english = factories.person("Jane Cole", RoleName.ADMIN, language="en")
    factories.person("Đã Nghỉ", RoleName.ADMIN, active=False)
    session.commit()

    assert [due(48.1), due(48.2), due(90)] == [1, 0, 0]

    sent = {mail.person_id: mail for mail in mails(session)}
    assert set(sent) == {admin.id, english.id}
    assert sent[admin.id].subject == "Chờ duyệt quá lâu: Hoàn Kiếm"
    assert sent[english.id].subject == "Waiting for review too long: Hoàn Kiếm"
    assert f"/review/{visit.id}\n" in sent[admin.id].body
    assert "Trần Thu Hà" not in sent[admin.id].body
    entry = session.scalars(select(Entry).where(Entry.kind == "visit.escalated")).one()
    assert (entry.visit_id, entry.by_id, entry.data) == (visit.id, None, {"hours": 48})
    assert state_of(visit.id) == "submitted"


def test_the_limit_is_the_clients(due: Due, world: World, session: Session) -> None:
    world.client.escalate_hours = 4
    session.commit()

    assert [due(3.9), due(4.1)] == [0, 1]


def test_each_round_has_its_own_wait(
    due: Due, visit: Visit, editor: Person, shopper: Person, session: Session
) -> None:
    assert due(49) == 1
    stories.returned(visit, editor, {"greeted": "Ai chào?"}, AT + timedelta(hours=50))
    assert due(200) == 0
    stories.corrected(visit, shopper, {"greeted": "yes"}, AT + timedelta(hours=60))

    assert [due(107), due(109)] == [0, 1]
    assert [mail.key.split(":")[2] for mail in mails(session)] == ["2", "3"]


def test_a_claim_does_not_stop_the_clock(due: Due, visit: Visit, editor: Person, session: Session) -> None:
    claims.claim(visit, editor, AT + timedelta(hours=1))
    session.commit()

    assert due(49) == 1
    session.refresh(visit)
    assert visit.claimed_by_id == editor.id


@pytest.mark.parametrize("decide", ["approved", "returned"])
def test_what_is_decided_is_not_called_for(
    decide: str, due: Due, visit: Visit, editor: Person, session: Session
) -> None:
    if decide == "approved":
        stories.approved(visit, editor)
    else:
        stories.returned(visit, editor, {"greeted": "Ai chào?"})

    assert due(100) == 0


def test_the_job_looks_by_itself(app: Flask, visit: Visit, admin: Person, session: Session) -> None:
    jobs.defer(session, escalation.TASK)
    session.commit()

    jobs.run_until_idle(app)

    assert len(mails(session)) == 1  # the story was lived long ago


def test_the_page_says_so_until_somebody_takes_it(
    due: Due, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    due(49)

    assert "Lượt đã chờ quá 48 giờ" in client_of(editor).get(f"/review/{visit.id}").text


def test_what_an_appeal_brought_back_waits_from_then_on(
    due: Due, visit: Visit, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    assert due(49) == 1
    rejected_at, back_at = AT + timedelta(hours=50), AT + timedelta(hours=100)
    stories.rejected(visit, editor, rejected_at)
    locked = visits.locked_visit_for(admin, visit.id)
    appeals.raise_appeal(locked, shopper, rejected_at, "Tôi đã tới.")
    appeals.answer(locked, admin, back_at, granted=True, text="Ảnh rõ rồi.")
    session.commit()

    (row,), _count, late = queue.queue_page(editor, queue.QueueFilter(), 1, back_at + timedelta(hours=47))
    assert (row.is_late, row.waited, late) == (False, timedelta(hours=47), 0)
    assert [due(100.1), due(147.9)] == [0, 0]
    (row,), _count, late = queue.queue_page(editor, queue.QueueFilter(), 1, back_at + timedelta(hours=49))
    assert (row.is_late, late) == (True, 1)
    assert [due(148.1), due(149)] == [1, 0]
    first, second = mails(session)
    assert "quay lại hàng chờ duyệt" not in first.body
    assert "quay lại hàng chờ duyệt" in second.body
