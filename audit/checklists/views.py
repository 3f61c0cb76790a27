"""The agency's pages of checklists and their versions."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.checklists import outline, queries, services
from audit.checklists.document import readable
from audit.checklists.forms import ImportForm
from audit.checklists.models import Version, VersionState
from audit.checklists.sentences import is_scorable, sentences
from audit.db import db, now
from audit.errors import Invalid
from audit.fields import show
from audit.i18n import gettext as _
from audit.security import allow, me

bp = Blueprint("checklists", __name__)
admin = allow(RoleName.ADMIN)
Page = str | BaseResponse | tuple[str, int]


@bp.get("/checklists")
@admin
def index() -> Page:
    """Every checklist with its versions."""
    return render_template("checklists/index.html", rows=queries.rows_for(me()))


@bp.get("/checklists/versions/<int:version_id>")
@admin
def version(version_id: int) -> Page:
    """One version to read: questions, worths, rules."""
    return _version_page(queries.version_for(me(), version_id))


def _version_page(found: Version, **context: Any) -> str:
    is_draft = found.state == VersionState.DRAFT
    shown = outline.outline(found) if not is_draft or is_scorable(found.document) else None
    return render_template(
        "checklists/version.html",
        version=found,
        outline=shown,
        problems=sentences(found.document) if is_draft else [],
        both=request.args.get("both") == "1",
        waves=queries.waves_using(found),
        has_defaults=services.preset(found, "default") is not None,
        option_credit=outline.option_credit,
        **context,
    )


def _to_version(found: Version, message: str) -> BaseResponse:
    db.session.commit()
    flash(message)
    return redirect(url_for("checklists.version", version_id=found.id), 303)


@bp.get("/checklists/versions/<int:version_id>.json")
@admin
def export(version_id: int) -> Response:
    """The document as a file."""
    found = queries.version_for(me(), version_id)
    name = f"{found.checklist.code}-{found.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(readable(found.document), mimetype="application/json", headers=headers)


@bp.route("/checklists/import", methods=["GET", "POST"])
@admin
def import_document() -> Page:
    """A document becomes a draft, wholly or not at all."""
    form = ImportForm()
    known = {str(checklist.id): checklist for checklist in queries.checklists_of(me())}
    form.offer(list(known.values()))
    problems: list[str] = []
    if form.validate_on_submit():
        try:
            target = known.get(form.target.data)
            draft = services.import_draft(form.read(), now(), checklist=target, code=str(form.code.data))
            return _to_version(draft, _("The draft has been imported. Read it through, then publish it."))
        except Invalid as error:
            problems = error.details.get("problems", [])
            show(form, error)
    status = 422 if form.errors else 200
    return render_template("checklists/import.html", form=form, problems=problems), status


@bp.post("/checklists/versions/<int:version_id>/draft")
@admin
def new_draft(version_id: int) -> Page:
    """A new draft as a copy of this version."""
    found = queries.version_for(me(), version_id)
    draft = services.new_draft(found.checklist, found, now())
    return _to_version(draft, _("This is a draft: nobody uses it until it is published."))


@bp.post("/checklists/versions/<int:version_id>/weights")
@admin
def weights(version_id: int) -> Page:
    """Change the factors' weights of a draft."""
    found = queries.version_for(me(), version_id)
    prefix = "weight-"
    typed = {key.removeprefix(prefix): text for key, text in request.form.items() if key.startswith(prefix)}
    wanted = services.preset(found, request.form.get("preset", "")) or typed
    try:
        services.set_weights(found, wanted)
    except Invalid as error:
        return _version_page(found, typed=typed, wrong=error), 422
    return _to_version(found, _("The weights have been saved."))


@bp.post("/checklists/versions/<int:version_id>/publish")
@admin
def publish(version_id: int) -> Page:
    """Freeze a draft, or list what is wrong with it."""
    found = queries.version_for(me(), version_id)
    try:
        services.publish(found, me(), now())
    except Invalid:
        return _version_page(found), 422
    return _to_version(found, _("Published. From now on this version never changes."))


@bp.post("/checklists/versions/<int:version_id>/retire")
@admin
def retire(version_id: int) -> Page:
    """Take a published version out of the choice for new waves."""
    found = queries.version_for(me(), version_id)
    services.retire(found, me(), now())
    return _to_version(found, _("Retired. Waves that use this version go on with it."))
