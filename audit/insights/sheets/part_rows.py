"""Rows of factors and sections, beside the network's where the branches shown are fewer."""

from collections.abc import Sequence
from typing import Any

from audit.i18n import gettext as _
from audit.insights.parts import Part
from audit.insights.sheet import Column, Kind
from audit.insights.sheets import heads
from audit.insights.titles import Titled
from audit.insights.view import View


def columns(view: View) -> list[Column]:
    """Of a factor or a section."""
    mean = _("Mean of the branches' means, each branch counting the same; visits without it are left out.")
    own = [
        Column("mean", _("Mean score"), Kind.ESTIMATE, mean),
        Column("n", _("Visits"), Kind.COUNT, _("Visits that have a score of it.")),
        Column("branches", _("Branches"), Kind.COUNT, _("Branches with such a visit.")),
        Column(
            "possible",
            _("Possible points"),
            Kind.POINTS,
            _("What it is worth of a visit's 100 points, on average."),
        ),
    ]
    if view.everything:
        return own
    return [
        *own,
        Column("network", _("Network"), Kind.ESTIMATE, mean),
        heads.network_visits(),
    ]


def rows_of(view: View, kind: str, titled: Sequence[Titled]) -> list[dict[str, Any]]:
    """One row each, in their order."""
    own = view.parts[kind]
    rows = [{"_id": part.id, "name": part.title, **_values(own.get(part.id))} for part in titled]
    if not view.everything:
        network = view.statistics.network_scores[kind]
        for row in rows:
            part = network.get(row["_id"])
            row |= {"network": part.mean if part else None, "network_n": part.n if part else 0}
    return rows


def _values(part: Part | None) -> dict[str, Any]:
    if part is None:
        return {"mean": None, "n": 0, "branches": 0, "possible": None}
    return {"mean": part.mean, "n": part.n, "branches": part.branches, "possible": part.possible}
