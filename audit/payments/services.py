"""What is owed and paid: fee and expense become a payment at approval, then an admin approves and pays it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.i18n import money
from audit.payments import queries
from audit.payments.models import Expense, Payment, PaymentState
from audit.trail.services import record
from audit.visits.lifecycle import State
from audit.visits.models import Visit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of the agency, whose days the payments follow
# While there is something to lay out money for, and until the payment is approved.
SPENDING = (State.IN_PROGRESS, State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED)
LONGEST_NOTE = 500
LONGEST_REFERENCE = 80
MOST_AT_ONCE = 500


def owe(visit: Visit, at: datetime) -> Payment | None:
    """What the visit earns, from the terms as accepted; once per visit. None where no terms were accepted."""
    if visit.terms is None or visit.shopper_id is None:
        return None
    spent = queries.expense_of(visit)
    days = current_app.extensions["settings"].payment_days
    row = {
        "visit_id": visit.id,
        "shopper_id": visit.shopper_id,
        "fee": int(visit.terms["fee"]),
        "expense": spent.amount if spent else 0,
        "state": PaymentState.NEW,
        "owed_at": at,
        "due_on": at.astimezone(ZONE).date() + timedelta(days=days),
        "reference": "",
    }
    db.session.execute(insert(Payment).values(row).on_conflict_do_nothing(index_elements=["visit_id"]))
    return queries.payment_of(visit)


def cap_of(visit: Visit) -> int:
    """The most that is refunded, in đồng, by the terms as accepted."""
    return int((visit.terms or {}).get("expense_cap", 0))


def report_expense(
    visit: Visit, by: Person, at: datetime, amount: int, receipt: str | None, note: str = ""
) -> Expense:
    """Keep what the shopper spent, in đồng; the newest report counts. Callers hold the visit's lock.

    `receipt` is the storage key of a clean copy, None to keep the one that is there. Invalid names `amount`,
    `receipt` or `note`; Conflict when the visit earns nothing or its payment is approved already.
    """
    if visit.shopper_id != by.id:
        raise Forbidden(_("This step is not yours to take."))
    if visit.state not in SPENDING:
        raise Conflict(_("Expenses can be reported from the start of a visit on, while it may be paid."))
    payment = queries.payment_of(visit, lock=True)
    if payment is not None and payment.state != PaymentState.NEW:
        raise Conflict(_("The payment of this visit is approved already, so its expense stays as it is."))
    before = queries.expense_of(visit)
    kept = receipt or (before.receipt if before else None)
    said = clean(note)
    _check_expense(visit, amount, kept, said)
    if before and (before.amount, before.receipt, before.note) == (amount, kept, said):
        return before  # a second tap
    made = Expense(visit_id=visit.id, amount=amount, receipt=kept, note=said, by_id=by.id, at=at)
    db.session.add(made)
    if payment is not None:
        payment.expense = amount
    record("payment.expense", by, at, visit_id=visit.id, client_id=visit.client_id, amount=amount)
    db.session.flush()
    return made


def _check_expense(visit: Visit, amount: int, receipt: str | None, note: str) -> None:
    cap = cap_of(visit)
    if amount < 0:
        raise Invalid(_("Write whole đồng, for example 150.000."), field="amount")
    if amount > cap:
        message = _(
            "At most %(cap)s is refunded for this visit, as in the terms that you accepted.", cap=money(cap)
        )
        raise Invalid(message, field="amount")
    if amount and receipt is None:
        raise Invalid(_("Add a photo of the receipt: without it nothing can be refunded."), field="receipt")
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("At most %(length)s characters.", length=LONGEST_NOTE), field="note")


def approve_payments(
    payment_ids: Collection[int], by: Person, at: datetime, seen: Mapping[int, int] | None = None
) -> int:
    """Approve the new ones among these; how many. Those that are further already stay as they are.

    `seen` has by payment the amount in đồng that was looked at: Conflict (`stale`), and none is approved, where
    an expense was reported since.
    """
    found = _locked(payment_ids, by)
    new = [payment for payment in found if payment.state == PaymentState.NEW]
    if any(one.fee + one.expense != (seen or {}).get(one.id, one.fee + one.expense) for one in new):
        raise Conflict(
            _(
                "An amount has changed since you opened this page, so nothing is approved yet: look at it again."
            ),
            code="stale",
        )
    for payment in new:
        payment.state, payment.approved_at, payment.approved_by_id = PaymentState.APPROVED, at, by.id
        amounts = {"fee": payment.fee, "expense": payment.expense}
        record("payment.approved", by, at, visit_id=payment.visit_id, person_id=payment.shopper_id, **amounts)
    db.session.flush()
    return len(new)


def mark_paid(
    payment_ids: Collection[int], by: Person, at: datetime, paid_on: date | None, reference: str
) -> int:
    """Mark the approved ones among these as paid; how many. Invalid names `paid_on` or `reference`."""
    if paid_on is None:
        raise Invalid(_("Give the day of the transfer."), field="paid_on")
    if paid_on > at.astimezone(ZONE).date():
        raise Invalid(
            _("This day has not come yet: give the day on which the money was sent."), field="paid_on"
        )
    said = clean(reference)
    if len(said) > LONGEST_REFERENCE:
        raise Invalid(_("At most %(length)s characters.", length=LONGEST_REFERENCE), field="reference")
    ready = [one for one in _locked(payment_ids, by) if one.state == PaymentState.APPROVED]
    for payment in ready:
        payment.state, payment.paid_on, payment.reference = PaymentState.PAID, paid_on, said
        amount = payment.fee + payment.expense
        about = {"visit_id": payment.visit_id, "person_id": payment.shopper_id}
        record("payment.paid", by, at, **about, amount=amount, reference=said)
    db.session.flush()
    return len(ready)


def _locked(payment_ids: Collection[int], by: Person) -> list[Payment]:
    """In the order of their numbers, so that two admins at once wait for each other and do not block."""
    if not by.has(RoleName.ADMIN):
        raise Forbidden(_("This step is not yours to take."))
    if not payment_ids:
        raise Invalid(_("Choose at least one payment."), field="payments")
    if len(payment_ids) > MOST_AT_ONCE:
        raise Invalid(_("Choose at most %(most)s payments at once.", most=MOST_AT_ONCE), field="payments")
    query = select(Payment).where(Payment.id.in_(payment_ids)).order_by(Payment.id)
    locked = query.with_for_update(of=Payment).execution_options(populate_existing=True)
    found = list(db.session.scalars(locked))
    if any(payment.shopper_id == by.id for payment in found):
        message = _("A payment to yourself needs another admin: take it out of your choice.")
        raise Invalid(message, field="payments")
    return found
