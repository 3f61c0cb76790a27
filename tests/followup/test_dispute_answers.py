"""Answering a dispute: by whom, once; upheld makes a second edition, declined leaves the first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import db, now
from audit.errors import Conflict, Forbidden, Invalid
from audit.followup.models import Dispute, DisputeOutcome
from audit.mails.models import Mail
from audit.review.layers import Correction
from audit.review.models import Scorecard, ScorecardQuestion
from audit.trail.models import Entry
from audit.visits import queries
from tests import factories, stories
from tests.review.ladder import NOT_AGENCY
from tests.visits.test_double_tap import at_once

Browser = Callable[[Person | None], FlaskClient]
AT = factories.AT
YES = {"value": "yes"}


@pytest.fixture
def dispute(card: Scorecard, branch_manager: Person) -> Dispute:
    """The manager says that the customer was greeted."""
    return stories.disputed(card, branch_manager)


@pytest.fixture
def second_editor(session: Session) -> Person:
    """Did not approve the visit."""
    return factories.person("Ngô Bảo An", RoleName.EDITOR)


def editions(session: Session) -> list[Scorecard]:
    """All editions as the database has them now."""
    session.rollback()
    return list(session.scalars(select(Scorecard).order_by(Scorecard.edition)))


def keys(session: Session, like: str) -> set[int]:
    """Who was sent mails of this kind."""
    return set(session.scalars(select(Mail.person_id).where(Mail.key.like(like))))


def answer(**more: Any) -> dict[str, Any]:
    """A form that upholds."""
    return {"verdict": "upheld", "q-greeted": "yes", "reason": "Camera cho thấy đã chào.", **more}


def test_upheld_makes_a_second_edition_beside_the_first(
    dispute: Dispute, card: Scorecard, second_editor: Person, client_of: Browser, session: Session
) -> None:
    before = dict(card.result), dict(card.answers), card.overall, dict(card.context or {})
    sent = client_of(second_editor).post(f"/disputes/{dispute.id}/answer", data=answer())
    assert sent.status_code == 303
    first, second = editions(session)
    assert (first.result, first.answers, first.overall, first.context) == before
    assert (first.is_current, second.is_current) == (False, True)
    assert (second.number, second.edition, second.reason) == (first.number, 2, "Camera cho thấy đã chào.")
    assert second.answers["greeted"]["value"] == "yes"
    assert (first.answers["greeted"]["value"], second.overall) == ("no", 100)
    assert second.dispute_until == first.dispute_until
    assert second.released_at is not None
    assert second.context is not None
    lost = select(ScorecardQuestion.lost).where(ScorecardQuestion.question_id == "greeted")
    assert session.scalar(lost.where(ScorecardQuestion.scorecard_id == second.id)) == 0
    jobs = "SELECT task_name FROM procrastinate_jobs WHERE args ->> 'scorecard_id' = :id ORDER BY task_name"
    assert list(session.scalars(text(jobs), {"id": str(second.id)})) == [
        "after_release",
        "make_scorecard_files",
    ]


def test_upheld_leaves_a_layer_an_outcome_and_a_trail(
    dispute: Dispute, second_editor: Person, session: Session
) -> None:
    outcome = stories.upheld(dispute, second_editor, YES)
    layer = session.scalars(select(Correction)).one()
    assert (layer.old, layer.new, layer.by_id) == ({"value": "no"}, YES, second_editor.id)
    assert (outcome.correction_id, outcome.upheld) == (layer.id, True)
    assert outcome.scorecard_id == editions(session)[1].id
    kinds = session.scalars(
        select(Entry.kind).where(Entry.visit_id == layer.visit_id).order_by(Entry.id)
    ).all()
    wanted = ["dispute.raised", "correction.made", "scorecard.released", "dispute.upheld"]
    assert [kind for kind in kinds if kind in wanted] == wanted


def test_everybody_who_had_the_first_edition_is_told_without_figures(
    dispute: Dispute,
    second_editor: Person,
    session: Session,
    branch_manager: Person,
    area_manager: Person,
    head_office: Person,
    other_manager: Person,
    other_client: Person,
) -> None:
    stories.upheld(dispute, second_editor, YES)
    assert keys(session, "outcome:%") == {branch_manager.id}
    assert keys(session, "edition:%") == {area_manager.id, head_office.id}
    for mail in session.scalars(select(Mail).where(Mail.key.like("edition:%"))):
        assert "/scorecards/" in mail.body
        assert "100" not in mail.body + mail.subject


def test_declined_leaves_everything_and_says_why(
    dispute: Dispute,
    second_editor: Person,
    branch_manager: Person,
    head_office: Person,
    client_of: Browser,
    session: Session,
) -> None:
    reason = "Ảnh chụp lúc vào cho thấy không có ai ở cửa."
    sent = client_of(second_editor).post(
        f"/disputes/{dispute.id}/answer", data={"verdict": "declined", "reason": reason}
    )
    assert sent.status_code == 303
    assert len(editions(session)) == 1
    assert not session.scalars(select(Correction)).all()
    assert keys(session, "outcome:%") == {branch_manager.id}
    for person in (branch_manager, head_office, second_editor):
        page = client_of(person).get(f"/scorecards/{dispute.scorecard_id}").text
        assert reason in page
        assert (second_editor.name in page) == (person is second_editor)  # the client reads the agency's name


def test_who_approved_the_visit_answers_no_dispute_about_it(
    dispute: Dispute, editor: Person, client_of: Browser, session: Session
) -> None:
    browser, address = client_of(editor), f"/disputes/{dispute.id}"
    words = (
        "Anh/chị đã duyệt lượt ghé thăm này, nên khiếu nại này cần người khác của đơn vị khảo sát trả lời."
    )
    page = browser.get(address).text
    assert words in page
    assert 'name="verdict"' not in page
    for verdict in ("declined", "upheld"):
        sent = {"verdict": verdict, "reason": "Câu trả lời đúng.", "greeted": "yes"}
        assert browser.post(f"{address}/answer", data=sent).status_code == 422
    with pytest.raises(Forbidden):
        stories.declined(dispute, editor)
    session.rollback()
    assert not session.scalars(select(DisputeOutcome)).all()


def test_a_shopper_who_is_an_editor_does_not_judge_the_own_visit(
    dispute: Dispute, shopper: Person, session: Session
) -> None:
    shopper.grants.append(factories.Grant(role=RoleName.EDITOR))
    session.commit()
    for act in (lambda: stories.upheld(dispute, shopper, YES), lambda: stories.declined(dispute, shopper)):
        with pytest.raises(Forbidden):
            act()
        session.rollback()


@pytest.mark.parametrize("who", NOT_AGENCY)
def test_only_the_agency_answers(
    who: str, dispute: Dispute, client_of: Browser, session: Session, request: pytest.FixtureRequest
) -> None:
    browser = client_of(request.getfixturevalue(who))
    for address in ("/disputes", f"/disputes/{dispute.id}", "/disputes/rates"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"/disputes/{dispute.id}/answer", data=answer()).status_code == 403
    assert not session.scalars(select(DisputeOutcome)).all()


def test_twice_is_once(dispute: Dispute, second_editor: Person, client_of: Browser, session: Session) -> None:
    browser = client_of(second_editor)
    for _ in range(2):
        assert browser.post(f"/disputes/{dispute.id}/answer", data=answer()).status_code == 303
    assert len(editions(session)) == 2
    assert len(session.scalars(select(Correction)).all()) == 1


def test_another_ones_answer_comes_too_late_and_loses_no_word(
    dispute: Dispute, second_editor: Person, admin: Person, client_of: Browser, session: Session
) -> None:
    stories.declined(dispute, admin)
    late = client_of(second_editor).post(f"/disputes/{dispute.id}/answer", data=answer())
    assert late.status_code == 422
    assert "Camera cho thấy đã chào." in late.text
    assert len(editions(session)) == 1
    with pytest.raises(Conflict):
        stories.upheld(dispute, second_editor, YES)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"verdict": ""}, "verdict"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"reason": " "}, "reason"),
        ({"reason": "a" * 2001}, "reason"),
        ({"verdict": "declined", "reason": ""}, "reason"),
        ({"q-greeted": ""}, "q-greeted"),
        ({"q-greeted": "no"}, "q-greeted"),  # it says so already
        ({"q-greeted": "maybe"}, "q-greeted"),
    ],
)
def test_wrong_input_stays_on_the_page(
    sent: dict[str, str],
    said: str,
    dispute: Dispute,
    second_editor: Person,
    client_of: Browser,
    session: Session,
) -> None:
    page = client_of(second_editor).post(f"/disputes/{dispute.id}/answer", data=answer(**sent))
    assert page.status_code == 422
    at_field = page.text.split(f'id="{said}"')[0].rsplit("<", 1)[1] if said != "q-greeted" else ""
    assert "wrong" in page.text
    assert 'role="alert"' in page.text, at_field
    assert len(editions(session)) == 1
    assert not session.scalars(select(DisputeOutcome)).all()


def test_an_answer_that_leaves_a_gap_is_refused(
    lived: Callable[..., Scorecard], branch_manager: Person, second_editor: Person, session: Session
) -> None:
    card = lived({"queue": "no"})  # so nobody said how long one waited
    made = stories.disputed(card, branch_manager, "queue", "Có hàng chờ.")
    with pytest.raises(Invalid) as refused:
        stories.upheld(made, second_editor, YES)
    assert refused.value.details["field"] == "answer"
    session.rollback()
    assert [one.is_current for one in editions(session)] == [True]


@pytest.mark.parametrize(
    ("question", "values", "typed", "stored"),
    [
        ("solved", {"solved": "later"}, {"q-solved": "yes"}, {"value": "yes"}),
        ("solved", {"solved": "later"}, {"q-solved": "~na"}, {"na": True}),
        ("skill", {"skill": 2}, {"q-skill": "5"}, {"value": 5}),
        ("counters", {"counters": 3}, {"q-counters": "4"}, {"value": 4}),
        ("mess", {"mess": ["dirty"]}, {"q-mess": "~none"}, {"value": []}),
        (
            "wait",
            {"queue": "yes"},
            {"q-wait-start": "2026-11-14T10:10:00", "q-wait-end": "2026-11-14T10:11:00"},
            {"value": {"start": "2026-11-14T10:10:00+07:00", "end": "2026-11-14T10:11:00+07:00"}},
        ),
    ],
)
def test_every_kind_of_answer_can_be_corrected(
    question: str,
    values: dict[str, Any],
    typed: dict[str, str],
    stored: dict[str, Any],
    lived: Callable[..., Scorecard],
    branch_manager: Person,
    second_editor: Person,
    client_of: Browser,
    session: Session,
) -> None:
    made = stories.disputed(lived(values), branch_manager, question)
    browser = client_of(second_editor)
    assert f'name="q-{question}' in browser.get(f"/disputes/{made.id}").text
    sent = {"verdict": "upheld", "reason": "Đúng như chi nhánh nói.", **typed}
    assert browser.post(f"/disputes/{made.id}/answer", data=sent).status_code == 303
    assert session.scalars(select(Correction.new)).one() == stored
    assert browser.get(f"/disputes/{made.id}").status_code == 200


def test_a_second_dispute_builds_on_the_second_edition(
    lived: Callable[..., Scorecard], branch_manager: Person, second_editor: Person, session: Session
) -> None:
    card = lived({"greeted": "no", "skill": 2})
    one = stories.disputed(card, branch_manager, "greeted")
    other = stories.disputed(card, branch_manager, "skill", "Nhân viên có chứng chỉ.")
    stories.upheld(one, second_editor, YES)
    stories.upheld(other, second_editor, {"value": 5}, at=AT + timedelta(hours=7))
    third = editions(session)[2]
    assert (third.edition, third.is_current) == (3, True)
    assert (third.answers["greeted"]["value"], third.answers["skill"]["value"]) == ("yes", 5)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM dispute_outcome",
        "UPDATE dispute_outcome SET reason = 'x'",
        "UPDATE scorecard SET reason = 'x'",
    ],
)
def test_the_database_keeps_the_outcome(
    change: str, dispute: Dispute, second_editor: Person, session: Session
) -> None:
    stories.upheld(dispute, second_editor, YES)
    with pytest.raises(IntegrityError):
        session.execute(text(change))


def test_the_shopper_sees_the_difference(
    dispute: Dispute, second_editor: Person, shopper: Person, client_of: Browser
) -> None:
    stories.upheld(dispute, second_editor, YES)
    page = client_of(shopper).get(f"/visits/{dispute.visit_id}/changes")
    assert page.status_code == 200
    assert "Camera cho thấy nhân viên đã chào." in page.text


def test_the_visit_stays_released(dispute: Dispute, second_editor: Person) -> None:
    stories.upheld(dispute, second_editor, YES)
    db.session.rollback()
    assert queries.visit_for(second_editor, dispute.visit_id).state == "released"


def test_of_two_editors_at_the_same_moment_one_decides(
    dispute: Dispute, second_editor: Person, admin: Person, client_of: Browser, session: Session
) -> None:
    browsers = [client_of(second_editor), client_of(admin)] * 2
    address = f"/disputes/{dispute.id}/answer"
    answers = at_once(*(lambda one=one: one.post(address, data=answer()) for one in browsers))
    assert sorted(one.status_code for one in answers) == [303, 303, 422, 422]
    assert [one.is_current for one in editions(session)] == [False, True]
    assert len(session.scalars(select(DisputeOutcome)).all()) == 1


def test_of_two_who_object_at_the_same_moment_one_is_heard(
    lived: Callable[..., Scorecard],
    branch_manager: Person,
    head_office: Person,
    client_of: Browser,
    session: Session,
) -> None:
    card = lived({"greeted": "no"}, at=now() - timedelta(hours=2))
    browsers = [client_of(branch_manager), client_of(head_office)] * 2
    sent = {"question": "greeted", "fact": "Đã chào."}
    address = f"/scorecards/{card.id}/disputes/new"
    answers = at_once(*(lambda one=one: one.post(address, data=sent) for one in browsers))
    assert sorted(one.status_code for one in answers) == [303, 303, 422, 422]
    assert len(session.scalars(select(Dispute)).all()) == 1
