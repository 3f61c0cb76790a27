"""The form of a wave: days and money as people write them, each mistake at its field."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World

Browser = Callable[[Person | None], FlaskClient]


def test_a_wave_is_added_with_money_as_people_write_it(
    client_of: Browser, session: Session, world: World, admin: Person
) -> None:
    version = factories.version()
    form = {
        "client_id": str(world.client.id),
        "version_id": str(version.id),
        "name": "Đợt hè",
        "starts_on": "01/06/2027",
        "ends_on": "2027-06-30",
        "fee": "150.000",
        "expense_cap": "1.050.000 ₫",
        "scenario": "",
    }
    browser = client_of(admin)
    assert browser.post("/waves/new", data=form).status_code == 303
    made = session.query(Wave).filter_by(name="Đợt hè").one()
    assert (made.fee, made.expense_cap, made.starts_on) == (150_000, 1_050_000, date(2027, 6, 1))
    again = browser.post("/waves/new", data=form)
    assert again.status_code == 422
    assert "đã có đợt mang tên này" in again.text


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("fee", "1.50", "Viết số tiền tròn đồng"),
        ("fee", "-5", "Viết số tiền tròn đồng"),
        ("fee", "99.000.000.000", "Số tiền quá lớn"),
        ("starts_on", "31/02/2027", "Đây không phải là ngày"),
        ("ends_on", "01/05/2027", "Ngày cuối không thể trước ngày đầu"),
        ("name", "", "Cần điền mục này"),
        ("client_id", "9999", "Hãy chọn một trong các phương án"),
        ("version_id", "", "Cần điền mục này"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    client_of: Browser, session: Session, world: World, admin: Person, field: str, typed: str, message: str
) -> None:
    version = factories.version()
    form = {
        "client_id": str(world.client.id),
        "version_id": str(version.id),
        "name": "Đợt hè",
        "starts_on": "2027-06-01",
        "ends_on": "2027-06-30",
        "fee": "150.000",
        "expense_cap": "0",
    }
    answer = client_of(admin).post("/waves/new", data={**form, field: typed})
    assert answer.status_code == 422
    problem = re.search(rf'id="{field}-problem">([^<]*)<', answer.text)
    assert problem is not None
    assert message in problem[1]
    assert "150.000" in answer.text or field == "fee"
    assert session.query(Wave).count() == 0
