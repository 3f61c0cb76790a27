"""Alarms: raised at once, told to the agency, and to the client only once an editor has confirmed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Grant, Person, RoleName
from audit.db import db
from audit.mails.models import Mail
from audit.review import alarms
from audit.review.layers import Alarm
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast

DANGER = {
    "id": "danger",
    "type": "yesno",
    "weight": 0,
    "alarm": True,
    "section": "counter",
    "text": factories.both("Nhân viên có xúc phạm khách không?"),
}
DOCUMENT = {**factories.CHECKLIST, "questions": [*factories.CHECKLIST["questions"], DANGER]}
Sent = Callable[[str], Visit]
NOTE = "Đã gọi lại và nghe băng ghi âm: đúng như vậy."


@pytest.fixture
def sent(session: Session, world: World, shopper: Person, admin: Person) -> Sent:
    """A visit submitted with this answer; its jobs have not run."""

    def make(answer: str) -> Visit:
        wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
        visit = factories.visit(wave, world.branch, shopper)
        session.commit()
        stories.submitted(visit, shopper, {"danger": answer})
        return visit

    return make


@pytest.fixture
def alarm(sent: Sent, app: Flask, session: Session) -> Alarm:
    """A "yes" whose jobs have run."""
    sent("yes")
    jobs.run_until_idle(app)
    session.rollback()
    return session.scalars(select(Alarm)).one()


def mails(session: Session, prefix: str) -> dict[str, Mail]:
    """The mails with this key, by address."""
    session.rollback()
    rows = session.scalars(select(Mail).where(Mail.key.startswith(prefix)))
    return {mail.address: mail for mail in rows}


def state_of(alarm_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Alarm, alarm_id, populate_existing=True).state


def test_a_yes_reaches_every_admin_at_once(
    sent: Sent, app: Flask, admin: Person, editor: Person, session: Session
) -> None:
    visit = sent("yes")
    jobs.run_until_idle(app)
    session.rollback()

    made = session.scalars(select(Alarm)).one()
    assert (made.visit_id, made.question_id, made.round, made.state) == (visit.id, "danger", 1, "raised")
    posted = mails(session, "alarm:")
    assert set(posted) == {admin.email}
    mail = posted[str(admin.email)]
    assert mail.key == f"alarm:{made.id}:{admin.id}"
    assert "Nhân viên có xúc phạm khách không?" in mail.body
    assert f"/alarms/{made.id}" in mail.body
    kinds = session.scalars(select(Entry.kind).where(Entry.visit_id == visit.id)).all()
    assert "alarm.raised" in kinds


def test_the_alarm_goes_ahead_of_other_jobs(sent: Sent, session: Session) -> None:
    from sqlalchemy import text

    sent("yes")
    rows = session.execute(text("SELECT task_name, priority FROM procrastinate_jobs")).all()
    first = max(rows, key=lambda row: row.priority)
    assert (first.task_name, first.priority > 0) == ("raise_alarms", True)


def test_a_no_is_no_alarm(sent: Sent, app: Flask, session: Session) -> None:
    sent("no")
    jobs.run_until_idle(app)
    session.rollback()
    assert session.scalars(select(Alarm)).all() == []
    assert mails(session, "alarm") == {}


def test_the_named_person_is_told_and_nobody_else(
    sent: Sent, app: Flask, world: World, editor: Person, session: Session
) -> None:
    world.client.alarm_person_id = editor.id
    session.commit()
    sent("yes")
    jobs.run_until_idle(app)
    assert set(mails(session, "alarm:")) == {editor.email}


@pytest.mark.parametrize("why", ["inactive", "no_longer_agency"])
def test_a_named_person_who_cannot_act_is_replaced_by_the_admins(
    why: str, sent: Sent, app: Flask, world: World, editor: Person, admin: Person, session: Session
) -> None:
    world.client.alarm_person_id = editor.id
    if why == "inactive":
        editor.active = False
    else:
        editor.grants.clear()
    session.commit()
    sent("yes")
    jobs.run_until_idle(app)
    assert set(mails(session, "alarm:")) == {admin.email}


def test_jobs_that_run_twice_raise_once(alarm: Alarm, session: Session) -> None:
    visit = session.get_one(Visit, alarm.visit_id)
    assert alarms.raise_alarms(visit, 1, stories.AT) == []
    session.commit()
    assert len(session.scalars(select(Alarm)).all()) == 1
    assert len(mails(session, "alarm:")) == 1


def test_a_yes_that_comes_with_a_correction_is_an_alarm_too(
    sent: Sent, app: Flask, editor: Person, shopper: Person, session: Session
) -> None:
    visit = sent("no")
    jobs.run_until_idle(app)
    stories.returned(visit, editor, {"danger": "Anh/chị xem lại giúp."})
    stories.corrected(visit, shopper, {"danger": "yes"})
    jobs.run_until_idle(app)
    session.rollback()
    assert session.scalars(select(Alarm.round)).all() == [2]


def test_what_was_decided_long_ago_raises_nothing(sent: Sent, editor: Person, session: Session) -> None:
    visit = sent("yes")
    stories.approved(visit, editor)
    assert alarms.raise_alarms(session.get_one(Visit, visit.id), 1, stories.AT) == []


def settle(browser: object, alarm: Alarm, step: str, note: str = NOTE) -> tuple[int, str]:
    answer = browser.post(f"/alarms/{alarm.id}/{step}", data={"note": note})  # type: ignore[attr-defined]
    return answer.status_code, answer.text


@pytest.mark.parametrize("who", ["editor", "admin"])
def test_the_agency_confirms_and_the_client_is_told_before_the_release(
    who: str,
    alarm: Alarm,
    head_office: Person,
    area_manager: Person,
    branch_manager: Person,
    other_client: Person,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
    session: Session,
) -> None:
    assert settle(client_of(cast(request, who)), alarm, "confirm")[0] == 303

    assert state_of(alarm.id) == "confirmed"
    posted = mails(session, "alarm-client:")
    assert set(posted) == {head_office.email, area_manager.email}
    for mail in posted.values():
        assert f"/alarms/{alarm.id}" in mail.body
        assert "xúc phạm" not in mail.body
        assert NOTE not in mail.body
    page = client_of(head_office).get(f"/alarms/{alarm.id}")
    assert page.status_code == 200
    for part in ("Nhân viên có xúc phạm khách không?", NOTE, "CN001", "14/11/2026, buổi sáng"):
        assert part in page.text


def test_the_client_sees_no_shopper_and_no_hour(
    alarm: Alarm, editor: Person, shopper: Person, head_office: Person, client_of: ClientOf
) -> None:
    settle(client_of(editor), alarm, "confirm")
    for page in ("/alarms", f"/alarms/{alarm.id}"):
        text = client_of(head_office).get(page).text
        for secret in (shopper.name, "09:05", "10:05", f"/review/{alarm.visit_id}", editor.name):
            assert secret not in text


def test_a_dismissed_alarm_never_reaches_the_client(
    alarm: Alarm, editor: Person, head_office: Person, client_of: ClientOf, session: Session
) -> None:
    assert settle(client_of(editor), alarm, "dismiss")[0] == 303
    assert state_of(alarm.id) == "dismissed"
    assert mails(session, "alarm-client:") == {}
    assert client_of(head_office).get(f"/alarms/{alarm.id}").status_code == 404


@pytest.mark.parametrize(
    ("who", "raised", "confirmed"),
    [
        ("head_office", 404, 200),
        ("area_manager", 404, 200),
        ("other_client", 404, 404),
        ("branch_manager", 403, 403),
        ("other_manager", 403, 403),
        ("shopper", 403, 403),
        ("editor", 200, 200),
        ("admin", 200, 200),
    ],
)
def test_who_may_open_an_alarm(
    who: str,
    raised: int,
    confirmed: int,
    alarm: Alarm,
    admin: Person,
    client_of: ClientOf,
    request: pytest.FixtureRequest,
) -> None:
    person = cast(request, who)
    assert client_of(person).get(f"/alarms/{alarm.id}").status_code == raised
    settle(client_of(admin), alarm, "confirm")
    assert client_of(person).get(f"/alarms/{alarm.id}").status_code == confirmed


@pytest.mark.parametrize("who", NOT_AGENCY)
@pytest.mark.parametrize("step", ["confirm", "dismiss"])
def test_only_the_agency_settles(
    who: str, step: str, alarm: Alarm, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert settle(client_of(cast(request, who)), alarm, step)[0] == 403
    assert state_of(alarm.id) == "raised"


def test_an_area_manager_who_manages_the_branch_only_elsewhere_is_not_told(
    alarm: Alarm, world: World, editor: Person, client_of: ClientOf, session: Session
) -> None:
    both = factories.person("Ngô Bá Khá", RoleName.BRANCH_MANAGER, branch=world.branch)
    both.grants.append(Grant(role=RoleName.AREA_MANAGER, client_id=world.client.id, region_id=world.south.id))
    session.commit()
    settle(client_of(editor), alarm, "confirm")

    assert client_of(both).get(f"/alarms/{alarm.id}").status_code == 404
    assert "Không có báo động" in client_of(both).get("/alarms").text


@pytest.mark.parametrize(("note", "status"), [("", 422), ("  ", 422), ("a" * 2_001, 422), ("a" * 2_000, 303)])
def test_a_note_is_needed_and_not_lost(
    note: str, status: int, alarm: Alarm, editor: Person, client_of: ClientOf
) -> None:
    answer, page = settle(client_of(editor), alarm, "confirm", note)
    assert answer == status
    if status == 422:
        assert state_of(alarm.id) == "raised"
        assert note.strip() in page


def test_a_double_click_tells_once(
    alarm: Alarm, editor: Person, head_office: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
    assert [settle(browser, alarm, "confirm")[0] for _ in range(2)] == [303, 303]
    assert len(mails(session, "alarm-client:")) == 1
    kinds = session.scalars(select(Entry.kind).where(Entry.kind.like("alarm.%")).order_by(Entry.id)).all()
    assert kinds == ["alarm.raised", "alarm.confirmed"]


def test_another_editors_word_comes_too_late_and_stays_on_the_page(
    alarm: Alarm, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    settle(client_of(editor), alarm, "dismiss")
    status, page = settle(client_of(admin), alarm, "confirm", "Theo tôi thì đúng.")
    assert status == 409
    assert "Đã có người xử lý" in page
    assert state_of(alarm.id) == "dismissed"


def test_nobody_settles_an_alarm_of_their_own_visit(
    alarm: Alarm, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    shopper.grants.append(Grant(role=RoleName.EDITOR))
    session.commit()
    assert settle(client_of(shopper), alarm, "confirm")[0] == 403
    assert state_of(alarm.id) == "raised"


def test_the_alarm_of_a_rejected_visit_can_only_be_dismissed(
    alarm: Alarm, editor: Person, client_of: ClientOf, session: Session
) -> None:
    from audit.review import services

    visit = queries.locked_visit_for(editor, alarm.visit_id)
    services.reject(visit, editor, stories.AT + timedelta(hours=1), "Bịa đặt.", fraud=True)
    session.commit()
    assert settle(client_of(editor), alarm, "confirm")[0] == 409
    assert settle(client_of(editor), alarm, "dismiss")[0] == 303


def test_an_alarm_that_does_not_exist(editor: Person, client_of: ClientOf) -> None:
    assert client_of(editor).get("/alarms/77").status_code == 404
    assert client_of(editor).post("/alarms/77/confirm", data={"note": "x"}).status_code == 404
    assert client_of(editor).post("/alarms/77/forget", data={"note": "x"}).status_code == 404


def test_the_queue_and_the_visit_carry_the_banner_until_it_is_settled(
    alarm: Alarm, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(editor)
    link = f'href="/alarms/{alarm.id}"'
    assert link in browser.get("/review").text
    assert link in browser.get(f"/review/{alarm.visit_id}").text

    settle(browser, alarm, "dismiss")

    assert link not in browser.get("/review").text
    assert "Báo động, đã bác" in browser.get(f"/review/{alarm.visit_id}").text


def test_the_list_says_what_waits(alarm: Alarm, editor: Person, client_of: ClientOf) -> None:
    browser = client_of(editor)
    assert "<h1>1 báo động chờ kiểm tra</h1>" in browser.get("/alarms").text
    settle(browser, alarm, "confirm")
    assert "<h1>Không có báo động nào chờ kiểm tra</h1>" in browser.get("/alarms").text


def test_the_shopper_cannot_tell_which_questions_are_marked(
    world: World, admin: Person, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    control = {**DANGER, "id": "awning", "truth": "no", "text": factories.both("Có mái hiên không?")}
    del control["alarm"]
    document = {**DOCUMENT, "questions": [*DOCUMENT["questions"], control]}
    wave = factories.wave(world.client, admin, factories.version(document))
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    browser = client_of(shopper)
    browser.post(f"/visits/{visit.id}/start")

    for address in (f"/visits/{visit.id}/answer", f"/visits/{visit.id}/answer/counter", "/visits"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert "truth" not in page.text
        assert "alarm" not in page.text


def test_the_database_keeps_what_was_settled(session: Session, alarm: Alarm, editor: Person) -> None:
    alarms.settle(alarm, editor, factories.AT, NOTE, is_true=True)
    session.commit()
    for statement in ("UPDATE alarm SET note = 'khác'", "DELETE FROM alarm"):
        with pytest.raises(IntegrityError, match="a decision stays"):
            session.execute(text(statement))
        session.rollback()
