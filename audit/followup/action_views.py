"""Pages of actions: the list, one action with its steps and history, adding one beside a scorecard."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.errors import AuditError, Conflict, Invalid, TooOften
from audit.fields import show
from audit.followup import action_forms as forms
from audit.followup import action_queries as queries
from audit.followup import actions
from audit.followup.blueprint import bp
from audit.followup.models import Action
from audit.followup.naming import name_to
from audit.followup.places import places_for
from audit.followup.words import EVENT_WORDS, STATE_WORDS
from audit.forms import Form
from audit.i18n import gettext as _
from audit.review.queries import locked_released_for, released_for
from audit.security import allow, me
from audit.trail.services import record_apart_daily
from audit.visits.pictures import picture, take
from audit.visits.sealing import seal, unseal

ACTION = "/actions/<int:action_id>"
planners = allow(RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE)
readers = allow(
    RoleName.BRANCH_MANAGER, RoleName.AREA_MANAGER, RoleName.HEAD_OFFICE, RoleName.EDITOR, RoleName.ADMIN
)
Page = str | BaseResponse | tuple[str, int]


@bp.get("/actions")
@readers
def action_list() -> Page:
    """What the branches in scope have to do, overdue first."""
    wanted, page = forms.action_filter()
    lines, total, counts = queries.page_of(me(), wanted, page, now())
    return render_template(
        "followup/actions.html",
        lines=lines,
        total=total,
        counts=counts,
        wanted=wanted,
        page=page,
        pages=-(-total // queries.PAGE),
        places=places_for(me(), wanted),
        state_words=STATE_WORDS,
    )


@bp.get(ACTION)
@readers
def action(action_id: int) -> Page:
    """One action: what can be done about it now, and its history."""
    return _page(queries.action_for(me(), action_id))


def _page(found: Action, **typed: Form) -> str:
    line = queries.line_of(found, now())
    forms_of: dict[str, Any] = {
        "plan": typed.get("plan") or forms.plan_form(line),
        "done": typed.get("done") or forms.DoneForm(formdata=None),
        "drop": typed.get("drop") or forms.DropForm(formdata=None),
    }
    return render_template(
        "followup/action.html",
        line=line,
        action=found,
        others=queries.same_question(found),
        may_plan=actions.may_plan(me()),
        today=actions.today_of(found.branch, now()),
        state_words=STATE_WORDS,
        event_words=EVENT_WORDS,
        day_of=date.fromisoformat,
        name_of=lambda person: name_to(me(), person, found.client_id),
        waiting=len(unseal(forms_of["done"].kept.data, f"{me().id}:action:{found.id}")),
        **forms_of,
    )


def _step(action_id: int, part: str, form: Form, step: Callable[[Action], object], said: str) -> Page:
    """Take one step; what was typed stays on the page when it is refused."""
    found = queries.locked_action_for(me(), action_id)
    if form.errors:
        return _page(found, **{part: form}), 422
    try:
        step(found)
    except (Invalid, Conflict) as refusal:
        return _refused(action_id, part, form, refusal)
    db.session.commit()
    flash(said, "good")
    return redirect(url_for(".action", action_id=action_id), 303)


def _refused(action_id: int, part: str, form: Form, refusal: AuditError) -> Page:
    """The page with what was typed and why it was refused."""
    db.session.rollback()
    show(form, refusal)
    status = refusal.status if refusal.code == "state" or isinstance(refusal, TooOften) else 422
    return _page(queries.action_for(me(), action_id), **{part: form}), status


@bp.post(f"{ACTION}/accept")
@planners
def accept_action(action_id: int) -> Page:
    """Take on a proposal, or once more what failed."""
    return _plan(action_id, actions.accept, _("The action is yours now."))


@bp.post(f"{ACTION}/change")
@planners
def change_action(action_id: int) -> Page:
    """Other words, another owner or day."""
    return _plan(action_id, actions.change, _("The action is changed."))


def _plan(action_id: int, step: Callable[..., object], said: str) -> Page:
    """A step that takes a whole plan."""
    form, seen = forms.PlanForm(), forms.seen_event()
    form.validate()
    return _step(
        action_id, "plan", form, lambda found: step(found, me(), now(), form.read(), seen=seen), said
    )


@bp.post(f"{ACTION}/done")
@planners
def finish_action(action_id: int) -> Page:
    """It is done; the next visit will show. Photos that were taken in survive a refusal of the text."""
    form, about, seen = forms.DoneForm(), f"{me().id}:action:{action_id}", forms.seen_event()
    photos = unseal(form.kept.data, about)

    def finish(found: Action) -> None:
        actions.finish(found, me(), now(), form.note.data or "", photos, seen=seen)

    known = queries.action_for(me(), action_id)
    said = (
        _("Marked as done. The next visit that asks this question will show.")
        if known.question_id
        else _("Marked as done.")
    )
    try:
        _take_photos(known, form, photos)
    except (Invalid, TooOften) as refusal:
        form.kept.data = seal(photos[: actions.MOST_PHOTOS], about)
        return _refused(action_id, "done", form, refusal)
    form.kept.data = seal(photos[: actions.MOST_PHOTOS], about)
    return _step(action_id, "done", form, finish, said)


def _take_photos(found: Action, form: forms.DoneForm, photos: list[str]) -> None:
    """Reading pictures takes seconds, so it comes before the lock; of an action that is not open none is read."""
    if actions.may_finish(found, me()):
        take(form.files(), photos, actions.MOST_PHOTOS, me())


@bp.post(f"{ACTION}/reopen")
@planners
def reopen_action(action_id: int) -> Page:
    """Not done after all."""
    seen = forms.seen_event()
    return _step(
        action_id,
        "done",
        forms.DoneForm(formdata=None),
        lambda found: actions.reopen(found, me(), now(), seen=seen),
        _("The action is open again."),
    )


@bp.post(f"{ACTION}/drop")
@planners
def drop_action(action_id: int) -> Page:
    """Not to be done, with the reason."""
    form = forms.DropForm()
    seen = forms.seen_event()
    return _step(
        action_id,
        "drop",
        form,
        lambda found: actions.drop(found, me(), now(), form.reason.data or "", seen=seen),
        _("The action is dropped. Its reason stays readable."),
    )


@bp.route("/scorecards/<int:scorecard_id>/actions/new", methods=["GET", "POST"])
@planners
def add_action(scorecard_id: int) -> Page:
    """An action of the branch's own; `?question=` or the chosen one."""
    form = forms.AddForm()
    is_post = request.method == "POST"
    card = locked_released_for(me(), scorecard_id) if is_post else released_for(me(), scorecard_id)
    form.offer(card)
    if is_post and form.validate():
        try:
            made = actions.add(card, me(), now(), form.read(), form.question())
        except Invalid as refusal:
            db.session.rollback()
            card = released_for(me(), scorecard_id)
            show(form, refusal)
        else:
            db.session.commit()
            flash(_("The action is added."), "good")
            return redirect(url_for(".action", action_id=made.id), 303)
    context: dict[str, Any] = {"card": card, "form": form, "today": actions.today_of(card.branch, now())}
    return render_template(
        "followup/action_new.html", **context
    ), 422 if form.errors or form.form_errors else 200


@bp.get(f"{ACTION}/photos/<int:place>")
@readers
def action_photo(action_id: int, place: int) -> BaseResponse:
    """A clean copy of what a branch showed."""
    found = queries.action_for(me(), action_id)
    key = queries.evidence_key(found, place)
    about = {
        "client_id": found.client_id,
        "visit_id": found.scorecard.visit_id,
        "scorecard_id": found.scorecard_id,
        "action": found.id,
        "question": found.question_id,
    }
    record_apart_daily("evidence.opened", me(), now(), found.branch.timezone, **about)
    return picture(current_app.extensions["storage"].read(key))
