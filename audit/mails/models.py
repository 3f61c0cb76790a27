"""Mails as rows, written in the transaction that causes them."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.db import Base

if TYPE_CHECKING:
    from audit.accounts.models import Person


class MailState(StrEnum):
    """Sending is written down before it is tried; `unsure` was interrupted there, so a person decides."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    FAILED = "failed"


_STATES = ", ".join(f"'{state}'" for state in MailState)


class Mail(Base):
    """One mail to one person; the key says what it is about, so that the same news is posted once."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("language IN ('vi', 'en')", name="language_known"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("state = 'waiting' OR claimed_at IS NOT NULL", name="claimed_has_time"),
        Index("ix_mail_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default=MailState.WAITING)
    posted_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")  # what the last try said

    person: Mapped["Person"] = relationship("Person")
