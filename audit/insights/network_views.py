"""The network in a wave: how it scores, which branches stand out, where points are lost."""

from typing import Any

from flask import render_template

from audit.insights import network_page, room, selection, sheet, words
from audit.insights.blueprint import bp, readers
from audit.insights.charts.look import on_screen
from audit.insights.selection import Selection
from audit.insights.sheets import ALL, sections
from audit.insights.view import View, next_order, view_of
from audit.security import me

bp.add_app_template_global(room.tabs, "room_tabs")  # every page of the room shows them
bp.add_app_template_global(room.choices, "room_choices")
bp.add_app_template_global(on_screen, "on_screen")
MOST = 10  # questions that are listed at once
TABLES = ("branches", "regions", "formats", "channels", "questions", "sections", "coverage")


@bp.get("/network", endpoint="network")
@readers
def network_view() -> str:
    """The branches in scope and filter compared in one wave."""
    chosen = selection.read(me())
    if chosen is None:
        return render_template("insights/nothing.html")
    view = view_of(me(), chosen)
    tables = {name: ALL[name](view) for name in TABLES}
    branch_link = _branch_linker(chosen)
    return render_template(
        "insights/network.html",
        selection=chosen,
        view=view,
        tables=tables,
        says=network_page,
        words=words,
        say=network_page.Phrases(),
        kinds=sheet.Kind,
        printed=sheet.printed,
        next_order=next_order,
        branch_link=branch_link,
        behind=lambda region_id, **more: _behind(view, region_id, **more),
        most=MOST,
        weakest=sections.weakest(tables["sections"].rows),
        weakest_words=sections.weakest_words(tables["sections"].rows),
        dots=network_page.branch_dots(view, view.paged, branch_link),
        regions=network_page.group_dots(view, tables["regions"].rows, lambda key: chosen.link(region=key)),
        factor_heat=network_page.factor_heat(view, view.paged, branch_link),
        section_heat=network_page.section_heat(view, view.paged, branch_link),
    )


def _behind(view: View, region_id: int | None, **more: Any) -> str:
    """The address of the visits of a region's row: of a region above the chosen one only the chosen one's are there."""
    chosen = view.selection
    if region_id is None or (chosen.region_id and region_id not in view.below(chosen.region_id)):
        region_id = chosen.region_id
    return chosen.link("insights.visits", region=region_id, **more)


def _branch_linker(chosen: Selection) -> network_page.Link:
    """A maker of the addresses of branches; the router is asked once, not for each row."""
    before, after = chosen.link("insights.branch", branch_id=0).split("/0?", 1)
    return lambda branch_id: f"{before}/{branch_id}?{after}"
