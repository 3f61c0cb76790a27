"""The planning sentences of a wave: what so many visits will be able to tell, and the plan so far."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flask import Response, render_template, request, url_for

from audit.accounts.models import RoleName
from audit.branches.channels import channel_words
from audit.branches.forms import is_id
from audit.branches.queries import tree_for
from audit.db import now
from audit.errors import NotFound
from audit.i18n import clock, day, gettext
from audit.insights import files, precision, precision_words, quota
from audit.insights.blueprint import bp
from audit.insights.precision import Targets
from audit.insights.sheet import Sheet
from audit.insights.sheets import planning
from audit.insights.sheets.coverage import planned_words
from audit.insights.workbook import Facts
from audit.security import allow, me
from audit.waves.models import Wave
from audit.waves.queries import wave_for

USUAL_VISITS = 3  # per branch, where nothing is planned yet (scoring.md 4.1)
MOST_VISITS, MOST_BRANCHES = 99, 99_999
USUALLY_AT_MOST = 24  # visits per branch that a slider offers; more can be typed
MOST_POINTS = 100
RELIABILITIES = ("0.5", "0.7", "0.8")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: visits to each branch, branches, and what somebody wants to know."""

    visits: int
    branches: int
    targets: Targets

    @property
    def keys(self) -> dict[str, Any]:
        """The same as values of an address."""
        return {
            "visits": self.visits,
            "branches": self.branches,
            "half": self.targets.half_width,
            "change": self.targets.change,
            "reliability": f"{float(self.targets.reliability):g}",
        }


@dataclass(frozen=True)
class Planned:
    """A wave with what is asked for, what is planned, and what each number of visits would tell."""

    wave: Wave
    asked: Asked
    plan: quota.Quota
    existing: int
    spread: precision.Spread
    others: list[precision.Precision]
    groups: list[tuple[str, list[tuple[str, quota.Share]]]]

    def made(self, visits: int) -> precision.Precision:
        """So many visits to each branch."""
        return precision.precision_of(self.wave, self.spread, self.asked.branches, visits, self.existing)

    def link(self, endpoint: str = "insights.precision_page", **changes: Any) -> str:
        """The address of this page or of a file with all that was asked for, some of it changed."""
        return url_for(endpoint, **{"wave_id": self.wave.id, **self.asked.keys, **changes})


@bp.get("/waves/<int:wave_id>/precision")
@allow(RoleName.ADMIN)
def precision_page(wave_id: int) -> str:
    """What the wave's plan, or another number of visits, can tell."""
    found = _planned(wave_id)
    asked = found.asked
    return render_template(
        "insights/precision.html",
        wave=found.wave,
        asked=asked,
        existing=found.existing,
        found=found.made(asked.visits),
        others=found.others,
        needed=precision_words.targets(asked.targets, precision.needed(found.spread, asked.targets)),
        sources=precision_words.source(found.spread),
        plan=found.plan,
        groups=found.groups,
        words=precision_words,
        planned_words=planned_words(),
        trust_of=precision.trust_of,
        reliabilities=RELIABILITIES,
        limits={"visits": MOST_VISITS, "branches": MOST_BRANCHES, "points": MOST_POINTS},
        slides={
            "visits": max(USUALLY_AT_MOST, asked.visits),
            "branches": max(found.existing, asked.branches, 2),
        },
        link=found.link,
    )


@bp.get("/waves/<int:wave_id>/precision.xlsx")
@allow(RoleName.ADMIN)
def precision_xlsx(wave_id: int) -> Response:
    """The tables of the page as an Excel file."""
    found = _planned(wave_id)
    wave = found.wave
    known: Facts = [
        (gettext("Client"), wave.client.name),
        (gettext("Wave"), f"{wave.name} ({day(wave.starts_on)} – {day(wave.ends_on)})"),
        *((gettext("Basis"), source) for source in precision_words.source(found.spread)),
        (gettext("Branches there are"), str(found.existing)),
        (gettext("Made on"), clock(now())),
    ]
    made = list(_tables(found).values())
    return files.xlsx_answer(made, known, f"precision-{wave.id}", wave.client, wave=wave.name)


@bp.get("/waves/<int:wave_id>/precision/<name>.csv")
@allow(RoleName.ADMIN)
def precision_csv(wave_id: int, name: str) -> Response:
    """One of them."""
    found = _planned(wave_id)
    tables, wave = _tables(found), found.wave
    if name not in tables:
        raise NotFound(gettext("There is no such table."))
    return files.csv_answer(tables[name], f"{name}-{wave.id}", wave.client, wave=wave.name)


def _planned(wave_id: int) -> Planned:
    wave = wave_for(me(), wave_id)
    plan, existing = quota.quota_of(me(), wave), quota.existing_branches(wave)
    found = Planned(
        wave, _asked(plan, existing), plan, existing, precision.spread_of(wave), [], _groups(wave, plan)
    )
    numbers = sorted({*precision.ALTERNATIVES, found.asked.visits})
    return replace(found, others=[found.made(visits) for visits in numbers])


def _tables(found: Planned) -> dict[str, Sheet]:
    return {
        "plans": planning.plans(found.others),
        "quota": planning.quota(found.groups, planned_words()),
    }


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
    times = {
        "morning": gettext("morning"),
        "noon": gettext("noon"),
        "evening": gettext("evening"),
        "weekdays": gettext("Monday to Friday"),
        "weekend": gettext("Saturday and Sunday"),
    }
    named = [
        (gettext("Region"), [(regions.get(share.key, "–"), share) for share in plan.regions]),
        (gettext("Format"), [(share.key or "–", share) for share in plan.formats]),
        (gettext("Channel"), [(channel_words(share.key), share) for share in plan.channels]),
        (gettext("Daypart"), [(times[share.key], share) for share in plan.dayparts]),
        (gettext("Day type"), [(times[share.key], share) for share in plan.day_types]),
    ]
    return [(name, shares) for name, shares in named if len(shares) > 1]
