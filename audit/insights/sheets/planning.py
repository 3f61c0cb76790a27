"""What other plans of a wave would tell, and what of the plan is done: tables of the planning page to take along."""

from collections.abc import Sequence

from audit.i18n import gettext as _
from audit.insights.precision import Precision
from audit.insights.quota import Share
from audit.insights.sheet import Column, Kind, Sheet


def plans(found: Sequence[Precision]) -> Sheet:
    """One row for each number of visits per branch."""
    rows = [
        {
            "visits": one.visits,
            "branches": one.branches,
            "fees": one.fees,
            "expenses": one.expenses,
            "network": one.plan.network_half_width,
            "network_change": one.plan.network_change,
            "branch": one.plan.branch_half_width,
            "branch_change": one.plan.branch_change,
            "reliability": one.plan.reliability,
        }
        for one in found
    ]
    half = _("Half the width of the 90 per cent range, in points.")
    change = _("A smaller change of the mean is seen less than four times in five.")
    columns = [
        Column(
            "visits", _("Visits per branch"), Kind.COUNT, _("Each branch of the plan is visited so often.")
        ),
        Column("branches", _("Branches"), Kind.COUNT, _("How many branches are visited.")),
        Column("fees", _("Fees"), Kind.COUNT, _("In đồng: visits times the wave's fee.")),
        Column(
            "expenses",
            _("Expenses at most"),
            Kind.COUNT,
            _("In đồng: visits times the most that is paid back."),
        ),
        Column("network", _("Network ±"), Kind.POINTS, half),
        Column("network_change", _("Network’s change from"), Kind.POINTS, change),
        Column("branch", _("Branch ±"), Kind.ESTIMATE, half),
        Column("branch_change", _("Branch’s change from"), Kind.ESTIMATE, change),
        Column(
            "reliability",
            _("Reliability of ranks"),
            Kind.SHARE,
            _("Share of the differences between branches’ means that is not chance."),
        ),
    ]
    return Sheet("plans", _("Plans"), columns, rows)


def quota(groups: Sequence[tuple[str, Sequence[tuple[str, Share]]]], note: str) -> Sheet:
    """One row for each part that divides the wave's visits; `groups` come with their titles."""
    rows = [
        {"by": by, "part": part, "planned": share.planned, "done": share.done}
        for by, shares in groups
        for part, share in shares
    ]
    columns = [
        Column("by", _("Divided by"), about=_("By what the visits are told apart.")),
        Column("part", _("Part"), about=_("One part of them.")),
        Column("planned", _("Planned"), Kind.COUNT, note),
        Column("done", _("Done"), Kind.COUNT, _("Submitted and not rejected.")),
    ]
    return Sheet("quota", _("Planned and done"), columns, rows)
