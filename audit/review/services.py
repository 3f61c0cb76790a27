"""What an editor decides about a submission: return it, approve it, reject it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from audit.accounts.models import Person
from audit.db import db
from audit.errors import Conflict, Invalid
from audit.forms import clean
from audit.i18n import gettext as _
from audit.payments import services as payments
from audit.review import alarms, claims, corrections, queries, scorecards, telling
from audit.review.flags import rules
from audit.review.flags.queries import flags_of
from audit.review.models import Scorecard
from audit.visits import queries as visits
from audit.visits.lifecycle import Action, State, step
from audit.visits.models import ReturnNote, Visit
from audit.visits.services import move

LONGEST_NOTE = 2_000
LONGEST_REASON = 2_000


def send_back(
    visit: Visit, by: Person, at: datetime, notes: Mapping[str, str], *, seen: int | None = None
) -> None:
    """Return the visit to its shopper with a note by question. Callers hold the visit's lock.

    `seen` is the visit's round as the editor saw it. Conflict when the visit has moved on or another one has
    it; Invalid (`notes` by question) for an unknown question, no note at all, one too long or not to be kept.
    """
    claims.check_reviewer(visit, by)
    claims.check_seen(visit, seen)
    claims.hold(visit, by, at)
    given = {question: clean(note) for question, note in notes.items()}
    given = {question: note for question, note in given.items() if note}
    _check_notes(visit, given)
    move(visit, Action.RETURN, by, at, round=visit.round - 1, questions=list(given))
    claims.put_down(visit)
    for question, note in given.items():
        # Submitting has already counted the round up, so the round that is returned is the one before.
        db.session.add(
            ReturnNote(
                visit_id=visit.id, round=visit.round - 1, question_id=question, note=note, by_id=by.id, at=at
            )
        )
    telling.returned(visit, at)
    db.session.flush()


def _check_notes(visit: Visit, notes: Mapping[str, str]) -> None:
    known = visits.checklist_of(visit).questions
    wrong: dict[str, str] = {}
    for question, note in notes.items():
        if question not in known:
            wrong[question] = _("This question is not part of the checklist.")
        elif len(note) > LONGEST_NOTE:
            wrong[question] = _("The note is too long: at most %(most)s characters.", most=LONGEST_NOTE)
        elif "\0" in note:
            wrong[question] = _(
                "The text holds a character that cannot be kept. Delete it and write it again."
            )
    if wrong:
        raise Invalid(_("Some notes could not be kept: see the questions marked."), notes=wrong)
    if not notes:
        raise Invalid(
            _("Write a note at the question that should be corrected: at least one is needed to return."),
            notes={},
        )


def approve(
    visit: Visit, by: Person, at: datetime, *, seen: int | None = None, flag_note: str = ""
) -> Scorecard:
    """Approve what was submitted; this is when the score is made. Callers hold the visit's lock.

    The same editor's second click answers the scorecard of the first. Conflict when the visit has moved on,
    when an alarm is not settled (`alarm`), a correction waits for its yes (`waits`), or photos wait for their
    copies (`photos`): have them prepared before taking the lock. Invalid (`flag_note`) where flags ask for a
    reason and there is none.
    """
    claims.check_reviewer(visit, by)
    if visit.state == State.APPROVED:
        made = queries.scorecard_of(visit)
        if made is not None and made.made_by_id == by.id:
            return made
    claims.check_seen(visit, seen)
    claims.hold(visit, by, at)
    if step(visit.state, Action.APPROVE) is not None:
        if scorecards.unprepared(visit):
            raise Conflict(_("The photos are still being prepared. Try again in a moment."), code="photos")
        alarms.check_settled(visit)
        corrections.check_settled(visit)
        flag_note = _flag_note(visit, flag_note)
        visit.approved_at = at
    note = {"flag_note": flag_note} if flag_note else {}
    move(visit, Action.APPROVE, by, at, round=visit.round - 1, **note)
    claims.put_down(visit)
    payments.owe(visit, at)
    return scorecards.make(visit, by, at)


def _flag_note(visit: Visit, text: str) -> str:
    """Why a visit is approved in spite of its flags: with a strong one or two to look at it takes a word."""
    given = clean(text)
    if not given and rules.needs_reason(flags_of(visit)):
        message = _("This visit carries signs to look at. Write in a few words why it can be approved.")
        raise Invalid(message, field="flag_note", code="flag_note")
    if len(given) > LONGEST_NOTE:
        message = _("The note is too long: at most %(most)s characters.", most=LONGEST_NOTE)
        raise Invalid(message, field="flag_note")
    return given


def reject(
    visit: Visit, by: Person, at: datetime, reason: str, *, fraud: bool = False, seen: int | None = None
) -> None:
    """Reject for good: with a reason, and only after an earlier return unless fraud is recorded.

    Callers hold the visit's lock. Invalid names the field `reason` or `fraud`.
    """
    claims.check_reviewer(visit, by)
    claims.check_seen(visit, seen)
    claims.hold(visit, by, at)
    given = clean(reason)
    if not given:
        raise Invalid(_("Write the reason: the shopper reads it."), field="reason")
    if len(given) > LONGEST_REASON:
        raise Invalid(
            _("The reason is too long: at most %(most)s characters.", most=LONGEST_REASON), field="reason"
        )
    if "\0" in given:
        raise Invalid(
            _("The text holds a character that cannot be kept. Delete it and write it again."), field="reason"
        )
    if step(visit.state, Action.REJECT) is not None and not fraud and not was_returned(visit):
        raise Invalid(
            _("Return the visit once before rejecting it, or record that it is fraud."), field="fraud"
        )
    move(visit, Action.REJECT, by, at, reason=given, fraud=fraud, round=visit.round - 1)
    claims.put_down(visit)
    telling.rejected(visit, at)
    alarms.take_back(visit, at)


def was_returned(visit: Visit) -> bool:
    """Whether the shopper has had a chance to correct this visit."""
    query = select(ReturnNote.id).where(ReturnNote.visit_id == visit.id).limit(1)
    return db.session.scalar(query) is not None
