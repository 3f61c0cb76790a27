"""A shopper's list, the brief of a visit, and the steps before the first answer."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.db import db, now
from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.security import allow, me
from audit.visits import board, forms, offline_pages, outline, queries, services, words
from audit.visits.blueprint import VISIT, bp, own, own_locked
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.visits.phrases import list_words

Page = Response | str | tuple[str, int]


@bp.get("/visits")
@allow(RoleName.SHOPPER)
def index() -> Response:
    """What is to be done, and what became of the rest."""
    visits = queries.tasks_for(me())
    tasks = board.board_of(visits, now())
    count = len(tasks.to_do)
    title = ngettext("%(num)s task to do", "%(num)s tasks to do", count) if count else _("Nothing to do now")
    pages = offline_pages.pages_for_offline(visits)
    html = render_template("visits/index.html", board=tasks, title=title, pages=pages, words=list_words())
    return offline_pages.marked(html, offline_pages.stamp_of_list(visits))


@bp.get(VISIT)
@allow(RoleName.SHOPPER)
def brief(visit_id: int) -> Response:
    """The scenario, what to photograph, and what may be done next."""
    visit = own(visit_id)
    return offline_pages.marked(_brief(visit), offline_pages.stamp_of(visit))


def _brief(visit: Visit) -> str:
    known = queries.checklist_of(visit)
    progress = None
    if visit.state in (State.IN_PROGRESS, State.RETURNED):
        parts = outline.progress(known.document, queries.scoring_answers(visit), known.checklist)
        progress = outline.total(parts)
    return render_template(
        "visits/brief.html",
        visit=visit,
        document=known.document,
        sections=outline.sections(known.document),
        pictures=[one for one in known.document["questions"] if one["type"] == "photo"],
        progress=progress,
        countdown=words.countdown(visit.submit_by, now()),
        map_link=words.map_link(visit.branch),
    )


@bp.route(f"{VISIT}/accept", methods=["GET", "POST"])
@allow(RoleName.SHOPPER)
def accept(visit_id: int) -> Page:
    """The terms in full and the conflict question; both answers are recorded."""
    form = forms.AcceptForm()
    if not form.is_submitted():
        visit = own(visit_id)
        if visit.state != State.OFFERED:
            return redirect(url_for(".brief", visit_id=visit_id), 303)
        form.terms_seen.data = services.terms_seal(visit)
        return render_template("visits/accept.html", visit=visit, form=form)
    visit = own_locked(visit_id)
    if not form.validate():
        return render_template("visits/accept.html", visit=visit, form=form), 422
    conflict = form.conflict.data == "yes"
    taken = services.accept(visit, me(), now(), conflict=conflict, terms_seen=form.terms_seen.data or "")
    db.session.commit()
    if taken:
        flash(_("It is yours. Read the brief, then start when you are there."), "good")
        return redirect(url_for(".brief", visit_id=visit_id), 303)
    flash(_("Thank you for saying so. Somebody else will take this visit; you lose nothing by it."), "good")
    return redirect(url_for(".index"), 303)


@bp.post(f"{VISIT}/decline")
@allow(RoleName.SHOPPER)
def decline(visit_id: int) -> Response:
    """Not this one."""
    services.decline(own_locked(visit_id), me(), now())
    db.session.commit()
    flash(_("Declined. It has gone back to the agency."), "good")
    return redirect(url_for(".index"), 303)


@bp.post(f"{VISIT}/withdraw")
@allow(RoleName.SHOPPER)
def withdraw(visit_id: int) -> Response:
    """Give an accepted visit back before it has begun."""
    services.withdraw(own_locked(visit_id), me(), now())
    db.session.commit()
    flash(_("Given back to the agency."), "good")
    return redirect(url_for(".index"), 303)


@bp.post(f"{VISIT}/start")
@allow(RoleName.SHOPPER)
def start(visit_id: int) -> Response:
    """Begin, and go to the first question."""
    services.start(own_locked(visit_id), me(), now())
    db.session.commit()
    return redirect(url_for(".answer", visit_id=visit_id), 303)


# Their addresses belong to this blueprint; importing them is what puts them there.
from audit.visits import answer_pages, api, photo_pages, stop_pages, submit_pages  # noqa: E402, F401
