"""The pages of corrections: what an editor, a second editor and the shopper see and send."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.review.layers import Correction
from audit.visits.models import Visit
from tests.review.correcting import NO, YES, correct, counted
from tests.review.ladder import NOT_AGENCY, ClientOf, cast

# The pages.


def page_of(browser: FlaskClient, visit: Visit, place: int) -> str:
    return f"/review/{visit.id}/questions/{place}/correct"


def test_an_editor_corrects_on_the_page(
    visit: Visit, editor: Person, english: ClientOf, session: Session
) -> None:
    browser = english(editor)
    address = page_of(browser, visit, 2)
    page = browser.get(address).text
    assert "Được chào?" in page
    assert "once the shopper or a second editor says yes" in page

    answer = browser.post(address, data={"round": "2", "q-greeted": "yes", "reason": "Ảnh cho thấy"})

    assert answer.status_code == 303
    assert answer.location.endswith("#q-2")
    assert session.scalars(select(Correction)).one().new == YES
    review = browser.get(f"/review/{visit.id}").text
    assert "1 correction waits for a yes" in review


@pytest.mark.parametrize(
    ("place", "sent", "says"),
    [
        (2, {"q-greeted": "no", "reason": "x"}, "This is the answer already"),
        (2, {"q-greeted": "yes", "reason": ""}, "Write the reason"),
        (2, {"q-greeted": "", "reason": "x"}, "Choose the answer that is right"),
        (8, {"q-counters": "nhiều", "reason": "Giữ lại chữ này"}, "Write a number"),
    ],
)
def test_a_refusal_loses_nothing_that_was_typed(
    place: int, sent: dict[str, str], says: str, visit: Visit, editor: Person, english: ClientOf
) -> None:
    browser = english(editor)

    answer = browser.post(page_of(browser, visit, place), data={"round": "2", **sent})

    assert answer.status_code == 422
    assert says in answer.text
    assert sent["reason"] in answer.text


def test_a_stale_page_keeps_the_text(visit: Visit, editor: Person, english: ClientOf) -> None:
    browser = english(editor)
    sent = {"round": "1", "q-greeted": "yes", "reason": "Đã viết dài"}

    answer = browser.post(page_of(browser, visit, 2), data=sent)

    assert answer.status_code == 409
    assert "sent this visit again" in answer.text
    assert "Đã viết dài" in answer.text


def test_after_the_decision_the_page_leads_back(approved: Visit, editor: Person, english: ClientOf) -> None:
    browser = english(editor)

    assert browser.get(page_of(browser, approved, 2)).location.endswith(f"/review/{approved.id}")
    answer = browser.post(page_of(browser, approved, 2), data={"q-greeted": "yes", "reason": "x"})
    assert answer.status_code == 409


@pytest.mark.parametrize("place", [0, 11, 99])
def test_there_is_no_such_question(place: int, visit: Visit, editor: Person, english: ClientOf) -> None:
    assert english(editor).get(f"/review/{visit.id}/questions/{place}/correct").status_code == 404


def test_a_second_editor_answers_on_the_page(
    visit: Visit, editor: Person, second: Person, english: ClientOf, session: Session
) -> None:
    made = correct(visit, editor)
    address = f"/review/{visit.id}/corrections/{made.id}"
    assert "Withdraw the correction" in english(editor).get(address).text
    browser = english(second)
    page = browser.get(address).text
    assert "Is the corrected answer right?" in page
    assert "Withdraw the correction" not in page

    assert browser.post(address, data={}).status_code == 422
    assert browser.post(address, data={"answer": "no"}).status_code == 422
    assert browser.post(address, data={"answer": "yes"}).status_code == 303
    assert browser.post(address, data={"answer": "yes"}).status_code == 303
    assert browser.post(address, data={"answer": "no", "note": "x"}).status_code == 409
    assert counted(visit)["greeted"] == YES


def test_withdrawing_on_the_page(visit: Visit, editor: Person, second: Person, english: ClientOf) -> None:
    made = correct(visit, editor)
    address = f"/review/{visit.id}/corrections/{made.id}/withdraw"

    assert english(second).post(address).status_code == 403
    assert english(editor).post(address).status_code == 303


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_see_none_of_it(
    who: str, visit: Visit, editor: Person, english: ClientOf, request: pytest.FixtureRequest
) -> None:
    made = correct(visit, editor)
    browser = english(cast(request, who))

    for address in ("questions/2/correct", f"corrections/{made.id}"):
        assert browser.get(f"/review/{visit.id}/{address}").status_code == 403
        assert browser.post(f"/review/{visit.id}/{address}", data={}).status_code == 403


def test_a_correction_of_another_visit_is_none_of_this_one(
    visit: Visit, approved: Visit, editor: Person, english: ClientOf
) -> None:
    assert english(editor).get(f"/review/{visit.id}/corrections/99").status_code == 404


# The shopper's page.


def test_the_shopper_sees_every_difference_and_no_name(
    visit: Visit, shopper: Person, editor: Person, english: ClientOf
) -> None:
    browser = english(shopper)
    assert "Your answers stand as you sent them" in browser.get(f"/visits/{visit.id}/changes").text
    correct(visit, editor)
    correct(visit, editor, "nps", {"value": 7})

    page = browser.get(f"/visits/{visit.id}/changes").text

    assert "1 correction needs your yes or no" in page
    assert "Được chào?" in page
    assert "Có giới thiệu không?" in page
    assert "7 / 10" in page
    assert "Ảnh cho thấy có chào" in page
    assert editor.name not in page


def test_the_shopper_says_yes_and_no(
    visit: Visit, shopper: Person, editor: Person, english: ClientOf, session: Session
) -> None:
    first, other = correct(visit, editor), correct(visit, editor, "skill", {"value": 3})
    browser, address = english(shopper), f"/visits/{visit.id}/changes"
    sent = {f"answer:{first.id}": "yes", f"answer:{other.id}": "no", f"note:{other.id}": ""}

    refused = browser.post(address, data=sent)
    assert refused.status_code == 422
    assert "Nothing is kept yet" in refused.text
    assert 'value="yes" checked' in refused.text
    assert counted(visit)["greeted"] == NO

    sent[f"note:{other.id}"] = "Năm điểm là đúng"
    assert browser.post(address, data=sent).status_code == 303
    assert browser.post(address, data=sent).status_code == 303  # a second tap
    session.expire_all()
    assert (counted(visit)["greeted"], counted(visit)["skill"]) == (YES, {"value": 5})
    assert "You said no on" in browser.get(address).text


def test_the_page_is_the_own_shoppers_alone(
    visit: Visit,
    other_shopper: Person,
    editor: Person,
    branch_manager: Person,
    english: ClientOf,
) -> None:
    address = f"/visits/{visit.id}/changes"
    made = correct(visit, editor)

    for person, status in ((other_shopper, 404), (editor, 403), (branch_manager, 403)):
        assert english(person).get(address).status_code == status
        answer = english(person).post(address, data={f"answer:{made.id}": "yes"})
        assert answer.status_code == status


def test_a_number_of_another_visit_is_refused(
    visit: Visit, shopper: Person, editor: Person, english: ClientOf
) -> None:
    correct(visit, editor)

    answer = english(shopper).post(f"/visits/{visit.id}/changes", data={"answer:999": "yes"})

    assert answer.status_code == 404
