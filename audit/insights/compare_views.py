"""Two branches, two waves or two regions side by side, with the verdict in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from audit.branches.models import Branch, Region
from audit.i18n import gettext as _
from audit.insights import compare_words, comparing, selection, words
from audit.insights.blueprint import bp, readers
from audit.insights.branch_words import why_no_change
from audit.insights.charts.dots import dots
from audit.insights.compare_pick import (
    Pick,
    asked_kind,
    branch_pick,
    own_branch,
    proposed,
    region_pick,
    wave_picks,
)
from audit.insights.comparing import Comparison
from audit.insights.narrowing import narrowing_words
from audit.insights.selection import Selection
from audit.insights.sheet import printed
from audit.insights.sheets.compare import OF_COMPARISON
from audit.insights.view import sees_all_of
from audit.review.comparable import why_not
from audit.security import me
from audit.waves.models import Wave

KINDS = ("branches", "waves", "regions")


@dataclass(frozen=True)
class Asked:
    """What is to be compared, and the comparison once both are known."""

    what: str
    compared: Comparison | None = None
    picks: tuple[Pick, Pick] = (Pick(), Pick())
    regions: tuple[Region | None, Region | None] = (None, None)
    waves: tuple[Wave | None, Wave | None] = (None, None)  # earlier, later
    branch: Branch | None = None  # whose waves
    keys: Mapping[str, Any] = field(default_factory=dict)  # of the address
    empty: str = ""  # why there is nothing to compare yet


@bp.get("/network/compare", endpoint="compare")
@readers
def compare_page() -> str | Response:
    """The comparison that the address names, or the form to choose one."""
    chosen = selection.read(me())
    if chosen is None:
        return render_template("insights/nothing.html")
    asked = asked_of(chosen)
    if any(request.args.get(f"{side}_q", "").strip() for side in "ab") and asked.compared is not None:
        return redirect(_link(chosen, asked))  # an address that can be shared
    return render_template(
        "insights/compare.html",
        selection=chosen,
        asked=asked,
        compared=asked.compared,
        tables={name: build(asked.compared) for name, build in OF_COMPARISON.items()}
        if asked.compared
        else {},
        who=who(chosen, asked),
        say=compare_words,
        drawn=dots(compare_words.dots_of(asked.compared))
        if asked.compared and asked.compared.drawable
        else None,
        words=words,
        printed=printed,
        narrowed=narrowing_words(chosen),
        proposed=proposed(me(), chosen.wave.client_id) if asked.what == "branches" else [],
        link=lambda to="insights.compare", **changes: _link(chosen, asked, to, **changes),
    )


def asked_of(chosen: Selection) -> Asked:
    """What the address asks for; NotFound for what is out of scope or of another client."""
    what = asked_kind(KINDS)
    return {"branches": _branches, "waves": _waves, "regions": _regions}[what](chosen)


def _branches(chosen: Selection) -> Asked:
    picks = branch_pick(me(), chosen, "a"), branch_pick(me(), chosen, "b")
    one, other = picks[0].branch, picks[1].branch
    picked = request.args.get("picked") == "yes"
    keys = {
        "a": one.id if one else None,
        "b": other.id if other else None,
        "picked": "yes" if picked else None,
    }
    compared = comparing.of_branches(me(), chosen, one, other, picked=picked) if one and other else None
    return Asked("branches", compared, picks, keys=keys)


def _regions(chosen: Selection) -> Asked:
    one, other = region_pick(me(), chosen, "a"), region_pick(me(), chosen, "b")
    keys = {"a": one.id if one else None, "b": other.id if other else None, "region": None}
    compared = comparing.of_regions(me(), chosen, one, other) if one and other else None
    return Asked("regions", compared, regions=(one, other), keys=keys)


def _waves(chosen: Selection) -> Asked:
    branch_id = selection.identity("branch")
    branch = own_branch(me(), chosen.wave.client_id, branch_id) if branch_id is not None else None
    earlier, later = wave_picks(me(), chosen)
    keys = {
        "a": earlier.id if earlier else None,
        "b": later.id,
        "branch": branch.id if branch else None,
    }
    if earlier is None:
        empty = why_no_change(why_not(later))
        return Asked("waves", waves=(None, later), branch=branch, keys=keys, empty=empty)
    compared = comparing.of_waves(me(), chosen, earlier, later, branch)
    return Asked("waves", compared, waves=(earlier, later), branch=branch, keys=keys)


def who(chosen: Selection, asked: Asked) -> str:
    """Whose waves they are: a branch, what the filter leaves, the network or the reader's area."""
    if asked.branch is not None:
        return asked.branch.name
    narrowed = narrowing_words(chosen)
    if narrowed:
        return " · ".join(narrowed)
    return _("Network") if sees_all_of(me(), chosen.wave.client_id) else _("Your area")


def _link(chosen: Selection, asked: Asked, to: str = "insights.compare", **changes: Any) -> str:
    state = {key: value for key, value in chosen.state.items() if key not in ("sort", "order", "page")}
    return url_for(to, **{**state, "what": asked.what, **asked.keys, **changes})
