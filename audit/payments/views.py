"""The admin's payments: what is owed, approving it, marking it paid, the Excel file."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Conflict, Invalid, NotFound
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.payments import export, forms, queries, services, words
from audit.security import allow, me
from audit.trail.services import record_apart
from audit.visits.pictures import picture
from audit.visits.queries import visit_for

bp = Blueprint("payments", __name__)
admin = allow(RoleName.ADMIN)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Page = str | BaseResponse | tuple[str, int]


@bp.get("/payments")
@admin
def index() -> Page:
    """What is owed, the earliest due first."""
    return _page()


def _page(form: forms.PaidForm | None = None, problem: str = "") -> str:
    sought, page = forms.sought()
    totals = queries.totals(me(), sought)
    shown = totals[sought.state].count if sought.state else sum(one.count for one in totals.values())
    rows = queries.payment_page(me(), sought, page)
    return render_template(
        "payments/index.html",
        rows=rows,
        expenses=queries.expenses_of([row.visit_id for row in rows]),
        totals=totals,
        sought=sought,
        page=page,
        pages=-(-shown // queries.PAGE),
        shoppers=queries.shopper_choices(me()),
        waves=queries.wave_choices(me()),
        form=form or forms.PaidForm(formdata=None),
        problem=problem,
        chosen=set(forms.chosen()) if request.method == "POST" else set(),
        words=words,
        number_of=export.number_of,
        kept=_kept(),
    )


def _kept() -> dict[str, Any]:
    """The filter, carried from page to page."""
    return {name: request.args[name] for name in ("state", "shopper", "wave") if name in request.args}


@bp.post("/payments/approve")
@admin
def approve() -> Page:
    """Approve those ticked."""
    try:
        count = services.approve_payments(forms.chosen(), me(), now(), forms.seen())
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        return _page(problem=str(refusal.message)), 422
    db.session.commit()
    flash(ngettext("%(num)s payment approved.", "%(num)s payments approved.", count), "good")
    return redirect(url_for(".index", **_kept()), 303)


@bp.post("/payments/paid")
@admin
def paid() -> Page:
    """Mark those ticked as paid."""
    form = forms.PaidForm()
    try:
        if form.paid_on.errors or not form.validate():
            return _page(form), 422
        count = services.mark_paid(forms.chosen(), me(), now(), form.paid_on.data, form.reference.data or "")
    except Invalid as refusal:
        db.session.rollback()
        if refusal.details.get("field") == "payments":
            return _page(form, str(refusal.message)), 422
        show(form, refusal)
        return _page(form), 422
    db.session.commit()
    flash(ngettext("%(num)s payment marked as paid.", "%(num)s payments marked as paid.", count), "good")
    return redirect(url_for(".index", **_kept()), 303)


@bp.get("/payments.xlsx")
@admin
def table() -> BaseResponse:
    """The payments of the filter as an Excel file."""
    sought, _page_number = forms.sought()
    made = export.payments_xlsx(queries.all_payments(me(), sought))
    record_apart("export.downloaded", me(), now(), what="payments", state=sought.state)
    headers = {"Content-Disposition": 'attachment; filename="payments.xlsx"'}
    return Response(made, mimetype=XLSX, headers=headers)


@bp.get("/payments/visits/<int:visit_id>/receipt")
@allow(RoleName.SHOPPER, RoleName.ADMIN)
def receipt(visit_id: int) -> BaseResponse:
    """The receipt that counts: for the admin, and for the shopper who sent it."""
    visit = visit_for(me(), visit_id)
    if visit.shopper_id != me().id and not me().has(RoleName.ADMIN):
        raise NotFound(_("There is no such visit, or it is not yours."))
    spent = queries.expense_of(visit)
    if spent is None or spent.receipt is None:
        raise NotFound(_("There is no receipt for this visit."))
    data: bytes = current_app.extensions["storage"].read(spent.receipt)
    return picture(data)
