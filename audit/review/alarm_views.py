"""Alarms: their list, one of them for the agency and the client's people, and the agency's word on it."""

from flask import flash, redirect, render_template, request, url_for

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.review import alarms, queries
from audit.review.blueprint import Page, agency, bp
from audit.review.layers import Alarm
from audit.review.models import Scorecard
from audit.review.scorecards import when
from audit.security import allow, me

readers = allow(RoleName.EDITOR, RoleName.ADMIN, RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER)

bp.add_app_template_global(alarms.alarms_of)
bp.add_app_template_global(alarms.question_text, "alarm_question")


@bp.app_template_global()
def alarms_waiting() -> list[Alarm]:
    """What the banner of the agency's people shows."""
    return alarms.open_alarms(me()) if me().is_agency else []


@bp.get("/alarms")
@readers
def alarm_list() -> Page:
    """What nobody has settled first, then the newest."""
    return render_template("review/alarms.html", alarms=alarms.alarms(me()), when=when)


@bp.get("/alarms/<int:alarm_id>")
@readers
def alarm(alarm_id: int) -> Page:
    """One alarm: the client's people read what was asked, where and when, and the agency's note."""
    return _page(alarm_id)


def _page(alarm_id: int, message: str = "") -> str:
    found = alarms.alarm_for(me(), alarm_id)
    day, daypart = when(found.visit, found.visit.branch.timezone)
    note = request.form.get("note", "")
    return render_template(
        "review/alarm.html",
        alarm=found,
        visit=found.visit,
        card=_card(found),
        day_=day,
        daypart=daypart,
        note=note,
        message=message,
    )


def _card(alarm: Alarm) -> Scorecard | None:
    """The scorecard that the client's people can read by now."""
    if me().is_agency:
        return None
    query = queries.scorecards_for(me()).where(Scorecard.visit_id == alarm.visit_id, Scorecard.is_current)
    return db.session.scalar(query)


@bp.post("/alarms/<int:alarm_id>/<any(confirm, dismiss):step>")
@agency
def settle_alarm(alarm_id: int, step: str) -> Page:
    """Confirm or dismiss it with a note; a refused note stays on the page."""
    found = alarms.alarm_for(me(), alarm_id, lock=True)
    try:
        alarms.settle(found, me(), now(), request.form.get("note", ""), is_true=step == "confirm")
    except (Conflict, Invalid) as refusal:
        db.session.rollback()
        return _page(alarm_id, str(refusal.message)), refusal.status
    db.session.commit()
    if step == "confirm":
        flash(_("Confirmed. The client's head office and area managers are told."), "good")
    elif found.visit.state in alarms.OPEN:
        flash(_("Dismissed. If the answer itself is wrong, correct it too: the scorecard shows it."), "good")
    else:
        flash(_("Dismissed. The client is not told of this alarm."), "good")
    return redirect(url_for(".alarm", alarm_id=alarm_id), 303)
