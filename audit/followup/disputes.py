"""Disputes: a branch objects to one answer with a fact, and an editor upholds or declines it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audit.accounts.models import Person
from audit.db import db
from audit.errors import AuditError, Conflict, Forbidden, Invalid
from audit.followup import dispute_mails
from audit.followup.dispute_queries import dispute_about
from audit.followup.models import Dispute, DisputeOutcome
from audit.forms import clean
from audit.i18n import gettext as _
from audit.review import corrections, editions
from audit.review.models import Scorecard
from audit.review.queries import approver_id, current_of
from audit.scoring import visit as scoring
from audit.trail.services import record
from audit.visits import queries as visits
from audit.visits.models import Visit

LONGEST_FACT = LONGEST_REASON = 2_000
MOST_EVIDENCE = 4  # photos
Question = Mapping[str, Any]


def disputable(card: Scorecard) -> dict[str, Question]:
    """The questions of a scorecard that may be objected to, in form order: what was asked and can be corrected."""
    known = visits.checklist_of(card.visit)
    states = scoring.states(known.checklist, card.answers)
    return {
        name: question
        for name, question in known.questions.items()
        if states[name] != "hidden" and question["type"] not in corrections.UNCORRECTED
    }


def today_at(card: Scorecard, at: datetime) -> date:
    """The branch's day."""
    return at.astimezone(ZoneInfo(card.branch.timezone)).date()


def refusal(card: Scorecard, by: Person, at: datetime) -> AuditError | None:
    """Why this person cannot object to this scorecard now; None when they can."""
    if by.is_agency or not by.is_client_side:
        return Forbidden(_("The branch objects; the agency answers."))
    if not card.is_current:
        return Conflict(_("There is a newer version of this scorecard. Object to that one."), code="edition")
    if card.dispute_until is None or today_at(card, at) > card.dispute_until:
        return Conflict(_("The time to object to this scorecard is over."), code="too_late")
    return None


def raise_dispute(
    card: Scorecard, by: Person, at: datetime, question: str, fact: str, evidence: Sequence[str] = ()
) -> Dispute:
    """Object to one answer of a released scorecard in the person's scope. Callers hold the visit's lock.

    `evidence` are storage keys of clean copies. A second click answers the first dispute. Forbidden for the
    agency; Conflict after the deadline, for an older edition or a question that is disputed already; Invalid
    names the field `question`, `fact` or `photos`.
    """
    refused = refusal(card, by, at)
    if isinstance(refused, Forbidden):
        raise refused
    given = _text(fact, "fact", _("Write what happened: a fact that can be checked."), LONGEST_FACT)
    known = dispute_about(card.visit_id, question)
    if known is not None:
        if (known.by_id, known.fact) == (by.id, given):
            return known
        raise Conflict(_("Somebody has already objected to this answer."), code="disputed")
    if refused is not None:
        raise refused
    if question not in disputable(card):
        raise Invalid(_("Choose the question whose answer is wrong."), field="question")
    if len(evidence) > MOST_EVIDENCE:
        raise Invalid(_("At most %(most)s photos.", most=MOST_EVIDENCE), field="photos")
    made = Dispute(
        scorecard_id=card.id,
        visit_id=card.visit_id,
        client_id=card.client_id,
        branch_id=card.branch_id,
        question_id=question,
        fact=given,
        evidence=list(evidence),
        by_id=by.id,
        at=at,
        answer_by=answer_by(card, at),
    )
    db.session.add(made)
    db.session.flush()
    record("dispute.raised", by, at, **_about(made), dispute=made.id, question=question)
    dispute_mails.raised(made, card, at)
    return made


def answer_by(card: Scorecard, at: datetime) -> datetime:
    """Until when the agency answers: the end of the branch's day so many days later."""
    zone = ZoneInfo(card.branch.timezone)
    following = today_at(card, at) + timedelta(days=card.client.answer_days + 1)
    return datetime.combine(following, time(), zone).astimezone(UTC) - timedelta(seconds=1)


