"""The visit, its events, answers as given, submissions as made, photos."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.accounts.models import Person
from audit.branches.models import Branch, Client
from audit.checklists.models import Version
from audit.db import Base
from audit.visits.lifecycle import State
from audit.waves.models import Wave

SOURCES = ("camera", "gallery")
POSITION_ERRORS = ("denied", "unavailable", "timeout", "unsupported", "not_asked")
_STATES = ", ".join(f"'{state}'" for state in State)
_POSITION_ERRORS = ", ".join(f"'{error}'" for error in POSITION_ERRORS)


class Visit(Base):
    """One planned or performed visit of one branch in one wave; the centre of everything."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["client_id", "wave_id"], ["wave.client_id", "wave.id"], name="fk_visit_wave"),
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_visit_branch"
        ),
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("closes_on >= opens_on", name="window_in_order"),
        CheckConstraint("fee >= 0 AND expense_cap >= 0", name="money_not_negative"),
        CheckConstraint("state IN ('planned', 'cancelled') OR shopper_id IS NOT NULL", name="shopper_known"),
        CheckConstraint(
            "state IN ('planned', 'offered', 'cancelled') OR (accepted_at IS NOT NULL AND terms IS NOT NULL)",
            name="terms_frozen",
        ),
        CheckConstraint("state <> 'aborted' OR abort_reason IS NOT NULL", name="abort_has_reason"),
        CheckConstraint(
            "state NOT IN ('submitted', 'returned', 'approved', 'released', 'rejected') OR submitted_at IS NOT NULL",
            name="submitted_has_time",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'released') OR approved_at IS NOT NULL", name="approved_has_time"
        ),
        CheckConstraint("state <> 'released' OR released_at IS NOT NULL", name="released_has_time"),
        CheckConstraint("(claimed_by_id IS NULL) = (claimed_at IS NULL)", name="claim_whole"),
        Index("ix_visit_shopper", "shopper_id", "state"),
        Index("ix_visit_wave", "wave_id", "state"),
        Index("ix_visit_branch", "branch_id"),
        Index("ix_visit_state", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    wave_id: Mapped[int]
    branch_id: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    shopper_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12), default=State.PLANNED)
    round: Mapped[int] = mapped_column(default=1)  # of submission: 1, then one more after each return
    opens_on: Mapped[date]  # the branch's days
    closes_on: Mapped[date]
    submit_by: Mapped[datetime]
    fee: Mapped[int] = mapped_column(default=0)  # đồng
    expense_cap: Mapped[int] = mapped_column(default=0)  # đồng
    terms: Mapped[dict[str, Any] | None]  # fee, cap, deadline and rejection rules as accepted
    accepted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    visited_at: Mapped[datetime | None]  # when the shopper was there, as the shopper says; else started_at
    submitted_at: Mapped[datetime | None]  # the latest submission
    approved_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    abort_reason: Mapped[str | None] = mapped_column(String(20))
    abort_note: Mapped[str | None] = mapped_column(Text)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the editor at work on it
    claimed_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]  # when the clock called for an editor, in this round

    client: Mapped[Client] = relationship(overlaps="wave,branch")
    wave: Mapped[Wave] = relationship(primaryjoin="foreign(Visit.wave_id) == Wave.id", overlaps="client")
    branch: Mapped[Branch] = relationship(
        primaryjoin="foreign(Visit.branch_id) == Branch.id", overlaps="client"
    )
    version: Mapped[Version] = relationship()
    shopper: Mapped[Person | None] = relationship(foreign_keys=[shopper_id])
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id])
    events: Mapped[list["VisitEvent"]] = relationship(order_by="VisitEvent.id", back_populates="visit")


class VisitEvent(Base):
    """One transition: append-only (a trigger refuses change and delete)."""

    __tablename__ = "visit_event"
    __table_args__ = (
        Index("ix_visit_event_visit", "visit_id", "id"),
        Index("ix_visit_event_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system's clock
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    visit: Mapped[Visit] = relationship(back_populates="events")
    by: Mapped[Person | None] = relationship()


class Answer(Base):
    """The newest answer of a question while the shopper works; earlier ones go to AnswerHistory."""

    __tablename__ = "answer"
    __table_args__ = (CheckConstraint("NOT (na AND value IS NOT NULL)", name="value_or_na"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    na: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]  # when it was given, by the device's clock; corrected where that is far off
    device_at: Mapped[datetime | None]  # by the device's clock as it was; None: the form without JavaScript
    saved_at: Mapped[datetime]  # the server's
    rev: Mapped[int] = mapped_column(default=1)

    def for_phone(self) -> dict[str, Any]:
        """As the form and its protocol tell it."""
        at = self.given_at.isoformat()
        return {"value": self.value, "na": self.na, "comment": self.comment, "at": at, "rev": self.rev}


class AnswerHistory(Base):
    """An answer that a newer one replaced, or that arrived too late to win: append-only."""

    __tablename__ = "answer_history"
    __table_args__ = (Index("ix_answer_history_visit", "visit_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    na: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]


class Submission(Base):
    """What the shopper sent, for ever as sent: append-only. One accepted submission per visit and round."""

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("status IN ('accepted', 'conflict')", name="status_known"),
        Index(
            "uq_submission_accepted", "visit_id", "round", unique=True, postgresql_where="status = 'accepted'"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    round: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default="accepted")
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # {"answers": {...}, "photos": {...}, "device": {...}, "version": …} and what stood out about it
    payload: Mapped[dict[str, Any]]
    payload_sha256: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(20), unique=True)


class Photo(Base):
    """A picture as evidence for a question; the id is made on the device."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'stored', 'unreadable')", name="state_known"),
        CheckConstraint(
            "state <> 'stored' OR (screen_key IS NOT NULL AND pdf_key IS NOT NULL AND grid_key IS NOT NULL)",
            name="stored_has_copies",
        ),
        CheckConstraint("source IN ('camera', 'gallery')", name="source_known"),
        CheckConstraint(f"position_error IN ({_POSITION_ERRORS})", name="position_error_known"),
        Index("ix_photo_visit", "visit_id", "question_id"),
        Index("ix_photo_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    # received: looked at and kept; stored: decoded and copied by a job; unreadable: kept for the editor to see
    state: Mapped[str] = mapped_column(String(10))
    refusal: Mapped[str | None] = mapped_column(String(20))  # why an unreadable one could not be read
    sha256: Mapped[str] = mapped_column(String(64))  # of the original; also its storage key
    bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    screen_key: Mapped[str | None] = mapped_column(String(64))
    pdf_key: Mapped[str | None] = mapped_column(String(64))
    grid_key: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[datetime | None]  # by EXIF
    device_at: Mapped[datetime | None]  # by the device's clock
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy: Mapped[float | None]  # metres
    position_age: Mapped[float | None]  # seconds, when the photo was taken
    position_error: Mapped[str | None] = mapped_column(String(12))
    clock_offset: Mapped[float | None]  # seconds that the device is ahead of the server, the sending included
    source: Mapped[str | None] = mapped_column(String(8))
    file_name: Mapped[str | None] = mapped_column(String(255))  # on the device
    original_bytes: Mapped[int | None]  # before it was made smaller there
    dhash: Mapped[int | None] = mapped_column(BigInteger)  # 64 bits of how it looks, as a signed number
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class ReturnNote(Base):
    """What the editor asks about one question in one round: append-only."""

    __tablename__ = "return_note"
    __table_args__ = (
        UniqueConstraint("visit_id", "round", "question_id"),
        CheckConstraint("length(trim(note)) > 0", name="note_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    round: Mapped[int]  # the submission round that was returned
    question_id: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()
