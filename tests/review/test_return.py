"""Returning a visit with notes."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.visits import queries
from audit.visits.models import ReturnNote, Visit, VisitEvent
from tests import stories
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

NOTE = "Anh/chị ghi rõ ai chào và chào thế nào."


def send_back(browser: FlaskClient, visit: Visit, **notes: str) -> tuple[int, str]:
    data = {f"note:{question}": note for question, note in notes.items()}
    answer = browser.post(f"/review/{visit.id}/return", data={"round": "2", **data})
    return answer.status_code, answer.text


@pytest.mark.parametrize("who", ["editor", "admin"])
def test_the_agency_returns_a_visit_with_notes(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest, session: Session
) -> None:
    status, _page = send_back(client_of(cast(request, who)), visit, greeted=NOTE, skill="   ")

    assert status == 303
    assert state_of(visit.id) == "returned"
    assert queries.returned_questions(session.get_one(Visit, visit.id)) == {"greeted": NOTE}
    event = session.scalars(select(VisitEvent).order_by(VisitEvent.id.desc()).limit(1)).one()
    assert (event.action, event.data) == ("return", {"round": 1, "questions": ["greeted"]})


def test_the_shopper_is_told_by_mail_without_a_word_of_the_visit(
    visit: Visit, editor: Person, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    send_back(client_of(editor), visit, greeted=NOTE)
    send_back(client_of(editor), visit, greeted=NOTE)  # a second click

    mail = session.scalars(select(Mail)).one()
    assert (mail.key, mail.address) == (f"returned:{visit.id}:1", shopper.email)
    assert f"/visits/{visit.id}\n" in mail.body
    for word in (NOTE, visit.branch.name, visit.client.name, editor.name):
        assert word not in mail.subject + mail.body


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_may_not_return(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert send_back(client_of(cast(request, who)), visit, greeted=NOTE)[0] == 403
    assert state_of(visit.id) == "submitted"


def test_signed_out_one_is_asked_to_sign_in(visit: Visit, client_of: ClientOf) -> None:
    assert send_back(client_of(None), visit, greeted=NOTE)[0] in (302, 303, 401)
    assert state_of(visit.id) == "submitted"


def test_a_return_needs_a_note(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    status, page = send_back(client_of(editor), visit, greeted="  ")

    assert status == 422
    assert "phải có ít nhất một ghi chú" in page
    assert state_of(visit.id) == "submitted"


def test_refused_notes_stay_as_typed(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    status, page = send_back(client_of(editor), visit, greeted=NOTE, skill="x" * 2001)

    assert status == 422
    assert NOTE in page
    assert "x" * 2001 in page
    assert "tối đa 2000 ký tự" in page
    assert state_of(visit.id) == "submitted"


def test_an_unknown_question_is_refused(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    status, page = send_back(client_of(editor), visit, parking=NOTE, greeted=NOTE)

    assert status == 422
    assert "không có trong bảng tiêu chí" in page
    assert state_of(visit.id) == "submitted"


def test_an_unknown_visit_is_not_found(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    browser = client_of(editor)

    assert browser.post("/review/99999/return", data={"note:greeted": NOTE}).status_code == 404
    assert browser.post("/review/99999999999/return", data={"note:greeted": NOTE}).status_code == 404


def test_returning_twice_keeps_the_first(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
    send_back(browser, visit, greeted=NOTE)

    assert send_back(browser, visit, greeted="Khác")[0] == 409
    assert session.scalars(select(ReturnNote.note)).all() == [NOTE]


def test_what_was_sent_again_must_be_looked_at_again(
    visit: Visit, editor: Person, shopper: Person, client_of: ClientOf
) -> None:
    stories.returned(visit, editor, {"greeted": NOTE})
    stories.corrected(visit, shopper, {"greeted": "yes"})

    status, page = send_back(client_of(editor), visit, greeted=NOTE)  # from the page of the first round

    assert status == 409
    assert "nộp lại" in page
    assert state_of(visit.id) == "submitted"


def test_notes_are_never_changed(visit: Visit, editor: Person, session: Session) -> None:
    stories.returned(visit, editor, {"greeted": NOTE})

    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text("UPDATE return_note SET note = 'Khác'"))
    session.rollback()
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text("DELETE FROM return_note"))


def test_the_wait_begins_anew_with_each_submission(
    visit: Visit, shopper: Person, editor: Person, session: Session
) -> None:
    stories.returned(visit, editor, {"greeted": NOTE})
    stories.corrected(visit, shopper, {"greeted": "yes"}, stories.AT + timedelta(hours=2))

    session.refresh(visit)
    assert visit.submitted_at == stories.AT + timedelta(hours=2)
