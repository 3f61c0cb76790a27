"""What lies over a submission: corrections, redactions, flags, alarms, the editor's grade, the shopper's appeal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.accounts.models import Person
from audit.db import Base
from audit.visits.models import Photo, Visit

LEVELS = ("info", "review", "strong")


class Flag(Base):
    """A sign that an editor should look, found in one round: append-only. It decides nothing."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint("level IN ('info', 'review', 'strong')", name="level_known"),
        UniqueConstraint(
            "visit_id", "round", "code", "question_id", "photo_id", postgresql_nulls_not_distinct=True
        ),
        Index("ix_flag_code", "code", "visit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    round: Mapped[int]  # of the submission it was found in
    code: Mapped[str] = mapped_column(String(20))  # scoring.md 5.2
    level: Mapped[str] = mapped_column(String(6))
    question_id: Mapped[str | None] = mapped_column(String(80))
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photo.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the figures of its reason
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # an editor's own; None: computed


class TextPrint(Base):
    """What a long comment looks like apart from case and blanks (SHA-256): to find it again in another visit."""

    __tablename__ = "text_print"
    __table_args__ = (Index("ix_text_print_print", "print"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    print: Mapped[str] = mapped_column(String(64), primary_key=True)


class Correction(Base):
    """An editor's layer over a submitted answer: append-only. One of a scored answer waits for a second yes."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("id", "by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        CheckConstraint("old <> new", name="changes_something"),
        Index("ix_correction_visit", "visit_id", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    round: Mapped[int]  # of the submission that it lies over
    question_id: Mapped[str] = mapped_column(String(80))
    old: Mapped[dict[str, Any]]  # {"value" | "na"}, empty for a blank
    new: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    needs_consent: Mapped[bool]  # the answer is scored, and whoever approves has not decided yet
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()
    consent: Mapped["CorrectionConsent | None"] = relationship(back_populates="correction")


class CorrectionConsent(Base):
    """The shopper's or a second editor's yes or no to a correction, or its withdrawal: append-only."""

    __tablename__ = "correction_consent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["correction_id", "proposed_by_id"],
            ["correction.id", "correction.by_id"],
            name="fk_correction_consent_correction",
        ),
        CheckConstraint("by_id <> proposed_by_id OR capacity = 'withdrawn'", name="somebody_else"),
        CheckConstraint("capacity IN ('shopper', 'editor', 'withdrawn')", name="capacity_known"),
        CheckConstraint("NOT (agreed AND capacity = 'withdrawn')", name="withdrawn_is_no"),
        CheckConstraint("agreed OR capacity = 'withdrawn' OR length(trim(note)) > 0", name="no_has_reason"),
    )

    correction_id: Mapped[int] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[int]
    agreed: Mapped[bool]
    capacity: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    correction: Mapped[Correction] = relationship(back_populates="consent")
    by: Mapped[Person] = relationship()


class CommentRedaction(Base):
    """What the client reads instead of a comment or written answer; the newest counts: append-only."""

    __tablename__ = "comment_redaction"
    __table_args__ = (
        CheckConstraint("part IN ('comment', 'value')", name="part_known"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        Index("ix_comment_redaction_visit", "visit_id", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    part: Mapped[str] = mapped_column(String(7), default="comment")  # or the value of a written answer
    text: Mapped[str] = mapped_column(Text)  # empty: nothing is shown
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class PhotoRedaction(Base):
    """Copies of a photo with areas made unrecognisable; the newest counts, the original stays: append-only."""

    __tablename__ = "photo_redaction"
    __table_args__ = (Index("ix_photo_redaction_photo", "photo_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photo.id"))
    areas: Mapped[list[Any]]  # [[left, top, width, height], …] as parts of the upright picture, 0…1
    is_withheld: Mapped[bool] = mapped_column(default=False)  # the client does not get this photo at all
    screen_key: Mapped[str | None] = mapped_column(String(64))
    pdf_key: Mapped[str | None] = mapped_column(String(64))
    grid_key: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    photo: Mapped[Photo] = relationship()


class Alarm(Base):
    """A "yes" to a question marked as alarming: told to the agency at once, to the client once confirmed."""

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("visit_id", "question_id"),
        CheckConstraint("state IN ('raised', 'confirmed', 'dismissed')", name="state_known"),
        CheckConstraint(
            "state = 'raised' OR (settled_at IS NOT NULL AND settled_by_id IS NOT NULL"
            " AND length(trim(note)) > 0)",
            name="settled_has_note",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    round: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="raised")
    note: Mapped[str] = mapped_column(Text, default="")
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship()


class Grade(Base):
    """The editor's grade of a shopper's work, with a note that the shopper reads; the newest counts."""

    __tablename__ = "grade"
    __table_args__ = (
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade_range"),
        Index("ix_grade_visit", "visit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    grade: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Appeal(Base):
    """A shopper's word against a rejection; one per visit, answered once."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("visit_id"),
        CheckConstraint("length(trim(text)) > 0", name="text_given"),
        CheckConstraint(
            "(granted IS NULL) = (answered_at IS NULL) AND (granted IS NULL) = (answered_by_id IS NULL)"
            " AND (granted IS NULL OR length(trim(answer)) > 0)",
            name="answered_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    granted: Mapped[bool | None]  # granted: the visit is reviewed again
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship()


class CannedNote(Base):
    """A note that editors use often, in both languages."""

    __tablename__ = "canned_note"
    __table_args__ = (
        CheckConstraint(
            "length(trim(title)) > 0 AND length(trim(vi)) > 0 AND length(trim(en)) > 0", name="given"
        ),
        UniqueConstraint("title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    vi: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
