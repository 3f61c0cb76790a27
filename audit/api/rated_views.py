"""Ratings, drivers and a branch's waves: the figures of their pages and files."""

from flask import request

from audit.api import asking, rated_figures
from audit.api.endpoints import FILTER, NUMBER, TEXT, WAVE, Parameter, get
from audit.api.figures import whole
from audit.api.rated_rows import BranchWaveRow, BranchWaves, Drivers, Ratings
from audit.branches.models import Branch
from audit.branches.queries import branch_for
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights import drivers as found_drivers
from audit.insights import selection
from audit.insights.history import WaveLine, branch_history
from audit.review.comparable import same_rules
from audit.scoring.inference import MIN_VISITS
from audit.security import me
from audit.waves.models import Wave
from audit.waves.queries import wave_for

OUTCOME = Parameter("outcome", "Id of a question that rates without points; without it the first.", TEXT)
WAVES = Parameter(
    "waves",
    "`pooled` adds up to three earlier waves scored by the same rules.",
    {"type": "string", "enum": ["pooled"]},
)
BRANCH = Parameter("branch_id", "Id of the branch.", NUMBER, in_path=True)


@get("/ratings", Ratings, *FILTER)
def ratings() -> Ratings:
    """Shoppers' NPS, CSAT and shares of yes, with their ranges."""
    asked = asking.chosen()
    return Ratings(
        wave=rated_figures.named(asked.wave),
        data=rated_figures.ratings(found_drivers.ratings_of(me(), asked)),
    )


@get("/drivers", Drivers, *FILTER, OUTCOME, WAVES)
def drivers() -> Drivers:
    """What goes with a better rating, question by question."""
    asked = asking.chosen()
    offered, outcome_id = found_drivers.outcomes(asked.wave), selection.words("outcome")
    if outcome_id and outcome_id not in {one.id for one in offered}:
        raise NotFound(_("There is no such question."))
    if not offered:
        return rated_figures.no_drivers(asked.wave)
    pooled = request.args.get("waves") == "pooled"
    found = found_drivers.drivers_over(me(), asked, outcome_id or offered[0].id, pooled=pooled)
    return rated_figures.drivers(asked.wave, offered, found)


@get("/branches/{branch_id}/waves", BranchWaves, BRANCH, WAVE)
def branch_waves(branch_id: int) -> BranchWaves:
    """One branch over its waves, each beside the network's mean."""
    branch = branch_for(me(), branch_id)
    lines = branch_history(me(), branch)
    beside = _beside(branch, lines)
    return BranchWaves(
        branch_id=branch.id,
        branch_code=branch.code,
        branch=branch.name,
        data=[_row(line, beside) for line in lines],
    )


def _beside(branch: Branch, lines: list[WaveLine]) -> Wave | None:
    wave_id = selection.identity("wave")
    if wave_id is None:
        return lines[0].wave if lines else None
    wave = wave_for(me(), wave_id)
    if wave.client_id != branch.client_id:
        raise NotFound(_("There is no such wave."))
    return wave


def _row(line: WaveLine, beside: Wave | None) -> BranchWaveRow:
    return BranchWaveRow(
        wave=rated_figures.named(line.wave),
        visits=line.n,
        unscored=line.unscored,
        incidents=line.incidents,
        mean=whole(line.mean),
        low=whole(line.low),
        high=whole(line.high),
        overall=whole(line.overall) if line.incidents else None,
        network=whole(line.network),
        comparable=beside is None or same_rules(beside.version, line.wave.version),
        few=line.n < MIN_VISITS,
    )
