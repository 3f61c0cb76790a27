"""The outbox: what was sent to whom, and the admin's word where the program does not know."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.branches.forms import is_id
from audit.db import db, now
from audit.i18n import gettext as _
from audit.mails import tasks
from audit.mails.models import MailState
from audit.oversight import outbox
from audit.security import allow, me

bp = Blueprint("outbox", __name__, url_prefix="/mails")
TASKS = (tasks.send_mail,)  # imported for its registration: whoever posts a mail asks for it by name
admin = allow(RoleName.ADMIN)
STATES = ("", "troubled", *MailState)


@bp.get("")
@admin
def index() -> str:
    """The mails, the newest first."""
    state, page = request.args.get("state", ""), request.args.get("page", "1")
    wanted = outbox.Wanted(
        state=state if state in STATES else "",
        words=request.args.get("q", "").replace("\x00", "").strip()[:100],
        page=int(page) if is_id(page) else 1,
    )
    return render_template(
        "oversight/mails.html",
        found=outbox.page_of(me(), wanted),
        wanted=wanted,
        troubled=outbox.troubled(me()),
        states=STATES,
    )


@bp.get("/<int:mail_id>")
@admin
def mail(mail_id: int) -> str:
    """One mail as it was written."""
    return render_template("oversight/mail.html", mail=outbox.mail_for(me(), mail_id))


@bp.post("/<int:mail_id>/resend")
@admin
def resend(mail_id: int) -> Response:
    """Send it again."""
    outbox.resend(me(), mail_id, now())
    db.session.commit()
    flash(_("The mail is being sent again."), "good")
    return redirect(url_for(".mail", mail_id=mail_id), 303)
