"""The shopper's money: the list, reporting expenses, appealing against a rejection."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.earnings import forms
from audit.earnings.page import Line, earnings_of
from audit.errors import Conflict, Invalid, NotFound
from audit.fields import show
from audit.i18n import gettext as _
from audit.payments import services
from audit.review import appeals
from audit.security import allow, me
from audit.visits import evidence
from audit.visits.blueprint import own, own_locked
from audit.visits.sealing import seal, unseal

bp = Blueprint("earnings", __name__)
VISIT = "/visits/<int:visit_id>"
Page = str | Response | tuple[str, int]
shopper = allow(RoleName.SHOPPER)


@bp.get("/earnings")
@shopper
def index() -> str:
    """Each visit: fee, expenses, where it stands, what blocks it, when the money comes."""
    return render_template("earnings/index.html", earnings=earnings_of(me(), now()))


@bp.route(f"{VISIT}/expenses", methods=["GET", "POST"])
@shopper
def expenses(visit_id: int) -> Page:
    """What was spent, with the receipt."""
    form = forms.ExpenseForm()
    if not form.is_submitted():
        line = _line(visit_id)
        if line.expense is not None:
            form.amount.data, form.note.data = line.expense.amount, line.expense.note
        return render_template("earnings/expenses.html", line=line, form=form)
    own(visit_id)  # before anything is kept: whose visit it is
    about = f"receipt:{visit_id}:{me().id}"
    kept = unseal(request.form.get("kept"), about)
    try:
        kept = _receipt(form) or kept
        if not form.validate():
            return _expenses_again(visit_id, form, seal(kept, about)), 422
        visit = own_locked(visit_id)
        amount = form.amount.data
        if amount is None:
            raise Invalid(_("Write whole đồng, for example 150.000."), field="amount")
        services.report_expense(visit, me(), now(), amount, kept[0] if kept else None, form.note.data or "")
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        show(form, refusal)
        return _expenses_again(visit_id, form, seal(kept, about)), refusal.status
    db.session.commit()
    flash(_("Your expense is kept. It is paid together with the fee."), "good")
    return redirect(url_for(".index"), 303)


def _expenses_again(visit_id: int, form: forms.ExpenseForm, kept: str) -> str:
    """The page as typed; a photo that was taken in need not be chosen again."""
    return render_template("earnings/expenses.html", line=_line(visit_id), form=form, kept=kept)


def _receipt(form: forms.ExpenseForm) -> list[str]:
    """The key of the picture's clean copy, none when none was sent; Invalid at its field."""
    sent = request.files.get(form.receipt.name)
    data = sent.read() if sent is not None else b""
    if not data:
        return []
    try:
        return [evidence.clean_copy(data)]
    except Invalid as refusal:
        raise Invalid(refusal.message, field="receipt") from refusal


@bp.route(f"{VISIT}/appeal", methods=["GET", "POST"])
@shopper
def appeal(visit_id: int) -> Page:
    """The rejection with its reason; the shopper's word against it; the answer."""
    form = forms.AppealForm()
    if not form.is_submitted():
        return render_template("earnings/appeal.html", line=_rejected(visit_id), form=form)
    visit = own_locked(visit_id)
    try:
        appeals.raise_appeal(visit, me(), now(), form.text.data or "")
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        show(form, refusal)
        return render_template("earnings/appeal.html", line=_line(visit_id), form=form), refusal.status
    db.session.commit()
    flash(_("Your appeal is with the agency. You get a mail when it is answered."), "good")
    return redirect(url_for(".index"), 303)


def _line(visit_id: int) -> Line:
    own(visit_id)
    found = next((line for line in earnings_of(me(), now()).lines if line.visit.id == visit_id), None)
    if found is None:
        raise NotFound(_("There is no such visit, or it is not yours."))
    return found


def _rejected(visit_id: int) -> Line:
    line = _line(visit_id)
    if line.rejection is None and line.appeal is None:
        raise NotFound(_("This visit was not rejected."))
    return line
