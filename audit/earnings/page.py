"""Each of a shopper's visits with its money, where it stands in plain words, and what blocks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from audit.accounts.models import Person
from audit.earnings.queries import waiting_corrections
from audit.i18n import clock, day, ngettext
from audit.i18n import gettext as _
from audit.payments import queries as payments
from audit.payments import services
from audit.payments.models import Expense, Payment, PaymentState
from audit.review import appeals, grades
from audit.review.appeals import Rejection
from audit.review.layers import Appeal, Grade
from audit.visits import queries as visits
from audit.visits.lifecycle import State
from audit.visits.models import Visit

EARNING = (State.ACCEPTED, State.IN_PROGRESS, State.SUBMITTED, State.RETURNED)  # may still be approved


@dataclass(frozen=True)
class Line:
    """One visit; amounts in đồng. `blocked` says what is in the way and whose turn it is, empty for nothing."""

    visit: Visit
    fee: int
    cap: int
    expense: Expense | None
    payment: Payment | None
    grade: Grade | None
    rejection: Rejection | None
    appeal: Appeal | None
    stands: str
    blocked: str
    is_theirs: bool  # the shopper can do something about it
    has_corrections: bool  # some wait for the shopper
    may_report: bool
    may_appeal: bool
    was_rejected_again: bool  # after its appeal had been granted
    expected: str  # when the money comes, while no payment says it; empty where none is due

    @property
    def amount(self) -> int:
        """What is or will be paid."""
        if self.payment is not None:
            return self.payment.fee + self.payment.expense
        return self.fee + (self.expense.amount if self.expense else 0)


@dataclass(frozen=True)
class Earnings:
    """All lines with the sums that the page begins with, in đồng."""

    lines: list[Line]
    coming: int
    paid: int


def earnings_of(shopper: Person, at: datetime) -> Earnings:
    """The shopper's visits, the newest first: a fixed number of queries."""
    found = payments.accepted_visits(shopper)
    ids = [visit.id for visit in found]
    facts = _Facts(
        payments.payments_of(ids),
        payments.expenses_of(ids),
        grades.grades_of(ids),
        appeals.rejections_of(ids),
        appeals.appeals_of(ids),
        waiting_corrections(found),
        {number: len(notes) for number, notes in visits.return_notes(found).items()},
    )
    lines = [_line(visit, facts, at) for visit in found]
    owed = [line.payment for line in lines if line.payment is not None]
    return Earnings(
        lines,
        sum(one.fee + one.expense for one in owed if one.state != PaymentState.PAID),
        sum(one.fee + one.expense for one in owed if one.state == PaymentState.PAID),
    )


@dataclass(frozen=True)
class _Facts:
    payments: Mapping[int, Payment]
    expenses: Mapping[int, Expense]
    grades: Mapping[int, Grade]
    rejections: Mapping[int, Rejection]
    appeals: Mapping[int, Appeal]
    corrections: Mapping[int, int]
    returned: Mapping[int, int]


def _line(visit: Visit, facts: _Facts, at: datetime) -> Line:
    payment = facts.payments.get(visit.id)
    rejection = facts.rejections.get(visit.id) if visit.state == State.REJECTED else None
    appeal = facts.appeals.get(visit.id)
    blocked, is_theirs = _blocked(visit, facts)
    is_open = payment is None or payment.state == PaymentState.NEW
    cap = services.cap_of(visit)
    return Line(
        visit=visit,
        fee=int((visit.terms or {}).get("fee", 0)),
        cap=cap,
        expense=facts.expenses.get(visit.id),
        payment=payment,
        grade=facts.grades.get(visit.id),
        rejection=rejection,
        appeal=appeal,
        stands=_stands(visit, payment),
        blocked=blocked,
        is_theirs=is_theirs,
        has_corrections=visit.id in facts.corrections,
        may_report=cap > 0 and is_open and visit.state in services.SPENDING,
        may_appeal=rejection is not None and appeal is None and at <= rejection.until,
        was_rejected_again=rejection is not None and _answered_before(appeal, rejection.at),
        expected=_expected(visit, payment),
    )


def _answered_before(appeal: Appeal | None, at: datetime) -> bool:
    return appeal is not None and appeal.answered_at is not None and appeal.answered_at < at


def _expected(visit: Visit, payment: Payment | None) -> str:
    if payment is not None or visit.state not in EARNING:
        return ""
    days = current_app.extensions["settings"].payment_days
    return ngettext("within %(num)s day after approval", "within %(num)s days after approval", days)


def _stands(visit: Visit, payment: Payment | None) -> str:
    if payment is not None:
        return _money(payment)
    words = {
        State.ACCEPTED: _("Accepted, not begun yet"),
        State.IN_PROGRESS: _("Begun, not submitted yet"),
        State.SUBMITTED: _("Submitted: the agency is checking it"),
        State.RETURNED: _("Returned to you to be corrected"),
        State.REJECTED: _("Rejected: nothing is paid"),
        State.ABORTED: _("Could not be completed: no fee"),
        State.CANCELLED: _("Cancelled by the agency"),
    }
    return words.get(State(visit.state), _("Approved"))


def _money(payment: Payment) -> str:
    if payment.state == PaymentState.PAID:
        return _("Paid on %(day)s", day=day(payment.paid_on))
    if payment.state == PaymentState.APPROVED:
        return _("Payment approved: expected by %(day)s", day=day(payment.due_on))
    return _("Visit approved: the money is expected by %(day)s", day=day(payment.due_on))


def _blocked(visit: Visit, facts: _Facts) -> tuple[str, bool]:
    """What has to happen next, and whether the shopper has to do it."""
    zone = visit.branch.timezone
    appeal = facts.appeals.get(visit.id)
    waiting = facts.corrections.get(visit.id, 0)
    if waiting:
        words = ngettext(
            "%(num)s correction waits for your yes or no.",
            "%(num)s corrections wait for your yes or no.",
            waiting,
        )
        return words, True
    if visit.state == State.RETURNED:
        count = facts.returned.get(visit.id, 0)
        words = ngettext(
            "%(num)s question waits for your correction.",
            "%(num)s questions wait for your correction.",
            count,
        )
        return words, True
    if visit.state in (State.ACCEPTED, State.IN_PROGRESS):
        return _("To be submitted by %(time)s.", time=clock(visit.submit_by, zone)), True
    if visit.state == State.SUBMITTED:
        return _("Waits for the agency since %(time)s.", time=clock(_came(visit, appeal), zone)), False
    if visit.state == State.REJECTED and appeal is not None and appeal.granted is None:
        return _("Your appeal waits for the agency's answer."), False
    payment = facts.payments.get(visit.id)
    if payment is not None and payment.state == PaymentState.NEW:
        return _("Waits for the agency to approve the payment."), False
    return "", False


def _came(visit: Visit, appeal: Appeal | None) -> datetime | None:
    """When it came to the agency last: sent, or brought back by an appeal that was granted."""
    answered = appeal.answered_at if appeal is not None and appeal.granted else None
    return max((one for one in (visit.submitted_at, answered) if one is not None), default=None)
