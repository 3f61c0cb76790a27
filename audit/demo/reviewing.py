"""What editors and shoppers of the demo do around a review: signs, claims, corrections, grades, appeals."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.db import db
from audit.demo import replies
from audit.demo.chance import dice
from audit.demo.living import Deed, World, shopper_of
from audit.demo.timeline import Step
from audit.errors import Invalid
from audit.review import alarms, appeals, claims, corrections, escalation, grades, redaction
from audit.review.corrected import corrections_of, submitted_answers
from audit.review.flags.job import raise_flags
from audit.review.layers import Alarm
from audit.visits import queries as visits
from audit.visits.models import Visit

FACE = (0.36, 0.3, 0.22, 0.26)  # what is covered of a photo: left, top, width, height


def look_through(world: World, step: Step) -> None:
    """What the jobs do after a submission: alarms at once, then flags; the old waves were before there were any."""
    if world.lives[step.visit].is_old:
        return
    visit, at = world.visit(step), step.at + timedelta(seconds=40)
    parts = (joinedload(Visit.branch), joinedload(Visit.client), joinedload(Visit.version))
    db.session.scalars(select(Visit).where(Visit.id == visit.id).options(*parts)).one()
    raised = alarms.raise_alarms(visit, visit.round - 1, at)
    raise_flags(visit, visit.round - 1, at)
    if world.lives[step.visit].slot.twist != "alarm_raised":
        for alarm in raised:
            later = at + timedelta(hours=1, minutes=20)
            world.plan(Step(later, step.visit, "settle_alarm", {"alarm": alarm.id}))


def _settle_alarm(world: World, step: Step) -> None:
    alarm = db.session.get_one(Alarm, step.detail["alarm"])
    note = replies.ALARMS[world.lives[step.visit].brand.key]
    alarms.settle(alarm, world.editors[step.visit % 2], step.at, note, is_true=True)


def _claim(world: World, step: Step) -> None:
    claims.claim(world.visit(step), world.editors[step.detail["editor"]], step.at)


def _escalate(world: World, step: Step) -> None:
    escalation.mark(world.visit(step), step.at)


def _amend(world: World, step: Step) -> None:
    """Correct the first answer of a scored yes-or-no question that can be turned round."""
    visit, editor = world.visit(step), world.editors[step.detail["editor"]]
    for name, new in _turned(visit):
        try:
            corrections.correct(visit, name, new, replies.AMENDED, editor, step.at)
        except Invalid:
            continue  # another question depends on it
        return
    raise LookupError(f"visit {step.visit} has no answer to correct")


def _turned(visit: Visit) -> Iterator[tuple[str, Mapping[str, Any]]]:
    known = visits.checklist_of(visit)
    answers = submitted_answers(corrections.submission_of(visit))
    for name, question in known.questions.items():
        said = answers.get(name, {}).get("value")
        is_plain = question["type"] == "yesno" and question.get("weight", 1) and not question.get("photo")
        if is_plain and said in ("yes", "no") and question.get("section") not in ("before", "after"):
            yield name, {"value": "no" if said == "yes" else "yes"}


def _answer_amendment(world: World, step: Step) -> None:
    visit = world.visit(step)
    correction = corrections_of(visit)[-1]
    if step.detail["agreed"]:
        second = world.editors[step.detail["editor"]]
        note = replies.AMENDMENT_AGREED
        corrections.settle(visit, correction.id, second, step.at, agreed=True, note=note)
    else:
        note = replies.AMENDMENT_DECLINED
        corrections.settle(visit, correction.id, shopper_of(world, step), step.at, agreed=False, note=note)


def _cover(world: World, step: Step) -> None:
    """A name in a comment, or a face in a photo."""
    visit, editor = world.visit(step), world.editors[step.detail["editor"]]
    submission = corrections.submission_of(visit)
    if step.detail["what"] == "photo":
        photo = visits.photos_of(visit)[0]
        redaction.redact_photo(visit, photo.id, [FACE], editor, step.at, reason=replies.FACE_COVERED)
        return
    given = submission.payload["answers"]
    question = next(name for name, one in given.items() if replies.NAMED in one.get("comment", ""))
    text = given[question]["comment"].replace(replies.NAMED, replies.UNNAMED)
    redaction.redact_text(visit, question, "comment", text, replies.NAME_COVERED, editor, step.at)


def _grade(world: World, step: Step) -> None:
    grade, editor = step.detail["grade"], world.editors[step.detail["editor"]]
    notes = replies.GRADES[grade]
    note = dice(world.seed, step.visit, "grade note").choice(notes)
    grades.give(world.visit(step), editor, step.at, grade, note)


def _appeal(world: World, step: Step) -> None:
    text = replies.APPEALS[step.visit % len(replies.APPEALS)]
    appeals.raise_appeal(world.visit(step), shopper_of(world, step), step.at, text)


def _answer_appeal(world: World, step: Step) -> None:
    text = replies.APPEAL_DECLINED
    appeals.answer(world.visit(step), world.admin, step.at, granted=False, text=text)


DEEDS: Mapping[str, Deed] = {
    "settle_alarm": _settle_alarm,
    "claim": _claim,
    "escalate": _escalate,
    "amend": _amend,
    "answer_amendment": _answer_amendment,
    "cover": _cover,
    "grade": _grade,
    "appeal": _appeal,
    "answer_appeal": _answer_appeal,
}
