"""One branch: its waves, factors, questions and scorecards."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flask import render_template, url_for

from audit.branches.models import Branch
from audit.branches.queries import branch_for
from audit.errors import NotFound
from audit.i18n import gettext, language
from audit.insights import address, branch, network
from audit.insights.blueprint import bp, readers
from audit.insights.figures import branch_waves
from audit.insights.pictures import mean_bar
from audit.reports.data import bands_from
from audit.reports.scorecard import band_of, band_views
from audit.reports.view import BandView
from audit.review.models import Scorecard
from audit.security import me
from audit.waves.queries import wave_for


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


def _bands(of: Branch) -> Callable[[Scorecard], BandView | None]:
    bands = band_views(bands_from(of.client.bands), language())
    return lambda card: None if card.overall is None else band_of(bands, Fraction(card.overall))


def _branch_link(of: Branch, wave_id: int | None) -> Callable[..., str]:
    def link(**changes: Any) -> str:
        return url_for("insights.branch", branch_id=of.id, **{"wave": wave_id, **changes})

    return link
