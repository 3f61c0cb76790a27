"""Head office's pages: the network in a wave, one branch, the visits as CSV."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for

from audit.accounts.models import RoleName
from audit.branches.models import Branch
from audit.branches.queries import branch_for, region_for, tree_for
from audit.db import now
from audit.errors import NotFound
from audit.i18n import gettext, language
from audit.insights import address, branch, export, network, waves
from audit.insights.figures import branch_waves, wave_lines
from audit.insights.pictures import mean_bar
from audit.reports.data import bands_from
from audit.reports.scorecard import band_of, band_views
from audit.reports.view import BandView
from audit.review.models import Scorecard
from audit.security import allow, me
from audit.trail.services import record_apart
from audit.waves.models import Wave
from audit.waves.queries import wave_for

bp = Blueprint("insights", __name__)
readers = allow(RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.EDITOR, RoleName.ADMIN)


@bp.get("/network", endpoint="network")
@readers
def network_page() -> str:
    """The branches in scope compared in one wave."""
    wave = _wave()
    if wave is None:
        return render_template("insights/nothing.html")
    factors = branch.factors_of(wave)
    ids = [factor.id for factor in factors]
    wanted = address.wanted(network.sorts(ids))
    nodes = tree_for(me(), wave.client_id)
    table = network.table(
        wave_lines(me(), wave, ids), wanted, ids, [node.region.id for node in nodes], _regions(wave, wanted)
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


@bp.get("/network/branches/<int:branch_id>", endpoint="branch")
@readers
def branch_page(branch_id: int) -> str:
    """One branch: its waves, factors, questions and scorecards."""
    found = branch_for(me(), branch_id)
    lines = branch_waves(me(), found)
    asked = address.identity("wave")
    wave = wave_for(me(), asked) if asked is not None else lines[0].wave if lines else None
    if wave is not None and wave.client_id != found.client_id:
        raise NotFound(gettext("There is no such wave."))
    pages = max(1, -(-sum(line.n + line.unscored for line in lines) // branch.CARDS))
    page = min(address.page(), pages)
    return render_template(
        "insights/branch.html",
        branch=found,
        waves=lines,
        names={line.wave.id: line.wave.name for line in lines},
        chosen=branch.in_wave(me(), found, wave) if wave is not None else None,
        cards=branch.cards_of(me(), found, page),
        page=page,
        pages=pages,
        whole=branch.sees_all_of(me(), found.client_id),
        few=network.FEW,
        band=_bands(found),
        link=_branch_link(found, asked),
        mean_bar=mean_bar,
    )


@bp.get("/network/visits.csv")
@readers
def visits_csv() -> Response:
    """The released visits of a wave, with the page's filter, or of all waves (`?wave=all` or none)."""
    everything = request.args.get("wave", "all") in ("all", "")
    wave = None if everything else _wave()
    wanted = address.wanted(())
    if wave is None:
        selection = export.Selection()
    else:
        _regions(wave, wanted)
        selection = export.Selection(wave, wanted.words, wanted.region_id)
    name = "visits.csv" if wave is None else f"visits-{wave.id}.csv"
    about = {"client_id": wave.client_id, "wave": wave.name} if wave is not None else {}
    record_apart("export.downloaded", me(), now(), what="visits", **about)
    return Response(
        stream_with_context(export.visits_csv(me(), selection)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _wave() -> Wave | None:
    """The wave in the address, else the newest one with something to show; NotFound out of scope."""
    asked = address.identity("wave")
    return waves.newest_wave(me()) if asked is None else wave_for(me(), asked)


def _regions(wave: Wave, wanted: network.Wanted) -> set[int] | None:
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


def _bands(of: Branch) -> Callable[[Scorecard], BandView | None]:
    bands = band_views(bands_from(of.client.bands), language())
    return lambda card: None if card.overall is None else band_of(bands, Fraction(card.overall))


def _branch_link(of: Branch, wave_id: int | None) -> Callable[..., str]:
    def link(**changes: Any) -> str:
        return url_for("insights.branch", branch_id=of.id, **{"wave": wave_id, **changes})

    return link
