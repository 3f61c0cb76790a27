"""The grade of a shopper's work and the answer to an appeal, on the visit's page."""

from flask import flash, redirect, render_template, request, url_for

from audit.branches.forms import is_id
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.review import appeals, grades
from audit.review.blueprint import VISIT, Page, admin, agency, bp
from audit.review.showing import show_refused
from audit.security import me
from audit.visits import queries as visits

bp.add_app_template_global(grades.grade_of)
bp.add_app_template_global(appeals.appeal_of)
bp.add_app_template_global(appeals.answerers, "appeal_answerers")


@bp.post(f"{VISIT}/grade")
@agency
def give_grade(visit_id: int) -> Page:
    """Grade the work; a refusal keeps what was typed."""
    chosen = request.form.get("grade", "")
    found = visits.locked_visit_for(me(), visit_id)
    try:
        grade = int(chosen) if is_id(chosen) else None
        grades.give(found, me(), now(), grade, request.form.get("grade_note", ""))
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal)
    db.session.commit()
    flash(_("Graded. The shopper sees it."), "good")
    return redirect(url_for(".visit", visit_id=visit_id, _anchor="grade"), 303)


@bp.get("/appeals")
@admin
def open_appeals() -> Page:
    """Appeals that wait for an answer."""
    return render_template("review/appeals.html", appeals=appeals.open_appeals(me()))


@bp.post(f"{VISIT}/appeal")
@admin
def answer_appeal(visit_id: int) -> Page:
    """Grant or decline it; a refusal keeps what was typed."""
    found = visits.locked_visit_for(me(), visit_id)
    choice = request.form.get("granted")
    try:
        if choice not in ("yes", "no"):
            raise Invalid(_("Choose whether the appeal is granted or declined."), field="answer")
        appeals.answer(found, me(), now(), granted=choice == "yes", text=request.form.get("answer", ""))
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal)
    db.session.commit()
    flash(_("Answered. The shopper gets a mail."), "good")
    return redirect(url_for(".visit", visit_id=visit_id, _anchor="appeal"), 303)
