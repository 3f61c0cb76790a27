"""Approving a visit: the score is made, once."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db
from audit.errors import AuditError
from audit.review import corrected, scorecards, services
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.visits import evidence, queries
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

SLACK = Fraction(10, 10**30)  # ten questions, each off by half a last digit at most


def approve(browser: object, visit: Visit, **data: str) -> tuple[int, str]:
    answer = browser.post(f"/review/{visit.id}/approve", data={"round": "2", **data})  # type: ignore[attr-defined]
    return answer.status_code, answer.text


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Scorecard.id))) or 0


@pytest.mark.parametrize("who", ["editor", "admin"])
def test_the_agency_approves_and_the_score_is_made(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest, session: Session
) -> None:
    person = cast(request, who)

    assert approve(client_of(person), visit)[0] == 303
    assert state_of(visit.id) == "approved"
    card = session.scalars(select(Scorecard)).one()
    assert card.result["overall_shown"] == "87.0"
    assert card.number.startswith("BANK-2026-")
    assert (card.made_by_id, card.released_at, card.context) == (person.id, None, None)
    assert [photo["question"] for photo in card.photos] == ["front"]


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_may_not_approve(
    who: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert approve(client_of(cast(request, who)), visit)[0] == 403
    assert state_of(visit.id) == "submitted"


@pytest.mark.parametrize("step", ["approve", "return", "reject"])
def test_nobody_decides_about_their_own_visit(
    step: str, visit: Visit, shopper: Person, client_of: ClientOf, session: Session
) -> None:
    shopper.grants.append(Grant(role=RoleName.EDITOR))
    session.commit()
    data = {"round": "2", "reason": "Đủ rồi", "fraud": "y"} | (
        {"note:greeted": "?"} if step == "return" else {}
    )

    answer = client_of(shopper).post(f"/review/{visit.id}/{step}", data=data)

    assert answer.status_code == 403
    assert "người khác duyệt" in answer.text
    assert state_of(visit.id) == "submitted"


def test_signed_out_one_is_asked_to_sign_in(visit: Visit, client_of: ClientOf) -> None:
    assert approve(client_of(None), visit)[0] in (302, 303, 401)
    assert state_of(visit.id) == "submitted"


def test_a_double_click_makes_one_scorecard(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)

    assert [approve(browser, visit)[0], approve(browser, visit)[0]] == [303, 303]
    assert count(session) == 1


def test_a_second_editor_is_told_that_it_is_done(
    visit: Visit, editor: Person, admin: Person, client_of: ClientOf, session: Session
) -> None:
    approve(client_of(editor), visit)

    assert approve(client_of(admin), visit)[0] == 409
    assert count(session) == 1


def test_typed_notes_are_not_lost_by_approving(visit: Visit, editor: Person, client_of: ClientOf) -> None:
    status, page = approve(client_of(editor), visit, **{"note:greeted": "Xem lại giúp"})

    assert status == 422
    assert "Xem lại giúp" in page
    assert state_of(visit.id) == "submitted"


@pytest.mark.parametrize("state", [one for one in State if one != State.SUBMITTED])
def test_only_what_is_submitted_is_approved(
    state: State,
    wave: Wave,
    world: World,
    shopper: Person,
    editor: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    visit = factories.visit(wave, world.branch, shopper, state)
    session.commit()

    assert approve(client_of(editor), visit)[0] == 409
    assert state_of(visit.id) == state
    assert count(session) == 0


def test_two_editors_at_once_make_one_scorecard(
    app: Flask, visit: Visit, editor: Person, admin: Person, session: Session
) -> None:
    evidence.prepare(visit.id)
    session.commit()
    people, visit_id = (editor.id, admin.id), visit.id
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def decide(person_id: int) -> None:
        with app.app_context():
            person = db.session.get_one(Person, person_id)
            start.wait()
            try:
                services.approve(queries.locked_visit_for(person, visit_id), person, stories.AT)
                db.session.commit()
                outcomes.append("approved")
            except AuditError as refusal:
                db.session.rollback()
                outcomes.append(refusal.code)
            db.session.remove()

    threads = [threading.Thread(target=decide, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved", "state"]
    assert count(session) == 1


def test_the_lines_add_up_to_what_is_missing_from_a_hundred(
    wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.submitted(visit, shopper, {"skill": 2, "solved": "later", "mess": ["dirty"], "greeted": "no"})
    card = stories.approved(visit, editor)

    lost = session.scalar(select(func.sum(ScorecardQuestion.lost)))
    possible = session.scalar(select(func.sum(ScorecardFactor.possible)))
    assert abs(Fraction(lost or 0) + Fraction(card.overall or 0) - 100) < SLACK
    assert abs(Fraction(possible or 0) - 100) < SLACK
    assert sum(Fraction(one["lost"]) for one in card.result["questions"]) == 100 - Fraction(
        card.result["overall"]
    )
    assert session.scalar(select(func.count()).select_from(ScorecardQuestion)) == 10


@pytest.mark.parametrize(
    ("exact", "kept"),
    [
        ("14/3", "4.666666666666666666666666666667"),
        ("-1150/283", "-4.063604240282685512367491166078"),
        ("100", "100"),
        ("1/3", "0.333333333333333333333333333333"),
    ],
)
def test_fractions_are_kept_with_thirty_decimals(exact: str, kept: str) -> None:
    assert scorecards.stored(exact) == Decimal(kept)


def test_what_was_submitted_is_scored_as_the_rows_are(visit: Visit, session: Session) -> None:
    submission = queries.submission_of(visit)
    assert submission is not None

    assert corrected.submitted_answers(submission) == queries.scoring_answers(visit)


def test_where_nothing_applied_there_is_no_score(
    world: World, admin: Person, shopper: Person, editor: Person, client_of: ClientOf, session: Session
) -> None:
    question = {
        "id": "lift",
        "type": "yesno",
        "factor": "a",
        "na": True,
        "text": factories.both("Thang máy?"),
    }
    document = {
        "title": factories.both("Ngắn"),
        "factors": [{"id": "a", "weight": 1}],
        "questions": [question],
    }
    visit = factories.visit(
        factories.wave(world.client, admin, factories.version(document)), world.branch, shopper
    )
    session.commit()
    stories.submitted(visit, shopper, {"lift": "na"})

    assert approve(client_of(editor), visit)[0] == 303
    card = session.scalars(select(Scorecard)).one()
    assert (card.status, card.overall, card.before_knockouts, card.result) == (
        "not_scorable",
        None,
        None,
        {"status": "not_scorable"},
    )
    stories.released(visit, admin)
    assert state_of(visit.id) == "released"


def test_an_unreadable_photo_stays_off_the_scorecard(
    wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf, session: Session
) -> None:
    visit = factories.visit(wave, world.branch, shopper)
    session.commit()
    stories.answered(visit, shopper)
    locked = queries.locked_visit_for(shopper, visit.id)
    evidence.add_photo(
        locked, shopper, stories.AT, uuid4(), "front", b"no photo", evidence.Taken(), keep_unreadable=True
    )
    stories.sent(visit, shopper)
    browser = client_of(editor)

    page = browser.get(f"/review/{visit.id}").text
    assert "Ảnh của câu 1: không phải ảnh" in page

    assert approve(browser, visit)[0] == 303
    assert len(session.scalars(select(Scorecard)).one().photos) == 1


@pytest.mark.parametrize(
    ("hours", "daypart", "day"),
    [
        (3, "morning", date(2026, 11, 14)),  # 10:59 in Hanoi
        (4, "noon", date(2026, 11, 14)),
        (7, "evening", date(2026, 11, 14)),
        (17, "morning", date(2026, 11, 15)),  # already tomorrow there
    ],
)
def test_day_and_daypart_are_the_branchs(hours: int, daypart: str, day: date, visit: Visit) -> None:
    midnight = stories.AT.replace(hour=0, minute=0)
    visit.visited_at = midnight + timedelta(hours=hours, minutes=59 if hours == 3 else 0)

    assert scorecards.when(visit, "Asia/Ho_Chi_Minh") == (day, daypart)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scorecard SET overall = 100, before_knockouts = 100",
        "UPDATE scorecard SET result = '{}'",
        "DELETE FROM scorecard",
        "UPDATE scorecard_question SET lost = 0",
        "UPDATE scorecard_factor SET score = 100",
        "DELETE FROM scorecard_question",
    ],
)
def test_the_database_refuses_to_change_a_scorecard(change: str, approved: Visit, session: Session) -> None:
    with pytest.raises(IntegrityError, match=r"never changes|append-only"):
        session.execute(text(change))
