"""A wave: which client, which checklist version, when, under which recorded ethics note."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.branches.models import Client
from audit.checklists.models import Version
from audit.db import Base


class WaveState(StrEnum):
    """Planning until the ethics gate is passed; open while visits go on; closed afterwards."""

    PLANNING = "planning"
    OPEN = "open"
    CLOSED = "closed"


class Wave(Base):
    """A period in which a client's branches are visited with one checklist version."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("client_id", "id"),
        UniqueConstraint("client_id", "name"),
        CheckConstraint("state IN ('planning', 'open', 'closed')", name="state_known"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("fee >= 0 AND expense_cap >= 0", name="money_not_negative"),
        CheckConstraint(
            "state = 'planning' OR (ethics_at IS NOT NULL AND ethics_by_id IS NOT NULL"
            " AND length(trim(ethics_note)) > 0)",
            name="ethics_gate",
        ),
        CheckConstraint("(release_at IS NULL) = (release_by_id IS NULL)", name="release_has_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    name: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=WaveState.PLANNING)
    scenario: Mapped[str] = mapped_column(Text, default="")  # shown to shoppers with the version's own brief
    fee: Mapped[int] = mapped_column(default=0)  # đồng, proposed for each visit
    expense_cap: Mapped[int] = mapped_column(default=0)  # đồng
    ethics_at: Mapped[datetime | None]
    ethics_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ethics_note: Mapped[str] = mapped_column(Text, default="")
    release_at: Mapped[datetime | None]  # what is approved by then is released by the clock, once
    release_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who set that time
    created_at: Mapped[datetime]

    client: Mapped[Client] = relationship()
    version: Mapped[Version] = relationship()
