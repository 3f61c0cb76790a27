"""The planning sentences of a wave: what so many visits will be able to tell, and the plan so far."""

from dataclasses import dataclass
from fractions import Fraction

from flask import render_template, request

from audit.accounts.models import RoleName
from audit.branches.channels import channel_words
from audit.branches.forms import is_id
from audit.branches.queries import tree_for
from audit.insights import precision, precision_words, quota
from audit.insights.blueprint import bp
from audit.insights.precision import Targets
from audit.insights.sheets.coverage import planned_words
from audit.security import allow, me
from audit.waves.models import Wave
from audit.waves.queries import wave_for

USUAL_VISITS = 3  # per branch, where nothing is planned yet (scoring.md 4.1)
MOST_VISITS, MOST_BRANCHES = 99, 99_999
MOST_POINTS = 100
RELIABILITIES = ("0.5", "0.7", "0.8")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: visits to each branch, branches, and what somebody wants to know."""

    visits: int
    branches: int
    targets: Targets


@bp.get("/waves/<int:wave_id>/precision")
@allow(RoleName.ADMIN)
def precision_page(wave_id: int) -> str:
    """What the wave's plan, or another number of visits, can tell."""
    wave = wave_for(me(), wave_id)
    plan, existing = quota.quota_of(me(), wave), quota.existing_branches(wave)
    asked = _asked(plan, existing)
    spread = precision.spread_of(wave)

    def made(visits: int) -> precision.Precision:
        return precision.precision_of(wave, spread, asked.branches, visits, existing)

    return render_template(
        "insights/precision.html",
        wave=wave,
        asked=asked,
        existing=existing,
        found=made(asked.visits),
        others=[made(visits) for visits in sorted({*precision.ALTERNATIVES, asked.visits})],
        needed=precision_words.targets(asked.targets, precision.needed(spread, asked.targets)),
        sources=precision_words.source(spread),
        plan=plan,
        groups=_groups(wave, plan),
        words=precision_words,
        planned_words=planned_words(),
        trust_of=precision.trust_of,
        reliabilities=RELIABILITIES,
        limits={"visits": MOST_VISITS, "branches": MOST_BRANCHES, "points": MOST_POINTS},
    )


def _asked(plan: quota.Quota, existing: int) -> Asked:
    """What is asked for, else what is planned, else the usual plan for all branches."""
    usual = USUAL_VISITS
    if plan.branches:
        usual = max(1, (2 * plan.planned + plan.branches) // (2 * plan.branches))
    reliability = request.args.get("reliability", "")
    return Asked(
        visits=_whole("visits", usual, MOST_VISITS),
        branches=_whole("branches", plan.branches or existing or 1, MOST_BRANCHES),
        targets=Targets(
            half_width=Fraction(_whole("half", 8, MOST_POINTS)),
            change=Fraction(_whole("change", 10, MOST_POINTS)),
            reliability=Fraction(reliability if reliability in RELIABILITIES else "0.7"),
        ),
    )


def _whole(name: str, usual: int, most: int) -> int:
    """A number from the address, from 1 to the most; nonsense is the usual one."""
    given = request.args.get(name, "").strip()
    return min(max(1, int(given)), most) if is_id(given) else min(usual, most)


def _groups(wave: Wave, plan: quota.Quota) -> list[tuple[str, list[tuple[str, quota.Share]]]]:
    """The shares with their names in words; what has one part only is left out, as it divides nothing."""
    regions = {node.region.id: node.path for node in tree_for(me(), wave.client_id)}
    named = [
        ("region", [(regions.get(share.key, "–"), share) for share in plan.regions]),
        ("format", [(share.key or "–", share) for share in plan.formats]),
        ("channel", [(channel_words(share.key), share) for share in plan.channels]),
        ("daypart", [(share.key, share) for share in plan.dayparts]),
        ("day_type", [(share.key, share) for share in plan.day_types]),
    ]
    return [(name, shares) for name, shares in named if len(shares) > 1]
