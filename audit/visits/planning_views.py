"""The admin's pages of a wave: its facts and gate, the table of its visits, planning, assigning, cancelling."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import Person, RoleName
from audit.branches.queries import tree_for
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.fields import show
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.security import allow, me
from audit.visits import planning, planning_forms, services
from audit.visits import planning_queries as queries
from audit.visits.eligibility import refusals
from audit.visits.models import Visit
from audit.waves import board
from audit.waves.queries import wave_for

bp = Blueprint("planning", __name__)
admin = allow(RoleName.ADMIN)
Page = str | Response | tuple[str, int]


def _today(at: datetime) -> tuple[datetime, "datetime"]:
    return at, at.astimezone(board.DESK)


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
    people = queries.shoppers()
    form = planning_forms.plan_form(found, people, planning.last_planned(found))
    chosen = planning_forms.chosen_branches()
    if form.validate_on_submit():
        try:
            shopper = _named(people, form.shopper_id.data)
            visits = planning.plan_visits(
                found, chosen, now(), me(), form.read(), shopper=shopper, seen=form.seen.data
            )
            db.session.commit()
            flash(ngettext("%(num)s visit has been planned.", "%(num)s visits have been planned.", len(visits)))
            return redirect(url_for("planning.wave", wave_id=found.id), 303)
        except (Invalid, Conflict) as error:
            # Nothing of a plan that was refused halfway may stay.
            db.session.rollback()
            show(form, error)
    return _plan_page(found, form, chosen)
