"""What is made in the background: batches of scorecards, whose progress is a count of rows, and reports of waves."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.accounts.models import Person
from audit.db import Base
from audit.waves.models import Wave


class Batch(Base):
    """Some scorecards' PDFs in one language, wanted as one ZIP by one person."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language_known"),
        CheckConstraint(
            "(zip_sha256 IS NULL) = (finished_at IS NULL) AND (zip_sha256 IS NULL) = (zip_bytes IS NULL)",
            name="finished_has_file",
        ),
        Index("ix_batch_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(160))  # what it is of, for the page and the file's name
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    zip_sha256: Mapped[str | None] = mapped_column(String(64))
    zip_bytes: Mapped[int | None]

    person: Mapped[Person] = relationship()
    items: Mapped[list["BatchItem"]] = relationship(back_populates="batch", order_by="BatchItem.scorecard_id")


class BatchItem(Base):
    """One scorecard of a batch."""

    __tablename__ = "batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    done_at: Mapped[datetime | None]

    batch: Mapped[Batch] = relationship(back_populates="items")


class WaveReport(Base):
    """A wave's report as PDF in one language, for what its orderer sees and chose; made by a job."""

    __tablename__ = "wave_report"
    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language_known"),
        CheckConstraint("done BETWEEN 0 AND steps", name="progress_range"),
        CheckConstraint(
            "(sha256 IS NULL) = (finished_at IS NULL) AND (sha256 IS NULL) = (bytes IS NULL)",
            name="finished_has_file",
        ),
        Index("ix_wave_report_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    selection: Mapped[dict[str, Any]]  # the filter of the page it was ordered on
    branch_ids: Mapped[list[Any]] = mapped_column(default=list)  # whose figures it holds, once made
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)  # pages laid out
    steps: Mapped[int]  # pages expected; 1 until they have been counted
    finished_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int | None]

    person: Mapped[Person] = relationship()
    wave: Mapped[Wave] = relationship()
