"""What shoppers wrote and photographed: comments by question and points lost, photos by question and branch."""

from typing import Any

from flask import render_template, request

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branch_for
from audit.checklists.published import published
from audit.errors import NotFound
from audit.i18n import gettext
from audit.insights import selection, voices
from audit.insights.blueprint import bp, readers
from audit.insights.search_words import marked, words_of
from audit.insights.selection import Selection
from audit.insights.voices_queries import Wanted
from audit.security import me

COMMENT_ORDERS = ("question", "lost", "newest", "branch")
PHOTO_ORDERS = ("question", "branch", "lost", "newest")


@bp.get("/network/comments", endpoint="comments")
@readers
def comments_page() -> str:
    """The comments of a wave, by question and points lost."""
    selected = selection.read(me())
    if selected is None:
        return render_template("insights/nothing.html")
    branch, wanted = _wanted(selected, COMMENT_ORDERS)
    sought = words_of(wanted.words)
    return render_template(
        "insights/comments.html",
        found=voices.comments(me(), wanted, selected.page),
        orders=COMMENT_ORDERS,
        marked=lambda text: marked(text, sought),
        **_shared(selected, wanted, branch),
    )


@bp.get("/network/photos", endpoint="photos")
@readers
def photos_page() -> str:
    """The photos of a wave, by question and branch."""
    selected = selection.read(me())
    if selected is None:
        return render_template("insights/nothing.html")
    branch, wanted = _wanted(selected, PHOTO_ORDERS)
    return render_template(
        "insights/photos.html",
        found=voices.photos(me(), wanted, selected.page),
        orders=PHOTO_ORDERS,
        **_shared(selected, wanted, branch),
    )


def _wanted(selected: Selection, orders: tuple[str, ...]) -> tuple[Branch | None, Wanted]:
    """What the address asks for beside the filter; NotFound for a branch or question that is not there."""
    branch = _branch(me(), selected)
    question = selection.words("question")
    if question and question not in published(selected.wave.version).questions:
        raise NotFound(gettext("There is no such question."))
    order = request.args.get("by", "")
    wanted = Wanted(
        selection=selected,
        question_id=question,
        branch_id=branch.id if branch else None,
        lost_only=request.args.get("lost") == "1",
        words=selection.words("text"),
        order=order if order in orders else orders[0],
    )
    return branch, wanted


def _branch(person: Person, selected: Selection) -> Branch | None:
    asked = selection.identity("branch")
    if asked is None:
        return None
    branch = branch_for(person, asked)
    if branch.client_id != selected.wave.client_id:
        raise NotFound(gettext("There is no such branch."))
    return branch


def _shared(selected: Selection, wanted: Wanted, branch: Branch | None) -> dict[str, Any]:
    """What both pages hand to their templates."""
    state = {
        "question": wanted.question_id or None,
        "branch": wanted.branch_id,
        "lost": "1" if wanted.lost_only else None,
        "text": wanted.words or None,
        "by": wanted.order if wanted.order != "question" else None,
    }

    def link(endpoint: str | None = None, **changes: Any) -> str:
        return selected.link(endpoint, **{**state, **changes})

    return {"selection": selected, "wanted": wanted, "branch": branch, "wave": selected.wave, "link": link}
