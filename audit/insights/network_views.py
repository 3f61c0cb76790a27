"""The network in a wave: how it scores, which branches stand out, where points are lost."""

from flask import render_template

from audit.branches.queries import region_for, tree_for
from audit.errors import NotFound
from audit.i18n import gettext
from audit.insights import address, network, network_page, room, selection, sheet, waves, words
from audit.insights.blueprint import bp, readers
from audit.insights.charts.look import on_screen
from audit.insights.selection import Selection
from audit.insights.sheets import ALL, sections
from audit.insights.view import next_order, view_of
from audit.security import me
from audit.waves.models import Wave
from audit.waves.queries import wave_for

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
        most=MOST,
        weakest=sections.weakest_words(tables["sections"].rows),
        dots=network_page.branch_dots(view, view.paged, branch_link),
        regions=network_page.group_dots(view, tables["regions"].rows, lambda key: chosen.link(region=key)),
        factor_heat=network_page.factor_heat(view, view.paged, branch_link),
        section_heat=network_page.section_heat(view, view.paged, branch_link),
    )


def _branch_linker(chosen: Selection) -> network_page.Link:
    """A maker of the addresses of branches; the router is asked once, not for each row."""
    before, after = chosen.link("insights.branch", branch_id=0).split("/0?", 1)
    return lambda branch_id: f"{before}/{branch_id}?{after}"


def asked_wave() -> Wave | None:
    """The wave in the address, else the newest one with something to show; NotFound out of scope."""
    asked = address.identity("wave")
    return waves.newest_wave(me()) if asked is None else wave_for(me(), asked)


def asked_regions(wave: Wave, wanted: network.Wanted) -> set[int] | None:
    """The ids of the wanted region and of those below it; NotFound out of scope or of another client."""
    if wanted.region_id is None:
        return None
    region = region_for(me(), wanted.region_id)
    if region.client_id != wave.client_id:
        raise NotFound(gettext("There is no such region."))
    found: set[int] = {region.id}
    for node in tree_for(me(), wave.client_id):  # each parent comes before its children
        if node.region.parent_id in found:
            found.add(node.region.id)
    return found
