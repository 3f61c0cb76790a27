"""The last look, submitting, and the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.security import allow, me
from audit.visits import answering, forms, outline, queries, submission, words
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.models import Visit
from audit.visits.outline import Section

Page = Response | str | tuple[str, int]
EARLIEST_YEAR = 2000  # what is earlier is a slip of the finger


@bp.route(f"{VISIT}/check", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def check(visit_id: int) -> Page:
    """What is missing, the photos, and the button. The hidden id makes two taps one submission."""
    form = forms.SubmitForm()
    if form.is_submitted():
        return _submit(own_locked(visit_id), form)
    visit = own(visit_id)
    if visit.state not in answering.OPEN:
        return _after(visit)
    form.submission_id.data = str(uuid4())
    arrived = visit.visited_at or visit.started_at
    if arrived is not None:
        form.visited_at.data = arrived.astimezone(ZoneInfo(visit.branch.timezone)).replace(tzinfo=None)
    return _check(visit, form)


def _submit(visit: Visit, form: forms.SubmitForm) -> Page:
    if visit.state not in answering.OPEN and queries.submission_of(visit) is not None:
        return _after(visit)  # a second tap, or the back button
    if not form.validate():
        return _check(visit, form), 422
    local, at = form.visited_at.data, now()
    arrived = None if local is None else local.replace(tzinfo=ZoneInfo(visit.branch.timezone))
    if arrived is not None and not (arrived.year >= EARLIEST_YEAR and arrived <= at):
        form.visited_at.errors = [_("Check the day and the time: you cannot have arrived then.")]
        return _check(visit, form), 422
    package = submission.Package(device={"form": "page"}, visited_at=arrived)
    try:
        sent, _is_new = submission.submit(visit, me(), at, UUID(form.submission_id.data), package)
    except Invalid as refusal:
        db.session.rollback()
        flash(str(refusal.message), "error")
        return _check(own(visit.id), form), 422
    if sent.status != "accepted":
        raise Conflict(_("This visit is no longer open, so it cannot be submitted."), code="not_open")
    db.session.commit()
    return redirect(url_for(".receipt", visit_id=visit.id), 303)


def _after(visit: Visit) -> Response:
    sent = queries.submission_of(visit)
    return redirect(url_for(".brief" if sent is None else ".receipt", visit_id=visit.id), 303)


@dataclass(frozen=True)
class Owed:
    """A question without its answer or photo; `is_open` tells whether it may be answered now."""

    id: str
    text: Mapping[str, str]
    is_photo: bool
    is_open: bool


def _owed(visit: Visit) -> list[tuple[Section, list[Owed]]]:
    """What is missing, by section."""
    known, open_ = queries.checklist_of(visit), queries.open_questions(visit)
    missing: dict[str, list[Owed]] = {}
    for name in queries.missing(visit):
        id_ = name.removesuffix(":photo")
        one = Owed(id_, known.questions[id_].get("text", {}), name != id_, id_ in open_)
        missing.setdefault(outline.section_of(known.document, id_), []).append(one)
    return [(part, missing[part.id]) for part in outline.sections(known.document) if part.id in missing]


def _check(visit: Visit, form: forms.SubmitForm) -> str:
    known = queries.checklist_of(visit)
    parts = outline.progress(known.document, queries.scoring_answers(visit), known.checklist)
    owed = _owed(visit)
    title = _("Ready to submit") if not owed else _("Not complete yet")
    return render_template(
        "visits/check.html",
        visit=visit,
        form=form,
        title=title,
        owed=owed,
        photos=queries.photos_of(visit),
        total=outline.total(parts),
        countdown=words.countdown(visit.submit_by, now()),
    )


@bp.get(f"{VISIT}/receipt")
@allow(RoleName.SHOPPER)
def receipt(visit_id: int) -> Page:
    """Number and time of what was submitted last."""
    visit = own(visit_id)
    sent = queries.submission_of(visit)
    if sent is None:
        return redirect(url_for(".brief", visit_id=visit.id), 303)
    return render_template("visits/receipt.html", visit=visit, sent=sent)
