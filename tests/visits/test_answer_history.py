"""No answer is ever lost: the newest one counts, every other one is kept."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.visits import answering, queries
from audit.visits.answering import Given
from audit.visits.models import AnswerHistory, Visit
from tests import factories, stories

NOON = factories.AT
EARLIER, LATER = NOON - timedelta(minutes=5), NOON + timedelta(minutes=5)


def give(visit: Visit, by: Person, value: object, at: datetime, comment: str = "") -> dict[str, int]:
    """One answer about the skill, given at that moment by the device's clock."""
    return answering.save_answers(visit, by, LATER, [Given("skill", value, False, comment, at)])


def kept(session: Session, visit: Visit) -> tuple[object, int, list[object]]:
    """The value that counts, its revision, and the others as they came."""
    row = queries.answers_of(visit)["skill"]
    session.refresh(row)
    history = session.scalars(select(AnswerHistory).order_by(AnswerHistory.id))
    return row.value, row.rev, [one.value for one in history]


def test_a_newer_answer_replaces_and_the_older_is_kept(
    visit: Visit, shopper: Person, session: Session
) -> None:
    give(visit, shopper, 2, EARLIER, "chưa rõ")
    assert give(visit, shopper, 5, NOON) == {"skill": 2}
    assert kept(session, visit) == (5, 2, [2])
    assert session.scalars(select(AnswerHistory)).one().comment == "chưa rõ"


def test_an_older_answer_that_arrives_late_is_only_kept(
    visit: Visit, shopper: Person, session: Session
) -> None:
    give(visit, shopper, 5, NOON)
    assert give(visit, shopper, 2, EARLIER) == {"skill": 1}
    assert kept(session, visit) == (5, 1, [2])


def test_the_same_again_leaves_no_second_trace(visit: Visit, shopper: Person, session: Session) -> None:
    for _ in range(3):
        give(visit, shopper, 5, NOON)
        give(visit, shopper, 2, EARLIER)
    assert kept(session, visit) == (5, 1, [2])


def test_clearing_an_answer_keeps_what_it_was(visit: Visit, shopper: Person, session: Session) -> None:
    give(visit, shopper, 5, EARLIER)
    give(visit, shopper, None, NOON)
    assert kept(session, visit) == (None, 2, [5])
    assert "skill" in queries.missing(visit)


@pytest.mark.parametrize("change", ["DELETE FROM answer_history", "UPDATE answer_history SET comment = 'x'"])
def test_the_database_keeps_the_history_as_it_is(
    visit: Visit, shopper: Person, session: Session, change: str
) -> None:
    give(visit, shopper, 5, NOON)
    give(visit, shopper, 2, EARLIER)
    session.commit()
    with pytest.raises(DBAPIError, match="answer_history"):
        session.execute(text(change))


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM submission",
        "UPDATE submission SET payload = '{}'",
        "UPDATE submission SET status = 'conflict'",
    ],
)
def test_the_database_keeps_what_was_submitted(
    visit: Visit, shopper: Person, session: Session, change: str
) -> None:
    stories.submitted(visit, shopper)
    with pytest.raises(IntegrityError, match="submission is append-only"):
        session.execute(text(change))


def test_the_database_takes_one_submission_of_a_round(
    visit: Visit, shopper: Person, session: Session
) -> None:
    stories.submitted(visit, shopper)
    again = """
        INSERT INTO submission (id, visit_id, round, status, at, by_id, payload, payload_sha256, receipt)
        SELECT gen_random_uuid(), visit_id, round, status, at, by_id, payload, payload_sha256, 'ANOTHER'
        FROM submission
    """
    with pytest.raises(IntegrityError, match="uq_submission_accepted"):
        session.execute(text(again))
