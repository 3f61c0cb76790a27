"""A visit's life up to a point, lived through the real services. Each step commits, as its page would."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from audit.accounts.models import Person
from audit.db import db
from audit.followup import dispute_queries, disputes, proposals
from audit.followup.models import Dispute, DisputeOutcome
from audit.review import corrections, redaction, release, services
from audit.review.flags import job
from audit.review.flags.queries import flags_of
from audit.review.layers import Correction, Flag, PhotoRedaction
from audit.review.models import Scorecard
from audit.review.queries import locked_released_for
from audit.scoring import visit as scoring
from audit.visits import evidence, queries, submission
from audit.visits.answering import Given, open_for_answers, save_answers
from audit.visits.covering import Area
from audit.visits.models import Submission, Visit
from tests import factories, photo_files

AT = factories.AT


@cache
def picture(seed: int = 1) -> bytes:
    """A small JPEG."""
    return photo_files.jpeg(320, 240, seed)


def best(question: Mapping[str, Any]) -> Any:
    """A value of full credit, or any that fits; None for a photo."""
    kind = question["type"]
    if kind == "yesno":
        return question.get("good", "yes")
    if kind == "single":
        return max(question["options"], key=lambda option: float(option.get("points", 0)))["id"]
    if kind == "multi":
        return [option["id"] for option in question["options"] if float(option.get("points", 0)) > 0]
    if kind == "scale":
        return question["max"]
    if kind == "number":
        return 3
    if kind == "duration":
        return {"start": "2026-11-14T10:10:00+07:00", "end": "2026-11-14T10:12:00+07:00"}
    return "Nhân viên chào rõ, hướng dẫn tận tình." if kind == "text" else None


def answered(
    visit: Visit, shopper: Person, values: Mapping[str, Any] | None = None, at: datetime = AT
) -> Visit:
    """Every shown question answered at its best but for `values` ("na": not applicable), with photos."""
    visit = queries.locked_visit_for(shopper, visit.id)
    open_for_answers(visit, shopper, at)  # an accepted visit starts
    known = queries.checklist_of(visit)
    wanted = {name: best(question) for name, question in known.questions.items()} | dict(values or {})
    document = {
        name: {"na": True} if value == "na" else {"value": value}
        for name, value in wanted.items()
        if value is not None
    }
    shown = scoring.states(known.checklist, document)
    given = [
        Given(name, None if answer == {"na": True} else answer["value"], "na" in answer, "", at)
        for name, answer in document.items()
        if shown[name] != "hidden"
    ]
    save_answers(visit, shopper, at, given)
    for place, owed in enumerate(queries.missing(visit)):
        add_photo(visit, shopper, owed.removesuffix(":photo"), place, at)
    db.session.commit()
    return visit


def add_photo(visit: Visit, shopper: Person, question: str, seed: int = 1, at: datetime = AT) -> None:
    """One picture at a question; flushes."""
    evidence.add_photo(visit, shopper, at, uuid4(), question, picture(seed), evidence.Taken(at=at))


def submitted(
    visit: Visit, shopper: Person, values: Mapping[str, Any] | None = None, at: datetime = AT
) -> Submission:
    """Answered and submitted; at `at`, an hour after the visit."""
    answered(visit, shopper, values, at - timedelta(hours=1))
    return sent(visit, shopper, at)


def sent(visit: Visit, shopper: Person, at: datetime = AT) -> Submission:
    """Submitted as it stands."""
    visit = queries.locked_visit_for(shopper, visit.id)
    made, _new = submission.submit(visit, shopper, at, uuid4(), submission.Package())
    db.session.commit()
    return made


def returned(
    visit: Visit, editor: Person, notes: Mapping[str, str], at: datetime = AT + timedelta(hours=1)
) -> Visit:
    """Sent back with notes by question."""
    visit = queries.locked_visit_for(editor, visit.id)
    services.send_back(visit, editor, at, notes)
    db.session.commit()
    return visit


def corrected(
    visit: Visit, shopper: Person, values: Mapping[str, Any], at: datetime = AT + timedelta(hours=2)
) -> Submission:
    """The returned questions answered anew and submitted again."""
    visit = queries.locked_visit_for(shopper, visit.id)
    given = [
        Given(name, None if value == "na" else value, value == "na", "", at) for name, value in values.items()
    ]
    save_answers(visit, shopper, at, given)
    return sent(visit, shopper, at)


def corrected_answer(
    visit: Visit,
    editor: Person,
    question: str,
    new: Mapping[str, Any],
    reason: str = "Ảnh cho thấy khác",
    at: datetime = AT + timedelta(hours=2),
) -> Correction:
    """An editor's layer over one answer of a submitted visit: {"value"} or {"na": True}."""
    made = corrections.correct(queries.locked_visit_for(editor, visit.id), question, new, reason, editor, at)
    db.session.commit()
    return made


