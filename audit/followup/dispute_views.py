"""Pages of disputes: object from a scorecard, the agency's list and answer, how often what is disputed."""

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import AuditError, Conflict, Forbidden, Invalid, NotFound, TooOften
from audit.fields import show
from audit.followup import dispute_forms as forms
from audit.followup import dispute_page as page
from audit.followup import dispute_queries as queries
from audit.followup import dispute_rates, disputes
from audit.followup.blueprint import bp
from audit.followup.models import Dispute
from audit.i18n import gettext as _
from audit.review.models import Scorecard
from audit.review.queries import current_of, locked_released_for, released_for
from audit.security import allow, me
from audit.trail.services import record_apart_daily
from audit.visits.pictures import picture, take
from audit.visits.queries import locked_visit_for
from audit.visits.sealing import seal, unseal

Page = BaseResponse | str | tuple[str, int]
CLIENT_SIDE = (RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE)
READERS = (*CLIENT_SIDE, RoleName.EDITOR, RoleName.ADMIN)
agency = allow(RoleName.EDITOR, RoleName.ADMIN)
admin = allow(RoleName.ADMIN)
OBJECT = "/scorecards/<int:scorecard_id>/disputes/new"
DISPUTE = "/disputes/<int:dispute_id>"


@bp.get(OBJECT)
@allow(*CLIENT_SIDE)
def dispute_new(scorecard_id: int) -> Page:
    """Object to one answer: which one, what happened, photos."""
    card = released_for(me(), scorecard_id)
    form = forms.DisputeForm(formdata=None, question=request.args.get("question", ""))
    return _object_page(card, form)


@bp.post(OBJECT)
@allow(*CLIENT_SIDE)
def dispute_raise(scorecard_id: int) -> Page:
    """Raise it; what is refused stays on the page with what was written, photos too."""
    form, about = forms.DisputeForm(), f"{me().id}:{scorecard_id}"
    kept = unseal(form.kept.data, about)
    try:
        _take_photos(released_for(me(), scorecard_id), form, kept)
        card = locked_released_for(me(), scorecard_id)
        made = disputes.raise_dispute(card, me(), now(), form.question.data or "", form.fact.data or "", kept)
    except (Invalid, Conflict, TooOften) as refused:
        db.session.rollback()
        _put(form, refused)
        form.kept.data = seal(kept[: disputes.MOST_EVIDENCE], about)
        status = refused.status if isinstance(refused, TooOften) else 422
        return _object_page(released_for(me(), scorecard_id), form, len(kept)), status
    db.session.commit()
    flash(_("Your objection is with the agency. You get a mail when it is answered."), "good")
    return redirect(
        url_for("reports.scorecard", scorecard_id=scorecard_id, _anchor=f"dispute-{made.id}"), 303
    )


def _take_photos(card: Scorecard, form: forms.DisputeForm, kept: list[str]) -> None:
    """Reading pictures takes seconds, so it comes before the lock; of who cannot object none is read."""
    files = form.files()
    refused = disputes.refusal(card, me(), now()) if files else None
    if refused is not None:
        raise refused
    take(files, kept, disputes.MOST_EVIDENCE, me())


def _put(form: forms.DisputeForm | forms.OutcomeForm, refused: AuditError) -> None:
    """The refusal at its field; those of the whole state at the top."""
    if isinstance(refused, Invalid) and refused.details.get("field") in form:
        show(form, refused)
    else:
        form.form_errors.append(str(refused.message))


def _object_page(card: Scorecard, form: forms.DisputeForm, kept: int = 0) -> str:
    questions = page.choices_of(card)
    form.offer([(one.id, one.label) for one in questions])
    return render_template(
        "followup/dispute_new.html",
        card=card,
        form=form,
        refusal=disputes.refusal(card, me(), now()),
        current=current_of(card),
        chosen=next((one for one in questions if one.id == form.question.data), None),
        kept=kept,
    )


