"""People, roles and what each role of a person reaches."""

from datetime import datetime
from enum import StrEnum

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.db import Base


class RoleName(StrEnum):
    """The six roles of the product."""

    SHOPPER = "shopper"
    BRANCH_MANAGER = "branch_manager"
    AREA_MANAGER = "area_manager"
    HEAD_OFFICE = "head_office"
    EDITOR = "editor"
    ADMIN = "admin"


class Role(Base, RoleMixin):
    """A role as the sign-in library wants it; the rows are fixed by the first migration."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))


class Person(Base, UserMixin):
    """Somebody who can sign in, by mail address or phone number."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="has_identity"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("phone ~ '^\\+[0-9]{8,15}$'", name="phone_international"),
        CheckConstraint("language IN ('vi', 'en')", name="language_known"),
        CheckConstraint("length(trim(name)) > 0", name="name_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    # The library wants a mail address of everybody; here a phone number will do.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # type: ignore[assignment]
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str | None] = mapped_column(String(2))  # None: the browser's choice
    created_at: Mapped[datetime]

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin", order_by="Grant.id"
    )
    # Only for the library; our own questions go to the grants.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary="access_grant",
        primaryjoin="Person.id == Grant.person_id",
        secondaryjoin="Grant.role == Role.name",
        viewonly=True,
        lazy="select",
    )

    def has(self, *roles: RoleName) -> bool:
        """Whether the person holds one of these roles, anywhere."""
        return any(grant.role in roles for grant in self.grants)

    @property
    def is_agency(self) -> bool:
        """Admin or editor: sees every client."""
        return self.has(RoleName.ADMIN, RoleName.EDITOR)

    @property
    def is_client_side(self) -> bool:
        """Reads released scorecards of one client."""
        return self.has(RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE)


class Grant(Base):
    """One role with its reach: agency roles reach everything, the others a client, region or branch."""

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint(
            "CASE role"
            " WHEN 'head_office' THEN client_id IS NOT NULL AND region_id IS NULL AND branch_id IS NULL"
            " WHEN 'area_manager' THEN"
            " client_id IS NOT NULL AND region_id IS NOT NULL AND branch_id IS NULL"
            " WHEN 'branch_manager' THEN"
            " client_id IS NOT NULL AND region_id IS NULL AND branch_id IS NOT NULL"
            " ELSE client_id IS NULL AND region_id IS NULL AND branch_id IS NULL END",
            name="reach_fits_role",
        ),
        UniqueConstraint(
            "person_id",
            "role",
            "client_id",
            "region_id",
            "branch_id",
            postgresql_nulls_not_distinct=True,
            name="uq_access_grant_once",
        ),
        ForeignKeyConstraint(
            ["client_id", "region_id"], ["region.client_id", "region.id"], name="fk_access_grant_region"
        ),
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_access_grant_branch"
        ),
        Index("ix_access_grant_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(ForeignKey("role.name"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    region_id: Mapped[int | None]
    branch_id: Mapped[int | None]

    person: Mapped[Person] = relationship(back_populates="grants")


class EndedSession(Base):
    """A session that was signed out: whoever still holds its cookie is not let in by it."""

    __tablename__ = "ended_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the session's own id
    ended_at: Mapped[datetime]
