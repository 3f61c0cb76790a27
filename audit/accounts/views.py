"""Pages of accounts: one's own, and people with their rights."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from audit.accounts import queries, services, throttle
from audit.accounts.addresses import local_page
from audit.accounts.forms import AccountForm, GrantForm, NewPersonForm, PasswordForm, PersonForm
from audit.accounts.identity import shown_phone
from audit.accounts.models import Person, RoleName
from audit.accounts.texts import ROLE_WORDS
from audit.db import db, now
from audit.errors import Conflict, Invalid
from audit.i18n import COOKIE, LANGUAGES
from audit.i18n import gettext as _
from audit.security import allow, me, signed_in

bp = Blueprint("accounts", __name__)
bp.record_once(lambda state: state.app.jinja_env.globals.update(role_words=ROLE_WORDS))
bp.add_app_template_filter(shown_phone, "phone")

YEAR = timedelta(days=365)
BOUND = {RoleName.HEAD_OFFICE.value, RoleName.AREA_MANAGER.value, RoleName.BRANCH_MANAGER.value}


@bp.post("/language")
def choose_language() -> Response:
    """Keep the choice with the person, and on the device for the pages before sign-in."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Invalid(_("Choose Vietnamese or English."), field="language")
    if current_user.is_authenticated:
        services.set_own_details(me(), name=me().name, language=chosen, at=now())
        db.session.commit()
    answer = redirect(local_page(request.form.get("back")), 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(COOKIE, chosen, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> Any:
    """One's own name and language."""
    form = AccountForm(obj=me())
    if me().is_client_side:  # branches and clients know them by it
        del form.name
    if form.validate_on_submit():
        try:
            name = form.name.data or "" if "name" in form else me().name
            services.set_own_details(me(), name=name, language=form.language.data or None, at=now())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.account"), 303)
    rights = queries.reach_names(me().grants)
    page = render_template("accounts/account.html", form=form, person=me(), reaches=rights)
    return page, 422 if form.errors else 200


@bp.get("/people")
@allow(RoleName.ADMIN)
def people() -> str:
    """Who can sign in, with their roles; search and filters live in the address."""
    asked = request.args
    role = asked.get("role", "")
    active = asked.get("active", "yes")
    sort = asked.get("sort", "")
    sought = queries.Sought(
        words=asked.get("q", "")[:100],
        role=role if role in set(RoleName) else "",
        active=active if active in ("yes", "no", "") else "yes",
        sort=sort if sort in queries.SORTS else "name",
        page=_page(asked.get("page", "")),
    )
    found = queries.search_people(me(), sought)

    def link(**changes: Any) -> str:
        here = {"q": sought.words, "role": sought.role, "active": sought.active, "sort": sought.sort}
        return url_for("accounts.people", **{**here, **changes})

    return render_template("accounts/people.html", found=found, sought=sought, link=link)


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@bp.route("/people/new", methods=["GET", "POST"])
@allow(RoleName.ADMIN)
def person_new() -> Any:
    """Somebody new."""
    form = NewPersonForm()
    if form.validate_on_submit():
        try:
            person = _create(form)
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            flash(_("%(name)s can sign in now.", name=person.name), "success")
            step = "accounts.person_edit" if form.role.data else "accounts.grant_new"
            return redirect(url_for(step, person_id=person.id), 303)
    return render_template("accounts/person_new.html", form=form), 422 if form.errors else 200


def _create(form: NewPersonForm) -> Person:
    reach = [services.Reach(form.role.data)] if form.role.data else []
    return services.create_person(
        name=form.name.data or "",
        email=form.email.data,
        phone=form.phone.data,
        password=form.password.data or "",
        grants=reach,
        language=form.language.data or None,
        by=me(),
        at=now(),
    )


@bp.route("/people/<int(max=2147483647):person_id>", methods=["GET", "POST"])
@allow(RoleName.ADMIN)
def person_edit(person_id: int) -> Any:
    """What is known of somebody, and their rights."""
    person = queries.person_for(me(), person_id)
    form = PersonForm(obj=person)
    if form.validate_on_submit():
        try:
            services.update_person(
                person,
                name=form.name.data or "",
                email=form.email.data,
                phone=form.phone.data,
                language=form.language.data or None,
                active=bool(form.active.data),
                by=me(),
                at=now(),
            )
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.person_edit", person_id=person.id), 303)
    return _person_page(person, form, PasswordForm(formdata=None))


@bp.route("/people/<int(max=2147483647):person_id>/password", methods=["GET", "POST"])
@allow(RoleName.ADMIN)
def person_password(person_id: int) -> Any:
    """A new password for somebody who lost theirs and has no mail."""
    person = queries.person_for(me(), person_id)
    if person.id == me().id:
        raise Conflict(_("Change your own password on your account page."))
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            services.set_password(person, form.password.data or "", by=me(), at=now())
            db.session.commit()
            throttle.forgive(person)
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            message = _("%(name)s has a new password and is signed out everywhere.", name=person.name)
            flash(message, "success")
            return redirect(url_for("accounts.person_edit", person_id=person.id), 303)
    return _person_page(person, PersonForm(formdata=None, obj=person), form)


def _person_page(person: Person, form: PersonForm, password: PasswordForm) -> tuple[str, int]:
    reaches = queries.reach_names(person.grants)
    page = render_template(
        "accounts/person.html",
        person=person,
        form=form,
        password=password,
        reaches=reaches,
        own=person.id == me().id,
    )
    return page, 422 if form.errors or password.errors else 200


@bp.route("/people/<int(max=2147483647):person_id>/rights", methods=["GET", "POST"])
@allow(RoleName.ADMIN)
def grant_new(person_id: int) -> Any:
    """First the role and the client, then the region or branch among that client's."""
    person = queries.person_for(me(), person_id)
    form = GrantForm(formdata=request.form if request.method == "POST" else request.args)
    if form.validate_on_submit():
        try:
            _add_grant(person, form)
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            flash(_("%(name)s has the new right from now on.", name=person.name), "success")
            return redirect(url_for("accounts.person_edit", person_id=person.id), 303)
    _offer(form)
    role, bound = form.role.data, form.role.data in BOUND
    ready = role in set(RoleName) and (bool(form.client_id.data) or not bound)
    page = render_template("accounts/grant.html", person=person, form=form, bound=bound, ready=ready)
    return page, 422 if form.errors else 200


def _add_grant(person: Person, form: GrantForm) -> None:
    services.add_grant(
        person,
        form.role.data or "",
        form.client_id.data,
        form.region_id.data,
        form.branch_id.data,
        by=me(),
        at=now(),
    )


def _offer(form: GrantForm) -> None:
    client_id = form.client_id.data or 0
    form.offer(client_id=queries.client_choices(me()))
    form.offer(
        region_id=queries.region_choices(me(), client_id), branch_id=queries.branch_choices(me(), client_id)
    )


@bp.post("/people/<int(max=2147483647):person_id>/rights/<int(max=2147483647):grant_id>/remove")
@allow(RoleName.ADMIN)
def grant_remove(person_id: int, grant_id: int) -> Response:
    """Take a right away."""
    person = queries.person_for(me(), person_id)
    services.remove_grant(person, grant_id, by=me(), at=now())
    db.session.commit()
    flash(
        _("The right is removed. It counts from the next page that %(name)s opens.", name=person.name),
        "success",
    )
    return redirect(url_for("accounts.person_edit", person_id=person.id), 303)
