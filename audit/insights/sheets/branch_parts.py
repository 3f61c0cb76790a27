"""A branch's factors, and its sections, beside the network."""

from collections.abc import Sequence

from audit.i18n import gettext as _
from audit.insights.branch_page import BranchPage, PartLine
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads


def factors(page: BranchPage) -> Sheet:
    """In the checklist's order."""
    return _sheet("branch-factors", _("Factors"), heads.factor("part"), page.factors)


def sections(page: BranchPage) -> Sheet:
    """In the order of the journey."""
    return _sheet("branch-sections", _("Sections"), heads.section("part"), page.sections)


def _sheet(name: str, title: str, head: Column, lines: Sequence[PartLine]) -> Sheet:
    columns = [
        head,
        Column("mean", _("This branch"), Kind.ESTIMATE, _("Mean of the visits that have a score of it.")),
        Column("n", _("Visits"), Kind.COUNT, _("Visits that have a score of it.")),
        Column("network", _("Network"), Kind.ESTIMATE, _("Mean of the branches, each counting the same.")),
        Column(
            "network_branches",
            _("Branches of the network"),
            Kind.COUNT,
            _("Branches of the whole network with such a visit."),
        ),
        heads.network_visits(),
    ]
    rows = [
        {
            "_id": line.id,
            "part": line.title,
            "mean": line.own.mean if line.own else None,
            "n": line.own.n if line.own else 0,
            "network": line.network.mean if line.network else None,
            "network_branches": line.network.branches if line.network else 0,
            "network_n": line.network.n if line.network else 0,
        }
        for line in lines
    ]
    return Sheet(name, title, columns, rows)