@bp.get("/disputes")
@agency
def dispute_list() -> str:
    """What waits for an answer, by its deadline."""
    wanted, number = forms.list_filter()
    at = now()
    rows, total = queries.dispute_page(me(), wanted, number)
    return render_template(
        "followup/disputes.html",
        rows=[page.line_of(one, one.scorecard, at, me()) for one in rows],
        total=total,
        late=queries.open_count(me(), at),
        wanted=wanted,
        page=number,
        pages=-(-total // queries.PAGE),
        clients=queries.filter_clients(me()),
        is_admin=me().has(RoleName.ADMIN),
    )


@bp.get(DISPUTE)
@agency
def dispute(dispute_id: int) -> str:
    """One dispute with the answer it is about, and the form that settles it."""
    found = queries.dispute_for(me(), dispute_id)
    return _dispute_page(found, forms.OutcomeForm(formdata=None))


def _dispute_page(found: Dispute, form: forms.OutcomeForm, problem: str = "") -> str:
    view = page.page_of(found, me(), now())
    field = page.answer_field(view)
    return render_template(
        "followup/dispute.html", page=view, dispute=found, form=form, field=field, problem=problem
    )


@bp.post(f"{DISPUTE}/answer")
@agency
def dispute_answer(dispute_id: int) -> Page:
    """Uphold or decline; what is refused stays on the page with what was written."""
    form = forms.OutcomeForm()
    locked_visit_for(me(), queries.dispute_for(me(), dispute_id).visit_id)
    found = queries.dispute_for(me(), dispute_id)
    try:
        outcome = _settle(found, form)
    except (Invalid, Conflict, Forbidden) as refused:
        db.session.rollback()
        _put(form, refused)
        problem = str(refused.message) if refused.details.get("field") == "answer" else ""
        return _dispute_page(queries.dispute_for(me(), dispute_id), form, problem), 422
    db.session.commit()
    upheld = _("Upheld. The scorecard has a new version; everybody who had the earlier one gets a mail.")
    flash(upheld if outcome else _("Declined. The branch reads the reason on the scorecard."), "good")
    return redirect(url_for(".dispute", dispute_id=dispute_id), 303)


def _settle(found: Dispute, form: forms.OutcomeForm) -> bool:
    """Whether it was upheld."""
    reason = form.reason.data or ""
    if form.verdict.data == "declined":
        return disputes.decline(found, me(), now(), reason).upheld
    if form.verdict.data != "upheld":
        raise Invalid(_("Choose whether you uphold or decline."), field="verdict")
    view = page.page_of(found, me(), now())
    field = page.answer_field(view)
    if field.typed.problem:
        raise Invalid(field.typed.problem, field="answer")
    new = {"na": True} if field.entry.na else {"value": field.entry.value}
    return disputes.uphold(found, me(), now(), new, reason).upheld


@bp.get(f"{DISPUTE}/evidence/<int:place>")
@allow(*READERS)
def dispute_evidence(dispute_id: int, place: int) -> BaseResponse:
    """One photo of the branch's, a clean copy, for everybody who sees the scorecard."""
    found = queries.dispute_for(me(), dispute_id)
    if place >= len(found.evidence):
        raise NotFound(_("This dispute has no such photo."))
    about = {
        "client_id": found.client_id,
        "visit_id": found.visit_id,
        "scorecard_id": found.scorecard_id,
        "dispute": found.id,
        "question": found.question_id,
    }
    record_apart_daily("evidence.opened", me(), now(), found.branch.timezone, **about)
    return picture(current_app.extensions["storage"].read(found.evidence[place]))


@bp.get("/disputes/rates")
@admin
def dispute_rates_page() -> str:
    """Which branches object how often, and to which questions."""
    wanted, _number = forms.list_filter()
    return render_template(
        "followup/dispute_rates.html",
        rates=dispute_rates.rates(me(), wanted.client_id),
        wanted=wanted,
        clients=queries.filter_clients(me()),
    )