def agreed(made: Correction, by: Person, at: datetime = AT + timedelta(hours=2)) -> Correction:
    """The yes of the shopper or of a second editor to a correction that waits."""
    locked = queries.locked_visit_for(by, made.visit_id)
    settled = corrections.settle(locked, made.id, by, at, agreed=True)
    db.session.commit()
    return settled


def covered(
    visit: Visit, editor: Person, area: Area = (0.2, 0.2, 0.4, 0.4), at: datetime = AT + timedelta(hours=2)
) -> PhotoRedaction:
    """An area of the first photo made unrecognisable for the client."""
    locked = queries.locked_visit_for(editor, visit.id)
    photo = queries.photos_of(locked)[0]
    made = redaction.redact_photo(locked, photo.id, [area], editor, at, reason="Khuôn mặt")
    db.session.commit()
    return made


def rejected(visit: Visit, editor: Person, at: datetime = AT + timedelta(hours=1)) -> Visit:
    """Rejected as fraud, with "Ảnh cũ" as the reason."""
    visit = queries.locked_visit_for(editor, visit.id)
    services.reject(visit, editor, at, "Ảnh cũ", fraud=True)
    db.session.commit()
    return visit


def looked_through(visit: Visit, at: datetime = AT + timedelta(hours=1)) -> list[Flag]:
    """The jobs of the latest submission have run: copies of photos, alarms with their mails, flags."""
    db.session.refresh(visit)
    job.look_through(visit.id, visit.round - 1, at)
    return flags_of(visit)


def approved(visit: Visit, editor: Person, at: datetime = AT + timedelta(hours=3)) -> Scorecard:
    """Approved: the scorecard is made. The visit must be submitted."""
    evidence.prepare(visit.id)
    visit = queries.locked_visit_for(editor, visit.id)
    card = services.approve(visit, editor, at)
    db.session.commit()
    return card


def released(visit: Visit, admin: Person, at: datetime = AT + timedelta(hours=4)) -> Scorecard:
    """Released to the client. The visit must be approved."""
    visit = queries.locked_visit_for(admin, visit.id)
    card = release.release(visit, admin, at)
    db.session.commit()
    return card


def lived(
    visit: Visit, editor: Person, admin: Person, values: Mapping[str, Any] | None = None, at: datetime = AT
) -> Scorecard:
    """From accepted to released an hour or so after `at`, with what follows a release: actions."""
    shopper = db.session.get_one(Person, visit.shopper_id)
    submitted(visit, shopper, values, at)
    approved(visit, editor, at + timedelta(minutes=30))
    card = released(visit, admin, at + timedelta(hours=1))
    proposals.after_release(card, at + timedelta(hours=1))
    db.session.commit()
    return card


def disputed(
    card: Scorecard,
    manager: Person,
    question: str = "greeted",
    fact: str = "Nhân viên đã chào, có camera ghi lại.",
    evidence: Sequence[str] = (),
    at: datetime = AT + timedelta(hours=5),
) -> Dispute:
    """An objection to one answer of a released scorecard."""
    locked = locked_released_for(manager, card.id)
    made = disputes.raise_dispute(locked, manager, at, question, fact, evidence)
    db.session.commit()
    return made


def upheld(
    dispute: Dispute,
    editor: Person,
    new: Mapping[str, Any],
    reason: str = "Camera cho thấy nhân viên đã chào.",
    at: datetime = AT + timedelta(hours=6),
) -> DisputeOutcome:
    """The answer corrected to `new` ({"value"} or {"na"}): the scorecard has another edition."""
    queries.locked_visit_for(editor, dispute.visit_id)
    outcome = disputes.uphold(dispute_queries.dispute_for(editor, dispute.id), editor, at, new, reason)
    db.session.commit()
    return outcome


def declined(
    dispute: Dispute,
    editor: Person,
    reason: str = "Ảnh và giờ ghi khớp với câu trả lời.",
    at: datetime = AT + timedelta(hours=6),
) -> DisputeOutcome:
    """The answer stays."""
    queries.locked_visit_for(editor, dispute.visit_id)
    outcome = disputes.decline(dispute_queries.dispute_for(editor, dispute.id), editor, at, reason)
    db.session.commit()
    return outcome
