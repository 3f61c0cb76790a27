"""The visits behind a figure, each with its scorecard."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for

from audit.insights import asking, behind, selection
from audit.insights.asking import Asked
from audit.insights.blueprint import bp, readers
from audit.insights.narrowing import narrowing_words
from audit.insights.result_words import outcome_words, result_words
from audit.insights.selection import Selection
from audit.security import me


@bp.get("/network/visits", endpoint="visits")
@readers
def visits_page() -> str:
    """The visits of a wave and filter, of a branch, with a result of a question."""
    chosen = selection.read(me())
    if chosen is None:
        return render_template("insights/nothing.html")
    asked = asking.read(me(), chosen)
    wanted = _wanted(chosen, asked)
    rows, total = behind.visits(me(), chosen, wanted)
    pages = max(1, -(-total // behind.PAGE))

    def link(endpoint: str = "insights.visits", **changes: Any) -> str:
        known = {**chosen.state, "page": None, **asked.keys, **changes}
        return url_for(endpoint, **known)

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
        results=result_words(),
        outcome=_teller(asked),
    )


def _teller(asked: Asked) -> Callable[[behind.Row], str]:
    """What the question came to in a visit, in words."""
    said = result_words()

    def told(row: behind.Row) -> str:
        question = asked.question
        return "" if question is None else outcome_words(behind.outcome(question, row.credit), said)

    return told


def _wanted(chosen: Selection, asked: Asked) -> behind.Wanted:
    own = "lost" if asked.question else "section" if asked.section else ""
    sort = chosen.sort if chosen.sort in behind.PLAIN_SORTS or (own and chosen.sort == own) else ""
    # Whatever lost most comes first.
    descending = chosen.descending if sort else own != "section"
    return asked.wanted(sort or own or "day", descending=descending, page=chosen.page)
