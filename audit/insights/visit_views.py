"""The visits behind a figure, each with its scorecard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from audit.branches.models import Branch
from audit.branches.queries import branch_for
from audit.checklists.published import published
from audit.errors import NotFound
from audit.i18n import gettext, text_of
from audit.insights import behind, selection
from audit.insights.blueprint import bp, readers
from audit.insights.narrowing import narrowing_words
from audit.insights.selection import Selection
from audit.security import me


@dataclass(frozen=True)
class Asked:
    """What the visits are behind: a branch, a question with its number and text, an outcome."""

    branch: Branch | None
    question_id: str
    number: int
    question: str
    result: str

    @property
    def keys(self) -> Mapping[str, Any]:
        """The same as values of an address."""
        return {
            "branch": self.branch.id if self.branch else None,
            "question": self.question_id or None,
            "result": self.result or None,
        }


@bp.get("/network/visits", endpoint="visits")
@readers
def visits_page() -> str:
    """The visits of a wave and filter, of a branch, with an outcome of a question."""
    chosen = selection.read(me())
    if chosen is None:
        return render_template("insights/nothing.html")
    asked = _asked(chosen)
    wanted = _wanted(chosen, asked)
    rows, total = behind.visits(me(), chosen, wanted)
    pages = max(1, -(-total // behind.PAGE))

    def link(**changes: Any) -> str:
        known = {**chosen.state, "page": None, **asked.keys, **changes}
        return url_for("insights.visits", **known)

    return render_template(
        "insights/visits.html",
        selection=chosen,
        asked=asked,
        wanted=wanted,
        rows=rows,
        total=total,
        page=min(chosen.page, pages),
        pages=pages,
        link=link,
        narrowed=narrowing_words(chosen),
    )


def _asked(chosen: Selection) -> Asked:
    """NotFound for a branch of another client or out of scope, and for a question the wave does not ask."""
    branch_id = selection.identity("branch")
    branch = branch_for(me(), branch_id) if branch_id is not None else None
    if branch is not None and branch.client_id != chosen.wave.client_id:
        raise NotFound(gettext("There is no such branch."))
    question_id, result = selection.words("question"), request.args.get("result", "")
    if not question_id:
        return Asked(branch, "", 0, "", result if result in behind.EVENTS else "")
    version = published(chosen.wave.version)
    if question_id not in version.questions:
        raise NotFound(gettext("This wave does not ask this question."))
    text = text_of(version.questions[question_id].get("text")) or question_id
    known = result if result in behind.OUTCOMES else ""
    return Asked(branch, question_id, version.order[question_id] + 1, text, known)


def _wanted(chosen: Selection, asked: Asked) -> behind.Wanted:
    sorts = behind.SORTS if asked.question_id else tuple(key for key in behind.SORTS if key != "lost")
    sort = chosen.sort if chosen.sort in sorts else ""
    usual = "lost" if asked.question_id else "day"
    return behind.Wanted(
        branch_id=asked.branch.id if asked.branch else None,
        question_id=asked.question_id,
        result=asked.result,
        sort=sort or usual,
        descending=chosen.descending if sort else True,
        page=chosen.page,
    )
