"""The admin's payments: filters, choosing, the Excel file that adds up to the đồng."""

import io
import random
import re
from datetime import timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.payments import export, queries
from audit.payments.models import Payment
from audit.payments.queries import Sought
from audit.visits import evidence
from audit.visits.lifecycle import State
from tests import factories, stories
from tests.conftest import World
from tests.routes import ClientOf

AT = factories.AT


@pytest.fixture
def payments(
    session: Session, world: World, shopper: Person, other_shopper: Person, admin: Person
) -> list[Payment]:
    """Seven payments of two shoppers with odd amounts."""
    wave = factories.wave(world.client, admin)
    made = []
    chance = random.Random(7)
    for place in range(7):
        who = shopper if place % 2 else other_shopper
        visit = factories.visit(wave, world.branch, who, State.APPROVED)
        made.append(
            Payment(
                visit_id=visit.id,
                shopper_id=who.id,
                fee=chance.randrange(1, 900_000),
                expense=chance.randrange(0, 99_999),
                owed_at=AT,
                due_on=AT.date() + timedelta(days=place),
            )
        )
    session.add_all(made)
    session.commit()
    return made


def post(client: FlaskClient, path: str, **data: object) -> str:
    """What follows the redirect."""
    answer = client.post(path, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_list_says_how_many_and_how_much(
    payments: list[Payment], admin: Person, client_of: ClientOf
) -> None:
    text = client_of(admin).get("/payments").text
    assert "7 khoản chờ duyệt" in text
    total = sum(one.fee + one.expense for one in payments)
    assert f"{total:,}".replace(",", ".") in text


def test_ticked_ones_are_approved_and_paid(
    payments: list[Payment], admin: Person, client_of: ClientOf, session: Session
) -> None:
    client, ids = client_of(admin), [one.id for one in payments]
    assert "Đã duyệt 3 khoản" in post(client, "/payments/approve", payment=ids[:3])
    text = post(
        client, "/payments/paid?state=approved", payment=ids[:4], paid_on="14/11/2026", reference="VCB 1"
    )
    assert "Đã ghi nhận trả 3 khoản" in text
    session.expire_all()
    states = session.execute(select(Payment.id, Payment.state)).all()
    assert {row.id for row in states if row.state == "paid"} == set(ids[:3])


def test_an_admin_who_also_shops_approves_the_others_in_one_go(
    payments: list[Payment], admin: Person, client_of: ClientOf, session: Session
) -> None:
    own = payments[2]
    own.shopper_id = admin.id
    session.commit()
    client = client_of(admin)
    for state, path, more in (
        ("new", "approve", {}),
        ("approved", "paid", {"paid_on": "14/11/2026"}),
    ):
        page = client.get(f"/payments?state={state}").text
        ticked = re.findall(r'name="payment" value="(\d+)"[^>]* checked', page)
        assert {int(number) for number in ticked} == {one.id for one in payments} - {own.id}
        assert page.count("Của chính anh/chị: quản trị viên khác quyết định") == 1
        assert f'"seen:{own.id}"' not in page
        assert "6 khoản" in post(client, f"/payments/{path}", payment=ticked, **more)
        own.state, own.approved_at, own.approved_by_id = "approved", AT, admin.id
        session.commit()


def test_an_expense_reported_since_the_page_was_opened_is_not_approved_unseen(
    payments: list[Payment], admin: Person, client_of: ClientOf, session: Session
) -> None:
    client, changed = client_of(admin), payments[0]
    page = client.get("/payments").text
    shown = dict(re.findall(r'name="(seen:\d+)" value="(\d+)"', page))
    assert shown[f"seen:{changed.id}"] == str(changed.fee + changed.expense)
    changed.expense += 1
    session.commit()

    ticked = {"payment": [one.id for one in payments[:2]]}
    answer = client.post("/payments/approve", data={**ticked, **shown})

    assert answer.status_code == 422
    assert "Số tiền đã thay đổi" in answer.text
    session.expire_all()
    assert set(session.scalars(select(Payment.state))) == {"new"}
    shown[f"seen:{changed.id}"] = str(changed.fee + changed.expense)
    assert "Đã duyệt 2 khoản" in post(client, "/payments/approve", **ticked, **shown)


def test_nothing_ticked_or_a_wrong_day_is_said_and_nothing_typed_is_lost(
    payments: list[Payment], admin: Person, client_of: ClientOf
) -> None:
    client, ids = client_of(admin), [one.id for one in payments]
    answer = client.post("/payments/approve", data={})
    assert answer.status_code == 422
    assert "chọn ít nhất một khoản" in answer.text
    post(client, "/payments/approve", payment=ids)
    answer = client.post(
        "/payments/paid?state=approved",
        data={"payment": ids[1], "paid_on": "31/02/2026", "reference": "VCB 77"},
    )
    assert answer.status_code == 422
    assert 'value="31/02/2026"' in answer.text
    assert 'value="VCB 77"' in answer.text
    ticked = re.findall(r'name="payment" value="(\d+)"[^>]* checked', answer.text)
    assert ticked == [str(ids[1])]


def test_the_excel_file_adds_up_to_the_dong(
    payments: list[Payment], admin: Person, client_of: ClientOf
) -> None:
    answer = client_of(admin).get("/payments.xlsx?state=")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data()), data_only=True).active
    formulas = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    assert formulas is not None
    rows = list(sheet.iter_rows(values_only=True))
    body, last = rows[1:-1], rows[-1]
    assert len(body) == 7
    for place, want in ((6, "fee"), (7, "expense")):
        column = [row[place] for row in body]
        assert all(isinstance(value, int) for value in column)
        assert sum(column) == last[place] == sum(getattr(one, want) for one in payments)
    assert last[8] == sum(row[6] + row[7] for row in body)
    assert formulas.cell(len(rows), 9).value == "=SUM(I2:I8)"
    assert len({row[0] for row in body}) == 7


