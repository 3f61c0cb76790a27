"""A checklist and its versions. A published version is one immutable document with its hash."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.db import Base


class VersionState(StrEnum):
    """The life of a version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Checklist(Base):
    """A named questionnaire; without a client it is open to all of them."""

    __tablename__ = "checklist"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]

    versions: Mapped[list["Version"]] = relationship(back_populates="checklist", order_by="Version.number")


class Version(Base):
    """Draft, published or retired. The database refuses to change the document of a published one."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("checklist_id", "number"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state_known"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(
            "state = 'draft' OR (sha256 IS NOT NULL AND published_at IS NOT NULL)", name="published_has_hash"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=VersionState.DRAFT)
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # large: fetched when looked at
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    checklist: Mapped[Checklist] = relationship(back_populates="versions")
