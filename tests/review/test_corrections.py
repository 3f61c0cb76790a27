"""Correcting answers: a layer over the submission, with a second person's yes where the answer is scored."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.mails.models import Mail
from audit.review import corrections
from audit.review.corrected import corrections_of, effective
from audit.review.layers import Correction
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import Submission, Visit
from tests import factories, stories
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

LATER = stories.AT + timedelta(hours=2)
YES: dict[str, Any] = {"value": "yes"}
NO: dict[str, Any] = {"value": "no"}


def fresh(visit: Visit, by: Person) -> Visit:
    return queries.locked_visit_for(by, visit.id)


def correct(visit: Visit, by: Person, question: str = "greeted", new: Any = None, **more: Any) -> Correction:
    """A correction as its page makes it, committed."""
    made = corrections.correct(
        fresh(visit, by), question, YES if new is None else new, "Ảnh cho thấy có chào", by, LATER, **more
    )
    db.session.commit()
    return made


def settle(visit: Visit, made: Correction, by: Person, agreed: bool, note: str = "") -> Correction:
    found = corrections.settle(fresh(visit, by), made.id, by, LATER, agreed=agreed, note=note)
    db.session.commit()
    return found


def counted(visit: Visit) -> dict[str, Any]:
    """The answers that count now."""
    submission = queries.submission_of(visit)
    assert submission is not None
    return effective(visit, submission).answers


@pytest.fixture
def client_of(client_of: ClientOf) -> ClientOf:
    """Everybody reads English here."""

    def in_english(person: Person | None) -> FlaskClient:
        if person is not None:
            person.language = "en"
        return client_of(person)

    return in_english


@pytest.fixture
def second(session: Session) -> Person:
    """Another editor."""
    made = factories.person("Biên tập hai", RoleName.EDITOR)
    session.commit()
    return made


# The layer itself.


def test_what_was_sent_stays_and_the_correction_lies_over_it(
    visit: Visit, shopper: Person, editor: Person, session: Session
) -> None:
    made = correct(visit, editor)
    assert (made.old, made.new, made.round, made.needs_consent) == (NO, YES, 1, True)
    assert counted(visit)["greeted"] == NO  # nobody has said yes

    settle(visit, made, shopper, True)

    assert counted(visit)["greeted"] == YES
    submission = session.scalars(select(Submission)).one()
    assert submission.payload["answers"]["greeted"]["value"] == "no"


def test_the_scorecard_is_made_of_what_counts(
    visit: Visit, shopper: Person, editor: Person, session: Session
) -> None:
    settle(visit, correct(visit, editor), shopper, True)

    card = stories.approved(visit, editor)

    assert card.result["overall_shown"] == "100.0"  # 87.0 without it
    assert card.answers["greeted"]["value"] == "yes"


def test_a_correction_that_was_declined_does_not_count(visit: Visit, shopper: Person, editor: Person) -> None:
    settle(visit, correct(visit, editor), shopper, False, "Không ai chào tôi")

    assert stories.approved(visit, editor).result["overall_shown"] == "87.0"


def test_an_answer_without_points_is_corrected_at_once(visit: Visit, editor: Person) -> None:
    made = correct(visit, editor, "nps", {"value": 7})

    assert not made.needs_consent
    assert counted(visit)["nps"] == {"value": 7}
    assert stories.approved(visit, editor).answers["nps"] == {"value": 7}


def test_a_question_that_brings_up_a_scored_one_is_scored(visit: Visit) -> None:
    scored = {name for name in queries.checklist_of(visit).questions if corrections.counts(visit, name)}

    assert scored == {"greeted", "queue", "wait", "skill", "solved", "mess"}


def test_corrections_follow_each_other(visit: Visit, editor: Person) -> None:
    correct(visit, editor, "nps", {"value": 7})
    second = correct(visit, editor, "nps", {"value": 3})

    assert second.old == {"value": 7}
    assert counted(visit)["nps"] == {"value": 3}


def test_not_applicable_is_an_answer_too(visit: Visit, shopper: Person, editor: Person) -> None:
    settle(visit, correct(visit, editor, "solved", {"na": True}), shopper, True)

    assert counted(visit)["solved"] == {"na": True}


# Rounds: what the shopper says anew is not covered by what was corrected before.


def test_a_correction_holds_as_long_as_the_answer_under_it(
    visit: Visit, shopper: Person, editor: Person
) -> None:
    correct(visit, editor, "nps", {"value": 7})
    correct(visit, editor, "counters", {"value": 2})
    stories.returned(visit, editor, {"counters": "Đếm lại giúp"}, LATER)

    stories.corrected(visit, shopper, {"counters": 5})

    assert counted(visit)["nps"] == {"value": 7}
    assert counted(visit)["counters"] == {"value": 5}


def test_one_that_waits_is_void_once_the_shopper_answered_anew(
    visit: Visit, shopper: Person, editor: Person
) -> None:
    made = correct(visit, editor)
    stories.returned(visit, editor, {"greeted": "Xem lại"}, LATER)
    stories.corrected(visit, shopper, {"greeted": "yes"})

    with pytest.raises(Conflict) as refused:
        settle(visit, made, shopper, True)
    assert refused.value.code == "stale"
    db.session.rollback()
    assert stories.approved(visit, editor).result["overall_shown"] == "100.0"


def test_the_shopper_may_say_yes_while_the_visit_is_returned(
    visit: Visit, shopper: Person, editor: Person
) -> None:
    made = correct(visit, editor)
    stories.returned(visit, editor, {"counters": "Đếm lại giúp"}, LATER)
    settle(visit, made, shopper, True)
    stories.corrected(visit, shopper, {"counters": 5})

    assert counted(visit)["greeted"] == YES


# Consent.


def test_nothing_is_approved_while_a_correction_waits(
    visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    made = correct(visit, editor)

    answer = client_of(editor).post(f"/review/{visit.id}/approve", data={"round": "2"})

    assert answer.status_code == 409
    assert "A correction still waits" in answer.text
    assert state_of(visit.id) == "submitted"
    corrections.withdraw(fresh(visit, editor), made.id, editor, LATER)
    db.session.commit()
    assert stories.approved(visit, editor).result["overall_shown"] == "87.0"


def test_a_second_editor_may_say_yes(visit: Visit, editor: Person, second: Person) -> None:
    made = settle(visit, correct(visit, editor), second, True)

    assert made.consent is not None
    assert (made.consent.capacity, made.consent.by_id) == ("editor", second.id)
    assert counted(visit)["greeted"] == YES


def test_whoever_corrected_is_no_second_person(visit: Visit, editor: Person) -> None:
    made = correct(visit, editor)

    with pytest.raises(Forbidden):
        settle(visit, made, editor, True)


def test_the_database_knows_that_too(visit: Visit, editor: Person, session: Session) -> None:
    made = correct(visit, editor)

    with pytest.raises(IntegrityError, match="ck_correction_consent_somebody_else"):
        session.execute(
            text(
                "INSERT INTO correction_consent (correction_id, proposed_by_id, agreed, capacity, note, by_id, at)"
                " VALUES (:id, :by, true, 'editor', '', :by, now())"
            ),
            {"id": made.id, "by": editor.id},
        )


@pytest.mark.parametrize("table", ["correction", "correction_consent"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_nothing_of_it_changes_afterwards(
    table: str, verb: str, visit: Visit, shopper: Person, editor: Person, session: Session
) -> None:
    settle(visit, correct(visit, editor), shopper, True)

    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(verb.format(table)))


def test_a_no_needs_its_reason_and_is_said_once(
    visit: Visit, shopper: Person, editor: Person, second: Person
) -> None:
    made = correct(visit, editor)
    with pytest.raises(Invalid) as refused:
        settle(visit, made, shopper, False, " ")
    assert refused.value.details["field"] == "note"

    settle(visit, made, shopper, False, "Không đúng")
    settle(visit, made, shopper, False, "Không đúng")  # a second click

    with pytest.raises(Conflict):
        settle(visit, made, second, True)


def test_only_its_editor_and_the_admin_withdraw(
    visit: Visit, editor: Person, second: Person, admin: Person
) -> None:
    made = correct(visit, editor)
    with pytest.raises(Forbidden):
        corrections.withdraw(fresh(visit, second), made.id, second, LATER)

    for _click in range(2):
        corrections.withdraw(fresh(visit, admin), made.id, admin, LATER)

    assert counted(visit)["greeted"] == NO
    with pytest.raises(Conflict):
        settle(visit, made, second, True)


# What is refused.


@pytest.mark.parametrize(
    ("question", "new", "field"),
    [
        ("greeted", NO, "answer"),  # changes nothing
        ("greeted", {"value": "maybe"}, "answer"),
        ("greeted", {"na": True}, "answer"),  # not offered
        ("greeted", {}, "answer"),
        ("greeted", {"value": None}, "answer"),
        ("greeted", {"value": "yes", "na": True}, "answer"),
        ("greeted", {"value": "yes", "comment": "x"}, "answer"),
        ("skill", {"value": 6}, "answer"),
        ("remark", {"value": "Khác"}, "answer"),  # words are covered, not corrected
        ("front", {"value": "x"}, "answer"),
    ],
)
def test_what_does_not_fit_is_refused(
    question: str, new: dict[str, Any], field: str, visit: Visit, editor: Person, session: Session
) -> None:
    with pytest.raises(Invalid) as refused:
        correct(visit, editor, question, new)

    assert refused.value.details["field"] == field
    session.rollback()
    assert corrections_of(visit) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_reason_is_needed(reason: str, visit: Visit, editor: Person) -> None:
    with pytest.raises(Invalid) as refused:
        corrections.correct(fresh(visit, editor), "greeted", YES, reason, editor, LATER)
    assert refused.value.details["field"] == "reason"


def test_an_answer_that_would_owe_a_photo_goes_back_to_the_shopper(visit: Visit, editor: Person) -> None:
    with pytest.raises(Invalid, match="6"):
        correct(visit, editor, "solved", {"value": "no"})  # "on_loss", and no photo was taken


def test_an_answer_that_hides_another_one_is_fine(visit: Visit, shopper: Person, editor: Person) -> None:
    settle(visit, correct(visit, editor, "queue", NO), shopper, True)

    card = stories.approved(visit, editor)

    assert {one["id"]: one["state"] for one in card.result["questions"]}["wait"] == "hidden"


def test_unknown_questions_and_hidden_ones_are_refused(visit: Visit, shopper: Person, editor: Person) -> None:
    with pytest.raises(NotFound):
        correct(visit, editor, "nothing")
    settle(visit, correct(visit, editor, "queue", NO), shopper, True)
    times = {"start": "2026-11-14T10:10:00+07:00", "end": "2026-11-14T10:20:00+07:00"}
    with pytest.raises(Invalid):
        correct(visit, editor, "wait", {"value": times})


def test_one_correction_of_an_answer_waits_at_a_time(visit: Visit, editor: Person, second: Person) -> None:
    first = correct(visit, editor, "skill", {"value": 3})
    assert correct(visit, editor, "skill", {"value": 3}).id == first.id  # a second click

    with pytest.raises(Conflict) as refused:
        correct(visit, editor, "skill", {"value": 2})
    assert refused.value.code == "waits"


def test_nobody_corrects_what_another_editor_has(visit: Visit, editor: Person, second: Person) -> None:
    correct(visit, editor)

    with pytest.raises(Conflict) as refused:
        correct(visit, second, "nps", {"value": 1})
    assert refused.value.code == "claimed"


def test_a_stale_page_corrects_nothing(visit: Visit, editor: Person) -> None:
    with pytest.raises(Conflict) as refused:
        correct(visit, editor, seen=1)
    assert refused.value.code == "stale"


def test_after_approval_nothing_is_corrected(approved: Visit, editor: Person, second: Person) -> None:
    with pytest.raises(Conflict):
        correct(approved, second, "nps", {"value": 1})


def test_a_dispute_is_upheld_by_somebody_else_than_the_approver(
    approved: Visit, editor: Person, second: Person, admin: Person
) -> None:
    stories.released(approved, admin)
    with pytest.raises(Forbidden):
        correct(approved, editor, for_dispute=True)
    with pytest.raises(Conflict):
        correct(approved, second)

    made = correct(approved, second, for_dispute=True)

    assert not made.needs_consent
    assert counted(approved)["greeted"] == YES


def test_the_shopper_is_no_editor_of_the_own_visit(visit: Visit, shopper: Person, session: Session) -> None:
    shopper.grants.append(Grant(role=RoleName.EDITOR))
    session.commit()

    with pytest.raises(Forbidden):
        correct(visit, shopper)


def test_people_of_a_client_correct_nothing(visit: Visit, head_office: Person, editor: Person) -> None:
    with pytest.raises(Forbidden):
        corrections.correct(fresh(visit, editor), "greeted", YES, "x", head_office, LATER)


# The trail and the mail.


def test_each_step_is_in_the_trail(visit: Visit, shopper: Person, editor: Person, session: Session) -> None:
    made = correct(visit, editor)
    settle(visit, made, shopper, False, "Không đúng")

    found = session.scalars(select(Entry).where(Entry.kind.like("correction.%")).order_by(Entry.id)).all()

    assert [(one.kind, one.by_id, one.visit_id) for one in found] == [
        ("correction.made", editor.id, visit.id),
        ("correction.declined", shopper.id, visit.id),
    ]
    assert found[0].data == {"correction": made.id, "question": "greeted", "waits": True}


def test_the_shopper_is_mailed_once_for_several(
    visit: Visit, shopper: Person, editor: Person, session: Session
) -> None:
    shopper.email, shopper.language = "khach@example.vn", "en"
    session.commit()

    correct(visit, editor, "nps", {"value": 7})
    correct(visit, editor)  # the first that needs a yes
    correct(visit, editor, "skill", {"value": 3})

    mails = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [one.subject for one in mails] == [
        "The agency has corrected an answer of yours",
        "An answer of yours was corrected: please say yes or no",
    ]
    assert f"/visits/{visit.id}/changes" in mails[1].body
    assert "Được chào" not in mails[1].body


# The pages.


def page_of(browser: FlaskClient, visit: Visit, place: int) -> str:
    return f"/review/{visit.id}/questions/{place}/correct"


def test_an_editor_corrects_on_the_page(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)
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
    place: int, sent: dict[str, str], says: str, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(editor)

    answer = browser.post(page_of(browser, visit, place), data={"round": "2", **sent})

    assert answer.status_code == 422
    assert says in answer.text
    assert sent["reason"] in answer.text


def test_a_stale_page_keeps_the_text(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    browser = client_of(editor)
    sent = {"round": "1", "q-greeted": "yes", "reason": "Đã viết dài"}

    answer = browser.post(page_of(browser, visit, 2), data=sent)

    assert answer.status_code == 409
    assert "sent this visit again" in answer.text
    assert "Đã viết dài" in answer.text


def test_after_the_decision_the_page_leads_back(approved: Visit, editor: Person, client_of: ClientOf) -> None:
    browser = client_of(editor)

    assert browser.get(page_of(browser, approved, 2)).location.endswith(f"/review/{approved.id}")
    answer = browser.post(page_of(browser, approved, 2), data={"q-greeted": "yes", "reason": "x"})
    assert answer.status_code == 409


@pytest.mark.parametrize("place", [0, 11, 99])
def test_there_is_no_such_question(place: int, visit: Visit, editor: Person, client_of: ClientOf) -> None:
    assert client_of(editor).get(f"/review/{visit.id}/questions/{place}/correct").status_code == 404


def test_a_second_editor_answers_on_the_page(
    visit: Visit, editor: Person, second: Person, client_of: ClientOf, session: Session
) -> None:
    made = correct(visit, editor)
    address = f"/review/{visit.id}/corrections/{made.id}"
    assert "Withdraw the correction" in client_of(editor).get(address).text
    browser = client_of(second)
    page = browser.get(address).text
    assert "Is the corrected answer right?" in page
    assert "Withdraw the correction" not in page

    assert browser.post(address, data={}).status_code == 422
    assert browser.post(address, data={"answer": "no"}).status_code == 422
    assert browser.post(address, data={"answer": "yes"}).status_code == 303
    assert browser.post(address, data={"answer": "yes"}).status_code == 303
    assert browser.post(address, data={"answer": "no", "note": "x"}).status_code == 409
    assert counted(visit)["greeted"] == YES


def test_withdrawing_on_the_page(visit: Visit, editor: Person, second: Person, client_of: ClientOf) -> None:
    made = correct(visit, editor)
    address = f"/review/{visit.id}/corrections/{made.id}/withdraw"

    assert client_of(second).post(address).status_code == 403
    assert client_of(editor).post(address).status_code == 303


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_see_none_of_it(
    who: str, visit: Visit, editor: Person, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    made = correct(visit, editor)
    browser = client_of(cast(request, who))

    for address in ("questions/2/correct", f"corrections/{made.id}"):
        assert browser.get(f"/review/{visit.id}/{address}").status_code == 403
        assert browser.post(f"/review/{visit.id}/{address}", data={}).status_code == 403


def test_a_correction_of_another_visit_is_none_of_this_one(
    visit: Visit, approved: Visit, editor: Person, client_of: ClientOf
) -> None:
    assert client_of(editor).get(f"/review/{visit.id}/corrections/99").status_code == 404


# The shopper's page.


def test_the_shopper_sees_every_difference_and_no_name(
    visit: Visit, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    browser = client_of(shopper)
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
    visit: Visit, shopper: Person, editor: Person, client_of: ClientOf, session: Session
) -> None:
    first, other = correct(visit, editor), correct(visit, editor, "skill", {"value": 3})
    browser, address = client_of(shopper), f"/visits/{visit.id}/changes"
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
    client_of: ClientOf,
) -> None:
    address = f"/visits/{visit.id}/changes"
    made = correct(visit, editor)

    for person, status in ((other_shopper, 404), (editor, 403), (branch_manager, 403)):
        assert client_of(person).get(address).status_code == status
        answer = client_of(person).post(address, data={f"answer:{made.id}": "yes"})
        assert answer.status_code == status


def test_a_number_of_another_visit_is_refused(
    visit: Visit, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    correct(visit, editor)

    answer = client_of(shopper).post(f"/visits/{visit.id}/changes", data={"answer:999": "yes"})

    assert answer.status_code == 404
