"""What visits came to in the shoppers' own words, and what went with it: NPS, CSAT, shares, drivers."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from audit.errors import NotFound
from audit.i18n import gettext
from audit.insights import drivers, rated_words, selection
from audit.insights.blueprint import bp, readers
from audit.insights.selection import Selection
from audit.security import me


@bp.get("/network/drivers", endpoint="drivers")
@readers
def drivers_page() -> str:
    """NPS, CSAT and shares of yes of a wave; the drivers of a chosen outcome."""
    selected = selection.read(me())
    if selected is None:
        return render_template("insights/nothing.html")
    offered = drivers.outcomes(selected.wave)
    outcome = _outcome(offered)
    pooled = request.args.get("waves") == "pooled"
    return render_template(
        "insights/drivers.html",
        selection=selected,
        wave=selected.wave,
        ratings=drivers.ratings_of(me(), selected),
        outcomes=offered,
        found=drivers.drivers_over(me(), selected, outcome, pooled=pooled) if outcome else None,
        pooled=pooled,
        words=rated_words,
        link=_linker(selected, outcome, pooled=pooled),
    )


def _outcome(offered: list[drivers.Asked]) -> str:
    """The outcome in the address, else the first; NotFound for what is none."""
    asked = selection.words("outcome")
    if asked and asked not in {one.id for one in offered}:
        raise NotFound(gettext("There is no such question."))
    return asked or (offered[0].id if offered else "")


def _linker(selected: Selection, outcome: str, *, pooled: bool) -> Callable[..., str]:
    """A maker of addresses of this page with the outcome and the waves that are shown."""
    state = {"outcome": outcome or None, "waves": "pooled" if pooled else None}

    def link(**changes: Any) -> str:
        return selected.link(None, **{**state, **changes})

    return link
