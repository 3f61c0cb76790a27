"""Pages of corrections: an editor corrects an answer, a second editor or the shopper says yes or no."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Conflict, Invalid, NotFound
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import ngettext, text_of
from audit.review import corrections, forms, words
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.corrected import answer_in, effective
from audit.review.correction_forms import (
    CorrectForm,
    Replies,
    SettleForm,
    answer_field,
    new_answer,
    typed_replies,
)
from audit.review.differences import Difference, layers_of
from audit.security import allow, me
from audit.visits import queries as visits
from audit.visits.forms import AnswerField
from audit.visits.lifecycle import State
from audit.visits.models import Visit

QUESTION = f"{VISIT}/questions/<int:place>"
CORRECTION = f"{VISIT}/corrections/<int:correction_id>"


def question_at(visit: Visit, place: int) -> Mapping[str, Any]:
    """The question with this number on the form; NotFound when there is none."""
    questions = list(visits.checklist_of(visit).questions.values())
    if not 1 <= place <= len(questions):
        raise NotFound(_("This question is not part of the checklist."))
    return questions[place - 1]


@bp.route(f"{QUESTION}/correct", methods=["GET", "POST"])
@agency
def correct(visit_id: int, place: int) -> Page:
    """Correct one answer: the inputs of its question, and why."""
    is_post = request.method == "POST"
    load = visits.locked_visit_for if is_post else visits.visit_for
    visit, form = load(me(), visit_id), CorrectForm()
    question = question_at(visit, place)
    if visit.state != State.SUBMITTED and not is_post:
        return redirect(url_for(".visit", visit_id=visit_id), 303)
    submission = corrections.submission_of(visit)
    given = effective(visit, submission).answers.get(question["id"], {})
    found = answer_field(question, visit.branch.timezone, given)
    if not is_post or found.errors:
        page = _correct_page(visit, question, found, form)
        return (page, 422) if found.errors else page
    try:
        new, reason = new_answer(found), form.reason.data or ""
        made = corrections.correct(visit, question["id"], new, reason, me(), now(), seen=forms.seen_round())
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        if refusal.details.get("field") == "answer":
            found.refuse(str(refusal.message))
        else:
            show(form, refusal)
        return _correct_page(visits.visit_for(me(), visit_id), question, found, form), refusal.status
    db.session.commit()
    if made.needs_consent:
        flash(_("Corrected. It counts once the shopper or a second editor says yes."), "good")
    else:
        flash(_("Corrected. The shopper sees the difference."), "good")
    return redirect(url_for(".visit", visit_id=visit_id, _anchor=f"q-{place}"), 303)


def _correct_page(visit: Visit, question: Mapping[str, Any], found: AnswerField, form: CorrectForm) -> str:
    known, submission = visits.checklist_of(visit), corrections.submission_of(visit)
    zone, name = visit.branch.timezone, question["id"]
    given = effective(visit, submission).answers.get(name, {})
    return render_template(
        "review/correct.html",
        visit=visit,
        question=question,
        number=known.order[name] + 1,
        text=text_of(question.get("text")) or name,
        sent=words.said(question, answer_in(submission, name), zone),
        stands=words.said(question, given, zone),
        f=found,
        form=form,
        is_scored=corrections.counts(visit, name),
        can_correct=question["type"] not in corrections.UNCORRECTED,
    )


@bp.route(CORRECTION, methods=["GET", "POST"])
@agency
def correction(visit_id: int, correction_id: int) -> Page:
    """One correction: a second editor says yes or no."""
    is_post = request.method == "POST"
    load = visits.locked_visit_for if is_post else visits.visit_for
    visit, form = load(me(), visit_id), SettleForm()
    if not is_post:
        return _correction_page(visit, correction_id, form)
    if form.answer.data not in ("yes", "no"):
        corrections.find(visit, correction_id)
        form.answer.errors = [_("Choose yes or no.")]
        return _correction_page(visit, correction_id, form), 422
    is_yes = form.answer.data == "yes"
    try:
        corrections.settle(visit, correction_id, me(), now(), agreed=is_yes, note=form.note.data or "")
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        show(form, refusal)
        return _correction_page(visits.visit_for(me(), visit_id), correction_id, form), refusal.status
    db.session.commit()
    flash(_("The corrected answer counts.") if is_yes else _("The shopper's answer stays."), "good")
    return redirect(url_for(".visit", visit_id=visit_id), 303)


def _correction_page(visit: Visit, correction_id: int, form: SettleForm) -> str:
    found = corrections.find(visit, correction_id)
    layers = layers_of(visit, corrections.submission_of(visit))
    one = next(one for one in layers.corrections if one.correction.id == found.id)
    is_own = found.by_id == me().id
    is_second = one.standing == "waits" and not is_own and visit.shopper_id != me().id
    can_withdraw = one.standing == "waits" and (is_own or me().has(RoleName.ADMIN))
    return render_template(
        "review/correction.html",
        visit=visit,
        one=one,
        form=form,
        is_second=is_second and visit.state in corrections.ASKABLE,
        can_withdraw=can_withdraw,
    )


@bp.post(f"{CORRECTION}/withdraw")
@agency
def withdraw_correction(visit_id: int, correction_id: int) -> Page:
    """Take back a correction that waits."""
    visit = visits.locked_visit_for(me(), visit_id)
    corrections.withdraw(visit, correction_id, me(), now())
    db.session.commit()
    flash(_("Withdrawn. The shopper's answer stays."), "good")
    return redirect(url_for(".visit", visit_id=visit_id), 303)


@bp.route("/visits/<int(max=2147483647):visit_id>/changes", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def changes(visit_id: int) -> Page:
    """What editors changed of the shopper's own visit, and the yes or no to what waits for it."""
    if request.method == "GET":
        return _changes_page(_own(visits.visit_for(me(), visit_id)), Replies())
    visit = _own(visits.locked_visit_for(me(), visit_id))
    replies, problems = typed_replies(), {}
    for correction_id, answer in replies.answers.items():
        note = replies.notes.get(correction_id, "")
        try:
            corrections.settle(visit, correction_id, me(), now(), agreed=answer == "yes", note=note)
        except (Invalid, Conflict) as refusal:
            problems[correction_id] = str(refusal.message)
    if problems:
        db.session.rollback()
        kept = Replies(replies.answers, replies.notes, problems)
        return _changes_page(_own(visits.visit_for(me(), visit_id)), kept), 422
    db.session.commit()
    count = len(replies.answers)
    if count:
        flash(
            ngettext(
                "Your answer to %(num)s correction is kept.",
                "Your answers to %(num)s corrections are kept.",
                count,
            ),
            "good",
        )
    return redirect(url_for(".changes", visit_id=visit_id), 303)


def _own(visit: Visit) -> Visit:
    if visit.shopper_id != me().id:
        raise NotFound(_("There is no such visit, or it is not yours."))
    return visit


def _changes_page(visit: Visit, replies: Replies) -> str:
    layers = layers_of(visit, visits.submission_of(visit))
    # What was taken back or never counted was never a difference; what was declined, the shopper has seen.
    shown = [one for one in layers.corrections if one.standing != "withdrawn"]
    asks = visit.state in corrections.ASKABLE

    def may_answer(one: Difference) -> bool:
        return asks and one.standing == "waits" and one.correction.by_id != me().id

    return render_template(
        "review/changes.html",
        visit=visit,
        layers=layers,
        shown=shown,
        waiting=[one for one in shown if may_answer(one)],
        replies=replies,
        may_answer=may_answer,
    )
