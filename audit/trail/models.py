"""What happened beside the steps of visits, which have their own events: append-only (a trigger refuses else)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.db import Base

if TYPE_CHECKING:
    from audit.accounts.models import Person


class Entry(Base):
    """One thing that happened. The numbers name rows of rooms above, so they carry no foreign keys."""

    __tablename__ = "trail"
    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z_]+(\\.[a-z_]+)+$'", name="kind_form"),
        Index("ix_trail_at", "at", "id"),
        Index("ix_trail_visit", "visit_id", "id", postgresql_where="visit_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system's clock
    kind: Mapped[str] = mapped_column(String(40))  # like "scorecard.downloaded"
    client_id: Mapped[int | None]
    visit_id: Mapped[int | None]
    scorecard_id: Mapped[int | None]
    person_id: Mapped[int | None]  # whom it was about, for rights
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    by: Mapped["Person | None"] = relationship("Person")
