"""The scorecard as a page, its photos, its PDF; a manager's branches."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.accounts.models import RoleName
from audit.branches.models import Branch
from audit.db import now
from audit.errors import Conflict, NotFound
from audit.followup.action_queries import counts_by_branch
from audit.followup.disputes import disputable
from audit.followup.queries import beside
from audit.i18n import LANGUAGES, gettext, language
from audit.insights.standing import standings
from audit.reports import loading, queries, tasks
from audit.reports.data import bands_from
from audit.reports.scorecard import band_of, band_views, build
from audit.reports.view import BandView, PhotoView
from audit.review.models import Scorecard
from audit.review.queries import released_for
from audit.security import allow, me
from audit.trail.services import record_apart, record_apart_daily
from audit.visits.pictures import picture

bp = Blueprint("reports", __name__)
TASKS = (tasks.TASK,)  # imported for its registration: release asks for it by name

READERS = (
    RoleName.BRANCH_MANAGER,
    RoleName.AREA_MANAGER,
    RoleName.HEAD_OFFICE,
    RoleName.EDITOR,
    RoleName.ADMIN,
)


@bp.get("/my-branches")
@allow(RoleName.BRANCH_MANAGER)
def my_branches() -> str:
    """A manager's branches, each with its last scorecard first."""
    at = now()

    def today(branch: Branch) -> date:
        return at.astimezone(ZoneInfo(branch.timezone)).date()

    lines = queries.latest_by_branch(me())
    return render_template(
        "reports/my_branches.html",
        lines=lines,
        standings=standings(me(), [line.branch.id for line in lines]),
        today=today,
        band_of_card=_band_of_card,
        actions=counts_by_branch(me(), at),
    )


def _band_of_card(card: Scorecard) -> BandView | None:
    if card.overall is None:
        return None
    return band_of(band_views(bands_from(card.client.bands), language()), Fraction(card.overall))


@bp.get("/scorecards/<int:scorecard_id>")
@allow(*READERS)
def scorecard(scorecard_id: int) -> str:
    """The scorecard as on paper, photos to enlarge, the PDF to download."""
    card = released_for(me(), scorecard_id)
    files = {lang: queries.file_of(card, lang) for lang in LANGUAGES}
    told = beside(me(), card, now())
    if card.status != "scored":
        return render_template("reports/not_scorable.html", card=card, beside=told)
    view = build(loading.data_of(card, "screen"), language())
    places = {card.photos[place]["screen"]: place for place in queries.photo_places(card)}

    def photo_url(photo: PhotoView, size: str = "screen") -> str:
        return url_for(".photo", scorecard_id=card.id, place=places[photo.key], size=size)

    return render_template(
        "reports/scorecard.html",
        card=card,
        view=view,
        files=files,
        given_up=not all(files.values()) and queries.pdf_given_up(card),
        photo_url=photo_url,
        beside=told,
        disputes={line.number: line for line in told.disputes},
        object_url=_object_url(card),
    )


def _object_url(card: Scorecard) -> Callable[[str], str]:
    """Where to object to a question, or with none named; empty for what cannot be objected to."""
    asked = disputable(card)

    def address(question: str) -> str:
        if question and question not in asked:
            return ""
        return url_for("followup.dispute_new", scorecard_id=card.id, question=question or None)

    return address


@bp.get("/scorecards/<int:scorecard_id>/photos/<int:place>/<size>")
@allow(*READERS)
def photo(scorecard_id: int, place: int, size: str) -> Response:
    """One photo of a released scorecard, without any metadata."""
    card = released_for(me(), scorecard_id)
    data = current_app.extensions["storage"].read(queries.photo_key(card, place, size))
    about = {"client_id": card.client_id, "visit_id": card.visit_id, "scorecard_id": card.id}
    record_apart_daily("scorecard.photos_opened", me(), now(), card.branch.timezone, **about)
    return picture(data)


@bp.get("/scorecards/<int:scorecard_id>/pdf")
@allow(*READERS)
def pdf(scorecard_id: int) -> Response:
    """The PDF in the wanted language (`?language=vi|en`), the same bytes at every download."""
    card = released_for(me(), scorecard_id)
    if card.status != "scored":
        raise NotFound(gettext("This visit has no score, so there is no PDF of it."))
    wanted = request.args.get("language", language())
    file = queries.file_of(card, wanted if wanted in LANGUAGES else language())
    if file is None and queries.pdf_given_up(card):
        raise Conflict(gettext("The PDF could not be made. The agency sees this and has it made again."))
    if file is None:
        raise Conflict(gettext("The PDF is being made. Try again in a minute."), code="not_ready")
    name = f"{card.number}-v{card.edition}-{file.language}.pdf"
    about = {"client_id": card.client_id, "visit_id": card.visit_id, "scorecard_id": card.id}
    record_apart("scorecard.downloaded", me(), now(), **about, language=file.language, sha256=file.sha256)
    return Response(
        current_app.extensions["storage"].read(file.sha256),
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "ETag": f'"{file.sha256}"',
            "Cache-Control": "private, no-cache",
        },
    )
