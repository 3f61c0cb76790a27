"""How far the visits have come, by region with all regions below it."""

from typing import Any

from audit.i18n import gettext as _
from audit.insights.coverage import Progress, by_region
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.view import View


def build(view: View) -> Sheet:
    """One row for all, then one for each region with visits."""
    own = by_region(view.person, view.wave, view.selection, view.at)
    rows = [_row(_("All"), None, sum_of(list(own.values())))]
    for node in view.regions:
        below = view.below(node.region.id)
        progress = sum_of([counts for region_id, counts in own.items() if region_id in below])
        if progress.planned:
            rows.append(_row(node.path, node.region.id, progress))
    return Sheet("coverage", _("Coverage"), _columns(), rows)


def sum_of(parts: list[Progress]) -> Progress:
    """All of them together."""
    found = Progress()
    for part in parts:
        found = found.plus(part)
    return found


def _columns() -> list[Column]:
    return [
        Column("name", _("Region")),
        Column("planned", _("Planned"), Kind.COUNT, _("Visits of the wave that were not cancelled.")),
        Column("done", _("Carried out"), Kind.COUNT, _("Visits that a shopper has handed in.")),
        Column("released", _("Released"), Kind.COUNT, _("Of these, visits whose scorecards you can see.")),
        Column("to_come", _("To come"), Kind.COUNT, _("Visits that still have to be carried out.")),
        Column("late", _("Late"), Kind.COUNT, _("Of these, visits past their time.")),
        Column("dropped", _("Aborted or rejected"), Kind.COUNT, _("Visits that ended without a scorecard.")),
    ]


def _row(name: str, region_id: int | None, progress: Progress) -> dict[str, Any]:
    return {"_id": region_id, "name": name, **progress._asdict(), "to_come": progress.to_come}
