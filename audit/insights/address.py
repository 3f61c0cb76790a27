"""What the address of a page asks for, and the addresses of its other views."""

from collections.abc import Callable, Collection
from typing import Any

from flask import request, url_for

from audit.branches.forms import is_id
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights.network import Wanted

TEXTS = ("branch", "region")  # columns that are first sorted upwards


def identity(name: str) -> int | None:
    """The id in the address, None where there is none; NotFound for what cannot be one."""
    given = request.args.get(name, "")
    if not given:
        return None
    if not is_id(given):
        raise NotFound(_("There is nothing with this number."))
    return int(given)


def page() -> int:
    """The page asked for, from 1; nonsense is page 1."""
    given = request.args.get("page", "1")
    return max(1, int(given)) if is_id(given) else 1


def wanted(sorts: Collection[str]) -> Wanted:
    """The filter and order in the address; an unknown order is the usual one, a strange region NotFound."""
    sort = request.args.get("sort", "")
    known = sort in sorts
    return Wanted(
        words=request.args.get("q", "").replace("\x00", "").strip()[:100],
        region_id=identity("region"),
        sort=sort if known else "branch",
        descending=known and request.args.get("order") == "desc",
        page=page(),
    )


def linker(endpoint: str, wave_id: int, now: Wanted) -> Callable[..., str]:
    """A maker of addresses of this page with some parts changed; None takes a part out."""
    usual = now.sort == "branch" and not now.descending
    state: dict[str, Any] = {
        "wave": wave_id,
        "region": now.region_id,
        "q": now.words or None,
        "sort": None if usual else now.sort,
        "order": "desc" if now.descending else None,
        "page": now.page if now.page > 1 else None,
    }

    def link(to: str | None = None, **changes: Any) -> str:
        return url_for(to or endpoint, **{**state, **changes})

    return link


def branch_linker(wave_id: int) -> Callable[[int], str]:
    """A maker of the addresses of branches; the router is asked once, not for each row."""
    pattern = url_for("insights.branch", branch_id=0, wave=wave_id)
    before, after = pattern.split("/0?", 1)
    return lambda branch_id: f"{before}/{branch_id}?{after}"


def next_order(now: Wanted, column: str) -> str | None:
    """The order that a click on a head asks for: names upwards first, figures downwards first."""
    first = column not in TEXTS
    if now.sort == column:
        return None if now.descending else "desc"
    return "desc" if first else None
