"""The admin's pages of a wave: its facts and gate, its visits, planning, assigning, cancelling."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import Person, RoleName
from audit.branches.queries import tree_for
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.fields import show
from audit.forms import clean
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.security import allow, me
from audit.visits import lifecycle, planning, planning_forms, services
from audit.visits import planning_queries as queries
from audit.visits.eligibility import refusals
from audit.visits.models import Visit
from audit.waves import board
from audit.waves.models import Wave
from audit.waves.queries import wave_for

bp = Blueprint("planning", __name__)
admin = allow(RoleName.ADMIN)
Page = str | Response | tuple[str, int]


@bp.get("/waves/<int:wave_id>")
@admin
def wave(wave_id: int) -> Page:
    """One wave: how far it is, what it needs, its visits."""
    found, at = wave_for(me(), wave_id), now()
    today = at.astimezone(board.DESK).date()
    wanted, page = planning_forms.plan_filter()
    visits, total = queries.plan_page(me(), found, wanted, page, at, today)
    return render_template(
        "planning/wave.html",
        wave=found,
        ethics_by=queries.ethics_recorder(found),
        card=board.cards([found], at)[0],
        visits=visits,
        late={visit.id for visit in visits if queries.is_late(visit, at, today)},
        total=total,
        wanted=wanted,
        page=page,
        pages=-(-total // queries.PAGE),
        nodes=tree_for(me(), found.client_id),
        shoppers=queries.shoppers_of(found),
    )


@bp.route("/waves/<int:wave_id>/plan", methods=["GET", "POST"])
@admin
def plan(wave_id: int) -> Page:
    """Plan visits for chosen branches."""
    found = wave_for(me(), wave_id)
    people = queries.shoppers_for(me())
    form = planning_forms.plan_form(found, people)
    chosen = planning_forms.chosen_branches()
    if form.validate_on_submit():
        try:
            shopper = _named(people, form.shopper_id.data)
            terms, seen = form.read(), form.seen.data
            visits = planning.plan_visits(found, chosen, now(), me(), terms, shopper=shopper, seen=seen)
            db.session.commit()
            flash(
                ngettext("%(num)s visit has been planned.", "%(num)s visits have been planned.", len(visits))
            )
            return redirect(url_for("planning.wave", wave_id=found.id), 303)
        except (Invalid, Conflict) as error:
            # Nothing of a plan that was refused halfway may stay.
            db.session.rollback()
            show(form, error)
    return _plan_page(found, form, chosen)


def _named(people: list[Person], chosen: str | None) -> Person | None:
    return next((person for person in people if str(person.id) == chosen), None)


def _plan_page(found: Wave, form: planning_forms.PlanForm, chosen: list[int]) -> Page:
    page = render_template(
        "planning/plan.html",
        form=form,
        wave=found,
        chosen=set(chosen),
        groups=queries.picks_by_region(me(), found),
        seen=planning.last_planned(found),
    )
    return page, 422 if form.errors else 200


@bp.get("/waves/<int:wave_id>/visits/<int:visit_id>")
@admin
def visit(wave_id: int, visit_id: int) -> Page:
    """One planned visit: who has it, who may have it, its trail."""
    return _visit_page(queries.planned_visit_for(me(), wave_id, visit_id))


def _visit_page(found: Visit, refused: str = "") -> str:
    people = queries.shoppers_for(me())
    reasons = refusals(found, people)
    form = planning_forms.AssignForm()
    form.offer([person for person in people if person.id not in reasons])
    return render_template(
        "planning/visit.html",
        visit=found,
        form=form,
        refused=refused,
        reasons=[(person, reasons[person.id]) for person in people if person.id in reasons],
        events=queries.events_of(found),
        may=lifecycle.actions(found.state, frozenset({RoleName.ADMIN})),
    )


@bp.post("/waves/<int:wave_id>/visits/<int:visit_id>/assign")
@admin
def assign(wave_id: int, visit_id: int) -> Page:
    """Offer the visit to a shopper; the conflict gate and the rotation rule may refuse."""
    found = queries.planned_visit_for(me(), wave_id, visit_id, lock=True)
    people = queries.shoppers_for(me())
    shopper = _named(people, request.form.get("shopper_id"))
    if shopper is None:
        return _visit_page(found, _("Choose a shopper")), 422
    try:
        planning.assign(found, shopper, me(), now())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        return _visit_page(found, str(error.message)), error.status
    return _to_visit(found, _("Offered to %(name)s.", name=shopper.name))


@bp.post("/waves/<int:wave_id>/visits/<int:visit_id>/take-back")
@admin
def take_back(wave_id: int, visit_id: int) -> Page:
    """The offer or acceptance ends; the visit is free again."""
    found = queries.planned_visit_for(me(), wave_id, visit_id, lock=True)
    services.expire(found, now(), me())
    return _to_visit(found, _("Taken back. The visit can be offered again."))


@bp.post("/waves/<int:wave_id>/visits/<int:visit_id>/cancel")
@admin
def cancel(wave_id: int, visit_id: int) -> Page:
    """The visit is no longer wanted."""
    found = queries.planned_visit_for(me(), wave_id, visit_id, lock=True)
    services.cancel(found, me(), now(), clean(request.form.get("reason"))[:500])
    db.session.commit()
    flash(_("The visit of %(branch)s is cancelled.", branch=found.branch.name))
    return redirect(url_for("planning.wave", wave_id=wave_id), 303)


def _to_visit(found: Visit, message: str) -> Response:
    db.session.commit()
    flash(message)
    return redirect(url_for("planning.visit", wave_id=found.wave_id, visit_id=found.id), 303)
