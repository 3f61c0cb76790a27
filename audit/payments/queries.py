"""Payments and expenses: all for an admin, their own for a shopper."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, false, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager, joinedload

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch, Client
from audit.db import db
from audit.payments.models import Expense, Payment, PaymentState
from audit.visits.models import Visit
from audit.waves.models import Wave

PAGE = 100
STATES = tuple(PaymentState)


@dataclass(frozen=True)
class Sought:
    """What the list is narrowed to; `state` empty: all."""

    state: str = PaymentState.NEW
    shopper_id: int | None = None
    wave_id: int | None = None


@dataclass(frozen=True)
class Total:
    """How many payments in a state, and their sum in đồng."""

    count: int
    fee: int
    expense: int

    @property
    def amount(self) -> int:
        """Fee and expense together."""
        return self.fee + self.expense


def payments_for(person: Person) -> Select[Payment]:
    """Every payment for an admin, the own ones for a shopper, none for others."""
    query = select(Payment)
    if not person.active:
        return query.where(false())
    if person.has(RoleName.ADMIN):
        return query
    return (
        query.where(Payment.shopper_id == person.id) if person.has(RoleName.SHOPPER) else query.where(false())
    )


def narrowed(person: Person, sought: Sought) -> Select[Payment]:
    """The payments sought, the earliest due first, with visit, branch, wave and shopper."""
    query = (
        payments_for(person)
        .join(Payment.visit)
        .join(Visit.branch)
        .join(Visit.wave)
        .join(Visit.client)
        .join(Payment.shopper)
        .options(
            contains_eager(Payment.visit).options(
                contains_eager(Visit.branch), contains_eager(Visit.wave), contains_eager(Visit.client)
            ),
            contains_eager(Payment.shopper),
        )
        .order_by(Payment.due_on, Payment.id)
    )
    if sought.state:
        query = query.where(Payment.state == sought.state)
    if sought.shopper_id is not None:
        query = query.where(Payment.shopper_id == sought.shopper_id)
    if sought.wave_id is not None:
        query = query.where(Visit.wave_id == sought.wave_id)
    return query


def payment_page(person: Person, sought: Sought, page: int) -> list[Payment]:
    """One page, from 1."""
    return list(db.session.scalars(narrowed(person, sought).limit(PAGE).offset((page - 1) * PAGE)))


def all_payments(person: Person, sought: Sought) -> list[Payment]:
    """Every payment sought."""
    return list(db.session.scalars(narrowed(person, sought)))


def totals(person: Person, sought: Sought) -> dict[str, Total]:
    """By state, whatever state is sought: how many and how much."""
    whole = narrowed(person, Sought("", sought.shopper_id, sought.wave_id)).order_by(None)
    columns = (Payment.state, func.count(), func.sum(Payment.fee), func.sum(Payment.expense))
    rows = db.session.execute(
        whole.with_only_columns(*columns, maintain_column_froms=True).group_by(Payment.state)
    )
    found = {state: Total(count, int(fee), int(expense)) for state, count, fee, expense in rows}
    return {state: found.get(state, Total(0, 0, 0)) for state in STATES}


def shopper_choices(person: Person) -> list[tuple[int, str]]:
    """Who has payments, by name."""
    ids = payments_for(person).with_only_columns(Payment.shopper_id)
    query = select(Person.id, Person.name).where(Person.id.in_(ids)).order_by(Person.name, Person.id)
    rows = db.session.execute(query)
    return [(row.id, row.name) for row in rows]


def wave_choices(person: Person) -> list[tuple[int, str]]:
    """Waves with payments, the newest first."""
    ids = payments_for(person).join(Payment.visit).with_only_columns(Visit.wave_id)
    query = select(Wave.id, Client.name, Wave.name).join(Wave.client).where(Wave.id.in_(ids))
    rows = db.session.execute(query.order_by(Wave.starts_on.desc(), Wave.id.desc()))
    return [(number, f"{client}: {wave}") for number, client, wave in rows]


def payment_of(visit: Visit, *, lock: bool = False) -> Payment | None:
    """The visit's payment, None before its approval."""
    query = select(Payment).where(Payment.visit_id == visit.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def expense_of(visit: Visit) -> Expense | None:
    """The report of expenses that counts: the newest."""
    query = select(Expense).where(Expense.visit_id == visit.id).order_by(Expense.id.desc()).limit(1)
    return db.session.scalar(query)


def expenses_of(visit_ids: Collection[int]) -> dict[int, Expense]:
    """By visit the report that counts."""
    query = (
        select(Expense)
        .where(Expense.visit_id.in_(visit_ids))
        .ext(distinct_on(Expense.visit_id))
        .order_by(Expense.visit_id, Expense.id.desc())
    )
    return {row.visit_id: row for row in db.session.scalars(query)}


def payments_of(visit_ids: Collection[int]) -> dict[int, Payment]:
    """By visit its payment."""
    return {
        row.visit_id: row
        for row in db.session.scalars(select(Payment).where(Payment.visit_id.in_(visit_ids)))
    }


def accepted_visits(shopper: Person) -> list[Visit]:
    """What a shopper has taken on, the newest first."""
    query = (
        select(Visit)
        .where(Visit.shopper_id == shopper.id, Visit.accepted_at.is_not(None))
        .join(Branch, Branch.id == Visit.branch_id)
        .options(joinedload(Visit.branch), joinedload(Visit.wave))
        .order_by(Visit.closes_on.desc(), Visit.id.desc())
    )
    return list(db.session.scalars(query))
