"""Correcting answers: a layer over the submission, with a second person's yes where the answer is scored."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.mails.models import Mail
from audit.review import corrections
from audit.review.corrected import corrections_of
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import Submission, Visit
from tests import stories
from tests.review.correcting import LATER, NO, YES, correct, counted, fresh, settle
from tests.review.ladder import ClientOf, state_of

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
    visit: Visit, editor: Person, english: ClientOf
) -> None:
    made = correct(visit, editor)

    answer = english(editor).post(f"/review/{visit.id}/approve", data={"round": "2"})

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


def test_a_yes_and_a_no_at_the_same_moment_are_one_of_them(
    app: Flask, visit: Visit, shopper: Person, editor: Person, second: Person
) -> None:
    made = correct(visit, editor)
    visit_id, people = visit.id, [(shopper.id, True), (second.id, False)]
    db.session.rollback()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def answer(person_id: int, agreed: bool) -> None:
        with app.app_context():
            person = db.session.get_one(Person, person_id)
            start.wait()
            try:
                locked = queries.locked_visit_for(person, visit_id)
                corrections.settle(locked, made_id, person, LATER, agreed=agreed, note="Vì sao")
                db.session.commit()
                outcomes.append("settled now")
            except Conflict as refusal:
                db.session.rollback()
                outcomes.append(refusal.code)
            db.session.remove()

    made_id = made.id
    db.session.rollback()
    threads = [threading.Thread(target=answer, args=one) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["settled", "settled now"]


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
    answers = {"old": {"value": "no"}, "new": {"value": "yes"}, "reason": "Ảnh cho thấy có chào"}
    assert found[0].data == {"correction": made.id, "question": "greeted", "waits": True, **answers}


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
