"""How far the visits have come, by region with all regions below it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from audit.branches.models import Region
from audit.db import db
from audit.i18n import gettext as _
from audit.insights import discretion
from audit.insights.coverage import Progress, by_region, of_client
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads
from audit.insights.view import View
from audit.waves.models import WaveState

KEPT_BACK = ("done", "to_come", "late", "aborted", "rejected")
Counts = Mapping[int, Progress]


def build(view: View) -> Sheet:
    """One row for all, then one for each region with visits; what may not be told of a row is None there."""
    own = by_region(view.person, view.wave, view.selection, view.at)
    told = _discretion(view, own)
    rows = [_row(_("All"), None, own, told)]
    for node in view.regions:
        below = view.below(node.region.id)
        part = {region_id: counts for region_id, counts in own.items() if region_id in below}
        if part:
            rows.append(_row(node.path, node.region.id, part, told))
    return Sheet("coverage", _("Coverage"), _columns(), rows, _notes(view, rows))


def sum_of(parts: Counts) -> Progress:
    """All of them together."""
    found = Progress()
    for part in parts.values():
        found = found.plus(part)
    return found


def planned_words() -> str:
    """What counts as planned, here and in the plan of a wave."""
    return _(
        "Visits that count or still can: those cancelled, aborted or rejected are left out, as what is planned in"
        " their place is a visit of its own."
    )


def _discretion(view: View, own: Counts) -> Callable[[Counts], bool]:
    """Whether how far some visits have come is for this reader; the agency reads everything."""
    if view.person.is_agency:
        return lambda asked: True
    whole = own if view.everything else of_client(view.wave, view.at)
    if view.wave.state == WaveState.CLOSED:  # no shopper is on the way any more
        whole = {region: counts._replace(waiting=0) for region, counts in whole.items()}
    groups = discretion.groups_of(whole, _parents(view))
    return lambda asked: discretion.may_tell(asked, whole, groups)


def _parents(view: View) -> Mapping[int, int | None]:
    """Of all regions of the client."""
    if view.whole:
        return {node.region.id: node.region.parent_id for node in view.regions}
    query = select(Region.id, Region.parent_id).where(Region.client_id == view.wave.client_id)
    return dict(db.session.execute(query).all())


def _columns() -> list[Column]:
    return [
        heads.region_path(),
        Column("planned", _("Planned"), Kind.COUNT, planned_words()),
        Column("done", _("Carried out"), Kind.COUNT, _("Visits that a shopper has handed in.")),
        Column("released", _("Released"), Kind.COUNT, _("Of these, visits whose scorecards you can see.")),
        Column("to_come", _("To come"), Kind.COUNT, _("Visits that still have to be carried out.")),
        Column("late", _("Late"), Kind.COUNT, _("Of these, visits past their time.")),
        Column(
            "aborted",
            _("Aborted"),
            Kind.COUNT,
            _(
                "Visits that the shopper could not complete: closed, moved, asked to leave, recognised, unsafe."
            ),
        ),
        Column("rejected", _("Rejected"), Kind.COUNT, _("Visits whose submissions cannot be used.")),
    ]


def _row(name: str, region_id: int | None, parts: Counts, told: Callable[[Counts], bool]) -> dict[str, Any]:
    progress = sum_of(parts)
    row = {"_id": region_id, "name": name, **progress._asdict(), "to_come": progress.to_come}
    del row["branches"], row["waiting"]
    if told(parts):
        return row
    return {**row, **dict.fromkeys(KEPT_BACK), "planned": progress.once_planned}


def _notes(view: View, rows: list[dict[str, Any]]) -> list[str]:
    if view.person.is_agency:
        return []
    found = [_("A visit counts as carried out, aborted or rejected from the day after.")]
    if any(row["done"] is None for row in rows):
        found.append(
            _(
                "So that nobody learns where a shopper is or has just been, only planned and released visits are shown"
                " of fewer than %(least)s branches, alone or by difference; those aborted or rejected stay among the"
                " planned ones there.",
                least=discretion.LEAST,
            )
        )
    return found
