"""Disputes with their evidence and outcome, actions with their history, acknowledgements, the thread."""

from datetime import date, datetime
from enum import StrEnum
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

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import Base
from audit.review.models import Scorecard


class Dispute(Base):
    """A branch's objection to one answer of a released visit, as it was raised: append-only."""

    __tablename__ = "dispute"
    __table_args__ = (
        UniqueConstraint("visit_id", "question_id"),
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_dispute_branch"
        ),
        CheckConstraint("length(trim(fact)) > 0", name="fact_given"),
        Index("ix_dispute_branch", "client_id", "branch_id"),
        Index("ix_dispute_scorecard", "scorecard_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))  # the edition it objects to
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    branch_id: Mapped[int]
    question_id: Mapped[str] = mapped_column(String(80))
    fact: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[Any]] = mapped_column(default=list)  # storage keys of clean copies
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    answer_by: Mapped[datetime]

    scorecard: Mapped[Scorecard] = relationship()
    branch: Mapped[Branch] = relationship(primaryjoin="foreign(Dispute.branch_id) == Branch.id")
    by: Mapped[Person] = relationship()
    outcome: Mapped["DisputeOutcome | None"] = relationship(back_populates="dispute")


class DisputeOutcome(Base):
    """What an editor decided, with the reason that everybody reads: append-only, one per dispute."""

    __tablename__ = "dispute_outcome"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        CheckConstraint("upheld = (scorecard_id IS NOT NULL)", name="upheld_has_scorecard"),
    )

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    upheld: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"))
    scorecard_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id"))  # the new edition

    dispute: Mapped[Dispute] = relationship(back_populates="outcome")
    by: Mapped[Person] = relationship()


class ActionState(StrEnum):
    """Proposed by a lost point, open once a branch took it on, done with evidence, then seen again or not."""

    PROPOSED = "proposed"
    OPEN = "open"
    DONE = "done"
    CONFIRMED = "confirmed"
    FAILED_AGAIN = "failed_again"
    DROPPED = "dropped"


# What people read of an action that is done and about no question: no visit will speak of it again.
FINISHED = "finished"
_STATES = ", ".join(f"'{state}'" for state in ActionState)


class Action(Base):
    """Something a branch will do about a lost point; every change of it is an event."""

    __tablename__ = "action"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "branch_id"], ["branch.client_id", "branch.id"], name="fk_action_branch"
        ),
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("length(trim(text)) > 0", name="text_given"),
        CheckConstraint(
            "state IN ('proposed', 'dropped') OR (length(trim(owner)) > 0 AND due_on IS NOT NULL)",
            name="taken_has_owner_and_date",
        ),
        CheckConstraint("state NOT IN ('done', 'confirmed') OR done_at IS NOT NULL", name="done_has_time"),
        # A question of a scorecard proposes one action; what a manager adds by hand may be several.
        Index(
            "uq_action_proposal",
            "scorecard_id",
            "question_id",
            unique=True,
            postgresql_where="is_proposal",
        ),
        Index("ix_action_branch", "client_id", "branch_id", "state"),
        Index("ix_action_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    branch_id: Mapped[int]
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    question_id: Mapped[str | None] = mapped_column(String(80))
    lost: Mapped[Any | None] = mapped_column(Numeric(6, 1))  # points, as the scorecard shows them
    is_proposal: Mapped[bool] = mapped_column(default=False)  # the system's, not a person's
    text: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(String(80), default="")
    owner: Mapped[str] = mapped_column(String(80), default="")  # a function or name the branch chooses
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default=ActionState.PROPOSED)
    evidence: Mapped[list[Any]] = mapped_column(default=list)  # storage keys of clean copies
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("scorecard.id")
    )  # which visit confirmed it or not

    scorecard: Mapped[Scorecard] = relationship(foreign_keys=[scorecard_id])
    branch: Mapped[Branch] = relationship(primaryjoin="foreign(Action.branch_id) == Branch.id")
    events: Mapped[list["ActionEvent"]] = relationship(order_by="ActionEvent.id", back_populates="action")

    @property
    def said_state(self) -> str:
        """Its state as people read it: a state, or FINISHED."""
        return FINISHED if self.state == ActionState.DONE and self.question_id is None else self.state


class ActionEvent(Base):
    """One change of an action: append-only."""

    __tablename__ = "action_event"
    __table_args__ = (Index("ix_action_event_action", "action_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: a released visit
    kind: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    action: Mapped[Action] = relationship(back_populates="events")
    by: Mapped[Person | None] = relationship()


class Message(Base):
    """One message beside a scorecard, between branch, head office and agency: append-only."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="text_given"),
        Index("ix_message_visit", "visit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(
        ForeignKey("visit.id")
    )  # all editions of its scorecard share one thread
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_agency: Mapped[bool]  # as it was when it was written: roles come and go
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)

    by: Mapped[Person] = relationship()


class Acknowledgement(Base):
    """Somebody has read an edition of a scorecard: append-only."""

    __tablename__ = "acknowledgement"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()
