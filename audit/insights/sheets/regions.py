"""Estimates by region, each with all regions below it."""

from collections import defaultdict

from audit.i18n import gettext as _
from audit.insights.sheet import Sheet
from audit.insights.sheets import heads
from audit.insights.sheets.estimates import columns, notes, row_of
from audit.insights.view import View


def build(view: View) -> Sheet:
    """One row for each region that has branches shown, in the order of the tree."""
    own: dict[int, list[int]] = defaultdict(list)
    for line in view.lines:
        own[line.region_id].append(line.id)
    rows = []
    for node in view.regions:
        ids = [branch_id for region_id in view.below(node.region.id) for branch_id in own.get(region_id, [])]
        if ids:
            path = {"_id": node.region.id, "_level": node.region.level, "name": node.path}
            rows.append({**path, **row_of(view.estimate(ids))})
    return Sheet("regions", _("Regions"), [heads.region_path(), *columns()], rows, notes(view))
