"""Taking a submission, handing it over, taking it over, laying it down. Notes typed meanwhile stay on the page."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, request, url_for

from audit.accounts import agency as people
from audit.accounts.models import Person
from audit.branches.forms import is_id
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import gettext as _
from audit.review import claims, forms
from audit.review.blueprint import VISIT, Page, agency, bp
from audit.review.deciding import notes_for
from audit.review.showing import show_refused, show_visit
from audit.security import me
from audit.visits import queries as visits
from audit.visits.models import Visit

Step = Callable[[Visit, Person, datetime], None]


def _take(visit_id: int, step: Step, said: str) -> Page:
    """One step of a claim: done, or refused on the page; what was typed is there again either way."""
    notes = notes_for(visit_id)
    found = visits.locked_visit_for(me(), visit_id)
    try:
        step(found, me(), now())
    except (Conflict, Invalid) as refusal:
        return show_refused(visit_id, refusal, notes)
    db.session.commit()
    if notes.given or forms.has_more():
        return show_visit(visit_id, notes)
    flash(said, "good")
    return redirect(url_for(".visit", visit_id=visit_id, **forms.kept()), 303)


@bp.post(f"{VISIT}/claim")
@agency
def claim(visit_id: int) -> Page:
    """This one is mine to review."""
    return _take(visit_id, claims.claim, _("You are working on this visit now. Others see it."))


@bp.post(f"{VISIT}/give-back")
@agency
def give_back(visit_id: int) -> Page:
    """Somebody else may go on."""
    return _take(visit_id, claims.give_back, _("Laid down: anybody may take this visit now."))


@bp.post(f"{VISIT}/take-over")
@agency
def take_over(visit_id: int) -> Page:
    """Take it from the editor who has it, with a reason."""
    reason = request.form.get("claim_reason", "")

    def step(visit: Visit, by: Person, at: datetime) -> None:
        claims.take_over(visit, by, at, reason)

    return _take(visit_id, step, _("You have taken this visit over. Others see it."))


@bp.post(f"{VISIT}/hand-over")
@agency
def hand_over(visit_id: int) -> Page:
    """Give it to another editor."""
    chosen, reason = request.form.get("claim_to", ""), request.form.get("claim_reason", "")
    number = int(chosen) if is_id(chosen) else 0
    to = next((one for one in people.editors() if one.id == number), None)

    def step(visit: Visit, by: Person, at: datetime) -> None:
        if to is None:
            raise Invalid(_("Choose an editor who is active."), field="to")
        claims.hand_over(visit, by, at, to, reason)

    return _take(visit_id, step, _("Handed over to %(name)s.", name=to.name if to else ""))
