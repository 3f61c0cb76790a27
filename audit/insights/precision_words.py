"""The planning sentences of scoring.md 4.3: what the visits will tell, without a p value."""

from fractions import Fraction

from audit.i18n import gettext as _
from audit.i18n import money, ngettext, number
from audit.insights.precision import ASSUMED_S, ASSUMED_TAU, Needed, Precision, Spread, Targets
from audit.insights.sheet import nearest
from audit.insights.words import whole


def title(precision: Precision) -> str:
    """What the plan tells of the network, in one line."""
    half = precision.plan.network_half_width
    if half is None:
        return _("No visits: nothing can be told")
    return ngettext(
        "%(num)s visit tells the network to ± %(half)s points",
        "%(num)s visits tell the network to ± %(half)s points",
        precision.plan.visits,
        half=_tenths(half),
    )


def sentences(precision: Precision) -> list[str]:
    """Cost and precision, one sentence each; the rank has its own (`rank_sentence`)."""
    plan = precision.plan
    found = [cost(precision)]
    if plan.network_half_width is not None and plan.network_change is not None:
        found += [
            _("The network’s score is exact to ± %(half)s points", half=_tenths(plan.network_half_width)),
            _(
                "A change of the network is seen only from %(change)s points on",
                change=_tenths(plan.network_change),
            ),
        ]
    if plan.branch_half_width is not None and plan.branch_change is not None:
        found += [
            _("A branch’s score: ± %(half)s", half=whole(plan.branch_half_width)),
            _(
                "A change of one branch is seen only from %(change)s points on",
                change=whole(plan.branch_change),
            ),
        ]
    return found


def cost(precision: Precision) -> str:
    """Fees and expenses of all visits."""
    visits, fees = precision.plan.visits, money(precision.fees)
    if not precision.expenses:
        return ngettext(
            "%(num)s visit: %(fees)s in fees", "%(num)s visits: %(fees)s in fees", visits, fees=fees
        )
    return ngettext(
        "%(num)s visit: %(fees)s in fees and at most %(expenses)s of expenses",
        "%(num)s visits: %(fees)s in fees and at most %(expenses)s of expenses",
        visits,
        fees=fees,
        expenses=money(precision.expenses),
    )


def rank_sentence(precision: Precision) -> str:
    """How well the plan tells branches apart, and what ranks may be used for."""
    reliability = precision.plan.reliability
    if reliability is None:
        return _("Ranks: the visits so far differ by nothing, so nothing can be said")
    texts = {
        "good": _("Ranks: reliability %(value)s – may be used for rewards", value=hundredths(reliability)),
        "fair": _("Ranks: reliability %(value)s – use with care", value=hundredths(reliability)),
        "poor": _(
            "Ranks: reliability %(value)s – not for rewards or penalties", value=hundredths(reliability)
        ),
    }
    return texts[precision.trust]


def source(spread: Spread) -> list[str]:
    """Where s and τ come from."""
    if spread.s_waves is None:
        s = _(
            "Two visits to one branch differ with s = %(s)s: assumed, as there are too few repeated visits yet",
            s=whole(ASSUMED_S),
        )
    else:
        names = ", ".join(wave.name for wave in spread.s_waves)
        s = _(
            "Two visits to one branch differ with s = %(s)s: from %(waves)s", s=_tenths(spread.s), waves=names
        )
    if spread.tau_wave is None:
        tau = _("Branches differ with τ = %(tau)s: assumed", tau=whole(ASSUMED_TAU))
    elif not spread.tau:
        tau = _(
            "Branches differ with τ = 0: %(wave)s did not tell the branches apart", wave=spread.tau_wave.name
        )
    else:
        tau = _(
            "Branches differ with τ = %(tau)s: from %(wave)s",
            tau=_tenths(spread.tau),
            wave=spread.tau_wave.name,
        )
    return [s, tau]


def targets(wanted: Targets, found: Needed) -> list[str]:
    """How many visits per branch each target takes."""
    return [
        _needed(_("A branch to ± %(points)s points", points=number(wanted.half_width, 0)), found.half_width),
        _needed(
            _("A change of a branch of %(points)s points", points=number(wanted.change, 0)), found.change
        ),
        _needed(
            _("Ranks with reliability %(value)s", value=number(wanted.reliability, 1)), found.reliability
        ),
    ]


def _needed(goal: str, visits: int | None) -> str:
    if visits is None:
        return _("%(goal)s: no number of visits is enough", goal=goal)
    return ngettext(
        "%(goal)s: %(num)s visit per branch", "%(goal)s: %(num)s visits per branch", visits, goal=goal
    )


def _tenths(value: float | Fraction) -> str:
    return number(Fraction(value), 1)


def hundredths(value: float) -> str:
    """A reliability as its level is told by it: 0,70."""
    return number(Fraction(nearest(value, 100), 100), 2)
