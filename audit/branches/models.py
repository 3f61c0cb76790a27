"""Clients, the tree of their regions, and branches. Composite keys keep each row inside its client."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.db import Base


class Client(Base):
    """A brand that ordered the audits; invisible to every other client."""

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("dispute_days BETWEEN 0 AND 90", name="dispute_days_range"),
        CheckConstraint("answer_days BETWEEN 1 AND 90", name="answer_days_range"),
        CheckConstraint("escalate_hours BETWEEN 1 AND 1000", name="escalate_hours_range"),
        CheckConstraint("action_points BETWEEN 0 AND 100", name="action_points_range"),
        CheckConstraint("code ~ '^[A-Z0-9-]{2,12}$'", name="code_form"),
        CheckConstraint("length(trim(name)) > 0", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    dispute_days: Mapped[int] = mapped_column(default=7)
    bands: Mapped[list[Any] | None]  # None: the default bands of the scorecard
    answer_days: Mapped[int] = mapped_column(default=5)  # how long the agency may take to answer a dispute
    escalate_hours: Mapped[int] = mapped_column(default=48)  # after which an unreviewed submission is urgent
    action_points: Mapped[Decimal] = mapped_column(
        Numeric(4, 1), default=Decimal(2)
    )  # lost: propose an action
    flag_limits: Mapped[dict[str, Any] | None]  # thresholds that differ from scoring.md 5.2
    alarm_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: every admin
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Region(Base):
    """A node in the client's tree of areas, at most four levels deep."""

    __tablename__ = "region"
    __table_args__ = (
        UniqueConstraint("client_id", "id"),
        UniqueConstraint("client_id", "parent_id", "name", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(
            ["client_id", "parent_id"], ["region.client_id", "region.id"], name="fk_region_parent"
        ),
        CheckConstraint("level BETWEEN 1 AND 4", name="level_range"),
        CheckConstraint("(parent_id IS NULL) = (level = 1)", name="level_of_root"),
        CheckConstraint("length(trim(name)) > 0", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    parent_id: Mapped[int | None]
    level: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(80))

    client: Mapped[Client] = relationship(overlaps="parent")
    parent: Mapped["Region | None"] = relationship(
        remote_side="Region.id", primaryjoin="foreign(Region.parent_id) == remote(Region.id)"
    )


class Branch(Base):
    """A place that is visited."""

    __tablename__ = "branch"
    __table_args__ = (
        UniqueConstraint("client_id", "id"),
        UniqueConstraint("client_id", "code"),
        ForeignKeyConstraint(
            ["client_id", "region_id"], ["region.client_id", "region.id"], name="fk_branch_region"
        ),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_range"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_range"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_whole"),
        CheckConstraint("length(trim(name)) > 0 AND length(trim(code)) > 0", name="name_given"),
        CheckConstraint("channel IN ('onsite', 'phone', 'online')", name="channel_known"),
        Index("ix_branch_region", "client_id", "region_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    region_id: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(60), default="")
    channel: Mapped[str] = mapped_column(String(10), default="onsite")  # how customers reach it
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    opening_hours: Mapped[str] = mapped_column(String(120), default="")
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Ho_Chi_Minh")
    active: Mapped[bool] = mapped_column(default=True)
    search: Mapped[str] = mapped_column(
        Text, default=""
    )  # code, name and address without accents, lower case

    client: Mapped[Client] = relationship(overlaps="region")
    region: Mapped[Region] = relationship(
        primaryjoin="foreign(Branch.region_id) == Region.id", overlaps="client"
    )
