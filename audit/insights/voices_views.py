"""What shoppers wrote and photographed: comments by question and points lost, photos by question and branch."""

from typing import Any

from flask import Response, render_template, request

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.checklists.published import published
from audit.db import now
from audit.errors import NotFound
from audit.i18n import clock, gettext
from audit.insights import facts, files, selection, voices
from audit.insights.blueprint import bp, readers
from audit.insights.compared import compared_branch
from audit.insights.search_words import marked, words_of
from audit.insights.selection import Selection
from audit.insights.sheet import Sheet
from audit.insights.sheets import comments as table
from audit.insights.titles import questions_of
from audit.insights.voices_queries import Wanted
from audit.insights.workbook import Facts
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


@bp.get("/network/comments.xlsx", endpoint="comments_xlsx")
@readers
def comments_xlsx() -> Response:
    """The comments that the page's filter leaves, all pages, as an Excel file."""
    selected, wanted, branch, sheet = _taken_along()
    known = [
        *facts.selection_facts(me(), selected),
        *_chosen(wanted, branch),
        (gettext("Comments"), str(len(sheet.rows))),
        (gettext("Made on"), clock(now())),
    ]
    return files.xlsx_answer(
        [sheet], known, f"comments-{selected.wave.id}", selected.client, **_about(selected)
    )


@bp.get("/network/comments.csv", endpoint="comments_csv")
@readers
def comments_csv() -> Response:
    """The same as CSV."""
    selected, _wanted_too, _branch_too, sheet = _taken_along()
    return files.csv_answer(sheet, f"comments-{selected.wave.id}", selected.client, **_about(selected))


def _taken_along() -> tuple[Selection, Wanted, Branch | None, Sheet]:
    selected = selection.read(me())
    if selected is None:
        raise NotFound(gettext("No wave has been opened yet."))
    branch, wanted = _wanted(selected, COMMENT_ORDERS)
    return selected, wanted, branch, table.comments(voices.all_comments(me(), wanted))


def _about(selected: Selection) -> dict[str, str]:
    return {"wave": selected.wave.name}


def _chosen(wanted: Wanted, branch: Branch | None) -> Facts:
    """What was chosen beside the filter, in words."""
    asked = questions_of(wanted.selection.wave.version).get(wanted.question_id)
    return [
        *([(gettext("Branch"), f"{branch.name} ({branch.code})")] if branch else []),
        *([(gettext("Question"), f"{asked.number}. {asked.text}")] if asked else []),
        *([(gettext("Words in the comment"), wanted.words)] if wanted.words else []),
        *([(gettext("Only where points were lost"), gettext("Yes"))] if wanted.lost_only else []),
    ]


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
    branch = compared_branch(person, asked)
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

    kept = [(name, str(value)) for name, value in state.items() if value is not None]
    about = {"selection": selected, "wanted": wanted, "branch": branch, "wave": selected.wave}
    return {**about, "kept": kept, "link": link}
