"""Correcting an answer: a layer over the submission; of a scored answer only with a second person's yes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from audit.accounts.models import Person, RoleName
from audit.db import db
from audit.errors import Conflict, Forbidden, Invalid, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.mails.services import letter, link_to, post
from audit.review import claims, queries
from audit.review.corrected import (
    corrections_of,
    effective,
    is_effective,
    lying_over,
    waits,
)
from audit.review.layers import Correction, CorrectionConsent
from audit.scoring import visit as scoring
from audit.trail.services import record
from audit.visits import answering, sentences
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Submission, Visit

LONGEST_REASON = 2_000
UNCORRECTED = ("text", "photo")  # a shopper's words and pictures are covered, never rewritten
ASKABLE = (State.SUBMITTED, State.RETURNED)
Given = Mapping[str, Any]


def correct(
    visit: Visit,
    question_id: str,
    new: Given,
    reason: str,
    by: Person,
    at: datetime,
    *,
    seen: int | None = None,
    for_dispute: bool = False,
) -> Correction:
    """Lay {"value": …} or {"na": True} over the answer that counts now. Callers hold the visit's lock.

    Before approval one of a scored answer waits for the shopper's or a second editor's yes. `for_dispute` is after
    release and counts at once: whoever approved was the first editor, so `by` must be another one (Forbidden).
    The shopper gets a mail of the first of a round, of one that waits while no other does, and of each `for_dispute`.
    The same again by the same editor answers the first. `seen` is the round as the editor saw it. Invalid names
    `answer` or `reason`; Conflict: `state`, `stale`, `claimed`, `waits`; NotFound: no such question.
    """
    _check_editor(visit, by)
    submission = submission_of(visit)
    question = visits.checklist_of(visit).questions.get(question_id)
    if question is None:
        raise NotFound(_("This question is not part of the checklist."))
    given, why = dict(new), clean(reason)
    made = corrections_of(visit)
    known = _same_again(made, question_id, given, why, by)
    if known is not None:
        return known
    _check_state(visit, by, seen, for_dispute=for_dispute)
    claims.hold(visit, by, at)
    _check_reason(why)
    _check_fits(visit, question, given, by, at)
    if any(one.question_id == question_id for one in _open(visit, submission, made)):
        raise Conflict(
            _("A correction of this answer waits for its yes or no. Withdraw it before you make another."),
            code="waits",
        )
    old = _check_changes(visit, submission, question_id, given)
    is_first = not any(one.round == submission.round for one in made)
    needs_consent = visit.state == State.SUBMITTED and counts(visit, question_id)
    correction = Correction(
        visit_id=visit.id,
        round=submission.round,
        question_id=question_id,
        old=old,
        new=given,
        reason=why,
        needs_consent=needs_consent,
        by_id=by.id,
        at=at,
    )
    db.session.add(correction)
    db.session.flush()
    _record("correction.made", correction, visit, by, at, waits=needs_consent)
    if is_first or for_dispute or (needs_consent and not _open(visit, submission, made)):
        _tell_shopper(visit, correction, at)
    return correction


def settle(
    visit: Visit, correction_id: int, by: Person, at: datetime, *, agreed: bool, note: str = ""
) -> Correction:
    """The shopper's or a second editor's yes or no; the same again changes nothing. Callers hold the visit's lock.

    Forbidden for whoever corrected; Invalid names `note`, without which nobody says no; Conflict: `settled`,
    `state`, or `stale` where the shopper has answered anew since.
    """
    correction = find(visit, correction_id)
    why = clean(note)
    known = correction.consent
    if known is not None:
        if known.by_id == by.id and known.agreed == agreed and known.capacity != "withdrawn":
            return correction
        raise Conflict(_("This correction has been settled already."), code="settled")
    capacity = "shopper" if visit.shopper_id == by.id else "editor"
    if (capacity == "editor" and not by.is_agency) or by.id == correction.by_id:
        raise Forbidden(_("The yes to a correction is the shopper's or a second editor's."))
    _check_askable(visit, correction)
    if not agreed and not why:
        raise Invalid(_("Write why: whoever corrected it reads this."), field="note")
    if len(why) > LONGEST_REASON:
        raise Invalid(
            _("The reason is too long: at most %(most)s characters.", most=LONGEST_REASON), field="note"
        )
    _consent(correction, by, at, agreed=agreed, capacity=capacity, note=why)
    _record("correction.agreed" if agreed else "correction.declined", correction, visit, by, at)
    return correction


def withdraw(visit: Visit, correction_id: int, by: Person, at: datetime) -> Correction:
    """Take back a correction that waits; whoever made it may, and an admin. The same again changes nothing."""
    correction = find(visit, correction_id)
    known = correction.consent
    if known is not None and known.capacity == "withdrawn":
        return correction
    if known is not None:
        raise Conflict(_("This correction has been settled already."), code="settled")
    if by.id != correction.by_id and not by.has(RoleName.ADMIN):
        raise Forbidden(_("Whoever made a correction takes it back."))
    if not waits(correction):
        raise Conflict(_("This correction counts already: correct the answer once more."), code="state")
    _consent(correction, by, at, agreed=False, capacity="withdrawn", note="")
    _record("correction.withdrawn", correction, visit, by, at)
    return correction


def find(visit: Visit, correction_id: int) -> Correction:
    """One correction of this visit; NotFound otherwise."""
    for one in corrections_of(visit):
        if one.id == correction_id:
            return one
    raise NotFound(_("There is no such correction."))


def check_settled(visit: Visit) -> None:
    """Conflict (`waits`) while a correction of what was submitted still needs somebody's yes."""
    submission = visits.submission_of(visit)
    if submission is not None and _open(visit, submission, corrections_of(visit)):
        raise Conflict(
            _("A correction still waits for the shopper or a second editor: get it settled, or withdraw it."),
            code="waits",
        )


