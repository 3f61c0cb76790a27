"""What the program could not do in the background, for the admin to have it run again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.oversight import failures
from audit.security import allow, me

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
admin = allow(RoleName.ADMIN)


@bp.get("")
@admin
def index() -> str:
    """The jobs that were given up, the newest first."""
    found, total = failures.failures(me())
    return render_template("oversight/jobs.html", found=found, total=total)


@bp.post("/<int:job_id>/again")
@admin
def again(job_id: int) -> Response:
    """Run one of them again."""
    return _back(failures.run_again(me(), now(), [job_id]))


@bp.post("/again")
@admin
def all_again() -> Response:
    """Run all of them again."""
    return _back(failures.run_again(me(), now()))


def _back(count: int) -> Response:
    db.session.commit()
    if count:
        flash(ngettext("%(num)s job is run again.", "%(num)s jobs are run again.", count), "good")
    else:
        flash(_("Nothing had to be run again: it waits, runs or is done already."), "good")
    return redirect(url_for(".index"), 303)
