"""The admin's first page, and a wave's own steps; its visits have pages in the room above."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit import jobs
from audit.accounts.models import RoleName
from audit.branches.forms import is_id, page_number
from audit.branches.queries import client_rows
from audit.checklists.queries import usable
from audit.db import db, now
from audit.errors import AuditError, Conflict, Invalid
from audit.fields import show
from audit.forms import Form
from audit.i18n import clock
from audit.i18n import gettext as _
from audit.security import allow, me
from audit.waves import board, queries, services
from audit.waves.forms import EthicsForm, ReleaseForm, WaveForm, wave_form
from audit.waves.models import Wave, WaveState

bp = Blueprint("waves", __name__)
admin = allow(RoleName.ADMIN)
Page = str | Response | tuple[str, int]


@bp.get("/waves")
@admin
def index() -> Page:
    """The waves, how far each has come, and what needs a person now."""
    state, client = request.args.get("state", ""), request.args.get("client", "")
    state = state if state in set(WaveState) else ""
    client_id = int(client) if is_id(client) else None
    number = page_number()
    waves, total = queries.page_for(me(), state, client_id, number)
    return render_template(
        "waves/index.html",
        cards=board.cards(waves, now()),
        failed_jobs=jobs.failed_count(db.session()),
        clients=[row.client for row in client_rows(me())],
        state=state,
        client_id=client_id,
        page=number,
        pages=-(-total // queries.PAGE),
    )


def _to_wave(wave: Wave, message: str) -> Response:
    db.session.commit()
    flash(message)
    return redirect(url_for("planning.wave", wave_id=wave.id), 303)


def _refused(form: Form, error: AuditError) -> int:
    """Nothing of it stays but what was typed; the status that says why."""
    db.session.rollback()
    show(form, error)
    return error.status


def _form_page(form: WaveForm, wave: Wave | None, status: int) -> Page:
    return render_template("waves/form.html", form=form, wave=wave), _status(form, status)


def _status(form: Form, refused: int) -> int:
    return refused or (422 if form.errors else 200)


@bp.route("/waves/new", methods=["GET", "POST"])
@admin
def new() -> Page:
    """A new wave."""
    clients = {str(row.client.id): row.client for row in client_rows(me()) if row.client.active}
    versions = {str(version.id): version for version in usable(me())}
    form = wave_form(list(clients.values()), list(versions.values()))
    status = 0
    if form.validate_on_submit():
        try:
            client, version = clients[form.client_id.data], versions[form.version_id.data]
            wave = services.create_wave(client, version, form.read(), now())
            return _to_wave(wave, _("The wave has been added. Next: plan its visits."))
        except (Invalid, Conflict) as error:
            status = _refused(form, error)
    return _form_page(form, None, status)


@bp.route("/waves/<int:wave_id>/edit", methods=["GET", "POST"])
@admin
def edit(wave_id: int) -> Page:
    """Change a wave that is not closed."""
    wave = queries.wave_for(me(), wave_id)
    # A version that was retired since stays the wave's own.
    versions = {str(version.id): version for version in (*usable(me()), wave.version)}
    form = wave_form([wave.client], list(versions.values()), wave)
    status = 0
    if form.validate_on_submit():
        try:
            services.update_wave(wave, form.read(), versions[form.version_id.data])
            return _to_wave(wave, _("Saved."))
        except (Invalid, Conflict) as error:
            status = _refused(form, error)
    return _form_page(form, wave, status)


@bp.route("/waves/<int:wave_id>/ethics", methods=["GET", "POST"])
@admin
def ethics(wave_id: int) -> Page:
    """Record that the client told its staff."""
    wave = queries.wave_for(me(), wave_id)
    form = EthicsForm(data={"note": wave.ethics_note})
    status = 0
    if form.validate_on_submit():
        try:
            services.record_ethics(wave, me(), now(), form.note.data or "")
            return _to_wave(wave, _("Recorded. The wave can be opened."))
        except (Invalid, Conflict) as error:
            status = _refused(form, error)
    return render_template("waves/ethics.html", form=form, wave=wave), _status(form, status)


@bp.post("/waves/<int:wave_id>/open")
@admin
def open_wave(wave_id: int) -> Page:
    """Let visits be offered."""
    wave = queries.wave_for(me(), wave_id)
    services.open_wave(wave, me(), now())
    return _to_wave(wave, _("The wave is open. Visits can be offered to shoppers."))


@bp.post("/waves/<int:wave_id>/close")
@admin
def close(wave_id: int) -> Page:
    """End the wave."""
    wave = queries.wave_for(me(), wave_id)
    services.close_wave(wave, me(), now())
    return _to_wave(wave, _("The wave is closed."))


@bp.route("/waves/<int:wave_id>/release-date", methods=["GET", "POST"])
@admin
def release_date(wave_id: int) -> Page:
    """Let the clock release the wave."""
    wave = queries.wave_for(me(), wave_id)
    local = wave.release_at.astimezone(board.DESK) if wave.release_at else None
    form = ReleaseForm(data={"day": local.date(), "time": f"{local:%H:%M}"} if local else None)
    status = 0
    if form.validate_on_submit():
        try:
            services.schedule_release(wave, me(), now(), form.read(board.DESK))
            return _to_wave(wave, _("Set: released by itself on %(time)s.", time=clock(wave.release_at)))
        except (Invalid, Conflict) as error:
            status = _refused(form, error)
    return render_template("waves/release_date.html", form=form, wave=wave), _status(form, status)


@bp.post("/waves/<int:wave_id>/release-date/clear")
@admin
def release_date_clear(wave_id: int) -> Page:
    """No release by the clock."""
    wave = queries.wave_for(me(), wave_id)
    services.clear_release(wave, me(), now())
    return _to_wave(wave, _("The wave is no longer released by itself."))
