"""Branch by factor and branch by section, each mean with its n."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.i18n import gettext as _
from audit.insights.cells import Mean
from audit.insights.sheet import Column, Kind, Made, Sheet
from audit.insights.sheets import heads
from audit.insights.titles import Titled
from audit.insights.view import FACTOR, SECTION, BranchLine, View


def factors(view: View) -> Sheet:
    """One row a branch in the order of the view, one column a factor."""
    rows = Made(view.lines, lambda line: _row(line, FACTOR, view.factors, line.figures.factors))
    return Sheet("factor_heat", _("Branches by factor"), _columns(FACTOR, view.factors), rows)


def sections(view: View) -> Sheet:
    """One row a branch in the order of the view, one column a section."""
    rows = Made(view.lines, lambda line: _row(line, SECTION, view.sections, line.figures.sections))
    return Sheet("section_heat", _("Branches by section"), _columns(SECTION, view.sections), rows)


def _columns(prefix: str, titled: Sequence[Titled]) -> list[Column]:
    about = _("Mean of the branch's visits that have a score of it.")
    found = [
        heads.code(),
        heads.branch(),
        Column("visits", _("Scored visits"), Kind.COUNT, _("Released visits with a score.")),
    ]
    for part in titled:
        found.append(Column(f"{prefix}{part.id}", part.title, Kind.ESTIMATE, about))
        visits = _("%(title)s: visits", title=part.title)
        found.append(Column(f"{prefix}{part.id}.n", visits, Kind.COUNT, _("Visits that have a score of it.")))
    return found


def _row(
    line: BranchLine, prefix: str, titled: Sequence[Titled], means: Mapping[str, Mean]
) -> dict[str, Any]:
    row: dict[str, Any] = {"_id": line.id, "code": line.code, "branch": line.name, "visits": line.figures.n}
    for part in titled:
        mean = means.get(part.id)
        row[f"{prefix}{part.id}"] = mean.value if mean else None
        row[f"{prefix}{part.id}.n"] = mean.n if mean else 0
    return row
