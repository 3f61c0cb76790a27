"""The editor's desk: the queue, one visit with its photos; the admin's release."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts import agency as people
from audit.db import db, now
from audit.errors import Conflict, NotFound
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.review import flag_names, forms, queue, release, words
from audit.review.blueprint import VISIT, Page, admin, agency, bp
from audit.review.showing import show_refused, show_visit
from audit.security import me
from audit.storage import NotStored
from audit.visits import evidence
from audit.visits import queries as visits
from audit.visits.photos import PhotoRefused
from audit.visits.pictures import picture
from audit.waves.queries import wave_for

SIZES = ("screen", "grid")

bp.add_app_template_global(release.release_summary)


@bp.get("/review", endpoint="queue")
@agency
def queue_page() -> Page:
    """What waits for an editor: urgent ones first, then the longest waiting."""
    wanted, page = forms.queue_filter()
    rows, total, late = queue.queue_page(me(), wanted, page, now())
    return render_template(
        "review/queue.html",
        rows=rows,
        total=total,
        late=late,
        wanted=wanted,
        page=page,
        pages=-(-total // queue.PAGE),
        kept=forms.kept(),
        states=queue.STATES,
        clients=queue.filter_clients(me()),
        waves=queue.filter_waves(me(), wanted.client_id),
        editors=people.editors(),
        flags=flag_names.NAMES,
        levels=flag_names.LEVELS,
        asking=queue.asking(me()),
        myself=me().id,
        waited=words.waited,
    )


@bp.get(VISIT)
@agency
def visit(visit_id: int) -> Page:
    """One visit: answers beside their photos, what each loses, what was asked before."""
    return show_visit(visit_id)


@bp.post(f"{VISIT}/release")
@admin
def release_one(visit_id: int) -> Page:
    """Release one approved visit to the client."""
    found = visits.locked_visit_for(me(), visit_id)
    try:
        card = release.release(found, me(), now())
    except Conflict as refusal:
        return show_refused(visit_id, refusal)
    db.session.commit()
    flash(_("%(number)s is released. Its PDF is being made.", number=card.number), "good")
    return redirect(url_for(".visit", visit_id=visit_id), 303)


@bp.post("/waves/<int(max=2147483647):wave_id>/release")
@admin
def release_wave(wave_id: int) -> Page:
    """Release everything of a wave that is approved."""
    wave = wave_for(me(), wave_id)
    count = release.release_wave(wave, me(), now())
    db.session.commit()
    flash(
        ngettext(
            "%(num)s scorecard is released. Its PDF is being made.",
            "%(num)s scorecards are released. Their PDFs are being made.",
            count,
        ),
        "good",
    )
    held = release.held_back(wave)
    if held:
        names = ", ".join(one.branch for one in held)
        flash(
            ngettext(
                "%(num)s visit stayed behind until its alarm is confirmed or dismissed: %(branches)s.",
                "%(num)s visits stayed behind until their alarms are confirmed or dismissed: %(branches)s.",
                len(held),
                branches=names,
            ),
            "error",
        )
    return redirect(url_for("planning.wave", wave_id=wave_id), 303)


@bp.get(f"{VISIT}/photos/<uuid:photo_id>/<size>")
@agency
def photo(visit_id: int, photo_id: UUID, size: str) -> BaseResponse:
    """A clean copy: `screen` or `grid`. Kept by this person's browser, which asks each time."""
    found = visits.photo_for(me(), photo_id)
    if size not in SIZES or found.visit_id != visit_id:
        raise NotFound(_("There is no such photo, or it is not yours."))
    try:
        copy = evidence.copy_of(found, size)
    except (PhotoRefused, NotStored):
        raise NotFound(_("This photo cannot be shown.")) from None
    return picture(copy)


# Their addresses and jobs belong to this room; importing them is what puts them there.
from audit.review import (  # noqa: E402, F401
    alarm_views,
    canned_views,
    claim_views,
    correction_views,
    deciding,
    escalation,
    flag_views,
    judging_views,
    redaction_views,
    release_tasks,
)