def counts(visit: Visit, question_id: str) -> bool:
    """Whether the answer can change a score: itself, or by bringing up a question that can."""
    checklist = visits.checklist_of(visit).checklist
    able = set()
    for question in reversed(checklist.questions):
        if question.weight > 0 or question.knockout is not None or question.adjust is not None:
            able.add(question.id)
        if question.id in able and question.show_if is not None:
            able.add(checklist.questions[question.show_if.parent].id)
    return question_id in able


def submission_of(visit: Visit) -> Submission:
    """The latest accepted submission; Conflict when there is none."""
    submission = visits.submission_of(visit)
    if submission is None:
        raise Conflict(_("Nothing has been submitted for this visit."), code="no_submission")
    return submission


def _check_editor(visit: Visit, by: Person) -> None:
    if not by.is_agency:
        raise Forbidden(_("Only an editor can correct an answer."))
    claims.check_reviewer(visit, by)


def _check_state(visit: Visit, by: Person, seen: int | None, *, for_dispute: bool) -> None:
    if for_dispute and visit.state == State.RELEASED:
        if queries.approver_id(visit) == by.id:
            raise Forbidden(_("You approved this visit, so another editor must decide about its answers."))
        return
    if visit.state != State.SUBMITTED:
        raise Conflict(_("This is not possible now: the visit has moved on. Reload the page."), code="state")
    claims.check_seen(visit, seen)


def _check_reason(why: str) -> None:
    if not why:
        raise Invalid(_("Write the reason: the shopper reads it."), field="reason")
    if len(why) > LONGEST_REASON:
        raise Invalid(
            _("The reason is too long: at most %(most)s characters.", most=LONGEST_REASON), field="reason"
        )


def _check_fits(visit: Visit, question: Given, given: Given, by: Person, at: datetime) -> None:
    if question["type"] in UNCORRECTED:
        raise Invalid(
            _("Words and photos of a shopper are not corrected. Redact what the client must not see."),
            field="answer",
        )
    if set(given) != {"value"} and given != {"na": True}:
        raise Invalid(_("Choose the answer that is right."), field="answer")
    proposed = answering.Given(question["id"], given.get("value"), "na" in given, "", at)
    rule = "value_missing" if given.get("value", "") is None else answering.misfit(visit, proposed)
    if rule is not None:
        raise Invalid(sentences.sentence(rule, question), field="answer")


