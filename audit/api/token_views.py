"""The page of one's own tokens: make one, see it once, revoke it; and the admin's list of everybody's."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.api import tokens
from audit.api.forms import TokenForm
from audit.branches.forms import is_id, page_number
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.security import allow, me

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")
ZONE = "Asia/Ho_Chi_Minh"
owners = allow(RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.ADMIN)


@bp.get("")
@owners
def index() -> str:
    """The tokens there are, and the form for another one."""
    return _page(_form())


@bp.post("")
@owners
def make() -> Any:
    """Make one and show its secret in this answer alone: it is kept nowhere."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        client_id, region_id = form.chosen()
        days = int(form.days.data) if is_id(form.days.data or "") else 0
        token, secret = tokens.make(me(), form.name.data or "", client_id, region_id, days, now())
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.show(error)
        return _page(form), error.status
    return _page(_form(empty=True), token.name, secret), 201


@bp.post("/<int:token_id>/revoke")
@owners
def revoke(token_id: int) -> Response:
    """End one."""
    token = tokens.revoke(me(), token_id, now())
    db.session.commit()
    flash(
        _("The token %(name)s is revoked: nothing can be read with it any more.", name=token.name), "success"
    )
    return redirect(url_for(".index"), 303)


@bp.get("/all")
@allow(RoleName.ADMIN)
def everybodys() -> str:
    """Every token that opens something, with its owner."""
    number, at = page_number(), now()
    found, total = tokens.page_of_live(me(), at, number)
    pages = -(-total // tokens.PAGE)
    return render_template(
        "api/all_tokens.html", tokens=found, total=total, page=number, pages=pages, zone=ZONE
    )


@bp.post("/all/<int:token_id>/revoke")
@allow(RoleName.ADMIN)
def revoke_anybodys(token_id: int) -> Response:
    """End one, whoever made it."""
    token = tokens.revoke_any(me(), token_id, now())
    db.session.commit()
    flash(
        _("The token %(name)s is revoked: nothing can be read with it any more.", name=token.name), "success"
    )
    return redirect(url_for(".everybodys"), 303)


def _form(*, empty: bool = False) -> TokenForm:
    form = TokenForm(formdata=None) if empty else TokenForm()
    form.offer(tokens.reaches(me()))
    return form


def _page(form: TokenForm, made: str = "", secret: str = "") -> str:
    """One row for each token; `secret` only right after it was made."""
    return render_template(
        "api/tokens.html", form=form, tokens=tokens.own(me()), now=now(), zone=ZONE, made=made, secret=secret
    )
