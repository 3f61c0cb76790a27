"""The form: whole for the script; a section at a time, and what was returned, without JavaScript."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Invalid, NotFound
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.scoring import visit as scoring
from audit.security import allow, me
from audit.visits import answering, evidence, forms, offline_pages, outline, photos, queries
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.visits.outline import Question, Section
from audit.visits.screen import Screen, screen_of, sheet_of

Page = Response | str | tuple[str, int]
FILLED_IN = (State.ACCEPTED, State.IN_PROGRESS, State.RETURNED)


def _to(endpoint: str, visit: Visit, **values: Any) -> Response:
    return redirect(url_for(endpoint, visit_id=visit.id, **values), 303)


def _desk(visit: Visit) -> Response:
    """Where the form of a visit in this state continues."""
    if visit.state == State.RETURNED:
        return _to(".correct", visit)
    return _to(".brief", visit)


@bp.get(f"{VISIT}/answer")
@allow(RoleName.SHOPPER)
def answer(visit_id: int) -> Page:
    """The whole form, empty: the script fills it from the phone and the server and shows a screen at a time."""
    visit = own(visit_id)
    if visit.state not in FILLED_IN:
        sent = queries.submission_of(visit)
        return _to(".brief" if sent is None else ".receipt", visit)
    sheet = sheet_of(visit)
    html = render_template(
        "visits/form.html", visit=visit, screen=sheet, parts=sheet.parts, notes=sheet.notes
    )
    return offline_pages.marked(html, offline_pages.stamp_of(visit))


@bp.get(f"{VISIT}/plain")
@allow(RoleName.SHOPPER)
def plain(visit_id: int) -> Response:
    """Without JavaScript: to the first section that still owes something, or to the last check."""
    visit = own(visit_id)
    if visit.state != State.IN_PROGRESS:
        return _desk(visit)
    owed = queries.missing(visit)
    if not owed:
        return _to(".check", visit)
    document = queries.checklist_of(visit).document
    return _to(".section", visit, section=outline.section_of(document, owed[0].removesuffix(":photo")))


@bp.route(f"{VISIT}/answer/<section>", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def section(visit_id: int, section: str) -> Page:
    """One section: show it, or keep what was filled in and go on."""
    is_post = request.method == "POST"
    visit = own_locked(visit_id) if is_post else own(visit_id)
    part = _section(visit, section)
    if not is_post and visit.state != State.IN_PROGRESS:
        return _desk(visit)
    form, fine = _keep(visit, part.questions) if is_post else (None, True)
    screen = screen_of(visit, part.questions, form)
    if form is None or not fine:
        page = render_template("visits/section.html", screen=screen, visit=visit, section=part)
        return page if fine else (page, 422)
    return _asked_removal(visit) or _onwards(visit, screen, part)


@bp.route(f"{VISIT}/correct", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def correct(visit_id: int) -> Page:
    """Only what was returned, with the editor's notes."""
    is_post = request.method == "POST"
    visit = own_locked(visit_id) if is_post else own(visit_id)
    if visit.state != State.RETURNED:
        return _desk(visit)
    notes = queries.returned_questions(visit)
    known = queries.checklist_of(visit)
    open_ = queries.open_questions(visit)
    questions = [known.questions[name] for name in known.questions if name in open_]
    form, fine = _keep(visit, questions) if is_post else (None, True)
    screen = screen_of(visit, questions, form)
    if form is None or not fine:
        page = render_template("visits/correct.html", screen=screen, visit=visit, notes=notes)
        return page if fine else (page, 422)
    opened = _opened(screen, questions)
    if opened:
        return _show_opened(url_for(".correct", visit_id=visit.id), opened)
    return _asked_removal(visit) or _to(".check", visit)


def _section(visit: Visit, name: str) -> Section:
    for part in outline.sections(queries.checklist_of(visit).document):
        if part.id == name:
            return part
    raise NotFound(_("This form has no such section."))


def _keep(visit: Visit, questions: Sequence[Question]) -> tuple[forms.AnswerForm, bool]:
    """Keep every answer and photo of the post that is right; whether all of them were. Commits."""
    at = now()
    form = forms.answer_form(questions, visit.branch.timezone, queries.answers_of(visit))
    form.validate()
    given = form.given(at)
    try:
        answering.save_answers(visit, me(), at, given)
    except Invalid as refusal:
        wrong = refusal.details.get("questions", {})
        for name, message in wrong.items():
            _refuse(form, name, message)
        answering.save_answers(visit, me(), at, [one for one in given if one.question not in wrong])
    for field in form.answers():
        for file in field.files:
            try:
                _keep_photo(visit, field.question["id"], file, at)
            except Invalid as refusal:
                field.refuse(str(refusal.message))
            except photos.PhotoRefused as refusal:
                name = file.filename or ""
                field.refuse(_("“%(file)s”: %(problem)s", file=name, problem=str(refusal.message)))
    db.session.commit()
    return form, not any(field.errors for field in form)


def _refuse(form: forms.AnswerForm, question: str, message: str) -> None:
    field = form.of(question)
    if field is not None:
        field.refuse(message)


def _keep_photo(visit: Visit, question: str, file: FileStorage, at: datetime) -> None:
    """The id comes from the content: the same form sent twice makes one photo."""
    data = file.stream.read(photos.MAX_BYTES + 1)
    photo_id: UUID = uuid5(NAMESPACE_URL, f"{visit.id}/{question}/{hashlib.sha256(data).hexdigest()}")
    kept, _is_new = evidence.add_photo(visit, me(), at, photo_id, question, data, evidence.Taken())
    if kept.removed_at is not None:  # taken back earlier, now chosen again
        evidence.add_photo(visit, me(), at, uuid4(), question, data, evidence.Taken())


def _asked_removal(visit: Visit) -> Response | None:
    """The buttons at the thumbnails save the form like any other, then ask whether to remove."""
    try:
        photo_id = UUID(request.form.get("remove", ""))
    except ValueError:
        return None
    return redirect(url_for(".remove_photo", visit_id=visit.id, photo_id=photo_id), 303)


def _opened(screen: Screen, questions: Sequence[Question]) -> list[Question]:
    """Questions that the answers just given have brought up, and that were not on the page."""
    posted = {field.question["id"] for field in screen.form.answers() if field.is_posted}
    states = scoring.states(screen.known.checklist, screen.answers)
    return [one for one in questions if states[one["id"]] != "hidden" and one["id"] not in posted]


def _show_opened(address: str, opened: list[Question]) -> Response:
    flash(
        ngettext(
            "Saved. Your answers bring up one more question.",
            "Saved. Your answers bring up %(num)s more questions.",
            len(opened),
        ),
        "good",
    )
    return redirect(f"{address}#{forms.field_name(opened[0]['id'])}", 303)


def _onwards(visit: Visit, screen: Screen, part: Section) -> Response:
    """Back, to questions that have come up, to the next section, or to the last check."""
    names = [one.id for one in screen.shown_sections()]
    order = [one.id for one in screen.sections]
    here = order.index(part.id)
    if request.form.get("go") == "back":
        earlier = [name for name in names if order.index(name) < here]
        return _to(".section", visit, section=earlier[-1]) if earlier else _to(".brief", visit)
    opened = _opened(screen, part.questions)
    if opened:
        return _show_opened(url_for(".section", visit_id=visit.id, section=part.id), opened)
    later = [name for name in names if order.index(name) > here]
    return _to(".section", visit, section=later[0]) if later else _to(".check", visit)
