"""Owing, reporting expenses, approving, paying: once each, within the terms, by whom it is for."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.errors import AuditError, Conflict, Forbidden, Invalid
from audit.payments import services
from audit.payments.models import Expense, Payment
from audit.trail.models import Entry
from audit.visits import evidence
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World

AT = factories.AT


@pytest.fixture
def visit(session: Session, world: World, shopper: Person, admin: Person) -> Visit:
    """Submitted, with a fee of 150.000 and up to 80.000 for expenses."""
    wave = factories.wave(world.client, admin)
    found = factories.visit(wave, world.branch, shopper, State.ACCEPTED)
    found.fee, found.expense_cap = 150_000, 80_000
    found.terms = {**(found.terms or {}), "fee": 150_000, "expense_cap": 80_000}
    session.commit()
    stories.submitted(found, shopper)
    return found


@pytest.fixture
def receipt() -> str:
    """A clean copy of a receipt."""
    return evidence.clean_copy(stories.picture(3))


def test_approval_owes_the_fee_of_the_terms_once(session: Session, visit: Visit, editor: Person) -> None:
    visit.fee = 1  # changed afterwards: the terms as accepted count
    session.commit()
    stories.approved(visit, editor)
    services.owe(visit, AT + timedelta(days=9))
    payment = session.scalars(select(Payment)).one()
    assert (payment.fee, payment.expense, payment.state) == (150_000, 0, "new")
    assert payment.due_on == date(2026, 11, 29)  # fifteen days after the approval


@pytest.mark.parametrize("state", [State.REJECTED, State.RETURNED])
def test_what_is_not_approved_earns_nothing(
    session: Session, visit: Visit, editor: Person, state: State
) -> None:
    if state == State.RETURNED:
        stories.returned(visit, editor, {"greeted": "Chụp lại"})
    else:
        stories.rejected(visit, editor)
    assert session.scalars(select(Payment)).all() == []


def test_an_expense_reported_before_the_approval_is_in_the_payment(
    session: Session, visit: Visit, shopper: Person, editor: Person, receipt: str
) -> None:
    services.report_expense(visit, shopper, AT, 45_500, receipt, "Gửi xe, nước")
    session.commit()
    stories.approved(visit, editor)
    assert session.scalars(select(Payment.expense)).one() == 45_500


def test_one_reported_after_it_too_until_the_payment_is_approved(
    session: Session, visit: Visit, shopper: Person, editor: Person, admin: Person, receipt: str
) -> None:
    stories.approved(visit, editor)
    services.report_expense(visit, shopper, AT, 80_000, receipt)
    session.commit()
    payment = session.scalars(select(Payment)).one()
    assert payment.expense == 80_000
    services.approve_payments([payment.id], admin, AT)
    session.commit()
    with pytest.raises(Conflict):
        services.report_expense(visit, shopper, AT, 70_000, receipt)
    assert session.scalars(select(Payment.expense)).one() == 80_000


@pytest.mark.parametrize(
    ("amount", "with_receipt", "field"),
    [(80_001, True, "amount"), (-1, True, "amount"), (1, False, "receipt")],
)
def test_beyond_the_terms_or_without_a_receipt_it_is_refused_at_its_field(
    visit: Visit, shopper: Person, receipt: str, amount: int, with_receipt: bool, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.report_expense(visit, shopper, AT, amount, receipt if with_receipt else None)
    assert refusal.value.details["field"] == field
    if amount > 80_000:
        assert "80.000" in str(refusal.value.message)


def test_a_second_tap_reports_nothing_twice_and_a_change_keeps_the_receipt(
    session: Session, visit: Visit, shopper: Person, receipt: str
) -> None:
    for amount in (30_000, 30_000, 20_000):
        services.report_expense(visit, shopper, AT, amount, receipt if amount == 30_000 else None)
    session.commit()
    kept = session.scalars(select(Expense).order_by(Expense.id)).all()
    assert [(one.amount, one.receipt) for one in kept] == [(30_000, receipt), (20_000, receipt)]


def test_nobody_else_reports_it(visit: Visit, other_shopper: Person, receipt: str) -> None:
    with pytest.raises(Forbidden):
        services.report_expense(visit, other_shopper, AT, 1, receipt)


@pytest.fixture
def payment(visit: Visit, editor: Person, session: Session) -> int:
    """The number of a new payment."""
    stories.approved(visit, editor)
    return session.scalars(select(Payment.id)).one()


def test_approving_and_paying_twice_counts_once(session: Session, payment: int, admin: Person) -> None:
    assert services.approve_payments([payment], admin, AT) == 1
    assert services.approve_payments([payment], admin, AT) == 0
    paid = AT + timedelta(days=2)
    assert services.mark_paid([payment], admin, paid, date(2026, 11, 16), "VCB 123") == 1
    assert services.mark_paid([payment], admin, paid, date(2026, 11, 15), "VCB 999") == 0
    session.commit()
    row = session.scalars(select(Payment)).one()
    assert (row.state, row.paid_on, row.reference) == ("paid", date(2026, 11, 16), "VCB 123")
    kinds = session.scalars(
        select(Entry.kind).where(Entry.kind.startswith("payment.")).order_by(Entry.id)
    ).all()
    assert kinds == ["payment.approved", "payment.paid"]


def test_what_is_not_approved_is_not_paid(session: Session, payment: int, admin: Person) -> None:
    assert services.mark_paid([payment], admin, AT, AT.date(), "") == 0
    assert session.scalars(select(Payment.state)).one() == "new"


def test_a_day_to_come_is_refused(payment: int, admin: Person) -> None:
    services.approve_payments([payment], admin, AT)
    with pytest.raises(Invalid) as refusal:
        services.mark_paid([payment], admin, AT, date(2026, 11, 15), "")
    assert refusal.value.details["field"] == "paid_on"


@pytest.mark.parametrize(
    "call", [services.approve_payments, lambda ids, by, at: services.mark_paid(ids, by, at, at.date(), "")]
)
def test_only_admins_approve_and_pay(payment: int, editor: Person, call: Callable[..., int]) -> None:
    with pytest.raises(Forbidden):
        call([payment], editor, AT)


def test_two_admins_at_once_pay_once(app: Flask, session: Session, payment: int, admin: Person) -> None:
    services.approve_payments([payment], admin, AT)
    session.commit()
    admin_id, gate, counts, errors = admin.id, Barrier(2), [], []

    def pay(reference: str) -> None:
        with app.app_context():
            from audit.db import db

            by = db.session.get_one(Person, admin_id)
            gate.wait(10)
            try:
                counts.append(services.mark_paid([payment], by, AT, AT.date(), reference))
                db.session.commit()
            except AuditError as error:
                errors.append(error)
            finally:
                db.session.remove()

    both = [Thread(target=pay, args=(name,)) for name in ("một", "hai")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert not errors
    assert sorted(counts) == [0, 1]


def test_reports_of_expenses_stay_as_they_were(
    session: Session, visit: Visit, shopper: Person, receipt: str
) -> None:
    services.report_expense(visit, shopper, AT, 1_000, receipt)
    session.commit()
    for statement in ("UPDATE expense SET amount = 2", "DELETE FROM expense"):
        with pytest.raises(IntegrityError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


@pytest.mark.parametrize(
    "change", ["fee = fee + 1", "expense = 5", "shopper_id = shopper_id + 1", "state = 'new'"]
)
def test_the_database_keeps_what_was_approved(
    session: Session, payment: int, admin: Person, change: str
) -> None:
    services.approve_payments([payment], admin, AT)
    session.commit()
    with pytest.raises(IntegrityError, match="an approved payment stays"):
        session.execute(text(f"UPDATE payment SET {change}"))


def test_the_database_keeps_what_was_paid(session: Session, payment: int, admin: Person) -> None:
    services.approve_payments([payment], admin, AT)
    services.mark_paid([payment], admin, AT, AT.date(), "VCB 1")
    session.commit()
    with pytest.raises(IntegrityError, match="an approved payment stays"):
        session.execute(text("UPDATE payment SET reference = 'VCB 2'"))


def test_nobody_approves_or_pays_their_own_payment(
    session: Session, payment: int, shopper: Person, admin: Person
) -> None:
    session.execute(text("UPDATE payment SET shopper_id = :id"), {"id": admin.id})
    session.commit()
    with pytest.raises(Invalid, match="quản trị viên khác"):
        services.approve_payments([payment], admin, AT)
    session.execute(text("UPDATE payment SET shopper_id = :id"), {"id": shopper.id})
    session.commit()
    session.expire_all()
    assert services.approve_payments([payment], admin, AT) == 1
