"""What is owed for a visit, and what the shopper laid out for it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.accounts.models import Person
from audit.db import Base
from audit.visits.models import Visit


class PaymentState(StrEnum):
    """From what is owed to what was paid."""

    NEW = "new"
    APPROVED = "approved"
    PAID = "paid"


class Expense(Base):
    """What the shopper spent, with its receipt; the newest of a visit counts, earlier ones stay: append-only."""

    __tablename__ = "expense"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("amount = 0 OR receipt IS NOT NULL", name="receipt_given"),
        Index("ix_expense_visit", "visit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    amount: Mapped[int]  # đồng
    receipt: Mapped[str | None] = mapped_column(String(64))  # storage key of the picture's clean copy
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Payment(Base):
    """Fee and expense of one approved visit, in đồng; once approved the amounts stay."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("visit_id"),
        CheckConstraint("state IN ('new', 'approved', 'paid')", name="state_known"),
        CheckConstraint("fee >= 0 AND expense >= 0", name="money_not_negative"),
        CheckConstraint(
            "state = 'new' OR (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="approved_has_person",
        ),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_has_day"),
        Index("ix_payment_state", "state", "due_on"),
        Index("ix_payment_shopper", "shopper_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    shopper_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    fee: Mapped[int]  # đồng, from the terms as accepted
    expense: Mapped[int] = mapped_column(default=0)  # đồng, within the cap of the terms
    state: Mapped[str] = mapped_column(String(8), default=PaymentState.NEW)
    owed_at: Mapped[datetime]
    due_on: Mapped[date]  # when the shopper may expect it
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(80), default="")  # of the bank's transfer

    visit: Mapped[Visit] = relationship()
    shopper: Mapped[Person] = relationship(foreign_keys=[shopper_id])
