"""The network in a wave."""

from flask import render_template

from audit.branches.queries import region_for, tree_for
from audit.errors import NotFound
from audit.i18n import gettext
from audit.insights import address, branch, network, waves
from audit.insights.blueprint import bp, readers
from audit.insights.figures import wave_lines
from audit.insights.pictures import mean_bar
from audit.security import me
from audit.waves.models import Wave
from audit.waves.queries import wave_for


@bp.get("/network", endpoint="network")
@readers
def network_page() -> str:
    """The branches in scope compared in one wave."""
    wave = asked_wave()
    if wave is None:
        return render_template("insights/nothing.html")
    factors = branch.factors_of(wave)
    ids = [factor.id for factor in factors]
    wanted = address.wanted(network.sorts(ids))
    nodes = tree_for(me(), wave.client_id)
    table = network.table(
        wave_lines(me(), wave, ids),
        wanted,
        ids,
        [node.region.id for node in nodes],
        asked_regions(wave, wanted),
    )
    return render_template(
        "insights/network.html",
        wave=wave,
        choices=waves.choices(me()),
        factors=factors,
        wanted=wanted,
        nodes=nodes,
        regions={node.region.id: node.region.name for node in nodes},
        table=table,
        whole=branch.sees_all_of(me(), wave.client_id),
        few=network.FEW,
        link=address.linker("insights.network", wave.id, wanted),
        branch_link=address.branch_linker(wave.id),
        next_order=address.next_order,
        mean_bar=mean_bar,
    )


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
