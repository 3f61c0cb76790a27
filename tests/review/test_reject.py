"""Rejecting a visit: a reason, and an earlier return or recorded fraud."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.mails.models import Mail
from audit.visits.models import Visit, VisitEvent
from tests import stories
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

REASON = "Ảnh chụp ở một cửa hàng khác."


def reject(browser: FlaskClient, visit: Visit, reason: str = REASON, **data: str) -> tuple[int, str]:
    answer = browser.post(f"/review/{visit.id}/reject", data={"reason": reason, **data})
    return answer.status_code, answer.text


def test_fraud_is_rejected_at_once(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    assert reject(client_of(editor), visit, fraud="y")[0] == 303
    assert state_of(visit.id) == "rejected"
    event = session.scalars(select(VisitEvent).order_by(VisitEvent.id.desc()).limit(1)).one()
    assert event.data == {"reason": REASON, "fraud": True, "round": 1}


def test_the_shopper_is_told_by_mail_without_the_reason(
    visit: Visit, editor: Person, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    reject(client_of(editor), visit, fraud="y")
    reject(client_of(editor), visit, fraud="y")  # a second click

    mail = session.scalars(select(Mail)).one()
    assert mail.key.startswith(f"rejected:{visit.id}:")
    assert mail.address == shopper.email
    assert f"/visits/{visit.id}/appeal\n" in mail.body
    for word in (REASON, visit.branch.name, editor.name):
        assert word not in mail.subject + mail.body


def test_without_fraud_it_must_have_been_returned_once(
    visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    status, page = reject(client_of(editor), visit)

    assert status == 422
    assert "trả lại để sửa ít nhất một lần" in page
    assert REASON in page
    assert state_of(visit.id) == "submitted"


def test_after_a_return_the_reason_is_enough(
    visit: Visit, editor: Person, shopper: Person, client_of: ClientOf
) -> None:
    stories.returned(visit, editor, {"front": "Ảnh chụp ở đâu?"})
    stories.corrected(visit, shopper, {})

    assert reject(client_of(editor), visit)[0] == 303
    assert state_of(visit.id) == "rejected"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_a_reason_is_needed_and_has_a_limit(
    reason: str, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    assert reject(client_of(editor), visit, reason, fraud="y")[0] == 422
    assert state_of(visit.id) == "submitted"


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_may_not_reject(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert reject(client_of(cast(request, who)), visit, fraud="y")[0] == 403
    assert state_of(visit.id) == "submitted"


def test_signed_out_one_is_asked_to_sign_in(visit: Visit, client_of: ClientOf) -> None:
    assert reject(client_of(None), visit, fraud="y")[0] in (302, 303, 401)
    assert state_of(visit.id) == "submitted"


def test_what_is_rejected_stays_rejected(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    browser = client_of(editor)
    reject(browser, visit, fraud="y")

    assert reject(browser, visit, fraud="y")[0] == 409
    assert browser.post(f"/review/{visit.id}/approve").status_code == 409
    assert browser.post("/review/99999/reject", data={"reason": REASON}).status_code == 404
