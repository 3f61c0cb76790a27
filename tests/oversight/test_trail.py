"""The trail: complete, unchangeable, readable by whom it concerns, exportable."""

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts import services as accounts
from audit.accounts.models import Person, RoleName
from audit.reports import tasks
from audit.review.models import Scorecard
from audit.trail.models import Entry
from audit.trail.services import record, record_apart
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World
from tests.routes import ClientOf

AT = factories.AT


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, editor: Person, admin: Person) -> Visit:
    """A released visit."""
    found = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    stories.submitted(found, shopper)
    stories.approved(found, editor)
    stories.released(found, admin)
    return found


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def test_steps_and_other_things_stand_in_one_list_the_newest_first(
    session: Session, visit: Visit, admin: Person, client_of: ClientOf
) -> None:
    record("dispute.raised", admin, AT + timedelta(days=3), visit_id=visit.id, reason="Quầy không mở")
    session.commit()
    text = page(client_of(admin), "/trail")
    order = [
        text.index(words) for words in ("Câu trả lời bị khiếu nại", "Đã phát hành", "Đã duyệt", "Đã nộp")
    ]
    assert order == sorted(order)
    assert "Quầy không mở" in text


def test_a_visit_s_own_trail_is_in_the_order_of_its_life_and_open_to_editors(
    visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    text = page(client_of(editor), f"/trail/visits/{visit.id}").split("<tbody>")[1]
    order = [text.index(words) for words in ("Đã nộp", "Đã duyệt", "Đã phát hành")]
    assert order == sorted(order)


def test_a_correction_is_told_with_the_question_s_number_and_both_answers(
    session: Session, visit: Visit, editor: Person, client_of: ClientOf
) -> None:
    about = {"question": "solved", "old": {"value": "later"}, "new": {"na": True}, "reason": "Ảnh phiếu"}
    record("correction.made", editor, AT + timedelta(days=1), visit_id=visit.id, **about)
    session.commit()
    row = (
        page(client_of(editor), f"/trail/visits/{visit.id}")
        .split("Câu trả lời được sửa")[1]
        .split("</tr>")[0]
    )
    assert all(
        words in row for words in ("câu hỏi: 6", "trước: later", "sau: Không áp dụng", "lý do: Ảnh phiếu")
    )


@pytest.mark.parametrize("who", ["shopper", "branch_manager", "area_manager", "head_office"])
def test_nobody_else_reads_it(
    request: pytest.FixtureRequest, visit: Visit, client_of: ClientOf, who: str
) -> None:
    client = client_of(request.getfixturevalue(who))
    for path in ("/trail", "/trail.csv", f"/trail/visits/{visit.id}"):
        page(client, path, 403)


def test_an_editor_reads_no_other_trail_than_that_of_visits(editor: Person, client_of: ClientOf) -> None:
    page(client_of(editor), "/trail", 403)
    page(client_of(editor), "/trail/visits/4711", 404)


@pytest.mark.parametrize("statement", ["UPDATE trail SET kind = 'a.b'", "DELETE FROM trail"])
def test_the_database_refuses_to_change_it(session: Session, admin: Person, statement: str) -> None:
    record("client.settings", admin, AT)
    session.commit()
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_what_was_not_committed_is_not_in_it(session: Session, admin: Person) -> None:
    record("client.settings", admin, AT)
    session.flush()
    session.rollback()
    assert session.scalars(select(Entry).where(Entry.kind == "client.settings")).all() == []


def test_apart_it_stays_although_the_request_fails(session: Session, admin: Person) -> None:
    session.commit()
    record_apart("export.downloaded", admin, AT, what="visits")
    session.rollback()
    assert session.scalars(select(Entry.kind).where(Entry.by_id == admin.id)).all() == ["export.downloaded"]


def test_a_client_s_download_is_in_it(
    session: Session, visit: Visit, branch_manager: Person, client_of: ClientOf
) -> None:
    card = session.scalars(select(Scorecard)).one()
    card_id = card.id
    tasks.make_scorecard_files(card_id)
    answer = client_of(branch_manager).get(f"/scorecards/{card_id}/pdf?language=vi")
    assert answer.status_code == 200
    entry = session.scalars(select(Entry).where(Entry.kind == "scorecard.downloaded")).one()
    assert (entry.by_id, entry.scorecard_id, entry.visit_id) == (branch_manager.id, card_id, visit.id)
    assert entry.data == {"language": "vi", "sha256": hashlib.sha256(answer.data).hexdigest()}


def test_rights_given_and_taken_are_in_it_with_their_reach(
    session: Session, world: World, admin: Person, editor: Person, client_of: ClientOf
) -> None:
    grant = accounts.add_grant(
        editor, RoleName.BRANCH_MANAGER, world.client.id, None, world.branch.id, by=admin, at=AT
    )
    session.flush()
    accounts.remove_grant(editor, grant.id, by=admin, at=AT + timedelta(hours=1))
    session.commit()
    found = session.scalars(select(Entry).where(Entry.kind.startswith("rights.")).order_by(Entry.id)).all()
    mine = [one for one in found if one.person_id == editor.id and one.by_id == admin.id]
    assert [one.kind for one in mine] == ["rights.granted", "rights.withdrawn"]
    assert all(
        one.data["branch_id"] == world.branch.id and world.branch.name in one.data["reach"] for one in mine
    )
    assert world.branch.name in page(client_of(admin), "/trail?kind=rights.")


def test_a_changed_account_names_the_fields_and_not_what_they_held(
    session: Session, admin: Person, editor: Person
) -> None:
    accounts.update_person(
        editor,
        name="Tên Mới",
        email=editor.email,
        phone=editor.phone,
        language="en",
        active=True,
        by=admin,
        at=AT,
    )
    session.commit()
    entry = session.scalars(select(Entry).where(Entry.kind == "person.changed")).one()
    assert entry.data == {"changed": ["name", "language"]}


@pytest.mark.parametrize(
    ("address", "shows", "hides"),
    [
        ("kind=alarm.", "Báo động", "Đã duyệt"),
        ("kind=visit.approve", "Đã duyệt", "Đã nộp"),
        ("since=2026-11-20", "Báo động", "Đã duyệt"),
        ("until=2026-11-14", "Đã duyệt", "Báo động"),
        ("person=không có ai", "Chưa có việc nào", "Đã duyệt"),
    ],
)
def test_filters_in_the_address(
    session: Session, visit: Visit, admin: Person, client_of: ClientOf, address: str, shows: str, hides: str
) -> None:
    record("alarm.raised", None, AT + timedelta(days=8), visit_id=visit.id)
    session.commit()
    table = page(client_of(admin), f"/trail?{address}").split("</form>")[-1]
    assert shows in table
    assert hides not in table


def test_a_day_that_is_none_is_said_at_its_field_and_stays(admin: Person, client_of: ClientOf) -> None:
    text = page(client_of(admin), "/trail?since=mai&visit=abc")
    assert 'value="mai"' in text
    assert "Đây không phải là ngày" in text
    assert 'value="abc"' in text


def test_only_so_many_stand_on_a_page(session: Session, admin: Person, client_of: ClientOf) -> None:
    for number in range(130):
        record("client.settings", admin, AT + timedelta(minutes=number), text=f"lần thứ {number}")
    session.commit()
    first, second = (page(client_of(admin), f"/trail?kind=client.&page={one}") for one in (1, 2))
    assert "lần thứ 129" in first
    assert "lần thứ 29<" not in first
    assert "lần thứ 29" in second
    assert "lần thứ 129" not in second


def test_the_table_holds_all_of_it_and_no_formula(
    session: Session, visit: Visit, admin: Person, client_of: ClientOf
) -> None:
    visit.branch.name = "=HYPERLINK(1)"
    session.commit()
    answer = client_of(admin).get(f"/trail.csv?visit={visit.id}")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]][-1].startswith("visit.")
    assert {"visit.submit", "visit.approve", "visit.release"} <= {row[3] for row in rows}
    assert {row[7] for row in rows[1:]} == {"'=HYPERLINK(1)"}
    assert session.scalars(select(Entry.kind).where(Entry.by_id == admin.id)).all() == ["export.downloaded"]


