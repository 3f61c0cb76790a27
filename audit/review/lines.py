"""What comparisons read of released scorecards: lines that never change, and their sums by cell.

A cell is one branch in one wave (scoring.md 3.1). Its sums are derived: `cells.refresh` makes them anew, in the
transaction that releases a scorecard, from the lines of the current editions.
"""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from audit.db import Base
from audit.review.models import Score

KINDS = ("factor", "section", "question")


class ScorecardSection(Base):
    """One section of one scorecard: append-only."""

    __tablename__ = "scorecard_section"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    possible: Mapped[Decimal] = mapped_column(Score)
    score: Mapped[Decimal | None] = mapped_column(Score)


class ScorecardComment(Base):
    """Something written in a released scorecard, as the client may read it: append-only."""

    __tablename__ = "scorecard_comment"
    __table_args__ = (
        CheckConstraint("part IN ('comment', 'value')", name="part_known"),
        CheckConstraint("length(trim(text)) > 0", name="text_given"),
        Index("ix_scorecard_comment_question", "question_id", "scorecard_id"),
    )

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)  # beside an answer, or the answer itself
    text: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)  # without accents, lower case


class ScorecardPhoto(Base):
    """Where a released scorecard's photo stands in its list, and the question it belongs to: append-only."""

    __tablename__ = "scorecard_photo"
    __table_args__ = (
        CheckConstraint("place >= 0", name="place_not_negative"),
        Index("ix_scorecard_photo_question", "question_id", "scorecard_id"),
    )

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(String(80))


class Cell(Base):
    """One branch in one wave: exact sums over its released visits. Scores are those before knock-outs."""

    __tablename__ = "cell"
    __table_args__ = (
        ForeignKeyConstraint(["client_id", "wave_id"], ["wave.client_id", "wave.id"], name="fk_cell_wave"),
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_cell_branch"
        ),
        CheckConstraint("n >= 0 AND unscored >= 0 AND n + unscored > 0", name="counts"),
        CheckConstraint("incidents BETWEEN 0 AND n", name="incidents_range"),
        Index("ix_cell_branch", "branch_id", "wave_id"),
    )

    wave_id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int]
    n: Mapped[int]  # visits with a score
    unscored: Mapped[int]  # visits without one
    incidents: Mapped[int]  # scored visits with a knock-out
    total: Mapped[Decimal] = mapped_column(Numeric)  # sum of the scores
    squares: Mapped[Decimal] = mapped_column(Numeric)  # sum of their squares, sixty decimals
    overall: Mapped[Decimal] = mapped_column(Numeric)  # sum of the scores after knock-outs
    revision: Mapped[int]  # rises with every change in the wave


class CellPart(Base):
    """One factor, section or question in one cell.

    `n` visits have a score of the factor or section, or a credit of the question; `total` is its sum (0–100 each,
    or credits 0–1). Of a question `met` had full credit, `partly` some; `possible` and `lost` are sums of points.
    """

    __tablename__ = "cell_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["wave_id", "branch_id"],
            ["cell.wave_id", "cell.branch_id"],
            name="fk_cell_part_cell",
            ondelete="CASCADE",
        ),
        CheckConstraint("kind IN ('factor', 'section', 'question')", name="kind_known"),
        CheckConstraint("n >= 0 AND met >= 0 AND partly >= 0 AND met + partly <= n", name="counts"),
        Index("ix_cell_part_cell", "branch_id", "wave_id"),
    )

    wave_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    part_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    branch_id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    met: Mapped[int]
    partly: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric)
    possible: Mapped[Decimal] = mapped_column(Numeric)
    lost: Mapped[Decimal] = mapped_column(Numeric)


class WavePart(Base):
    """One factor, section or question over those branches of a wave that have equally many scored visits.

    `branches` have `visits` scored visits each, in `n` of which the part has a score or a credit; the sums are over
    all of them. `moves`: whether points were gained or lost by it anywhere.
    """

    __tablename__ = "wave_part"
    __table_args__ = (
        CheckConstraint("kind IN ('factor', 'section', 'question')", name="kind_known"),
        CheckConstraint("branches > 0 AND visits > 0 AND n BETWEEN 0 AND visits", name="counts"),
    )

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    part_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    visits: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    branches: Mapped[int]
    met: Mapped[int]
    partly: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric)
    possible: Mapped[Decimal] = mapped_column(Numeric)
    lost: Mapped[Decimal] = mapped_column(Numeric)
    moves: Mapped[bool]
