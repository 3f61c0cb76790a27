"""A flag that an editor sets by hand, with a reason. The jobs of the computed ones register with this room too."""

from flask import flash, redirect, request, url_for

from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.review import forms
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.flags import by_hand, job, page
from audit.review.showing import show_refused
from audit.security import me
from audit.visits import queries as visits

JOBS = (job.raise_flags_of, job.raise_alarms_of, job.catch_up)

bp.add_app_template_global(page.flags_shown)
bp.add_app_template_global(page.questions_to_flag)


@bp.post(f"{VISIT}/flags")
@agency
def set_flag(visit_id: int) -> Page:
    """The answers contradict each other, as the editor sees it; what was typed is not lost by a refusal."""
    question, reason = request.form.get("question", ""), request.form.get("reason", "")
    found = visits.locked_visit_for(me(), visit_id)
    try:
        by_hand.set_flag(found, me(), now(), question, reason, seen=forms.seen_round())
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal)
    db.session.commit()
    flash(_("The sign is set. Nobody outside the agency sees it."), "good")
    return redirect(url_for(".visit", visit_id=visit_id, **forms.kept(), _anchor="flags"), 303)
