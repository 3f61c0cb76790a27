"""What the small demo shows after submission: each kind of thing that a visitor should come across."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from audit.db import db, now
from audit.demo.load import load
from audit.followup.models import Acknowledgement, Action, ActionEvent, Dispute, Message
from audit.mails.models import Mail
from audit.payments.models import Expense, Payment
from audit.review.layers import (
    Alarm,
    Appeal,
    CannedNote,
    CommentRedaction,
    Correction,
    Flag,
    Grade,
    PhotoRedaction,
)
from audit.review.models import Scorecard
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests.conftest import _empty_tables


@pytest.fixture(scope="module")
def rows(app: Flask) -> Iterator[Session]:
    """A session on a small demo; all tests only look."""
    load(app, 2026, 0.0)
    with app.app_context():
        yield db.session()
        db.session.rollback()
        _empty_tables(db.session())
        db.session.remove()


def test_signs_of_each_kind_are_set_and_reasons_given(rows: Session) -> None:
    shown = rows.scalars(
        select(Flag.code).join(Visit).where(Visit.state.in_((State.SUBMITTED, State.APPROVED)))
    )
    assert set(shown) >= {"far", "off_schedule", "photo_same", "text_same", "late", "too_fast"}
    released = rows.scalars(select(Flag.code).join(Visit).where(Visit.state == State.RELEASED))
    assert not set(released) & {"far", "off_schedule", "photo_same", "too_fast", "late"}
    assert {alarm.state for alarm in rows.scalars(select(Alarm))} >= {"raised", "confirmed"}


def test_the_desk_is_at_work(rows: Session) -> None:
    waiting = list(rows.scalars(select(Visit).where(Visit.state == State.SUBMITTED)))
    assert sum(visit.claimed_by_id is not None for visit in waiting) >= 2
    assert sum(visit.escalated_at is not None for visit in waiting) == 1
    notes = list(rows.scalars(select(CannedNote)))
    assert len(notes) == 8
    assert len({note.vi for note in notes} | {note.en for note in notes}) == 16


def test_corrections_wait_are_agreed_and_declined(rows: Session) -> None:
    scored = [one for one in rows.scalars(select(Correction)) if one.needs_consent]
    found = {(one.consent.agreed, one.consent.capacity) if one.consent else None for one in scored}
    assert found == {None, (True, "editor"), (False, "shopper")}
    covered = rows.scalars(select(CommentRedaction)).one()
    assert "Hạnh" not in covered.text
    assert rows.scalars(select(PhotoRedaction)).one().screen_key


def test_work_is_graded_appealed_and_paid(rows: Session) -> None:
    grades = rows.scalar(select(func.count()).select_from(Grade)) or 0
    cards = rows.scalar(select(func.count()).select_from(Scorecard).where(Scorecard.edition == 1)) or 0
    assert cards / 2 < grades <= cards
    assert {one.granted for one in rows.scalars(select(Appeal))} == {None, False}
    assert {one.state for one in rows.scalars(select(Payment))} == {"new", "approved", "paid"}
    assert all(one.receipt for one in rows.scalars(select(Expense)))


def test_branches_object_act_talk_and_read(rows: Session) -> None:
    disputes = list(rows.scalars(select(Dispute)))
    kinds = sorted(
        ("upheld" if one.outcome.upheld else "declined")
        if one.outcome
        else ("overdue" if one.answer_by < now() else "open")
        for one in disputes
    )
    assert kinds == sorted(["open", "overdue", "upheld", "declined"] * 2)
    assert rows.scalar(select(func.count()).select_from(Scorecard).where(Scorecard.edition == 2)) == 2
    assert {one.state for one in rows.scalars(select(Action))} >= {"proposed", "open", "confirmed", "dropped"}
    happened = set(rows.scalars(select(ActionEvent.kind)))
    assert happened >= {"proposed", "accepted", "done", "confirmed", "failed_again"}
    assert rows.scalar(select(func.count()).select_from(Message))
    assert rows.scalar(select(func.count()).select_from(Acknowledgement))


def test_one_wave_is_to_be_released_and_nothing_is_left_to_send(rows: Session) -> None:
    ahead = [wave.release_at for wave in rows.scalars(select(Wave)) if wave.release_at is not None]
    assert len(ahead) == 1
    assert ahead[0] > now()
    mails = list(rows.scalars(select(Mail)))
    assert {mail.state for mail in mails} == {"sent", "failed", "unsure"}
    assert sum(mail.state != "sent" for mail in mails) == 2
    jobs = set(rows.scalars(text("SELECT DISTINCT task_name FROM procrastinate_jobs")))
    assert jobs == {"make_scorecard_files"}
