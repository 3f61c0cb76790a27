"""Scorecards: append-only rows with lines for comparisons and the files made of them."""

from datetime import date, datetime
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

from audit.branches.models import Branch, Client
from audit.checklists.models import Version
from audit.db import Base
from audit.visits.models import Visit
from audit.waves.models import Wave

# Thirty decimals of an exact fraction: a mean of such numbers, rounded to twenty decimals first, rounds to
# one decimal as the fraction itself does (docs/decisions/0003).
Score = Numeric(33, 30)


class Scorecard(Base):
    """A visit's score with everything that explains it; made at approval, then only released."""

    __tablename__ = "scorecard"
    __table_args__ = (
        UniqueConstraint("visit_id", "edition"),
        UniqueConstraint("number", "edition"),
        ForeignKeyConstraint(
            ["client_id", "wave_id"], ["wave.client_id", "wave.id"], name="fk_scorecard_wave"
        ),
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_scorecard_branch"
        ),
        CheckConstraint("edition >= 1", name="edition_positive"),
        CheckConstraint("(edition = 1) = (reason = '')", name="later_edition_has_reason"),
        Index("uq_scorecard_current", "visit_id", unique=True, postgresql_where="is_current"),
        CheckConstraint("status IN ('scored', 'not_scorable')", name="status_known"),
        CheckConstraint("released_at IS NULL OR context IS NOT NULL", name="released_has_context"),
        CheckConstraint("(status = 'scored') = (overall IS NOT NULL)", name="scored_has_score"),
        CheckConstraint(
            "overall BETWEEN 0 AND 100 AND before_knockouts BETWEEN overall AND 100", name="range"
        ),
        Index(
            "ix_scorecard_wave_released", "wave_id", "branch_id", postgresql_where="released_at IS NOT NULL"
        ),
        Index("ix_scorecard_branch", "branch_id", "visited_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(
        String(32)
    )  # printed on the document; one per visit, editions share it
    edition: Mapped[int] = mapped_column(default=1)
    is_current: Mapped[bool] = mapped_column(default=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    wave_id: Mapped[int]
    branch_id: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    status: Mapped[str] = mapped_column(String(15))
    overall: Mapped[Decimal | None] = mapped_column(Score)
    before_knockouts: Mapped[Decimal | None] = mapped_column(Score)
    knockouts: Mapped[int] = mapped_column(default=0)  # how many fired over the whole visit
    visited_on: Mapped[date]  # the branch's day
    daypart: Mapped[str] = mapped_column(String(10))  # morning, noon, evening
    result: Mapped[dict[str, Any]]  # scoring.md 1.7, exact fractions
    answers: Mapped[dict[str, Any]]  # what was scored, with comments
    photos: Mapped[list[Any]]  # [{"id", "question", "screen", "pdf", "grid"}] keys of copies without metadata
    context: Mapped[dict[str, Any] | None]  # names, network means and trend as they stood at release
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]
    dispute_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")  # why there is an edition after the first
    sha256: Mapped[str | None] = mapped_column(String(64))  # of all that was released, from its release on

    visit: Mapped[Visit] = relationship()
    client: Mapped[Client] = relationship(overlaps="wave,branch")
    wave: Mapped[Wave] = relationship(primaryjoin="foreign(Scorecard.wave_id) == Wave.id", overlaps="client")
    branch: Mapped[Branch] = relationship(
        primaryjoin="foreign(Scorecard.branch_id) == Branch.id", overlaps="client"
    )
    version: Mapped[Version] = relationship()
    files: Mapped[list["ScorecardFile"]] = relationship(back_populates="scorecard")


class ScorecardFactor(Base):
    """One factor of one scorecard, for comparisons: append-only."""

    __tablename__ = "scorecard_factor"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    factor_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    possible: Mapped[Decimal] = mapped_column(Score)
    score: Mapped[Decimal | None] = mapped_column(Score)


class ScorecardQuestion(Base):
    """One question of one scorecard, for comparisons: append-only."""

    __tablename__ = "scorecard_question"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    credit: Mapped[Decimal | None] = mapped_column(Score)
    possible: Mapped[Decimal] = mapped_column(Score)
    lost: Mapped[Decimal] = mapped_column(Score)


class ScorecardFile(Base):
    """The PDF of a scorecard in one language: written once, the same bytes at every download."""

    __tablename__ = "scorecard_file"
    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language_known"),
        CheckConstraint("bytes > 0", name="not_empty"),
    )

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    made_at: Mapped[datetime]

    scorecard: Mapped[Scorecard] = relationship(back_populates="files")