def test_looking_for_signs_is_not_told_as_an_editor_s_sign(
    session: Session, world: World, shopper: Person, admin: Person, client_of: ClientOf
) -> None:
    found = factories.visit(factories.wave(world.client, admin), world.branch, shopper, State.IN_PROGRESS)
    session.commit()
    stories.submitted(found, shopper)
    stories.looked_through(found)
    text = page(client_of(admin), f"/trail/visits/{found.id}")
    assert "Đã rà soát dấu hiệu" in text
    assert "Ảnh không có dữ liệu gốc" in text  # which ones were found
    assert "Người kiểm duyệt đặt" not in text


def test_the_table_of_one_kind_is_written_down_with_what_was_asked(
    session: Session, visit: Visit, admin: Person, client_of: ClientOf
) -> None:
    for kind in ("scorecard.released", "visit."):
        answer = client_of(admin).get(f"/trail.csv?kind={kind}&person=x&since=2026-01-01")
        assert answer.status_code == 200
        entry = session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert entry.kind == "export.downloaded"
        assert (entry.data["what"], entry.data["only"], entry.data["person"]) == ("trail", kind, "x")


def test_a_filter_that_cannot_be_read_exports_nothing_and_leads_to_what_is_wrong(
    session: Session, visit: Visit, admin: Person, client_of: ClientOf
) -> None:
    answer = client_of(admin).get("/trail.csv?since=mai", follow_redirects=True)
    assert answer.mimetype == "text/html"
    assert 'aria-invalid="true"' in answer.text
    assert session.scalars(select(Entry.kind).where(Entry.kind == "export.downloaded")).all() == []
