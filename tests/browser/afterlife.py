"""What a showcase holds of the life after a submission, once more in its other states: for the looks of pages."""

import dataclasses
from datetime import timedelta

from audit.accounts.models import Person
from audit.db import db, now
from audit.followup import thread
from audit.followup.models import Dispute
from audit.mails.models import Mail, MailState
from audit.payments import services as payments
from audit.payments.models import Payment
from audit.reports import batches
from audit.reports.models import Batch
from audit.review import appeals, grades
from audit.review.layers import Alarm, Correction
from audit.review.models import Scorecard
from audit.visits import queries
from audit.visits.models import Visit
from tests import factories, stories
from tests.browser.showcase import Showcase


@dataclasses.dataclass
class Afterlife:
    """Records at `second_branch`, whose manager is `other_manager`; all visits are `shopper`'s."""

    correction: Correction  # of a scored answer, waits for a yes
    appeals: list[Visit]  # rejected: may be appealed, waits for an answer, declined
    alarm: Alarm  # raised, not settled
    fresh: Scorecard  # released just now: may be disputed
    editions: list[Scorecard]  # the first and the second one
    disputes: list[Dispute]  # of those: upheld, declined


def afterlife(made: Showcase) -> Afterlife:
    """Make and commit all of it; needs no worker."""
    editor = made.cast.people["editor"]
    waiting = _submitted(made)
    correction = stories.corrected_answer(waiting, editor, "greeted", {"value": "yes"})
    upheld, declined = _disputed(made)
    life = Afterlife(
        correction=correction,
        appeals=_appeals(made),
        alarm=_alarm(waiting),
        fresh=_fresh(made),
        editions=db.session.query(Scorecard).filter_by(visit_id=upheld.visit_id).order_by(Scorecard.id).all(),
        disputes=[upheld, declined],
    )
    _pay(made.cast.people["admin"])
    return life


def unfinished(made: Showcase) -> tuple[Batch, list[Mail]]:
    """What a worker would end: a batch that is being made, and a mail in each state. Make it after its work."""
    batch = batches.order(made.cast.people["head_office"], made.wave, "en", now())
    mails = db.session.query(Mail).order_by(Mail.id).limit(len(MailState)).all()
    for mail, state in zip(mails, MailState, strict=True):
        mail.state = state
        mail.claimed_at = None if state == MailState.WAITING else now()
        mail.sent_at = now() if state == MailState.SENT else None
        mail.problem = "450 4.2.1 mailbox busy" if state in (MailState.UNSURE, MailState.FAILED) else ""
    db.session.commit()
    return batch, mails


def _submitted(made: Showcase) -> Visit:
    shopper = made.cast.people["shopper"]
    visit = factories.visit(made.wave, made.cast.second_branch, shopper)
    stories.submitted(visit, shopper, {"greeted": "no", "skill": 2})
    stories.looked_through(visit)
    return visit


def _appeals(made: Showcase) -> list[Visit]:
    shopper, admin = made.cast.people["shopper"], made.cast.people["admin"]
    found = []
    for step in ("rejected", "appealed", "declined"):
        visit = factories.visit(made.wave, made.cast.second_branch, shopper)
        at = now() - timedelta(days=1)
        stories.submitted(visit, shopper, at=at)
        stories.rejected(visit, made.cast.people["editor"], at + timedelta(hours=1))
        locked = queries.locked_visit_for(shopper, visit.id)
        if step != "rejected":
            appeals.raise_appeal(
                locked, shopper, at + timedelta(hours=2), "Ảnh chụp đúng ngày, chi nhánh vừa sơn."
            )
        if step == "declined":
            appeals.answer(locked, admin, now(), granted=False, text="Ảnh trùng với lượt tháng trước.")
        db.session.commit()
        found.append(visit)
    return found


def _alarm(visit: Visit) -> Alarm:
    alarm = Alarm(visit_id=visit.id, question_id="queue", round=1, at=factories.AT)
    db.session.add(alarm)
    db.session.commit()
    return alarm


def _card(made: Showcase, values: dict[str, object]) -> Scorecard:
    people = made.cast.people
    visit = factories.visit(made.wave, made.cast.second_branch, people["shopper"])
    return stories.lived(visit, people["editor"], people["admin"], values, now() - timedelta(hours=2))


def _fresh(made: Showcase) -> Scorecard:
    card, editor = _card(made, {"greeted": "no", "mess": ["dirty", "broken"]}), made.cast.people["editor"]
    grades.give(queries.locked_visit_for(editor, card.visit_id), editor, now(), 4, "Ảnh rõ, nhận xét đủ.")
    thread.write(card, made.cast.people["other_manager"], now(), "Sảnh hôm đó đang sửa.")
    thread.write(card, editor, now(), "Chúng tôi đã ghi nhận.")
    thread.acknowledge(card, made.cast.people["other_manager"], now())
    db.session.commit()
    return card


def _disputed(made: Showcase) -> tuple[Dispute, Dispute]:
    people = made.cast.people
    card = _card(made, {"greeted": "no", "skill": 2})
    thread.acknowledge(card, people["other_manager"], now())
    first = stories.disputed(card, people["other_manager"], "greeted", at=now())
    second = stories.disputed(card, people["other_manager"], "skill", at=now())
    stories.declined(second, people["admin"], at=now())
    stories.upheld(first, people["admin"], {"value": "yes"}, at=now())
    return first, second


def _pay(admin: Person) -> None:
    """The first is paid, the second approved, the others are new."""
    first, second = db.session.query(Payment).order_by(Payment.id).limit(2)
    payments.approve_payments([first.id, second.id], admin, now())
    payments.mark_paid([first.id], admin, now(), factories.AT.date(), "FT26318")
    db.session.commit()