def _check_changes(visit: Visit, submission: Submission, question_id: str, given: Given) -> dict[str, Any]:
    """The old answer. Invalid when nothing changes, or when another question would be left without an answer."""
    before = effective(visit, submission).answers
    known = visits.checklist_of(visit)
    if scoring.states(known.checklist, before)[question_id] == "hidden":
        raise Invalid(_("This question was not asked, so there is no answer to correct."), field="answer")
    old = {name: value for name, value in before.get(question_id, {}).items() if name in ("value", "na")}
    if old == given:
        raise Invalid(_("This is the answer already. Choose another one."), field="answer")
    kept = {name: value for name, value in before.get(question_id, {}).items() if name == "photos"}
    after = before | {question_id: kept | dict(given)}
    owed = set(scoring.missing(known.checklist, after)) - set(scoring.missing(known.checklist, before))
    if owed:
        places = sorted(known.order[one.removesuffix(":photo")] + 1 for one in owed)
        raise Invalid(_owed_sentence(visit, ", ".join(map(str, places))), field="answer")
    return old


def _owed_sentence(visit: Visit, numbers: str) -> str:
    if visit.state == State.RELEASED:
        return _(
            "With this answer, question %(numbers)s would have to be answered too, which nobody did on the spot. "
            "Choose another answer, or decline and say so.",
            numbers=numbers,
        )
    return _(
        "With this answer, question %(numbers)s would lack an answer or a photo. "
        "Return the visit to its shopper instead.",
        numbers=numbers,
    )


def _check_askable(visit: Visit, correction: Correction) -> None:
    if not correction.needs_consent:
        raise Conflict(_("This correction counts without anybody's yes."), code="settled")
    if visit.state not in ASKABLE:
        raise Conflict(_("This is not possible now: the visit has moved on. Reload the page."), code="state")
    if not lying_over(visit, submission_of(visit), [correction]):
        raise Conflict(
            _("This question has been answered anew since, so the correction is void."), code="stale"
        )


def _same_again(
    made: Sequence[Correction], question_id: str, given: Given, why: str, by: Person
) -> Correction | None:
    """A second click sends what the newest correction of the question says."""
    own = [one for one in made if one.question_id == question_id]
    if not own or not (waits(own[-1]) or is_effective(own[-1])):
        return None
    last = own[-1]
    return last if (last.new, last.reason, last.by_id) == (given, why, by.id) else None


def _open(visit: Visit, submission: Submission, made: Sequence[Correction]) -> list[Correction]:
    return lying_over(visit, submission, [one for one in made if waits(one)])


def _consent(
    correction: Correction, by: Person, at: datetime, *, agreed: bool, capacity: str, note: str
) -> None:
    correction.consent = CorrectionConsent(
        correction_id=correction.id,
        proposed_by_id=correction.by_id,
        agreed=agreed,
        capacity=capacity,
        note=note,
        by_id=by.id,
        at=at,
    )
    db.session.flush()


def _record(kind: str, correction: Correction, visit: Visit, by: Person, at: datetime, **more: Any) -> None:
    record(
        kind,
        by,
        at,
        client_id=visit.client_id,
        visit_id=visit.id,
        correction=correction.id,
        question=correction.question_id,
        old=correction.old,
        new=correction.new,
        reason=correction.reason,
        **more,
    )


def _tell_shopper(visit: Visit, correction: Correction, at: datetime) -> None:
    if visit.shopper is None:
        return

    def write() -> tuple[str, str]:
        if correction.needs_consent:
            subject = _("An answer of yours was corrected: please say yes or no")
            text = _("The agency has corrected an answer of a visit that you sent. It needs your yes or no:")
        else:
            subject = _("The agency has corrected an answer of yours")
            text = _(
                "The agency has corrected an answer of a visit that you sent. What it said and what it says now:"
            )
        return subject, letter(text, link_to(f"/visits/{visit.id}/changes"))

    post(f"correction:{correction.id}", visit.shopper, at, write)
