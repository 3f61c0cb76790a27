"""Expenses and payments of the demo: an admin approves on Fridays, and pays a week later."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from audit.db import db
from audit.demo.calendar import ZONE, moment
from audit.demo.living import Deed, World, shopper_of
from audit.demo.timeline import Step
from audit.payments import services as payments
from audit.payments.models import Payment, PaymentState

NOBODY = -1  # a step that belongs to no visit
LOOKED_AT = timedelta(days=3)  # how long an approval rests before its payment is looked at
FRIDAY = 4


def plan_fridays(world: World, first: date) -> None:
    """The admin's Fridays from a day on."""
    day = first + timedelta(days=(FRIDAY - first.weekday()) % 7)
    while moment(day, 15) < world.until:
        world.plan(Step(moment(day, 15), NOBODY, "pay_day"))
        day += timedelta(days=7)


def _pay_day(world: World, step: Step) -> None:
    """What was approved a week ago is paid, what has been owed for some days is approved."""
    day = step.at.astimezone(ZONE).date()
    ready = _those(PaymentState.APPROVED, step.at)
    if ready:
        reference = f"CK {day:%d%m%y} – {len(ready)} lượt"
        payments.mark_paid(ready, world.admin, step.at, day, reference)
    new = _those(PaymentState.NEW, step.at - LOOKED_AT)
    if new:
        payments.approve_payments(new, world.admin, step.at + timedelta(minutes=20))


def _those(state: PaymentState, owed_before: datetime) -> list[int]:
    query = select(Payment.id).where(Payment.state == state, Payment.owed_at < owed_before)
    return list(db.session.scalars(query.order_by(Payment.id)))


def _spend(world: World, step: Step) -> None:
    spent = world.lives[step.visit].spent
    if spent is None:
        raise LookupError(f"visit {step.visit} cost nothing")
    key = world.painted[spent.receipt.id].copies["screen_key"]
    payments.report_expense(
        world.visit(step), shopper_of(world, step), step.at, spent.amount, key, spent.note
    )


DEEDS: Mapping[str, Deed] = {"spend": _spend, "pay_day": _pay_day}
