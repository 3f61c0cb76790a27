"""The admin's outbox: what was sent, what is unsure, sending again."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.mails.services import post
from audit.trail.models import Entry
from tests import factories

ClientOf = Callable[[Person | None], FlaskClient]


def written(session: Session, person: Person, key: str, state: str = "waiting", **values: object) -> Mail:
    """A mail in a state."""
    assert post(
        key, person, factories.AT, lambda: (f"Phiếu điểm {key}", "Xem http://localhost/scorecards/1\n")
    )
    session.execute(text("DELETE FROM procrastinate_jobs"))
    mail = session.scalars(select(Mail).where(Mail.key == key)).one()
    mail.state = state
    if state != "waiting":
        mail.claimed_at = factories.AT
    if state == "sent":
        mail.sent_at = factories.AT
    for name, value in values.items():
        setattr(mail, name, value)
    session.commit()
    return mail


def test_the_page_says_how_many_need_a_decision(
    session: Session, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    browser = client_of(admin)
    assert "Không có thư nào cần anh/chị quyết định" in browser.get("/mails").text
    for key, state in (("a:1", "sent"), ("a:2", "unsure"), ("a:3", "failed"), ("a:4", "waiting")):
        written(session, head_office, key, state)
    page = browser.get("/mails").text
    assert "2 thư cần anh/chị quyết định" in page
    assert page.count("/mails/") >= 4
    narrowed = browser.get("/mails?state=troubled").text
    assert ("a:2" in narrowed, "a:3" in narrowed, "a:1" in narrowed) == (True, True, False)
    assert "a:1" in browser.get("/mails?q=hoàng mai").text  # the name of who got it
    assert "a:1" not in browser.get("/mails?q=ai khác").text
    assert browser.get("/mails?state=nonsense&page=99").status_code == 200


def test_one_mail_is_read_as_it_was_written(
    session: Session, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    mail = written(
        session, head_office, "a:1", "failed", problem="550 <b>no</b>", body="<script>x</script>\n"
    )
    page = client_of(admin).get(f"/mails/{mail.id}").text
    assert "&lt;script&gt;x" in page
    assert "550 &lt;b&gt;no" in page
    assert mail.address in page


@pytest.mark.parametrize("state", ["unsure", "failed"])
def test_sending_again_is_one_more_job_however_often_it_is_clicked(
    state: str, session: Session, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    mail = written(session, head_office, "a:1", state, tries=8, problem="451")
    head_office.email = "moi@example.com"  # the cause was a wrong address
    session.commit()
    browser = client_of(admin)
    for _click in range(2):
        assert browser.post(f"/mails/{mail.id}/resend").status_code == 303

    session.refresh(mail)
    assert (mail.state, mail.tries, mail.problem, mail.address) == ("waiting", 0, "", "moi@example.com")
    assert jobs.status(session) == {"todo": 1}
    (entry,) = session.scalars(select(Entry).where(Entry.kind == "mail.resent"))
    assert (entry.by_id, entry.person_id, entry.data["was"]) == (admin.id, head_office.id, state)


def test_what_was_sent_is_not_sent_again(
    session: Session, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    mail = written(session, head_office, "a:1", "sent")
    assert client_of(admin).post(f"/mails/{mail.id}/resend").status_code == 409
    assert jobs.status(session) == {}


def test_nothing_is_sent_to_a_closed_account(
    session: Session, admin: Person, head_office: Person, client_of: ClientOf
) -> None:
    mail = written(session, head_office, "a:1", "failed")
    head_office.active = False
    session.commit()
    assert client_of(admin).post(f"/mails/{mail.id}/resend").status_code == 409


@pytest.mark.parametrize("who", ["editor", "head_office", "shopper", "branch_manager"])
def test_mails_are_the_admins(
    who: str, session: Session, head_office: Person, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    mail = written(session, head_office, "a:1", "failed")
    browser = client_of(request.getfixturevalue(who))
    assert browser.get("/mails").status_code == 403
    assert browser.get(f"/mails/{mail.id}").status_code == 403
    assert browser.post(f"/mails/{mail.id}/resend").status_code == 403
    assert client_of(None).get("/mails").status_code in (302, 303)
