"""The agency's pages of clients, regions and branches."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.branches import queries, services
from audit.branches.channels import CHANNELS
from audit.branches.forms import RegionForm, branch_filter, branch_form, client_form
from audit.branches.limits import FIELDS
from audit.branches.models import Client
from audit.branches.settings import change
from audit.branches.settings_forms import read, settings_form
from audit.db import db, now
from audit.errors import Invalid
from audit.fields import show
from audit.i18n import gettext as _
from audit.security import allow, me

bp = Blueprint("branches", __name__)
admin = allow(RoleName.ADMIN)
Page = str | Response | tuple[str, int]


@bp.app_template_global()
def here(**changes: Any) -> str:
    """The address of this page with parts of its query changed; None takes one out."""
    wanted = {**request.args.to_dict(), **changes}
    values = {name: value for name, value in wanted.items() if value is not None}
    page = url_for(str(request.endpoint), **(request.view_args or {}))
    # Names in an address are anybody's: as arguments of url_for some of them would mean something.
    return f"{page}?{urlencode(values)}" if values else page


def _page(form: Any, template: str, **context: Any) -> Page:
    """The page of a form; 422 once something was refused."""
    wrong = bool(form.errors)
    return render_template(f"branches/{template}.html", form=form, **context), 422 if wrong else 200


def _to_client(client: Client, message: str) -> Response:
    db.session.commit()
    flash(message)
    return redirect(url_for("branches.client", client_id=client.id), 303)


@bp.get("/clients")
@admin
def index() -> Page:
    """Every client with what it has."""
    return render_template("branches/index.html", rows=queries.client_rows(me()))


@bp.route("/clients/new", methods=["GET", "POST"])
@admin
def new_client() -> Page:
    """A new client."""
    form = client_form()
    if form.validate_on_submit():
        try:
            client = services.create_client(form.read(), now())
            return _to_client(client, _("%(name)s has been added.", name=client.name))
        except Invalid as error:
            show(form, error)
    return _page(form, "client_form", client=None)


@bp.get("/clients/<int:client_id>")
@admin
def client(client_id: int) -> Page:
    """One client: the tree of its regions and its branches."""
    found = queries.client_for(me(), client_id)
    wanted, page = branch_filter()
    branches, total = queries.branch_page(me(), found.id, wanted, page)
    return render_template(
        "branches/client.html",
        client=found,
        nodes=queries.tree_for(me(), found.id),
        branches=branches,
        total=total,
        wanted=wanted,
        page=page,
        pages=-(-total // queries.PAGE),
        channels=CHANNELS,
    )


@bp.route("/clients/<int:client_id>/edit", methods=["GET", "POST"])
@admin
def edit_client(client_id: int) -> Page:
    """Change a client."""
    found = queries.client_for(me(), client_id)
    form = client_form(found)
    if form.validate_on_submit():
        try:
            services.update_client(found, form.read(found), me(), now())
            return _to_client(found, _("Saved."))
        except Invalid as error:
            show(form, error)
    return _page(form, "client_form", client=found)


@bp.route("/clients/<int:client_id>/settings", methods=["GET", "POST"])
@admin
def settings(client_id: int) -> Page:
    """What is agreed with a client: objections, review, actions, alarms, thresholds of flags."""
    found = queries.client_for(me(), client_id)
    form = settings_form(found)
    if form.validate_on_submit():
        try:
            change(found, read(form), me(), now())
            return _to_client(found, _("Saved."))
        except Invalid as error:
            show(form, error)
    return _page(form, "settings", client=found, limits=FIELDS)


@bp.route("/clients/<int:client_id>/regions/new", methods=["GET", "POST"])
@admin
def new_region(client_id: int) -> Page:
    """A new region of a client."""
    found = queries.client_for(me(), client_id)
    form = RegionForm()
    form.offer(queries.tree_for(me(), found.id))
    if form.validate_on_submit():
        try:
            region = services.create_region(found, str(form.name.data), form.parent())
            return _to_client(found, _("%(name)s has been added.", name=region.name))
        except Invalid as error:
            show(form, error)
    return _page(form, "region_form", client=found, region=None)


@bp.route("/regions/<int:region_id>/edit", methods=["GET", "POST"])
@admin
def edit_region(region_id: int) -> Page:
    """Rename or move a region."""
    region = queries.region_for(me(), region_id)
    form = RegionForm(data={"name": region.name, "parent_id": str(region.parent_id or "")})
    form.offer(queries.tree_for(me(), region.client_id))
    if form.validate_on_submit():
        try:
            services.update_region(region, str(form.name.data), form.parent(), me(), now())
            return _to_client(region.client, _("Saved."))
        except Invalid as error:
            show(form, error)
    return _page(form, "region_form", client=region.client, region=region)


@bp.route("/clients/<int:client_id>/branches/new", methods=["GET", "POST"])
@admin
def new_branch(client_id: int) -> Page:
    """A new branch of a client."""
    found = queries.client_for(me(), client_id)
    form = branch_form(queries.tree_for(me(), found.id))
    if form.validate_on_submit():
        try:
            branch = services.create_branch(found, form.read())
            return _to_client(found, _("%(name)s has been added.", name=branch.name))
        except Invalid as error:
            show(form, error)
    return _page(form, "branch_form", client=found, branch=None)


@bp.route("/branches/<int:branch_id>/edit", methods=["GET", "POST"])
@admin
def edit_branch(branch_id: int) -> Page:
    """Change a branch."""
    branch = queries.branch_for(me(), branch_id)
    form = branch_form(queries.tree_for(me(), branch.client_id), branch)
    if form.validate_on_submit():
        try:
            services.update_branch(branch, form.read(), me(), now())
            return _to_client(branch.client, _("Saved."))
        except Invalid as error:
            show(form, error)
    return _page(form, "branch_form", client=branch.client, branch=branch)