def _about(dispute: Dispute) -> dict[str, int]:
    return {
        "client_id": dispute.client_id,
        "visit_id": dispute.visit_id,
        "scorecard_id": dispute.scorecard_id,
    }


def _text(text: str, field: str, missing: str, longest: int) -> str:
    given = clean(text)
    if not given:
        raise Invalid(missing, field=field)
    if len(given) > longest:
        raise Invalid(_("This text is too long: at most %(most)s characters.", most=longest), field=field)
    return given


def decline(dispute: Dispute, by: Person, at: datetime, reason: str) -> DisputeOutcome:
    """The answer stays. Callers hold the visit's lock and have read the dispute under it.

    The same editor's second click answers what the first did. Forbidden for whoever approved the visit.
    Conflict when it is answered; Invalid: `reason`.
    """
    visit = _checked(dispute, by)
    answered = _answered(dispute, visit, by, upheld=False)
    if answered is not None:
        return answered
    given = _text(
        reason, "reason", _("Write the reason: everybody who sees the scorecard reads it."), LONGEST_REASON
    )
    return _settled(dispute, visit, by, at, upheld=False, reason=given)


def uphold(dispute: Dispute, by: Person, at: datetime, new: Mapping[str, Any], reason: str) -> DisputeOutcome:
    """The answer becomes `new` ({"value"} or {"na"}), and the scorecard gets another edition.

    Callers hold the visit's lock and have read the dispute under it. Forbidden for whoever approved the visit.
    Conflict when it is answered; Invalid names the field `answer` or `reason`.
    """
    visit = _checked(dispute, by)
    answered = _answered(dispute, visit, by, upheld=True)
    if answered is not None:
        return answered
    given = _text(
        reason, "reason", _("Write the reason: everybody who sees the scorecard reads it."), LONGEST_REASON
    )
    correction = corrections.correct(visit, dispute.question_id, new, given, by, at, for_dispute=True)
    current = current_of(dispute.scorecard)
    try:
        edition = editions.make_edition(current, by, at, given)
    except Conflict as refused:
        if refused.code != "not_complete":
            raise
        raise Invalid(
            _("With this answer the visit cannot be scored any more. Choose another one, or decline."),
            field="answer",
        ) from refused
    return _settled(
        dispute, visit, by, at, upheld=True, reason=given, correction_id=correction.id, edition=edition
    )


def _checked(dispute: Dispute, by: Person) -> Visit:
    if not by.is_agency:
        raise Forbidden(_("The agency answers disputes."))
    visit = db.session.get_one(Visit, dispute.visit_id)
    if visit.shopper_id == by.id:
        raise Forbidden(_("This visit was yours, so somebody else must answer."))
    return visit


def _answered(dispute: Dispute, visit: Visit, by: Person, *, upheld: bool) -> DisputeOutcome | None:
    """What this click said before; None while it is open. Nobody judges an objection to their own approval."""
    outcome = dispute.outcome
    if outcome is None:
        if approver_id(visit) == by.id:
            raise Forbidden(_("You approved this visit, so this dispute needs somebody else of the agency."))
        return None
    if (outcome.by_id, outcome.upheld) == (by.id, upheld):
        return outcome
    raise Conflict(_("This dispute has been answered already."), code="answered")


def _settled(
    dispute: Dispute,
    visit: Visit,
    by: Person,
    at: datetime,
    *,
    upheld: bool,
    reason: str,
    correction_id: int | None = None,
    edition: Scorecard | None = None,
) -> DisputeOutcome:
    outcome = DisputeOutcome(
        dispute_id=dispute.id,
        upheld=upheld,
        reason=reason,
        by_id=by.id,
        at=at,
        correction_id=correction_id,
        scorecard_id=edition.id if edition else None,
    )
    db.session.add(outcome)
    db.session.flush()
    kind = "dispute.upheld" if upheld else "dispute.declined"
    record(kind, by, at, **_about(dispute), dispute=dispute.id, question=dispute.question_id)
    db.session.expire(dispute, ["outcome"])
    dispute_mails.answered(dispute, edition, at)
    return outcome
