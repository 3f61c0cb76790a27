"""The shopper's money in plain words; expenses; appeals; grades."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden
from audit.i18n import clock
from audit.mails.models import Mail
from audit.payments import services as payments
from audit.payments.models import Expense, Payment
from audit.review import appeals, grades
from audit.review import services as review
from audit.review.layers import Appeal, Grade
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.routes import ClientOf

AT = factories.AT


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, admin: Person) -> Visit:
    """Submitted, with a fee of 150.000 and up to 80.000 for expenses."""
    found = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.ACCEPTED)
    found.terms = {**(found.terms or {}), "fee": 150_000, "expense_cap": 80_000}
    session.commit()
    stories.submitted(found, shopper)
    return found


def test_every_state_says_where_it_stands_and_what_blocks_it(
    session: Session, visit: Visit, shopper: Person, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    client = client_of(shopper)
    assert "đang kiểm tra" in client.get("/earnings").text
    stories.returned(visit, editor, {"greeted": "Chụp lại", "skill": "Ghi rõ"})
    assert "2 câu hỏi đang chờ anh/chị sửa" in client.get("/earnings").text
    stories.corrected(visit, shopper, {"greeted": "no", "skill": 4})
    stories.approved(visit, editor)
    text = client.get("/earnings").text
    assert "dự kiến nhận tiền trước 29/11/2026" in text
    assert "Chờ đơn vị khảo sát duyệt thanh toán" in text
    payment = session.scalars(select(Payment.id)).one()
    payments.approve_payments([payment], admin, AT)
    session.commit()
    assert "Đã duyệt thanh toán" in client.get("/earnings").text
    payments.mark_paid([payment], admin, AT, AT.date(), "VCB 42")
    session.commit()
    text = client.get("/earnings").text
    assert "Đã trả ngày 14/11/2026" in text
    assert "VCB 42" in text
    assert "150.000" in text


def test_an_expense_with_its_receipt(
    session: Session, visit: Visit, shopper: Person, client_of: ClientOf
) -> None:
    path = f"/visits/{visit.id}/expenses"
    sent = {"amount": "45.500", "note": "Gửi xe", "receipt": (io.BytesIO(stories.picture(5)), "hoa-don.jpg")}
    answer = client_of(shopper).post(path, data=sent, follow_redirects=True)
    assert answer.status_code == 200
    kept = session.scalars(select(Expense)).one()
    assert (kept.amount, kept.note) == (45_500, "Gửi xe")
    assert kept.receipt
    assert "45.500" in answer.text


@pytest.mark.parametrize("amount", ["90.000", "abc"])
def test_a_receipt_survives_a_refused_amount(
    session: Session, visit: Visit, shopper: Person, client_of: ClientOf, amount: str
) -> None:
    path = f"/visits/{visit.id}/expenses"
    sent = {"amount": amount, "note": "Gửi xe", "receipt": (io.BytesIO(stories.picture(5)), "hoa-don.jpg")}
    answer = client_of(shopper).post(path, data=sent)
    assert answer.status_code == 422
    assert "Ảnh hóa đơn đã được giữ" in answer.text
    kept = answer.text.split('name="kept" value="')[1].split('"')[0]
    again = {"amount": "45.500", "note": "Gửi xe", "kept": kept}
    assert client_of(shopper).post(path, data=again).status_code == 303
    assert session.scalars(select(Expense)).one().receipt


def test_a_made_up_receipt_is_not_believed(visit: Visit, shopper: Person, client_of: ClientOf) -> None:
    sent = {"amount": "45.500", "note": "", "kept": '["' + "a" * 64 + '"]'}
    answer = client_of(shopper).post(f"/visits/{visit.id}/expenses", data=sent)
    assert answer.status_code == 422
    assert 'id="receipt-problem"' in answer.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"amount": "90.000"}, "tối đa 80.000"),
        ({"amount": "abc"}, "150.000"),
        ({"amount": "1.000"}, "ảnh hóa đơn"),
        ({"amount": "1.000", "receipt": (io.BytesIO(b"%PDF-1.7 x"), "hoa-don.pdf")}, "PDF"),
    ],
)
def test_a_wrong_expense_is_said_at_its_field_and_stays_as_typed(
    session: Session, visit: Visit, shopper: Person, client_of: ClientOf, sent: dict[str, object], words: str
) -> None:
    answer = client_of(shopper).post(f"/visits/{visit.id}/expenses", data={**sent, "note": "Gửi xe"})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Gửi xe"' in answer.text
    assert f'value="{sent["amount"]}"' in answer.text
    assert session.scalars(select(Expense)).all() == []


def test_somebody_else_s_visit_does_not_exist(
    visit: Visit, other_shopper: Person, client_of: ClientOf
) -> None:
    client = client_of(other_shopper)
    for path in ("expenses", "appeal"):
        assert client.get(f"/visits/{visit.id}/{path}").status_code == 404
        assert client.post(f"/visits/{visit.id}/{path}", data={"amount": "1", "text": "x"}).status_code == 404
    assert str(visit.branch.name) not in client.get("/earnings").text


@pytest.fixture
def rejected(visit: Visit, editor: Person) -> Visit:
    """Rejected as fraud."""
    stories.rejected(visit, editor)
    return visit


def test_an_appeal_that_is_granted_brings_the_visit_back_to_review(
    session: Session, rejected: Visit, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    client, desk, path = client_of(shopper), client_of(admin), f"/visits/{rejected.id}/appeal"
    page = client.get(path).text
    assert "Ảnh cũ" in page
    for _twice in range(2):
        assert client.post(path, data={"text": "Ảnh chụp hôm đó, tôi còn hoá đơn."}).status_code == 303
    assert session.scalars(select(Mail.person_id).where(Mail.key.startswith("appeal:"))).all() == [admin.id]
    assert "tôi còn hoá đơn" in desk.get("/appeals").text
    answer = desk.post(f"/review/{rejected.id}/appeal", data={"granted": "yes", "answer": ""})
    assert answer.status_code == 422
    for _twice in range(2):
        sent = {"granted": "yes", "answer": "Hoá đơn khớp giờ."}
        assert desk.post(f"/review/{rejected.id}/appeal", data=sent).status_code == 303
    session.expire_all()
    assert rejected.state == State.SUBMITTED
    assert "Hoá đơn khớp giờ" in client.get(path).text
    posted = session.scalars(
        select(Mail.person_id).where(Mail.key.startswith("appeal:")).order_by(Mail.id)
    ).all()
    assert posted == [admin.id, shopper.id]


def test_a_declined_appeal_ends_there(
    session: Session, rejected: Visit, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    path = f"/visits/{rejected.id}/appeal"
    client_of(shopper).post(path, data={"text": "Tôi đã tới."})
    client_of(admin).post(
        f"/review/{rejected.id}/appeal", data={"granted": "no", "answer": "Ảnh của lượt khác."}
    )
    session.expire_all()
    assert rejected.state == State.REJECTED
    assert "Ảnh của lượt khác" in client_of(shopper).get(path).text
    assert f'href="{path}"' in client_of(shopper).get(f"/visits/{rejected.id}").text
    assert "<strong>Không chấp nhận</strong>" in client_of(admin).get(f"/review/{rejected.id}").text
    with pytest.raises(Conflict):
        appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, AT, "Lần nữa")


def test_a_second_rejection_is_not_told_as_a_success(
    session: Session, rejected: Visit, shopper: Person, editor: Person, admin: Person, client_of: ClientOf
) -> None:
    client, path = client_of(shopper), f"/visits/{rejected.id}/appeal"
    appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, AT, "Tôi đã tới.")
    back = AT + timedelta(days=1)
    appeals.answer(rejected, admin, back, granted=True, text="Ảnh rõ rồi.")
    session.commit()
    page = client.get(path).text
    assert ("<h1>Khiếu nại được chấp nhận</h1>" in page, "được kiểm tra lại" in page) == (True, True)
    assert f"từ {clock(back)}" in client.get("/earnings").text

    locked = visits.locked_visit_for(editor, rejected.id)
    review.reject(locked, editor, AT + timedelta(days=2), "Vẫn là ảnh cũ", fraud=True)
    session.commit()
    page = client.get(path).text
    assert "<h1>Lượt này bị từ chối lần nữa</h1>" in page
    assert "Vẫn là ảnh cũ" in page
    assert "chỉ được khiếu nại một lần" in page
    assert "Lượt này được kiểm tra lại" not in page
    with pytest.raises(Conflict):
        appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, back, "Lần nữa")


def test_who_rejected_does_not_answer_while_there_is_another_admin(
    session: Session, visit: Visit, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    stories.rejected(visit, admin)
    second = factories.person("Cao Thị Sen", RoleName.ADMIN)
    session.commit()
    locked = visits.locked_visit_for(shopper, visit.id)
    appeals.raise_appeal(locked, shopper, AT, "Tôi đã tới.")
    session.commit()
    asked = session.scalars(select(Mail.person_id).where(Mail.key.startswith("appeal:"))).all()
    assert asked == [second.id]

    sent = {"granted": "no", "answer": "Ảnh của lượt khác."}
    desk = client_of(admin)
    page = desk.get(f"/review/{visit.id}").text
    assert ('name="granted"' in page, "sẽ trả lời: Cao Thị Sen." in page) == (False, True)
    assert desk.post(f"/review/{visit.id}/appeal", data=sent).status_code == 403
    other = client_of(second)
    assert 'name="granted"' in other.get(f"/review/{visit.id}").text
    assert other.post(f"/review/{visit.id}/appeal", data=sent).status_code == 303


def test_the_only_admin_answers_also_what_they_rejected(
    session: Session, visit: Visit, shopper: Person, admin: Person
) -> None:
    stories.rejected(visit, admin)
    factories.person("Đã Nghỉ", RoleName.ADMIN, active=False)
    locked = visits.locked_visit_for(shopper, visit.id)
    appeals.raise_appeal(locked, shopper, AT, "Tôi đã tới.")
    assert appeals.answer(locked, admin, AT, granted=False, text="Ảnh của lượt khác.").granted is False
    session.commit()


def test_before_approval_the_page_says_how_long_the_money_takes(
    session: Session, visit: Visit, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    wanted = "trong 15 ngày kể từ khi được duyệt"
    client = client_of(shopper)
    assert wanted in client.get("/earnings").text
    stories.approved(visit, editor)
    assert wanted not in client.get("/earnings").text  # the day itself is told


def test_after_two_weeks_it_is_too_late(rejected: Visit, shopper: Person) -> None:
    end = appeals.rejections_of([rejected.id])[rejected.id].until
    visit = visits.locked_visit_for(shopper, rejected.id)
    with pytest.raises(Conflict):
        appeals.raise_appeal(visit, shopper, end + timedelta(seconds=1), "Muộn")
    assert appeals.raise_appeal(visit, shopper, end, "Vừa kịp").text == "Vừa kịp"


def test_only_an_admin_answers(rejected: Visit, shopper: Person, editor: Person, client_of: ClientOf) -> None:
    appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, AT, "Tôi đã tới.")
    db.session.commit()
    with pytest.raises(Forbidden):
        appeals.answer(rejected, editor, AT, granted=True, text="Được")
    assert client_of(editor).get("/appeals").status_code == 403
    assert client_of(editor).post(f"/review/{rejected.id}/appeal", data={}).status_code == 403


def test_an_answer_without_a_decision_is_none(
    session: Session, rejected: Visit, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    appeals.raise_appeal(rejected, shopper, AT, "Tôi đã tới.")
    session.commit()
    answer = client_of(admin).post(f"/review/{rejected.id}/appeal", data={"answer": "Ảnh của lượt khác."})
    assert answer.status_code == 422
    assert "Ảnh của lượt khác." in answer.text
    assert session.scalars(select(Appeal)).one().granted is None


def test_an_answer_without_a_reason_is_refused_at_its_field(
    rejected: Visit, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, AT, "Tôi đã tới.")
    db.session.commit()
    answer = client_of(admin).post(f"/review/{rejected.id}/appeal", data={"granted": "no", "answer": " "})
    assert answer.status_code == 422
    assert 'id="answer-wrong"' in answer.text
    assert '<a href="#appeal">' in answer.text


def test_the_page_of_a_rejected_visit_promises_no_score(
    rejected: Visit, editor: Person, client_of: ClientOf
) -> None:
    text = client_of(editor).get(f"/review/{rejected.id}").text
    assert "bị từ chối, không có điểm" in text
    assert "nếu duyệt" not in text


def test_an_empty_appeal_is_refused_at_its_field(
    rejected: Visit, shopper: Person, client_of: ClientOf
) -> None:
    answer = client_of(shopper).post(f"/visits/{rejected.id}/appeal", data={"text": "  "})
    assert answer.status_code == 422
    assert "vì sao lượt này nên được tính" in answer.text


def test_a_grade_with_its_note_reaches_the_shopper_and_the_newest_counts(
    session: Session, visit: Visit, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    stories.approved(visit, editor)
    path = f"/review/{visit.id}/grade"
    desk = client_of(editor)
    for grade, note in (("4", "Ảnh rõ"), ("4", "Ảnh rõ"), ("5", "Rất tốt")):
        assert desk.post(path, data={"grade": grade, "grade_note": note}).status_code == 303
    assert session.scalars(select(Grade.grade).order_by(Grade.id)).all() == [4, 5]
    text = client_of(shopper).get("/earnings").text
    assert "5 / 5: Rất tốt" in text
    assert "Ảnh rõ" not in text


@pytest.mark.parametrize(("grade", "note"), [("0", ""), ("6", ""), ("", ""), ("hai", ""), ("2", "")])
def test_a_wrong_grade_is_refused_and_the_note_stays(
    session: Session, visit: Visit, editor: Person, client_of: ClientOf, grade: str, note: str
) -> None:
    stories.approved(visit, editor)
    answer = client_of(editor).post(f"/review/{visit.id}/grade", data={"grade": grade, "grade_note": note})
    assert answer.status_code == 422
    assert session.scalars(select(Grade)).all() == []
    field = "note" if grade == "2" else "grade"
    assert f'id="{field}-wrong"' in answer.text
    assert 'aria-describedby="note-wrong"' in answer.text or field == "grade"
    assert '<a href="#grade">' in answer.text


def test_no_grade_before_the_decision_and_none_of_one_s_own(
    visit: Visit, editor: Person, shopper: Person
) -> None:
    with pytest.raises(Conflict):
        grades.give(visit, editor, AT, 5, "")
    with pytest.raises(Forbidden):
        grades.give(visit, shopper, AT, 5, "")


def test_the_database_keeps_an_answer(
    session: Session, rejected: Visit, shopper: Person, admin: Person
) -> None:
    appeals.raise_appeal(visits.locked_visit_for(shopper, rejected.id), shopper, AT, "Tôi đã tới.")
    appeals.answer(rejected, admin, AT, granted=False, text="Ảnh của lượt khác.")
    session.commit()
    for statement in ("UPDATE appeal SET answer = 'khác'", "DELETE FROM appeal"):
        with pytest.raises(IntegrityError, match="a decision stays"):
            session.execute(text(statement))
        session.rollback()
