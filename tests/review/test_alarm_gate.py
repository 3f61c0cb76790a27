"""No scorecard reaches the client while one of its visit's alarms is not settled."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict
from audit.mails.models import Mail
from audit.review import alarms, release, release_tasks
from audit.review.layers import Alarm
from audit.trail.models import Entry
from audit.visits.models import Visit
from audit.waves import services as waves
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf, state_of, walked

WORD = "Đã gọi lại: không đúng."


def raised(visit: Visit) -> Alarm:
    """An alarm that nobody has settled."""
    alarm = Alarm(visit_id=visit.id, question_id="greeted", round=1, at=stories.AT)
    db.session.add(alarm)
    db.session.commit()
    return alarm


@pytest.mark.parametrize("step", ["confirm", "dismiss"])
def test_a_visit_is_approved_once_its_alarm_is_settled(
    step: str, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    alarm = raised(visit)
    browser = client_of(editor)
    sent = {"round": "2", "flag_note": "Đã đối chiếu."}

    answer = browser.post(f"/review/{visit.id}/approve", data=sent)

    assert answer.status_code == 409
    assert "Một báo động của lượt này chưa được kiểm tra" in answer.text
    note = answer.text.partition('id="errors"')[2].partition("</div>")[0]
    assert f'href="/alarms/{alarm.id}"' in note
    assert "Đã đối chiếu." in answer.text or 'name="flag_note"' not in answer.text
    assert state_of(visit.id) == "submitted"

    assert browser.post(f"/alarms/{alarm.id}/{step}", data={"note": WORD}).status_code == 303
    assert browser.post(f"/review/{visit.id}/approve", data=sent).status_code == 303
    assert state_of(visit.id) == "approved"


def test_one_release_waits_for_the_alarm(approved: Visit, admin: Person, client_of: ClientOf) -> None:
    alarm = raised(approved)
    browser = client_of(admin)

    answer = browser.post(f"/review/{approved.id}/release")

    assert answer.status_code == 409
    assert f'href="/alarms/{alarm.id}"' in answer.text.partition('id="errors"')[2].partition("</div>")[0]
    assert state_of(approved.id) == "approved"
    browser.post(f"/alarms/{alarm.id}/dismiss", data={"note": WORD})
    assert browser.post(f"/review/{approved.id}/release").status_code == 303


def test_a_waves_release_names_what_stays_behind(
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    admin: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    walked(wave, world, shopper, editor, "nso")
    held = session.scalars(select(Visit).where(Visit.branch_id == world.second_branch.id)).one()
    alarm = raised(held)
    browser = client_of(admin)
    page = browser.get(f"/waves/{wave.id}").text
    assert "2 lượt đã duyệt có thể phát hành" in page
    assert f'<a href="/alarms/{alarm.id}">{world.second_branch.name}</a>' in page

    said = browser.post(f"/waves/{wave.id}/release", follow_redirects=True).text

    assert (
        f"1 lượt còn giữ lại cho đến khi báo động được xác nhận hoặc bác: {world.second_branch.name}." in said
    )
    assert state_of(held.id) == "approved"
    states = session.scalars(select(Visit.state).order_by(Visit.id)).all()
    assert sorted(states) == ["approved", "released", "released"]
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "wave.released"))
    assert (entry.data["scorecards"], entry.data["held_back"]) == (2, [held.id])

    again = browser.post(f"/waves/{wave.id}/release")
    assert again.status_code == 409
    assert world.second_branch.name in again.text

    browser.post(f"/alarms/{alarm.id}/dismiss", data={"note": WORD})
    assert browser.post(f"/waves/{wave.id}/release").status_code == 303
    assert state_of(held.id) == "released"


def test_the_clock_leaves_it_behind_once_and_tells_the_admins(
    wave: Wave, world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    walked(wave, world, shopper, editor, "ns")
    held = session.scalars(select(Visit).where(Visit.branch_id == world.second_branch.id)).one()
    raised(held)
    waves.schedule_release(wave, admin, factories.AT, factories.AT.replace(minute=30))
    session.commit()

    for _minute in range(2):
        release_tasks.one_wave(wave.id)
    session.expire_all()

    assert wave.release_at is None
    assert state_of(held.id) == "approved"
    mails = session.scalars(select(Mail).where(Mail.key.startswith("release-held:"))).all()
    assert [mail.address for mail in mails] == [admin.email]
    assert f"/waves/{wave.id}\n" in mails[0].body
    assert world.second_branch.name not in mails[0].subject + mails[0].body


def test_the_clock_with_nothing_else_to_release_neither_fails_nor_comes_again(
    wave: Wave, approved: Visit, admin: Person, session: Session
) -> None:
    raised(approved)
    waves.schedule_release(wave, admin, factories.AT, factories.AT.replace(minute=30))
    session.commit()

    release_tasks.one_wave(wave.id)
    release_tasks.one_wave(wave.id)

    session.expire_all()
    assert wave.release_at is None
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "wave.released"))
    assert (entry.data["scorecards"], entry.data["held_back"]) == (0, [approved.id])
    assert state_of(approved.id) == "approved"


def test_the_service_itself_refuses(visit: Visit, approved: Visit, admin: Person, session: Session) -> None:
    alarm = raised(approved)

    assert alarms.unsettled([visit.id]) == {approved.id: alarm.id}
    with pytest.raises(Conflict) as refusal:
        release.release(approved, admin, stories.AT)
    assert (refusal.value.code, refusal.value.details) == ("alarm", {"alarm": alarm.id})


def test_what_is_decided_needs_no_word_about_its_answer(
    approved: Visit, editor: Person, client_of: ClientOf
) -> None:
    alarm = raised(approved)
    done = client_of(editor).post(f"/alarms/{alarm.id}/dismiss", data={"note": WORD}, follow_redirects=True)
    assert "sửa cả câu trả lời" not in done.text


def test_while_it_can_be_corrected_the_editor_is_reminded(
    visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    alarm = raised(visit)
    done = client_of(editor).post(f"/alarms/{alarm.id}/dismiss", data={"note": WORD}, follow_redirects=True)
    assert "sửa cả câu trả lời" in done.text