def test_a_filtered_file_holds_only_what_is_filtered(
    payments: list[Payment], admin: Person, shopper: Person, client_of: ClientOf
) -> None:
    answer = client_of(admin).get(f"/payments.xlsx?state=new&shopper={shopper.id}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    assert {row[1] for row in list(sheet.iter_rows(values_only=True))[1:-1]} == {shopper.name}


def test_a_name_that_looks_like_a_formula_stays_a_text(
    payments: list[Payment], admin: Person, shopper: Person, session: Session
) -> None:
    shopper.name = '=HYPERLINK("http://example.com")'
    session.commit()
    book = openpyxl.load_workbook(io.BytesIO(export.payments_xlsx(queries.all_payments(admin, Sought("")))))
    assert book.active is not None
    names = [row[1] for row in book.active.iter_rows(min_row=2)]
    found = [cell for cell in names if cell.value == shopper.name]
    assert found
    assert all(cell.data_type == "s" for cell in found)


def test_an_empty_file_has_a_sum_of_nothing(session: Session, admin: Person) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export.payments_xlsx([])))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][6:9] == [0, 0, 0]


@pytest.mark.parametrize("who", ["shopper", "editor", "branch_manager", "head_office"])
def test_nobody_but_admins_sees_payments(
    request: pytest.FixtureRequest, client_of: ClientOf, who: str
) -> None:
    client = client_of(request.getfixturevalue(who))
    assert client.get("/payments").status_code == 403
    assert client.get("/payments.xlsx").status_code == 403
    assert client.post("/payments/approve", data={"payment": 1}).status_code == 403


def test_a_receipt_is_for_its_shopper_and_the_admin(
    session: Session,
    world: World,
    shopper: Person,
    other_shopper: Person,
    editor: Person,
    admin: Person,
    client_of: ClientOf,
) -> None:
    from audit.payments import services

    wave = factories.wave(world.client, admin)
    visit = factories.visit(wave, world.branch, shopper, State.IN_PROGRESS)
    visit.terms = {**(visit.terms or {}), "expense_cap": 50_000}
    services.report_expense(visit, shopper, AT, 5_000, evidence.clean_copy(stories.picture()))
    session.commit()
    path = f"/payments/visits/{visit.id}/receipt"
    people = {"shopper": shopper, "admin": admin, "other": other_shopper, "editor": editor}
    found = {name: client_of(person).get(path).status_code for name, person in people.items()}
    assert found == {"shopper": 200, "admin": 200, "other": 404, "editor": 403}
