"""One editor at a time on one visit."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.mails.models import Mail
from audit.review import claims, services
from audit.trail.models import Entry
from audit.visits import queries
from audit.visits.models import ReturnNote, Visit
from tests import factories, stories
from tests.review.ladder import NOT_AGENCY, ClientOf, cast, state_of

AT = stories.AT + timedelta(hours=1)
NOTE = "Anh/chị ghi rõ ai chào và chào thế nào."
STEPS = ("claim", "give-back", "take-over", "hand-over")


@pytest.fixture
def other_editor(session: Session) -> Person:
    """A second one at the desk."""
    return factories.person("Ngô Bảo Châu", RoleName.EDITOR)


def holder(visit: Visit) -> int | None:
    """Who has it, as the database says."""
    db.session.rollback()
    return db.session.get_one(Visit, visit.id, populate_existing=True).claimed_by_id


def post(browser: FlaskClient, visit: Visit, step: str, **data: str) -> tuple[int, str]:
    answer = browser.post(f"/review/{visit.id}/{step}", data={"round": "2", **data})
    return answer.status_code, answer.text


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Entry.kind).order_by(Entry.id)))


def held(visit: Visit, editor: Person) -> None:
    """This editor has taken it."""
    claims.claim(queries.locked_visit_for(editor, visit.id), editor, AT)
    db.session.commit()


def test_an_editor_takes_a_visit_once(
    visit: Visit, editor: Person, client_of: ClientOf, session: Session
) -> None:
    browser = client_of(editor)

    assert [post(browser, visit, "claim")[0] for _twice in range(2)] == [303, 303]
    assert holder(visit) == editor.id
    assert kinds(session).count("visit.claimed") == 1
    assert "Anh/chị đang làm lượt này" in browser.get(f"/review/{visit.id}").text


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", NOT_AGENCY)
def test_others_have_no_hand_in_it(
    who: str, step: str, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    assert post(client_of(cast(request, who)), visit, step, claim_reason="Tôi làm")[0] == 403
    assert holder(visit) is None


@pytest.mark.parametrize("step", STEPS)
def test_an_unknown_visit_is_not_found(step: str, editor: Person, client_of: ClientOf) -> None:
    assert client_of(editor).post(f"/review/99999/{step}").status_code == 404


@pytest.mark.parametrize(
    ("step", "data"),
    [("return", {"note:greeted": NOTE}), ("approve", {}), ("reject", {"reason": "Giả", "fraud": "y"})],
)
def test_a_decision_about_anothers_visit_is_refused_with_nothing_lost(
    step: str, data: dict[str, str], visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf
) -> None:
    held(visit, editor)

    status, page = post(client_of(other_editor), visit, step, **data)

    assert status == 409
    assert "Phạm Ngọc Lan đang làm lượt này" in page
    assert all(text in page for name, text in data.items() if name != "fraud")
    assert state_of(visit.id) == "submitted"
    assert db.session.scalars(select(ReturnNote)).all() == []


def test_a_visit_held_by_another_shows_no_way_to_decide(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf
) -> None:
    held(visit, editor)

    page = client_of(other_editor).get(f"/review/{visit.id}").text

    assert 'id="approve"' not in page
    assert f"/review/{visit.id}/take-over" in page
    assert 'id="approve"' in client_of(editor).get(f"/review/{visit.id}").text


def test_taking_over_needs_a_reason_that_is_kept(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf, session: Session
) -> None:
    held(visit, editor)
    browser = client_of(other_editor)

    status, page = post(browser, visit, "take-over", claim_reason="  ", **{"note:greeted": NOTE})
    assert status == 422
    assert "Ghi lý do" in page
    assert NOTE in page
    assert holder(visit) == editor.id

    assert post(browser, visit, "take-over", claim_reason="Chị Lan nghỉ ốm")[0] == 303
    assert holder(visit) == other_editor.id
    entry = session.scalars(select(Entry).where(Entry.kind == "visit.handed_over")).one()
    assert (entry.by_id, entry.person_id) == (other_editor.id, other_editor.id)
    assert entry.data == {"before": editor.id, "to": other_editor.id, "reason": "Chị Lan nghỉ ốm"}
    page = client_of(editor).get(f"/review/{visit.id}").text
    assert "“Chị Lan nghỉ ốm”" in page  # for the one who had it
    assert page.index("Đã nhận kiểm duyệt") < page.index("Đã chuyển người kiểm duyệt")
    assert post(browser, visit, "approve")[0] == 303


def test_what_was_typed_is_there_after_taking_over(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf
) -> None:
    held(visit, editor)
    data = {"claim_reason": "Gấp", "note:greeted": NOTE}

    status, page = post(client_of(other_editor), visit, "take-over", **data)

    assert (status, holder(visit)) == (200, other_editor.id)
    assert NOTE in page
    assert 'id="return"' in page


def test_a_visit_is_handed_to_another_editor(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf
) -> None:
    held(visit, editor)

    assert post(client_of(editor), visit, "hand-over", claim_to=str(other_editor.id))[0] == 303
    assert holder(visit) == other_editor.id
    assert post(client_of(editor), visit, "approve")[0] == 409


@pytest.mark.parametrize("to", ["", "x", "999999", "shopper", "head_office"])
def test_only_an_editor_is_handed_a_visit(
    to: str, visit: Visit, editor: Person, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    held(visit, editor)
    chosen = to if not to.isidentifier() or to == "x" else str(cast(request, to).id)

    status, page = post(client_of(editor), visit, "hand-over", claim_to=chosen)

    assert status == 422
    assert "Chọn một biên tập viên" in page
    assert holder(visit) == editor.id


def test_who_does_not_have_it_hands_it_on_only_with_a_reason(
    visit: Visit, editor: Person, other_editor: Person, admin: Person, session: Session
) -> None:
    held(visit, editor)
    found = queries.locked_visit_for(admin, visit.id)

    with pytest.raises(Invalid):
        claims.hand_over(found, admin, AT, other_editor)
    claims.hand_over(found, admin, AT, other_editor, "Lan nghỉ phép")
    assert found.claimed_by_id == other_editor.id


def test_laid_down_it_is_free_for_everybody(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf
) -> None:
    held(visit, editor)

    assert post(client_of(other_editor), visit, "give-back")[0] == 409
    assert [post(client_of(editor), visit, "give-back")[0] for _twice in range(2)] == [303, 303]
    assert holder(visit) is None
    assert post(client_of(other_editor), visit, "claim")[0] == 303


def test_a_decision_ends_the_claim(
    visit: Visit, editor: Person, other_editor: Person, shopper: Person, session: Session
) -> None:
    held(visit, editor)
    stories.returned(visit, editor, {"greeted": NOTE})
    assert holder(visit) is None
    stories.corrected(visit, shopper, {"greeted": "yes"})

    stories.approved(visit, other_editor)

    assert (state_of(visit.id), holder(visit)) == ("approved", None)


def test_only_what_waits_is_claimed(approved: Visit, editor: Person, session: Session) -> None:
    with pytest.raises(Conflict):
        claims.claim(queries.locked_visit_for(editor, approved.id), editor, AT)
    claims.hold(queries.locked_visit_for(editor, approved.id), editor, AT)
    assert holder(approved) is None


def test_nobody_claims_or_gets_their_own_visit(visit: Visit, editor: Person, session: Session) -> None:
    visit.shopper_id = editor.id
    session.flush()

    with pytest.raises(Forbidden):
        claims.claim(visit, editor, AT)
    with pytest.raises(Invalid):
        claims.hand_over(visit, factories.person("Vũ Thư", RoleName.EDITOR), AT, editor)


def test_a_first_correction_claims_and_a_second_editor_is_told(
    visit: Visit, editor: Person, other_editor: Person, session: Session
) -> None:
    claims.hold(visit, editor, AT)

    with pytest.raises(Conflict, match="Phạm Ngọc Lan") as refusal:
        services.approve(visit, other_editor, AT)
    assert refusal.value.code == "claimed"


def test_two_editors_at_once_leave_one_with_it(
    app: Flask, visit: Visit, editor: Person, other_editor: Person, session: Session
) -> None:
    session.commit()
    visit_id = visit.id
    outcomes: dict[int, str] = {}
    start = threading.Barrier(2)

    def take(person_id: int) -> None:
        with app.app_context():
            person = db.session.get_one(Person, person_id)
            start.wait()
            try:
                claims.claim(queries.locked_visit_for(person, visit_id), person, AT)
                db.session.commit()
                outcomes[person_id] = "taken"
            except Conflict as refusal:
                db.session.rollback()
                outcomes[person_id] = refusal.code
            db.session.remove()

    threads = [threading.Thread(target=take, args=(one.id,)) for one in (editor, other_editor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes.values()) == ["claimed", "taken"]
    assert outcomes[holder(visit) or 0] == "taken"
    assert kinds(session).count("visit.claimed") == 1


def test_the_database_wants_a_claim_whole(visit: Visit, session: Session) -> None:
    visit.claimed_at = AT

    with pytest.raises(IntegrityError, match="claim_whole"):
        session.flush()


def test_a_stale_page_keeps_what_was_typed(
    visit: Visit, editor: Person, shopper: Person, client_of: ClientOf
) -> None:
    stories.returned(visit, editor, {"greeted": NOTE})
    stories.corrected(visit, shopper, {"greeted": "yes"})

    status, page = post(client_of(editor), visit, "return", **{"note:skill": "Vì sao anh/chị chấm 5?"})

    assert status == 409
    assert "Vì sao anh/chị chấm 5?" in page
    assert 'name="round" value="3"' in page  # sent again, it is about what is seen now


def test_notes_typed_too_late_can_be_copied(
    visit: Visit, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    stories.approved(visit, admin)

    status, page = post(client_of(editor), visit, "return", **{"note:skill": "Vì sao anh/chị chấm 5?"})

    assert status == 409
    assert "Vì sao anh/chị chấm 5?" in page


def handed(session: Session) -> list[Mail]:
    """The mails about visits that were handed over."""
    session.rollback()
    return list(session.scalars(select(Mail).where(Mail.key.startswith("handed:"))))


def test_who_is_handed_a_visit_gets_one_mail_without_a_word_of_it(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf, session: Session
) -> None:
    held(visit, editor)
    data = {"claim_to": str(other_editor.id), "claim_reason": "Nhờ chị xem ảnh"}
    for _twice in range(2):
        post(client_of(editor), visit, "hand-over", **data)

    (mail,) = handed(session)
    assert mail.address == other_editor.email
    assert f"/review/{visit.id}\n" in mail.body
    for word in (visit.branch.name, visit.client.name, editor.name, "Nhờ chị xem ảnh"):
        assert word not in mail.subject + mail.body


def test_taking_over_or_handing_to_oneself_sends_none(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf, session: Session
) -> None:
    held(visit, editor)
    assert post(client_of(other_editor), visit, "take-over", claim_reason="Gấp")[0] == 303
    assert post(client_of(other_editor), visit, "give-back")[0] == 303
    assert post(client_of(editor), visit, "hand-over", claim_to=str(editor.id))[0] == 303

    assert handed(session) == []
    assert holder(visit) == editor.id


def test_handed_back_and_forth_each_is_told_each_time(
    visit: Visit, editor: Person, other_editor: Person, client_of: ClientOf, session: Session
) -> None:
    held(visit, editor)
    for by, to in ((editor, other_editor), (other_editor, editor), (editor, other_editor)):
        assert post(client_of(by), visit, "hand-over", claim_to=str(to.id))[0] == 303

    assert sorted(mail.person_id for mail in handed(session)) == sorted(
        [editor.id, other_editor.id, other_editor.id]
    )
