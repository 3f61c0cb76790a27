"""Tokens: what a program shows to read the figures that its owner may read."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.accounts.models import Person
from audit.branches.models import Client, Region
from audit.db import Base


class ApiToken(Base):
    """A token reads what its owner may read, never more than one client, or one region of it.

    Only its SHA-256 is kept: whoever reads the database cannot use it.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "region_id"], ["region.client_id", "region.id"], name="fk_api_token_region"
        ),
        CheckConstraint("length(trim(name)) > 0", name="name_given"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        Index("ix_api_token_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    region_id: Mapped[int | None]  # None: as far as the owner reaches in the client
    name: Mapped[str] = mapped_column(String(80))  # what it is used for
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(4))  # by which its owner knows it again
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_on: Mapped[date | None]  # the last day on which it was used

    person: Mapped[Person] = relationship()
    client: Mapped[Client] = relationship(overlaps="region")
    region: Mapped[Region | None] = relationship(
        primaryjoin="foreign(ApiToken.region_id) == Region.id", overlaps="client"
    )
