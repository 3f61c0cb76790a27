"""The columns that every table of estimates has, and the notes that belong under them."""

from typing import Any

from audit.i18n import gettext as _
from audit.insights import words
from audit.insights.sheet import Column, Kind
from audit.insights.statistics import Estimate
from audit.insights.view import View


def columns() -> list[Column]:
    """Of an estimate over some branches."""
    return [
        Column(
            "visited",
            _("Branches with a score"),
            Kind.COUNT,
            _("Branches with a released, scored visit in the wave."),
        ),
        Column(
            "existing", _("Branches"), Kind.COUNT, _("Branches that are open, or were visited in the wave.")
        ),
        Column("n", _("Scored visits"), Kind.COUNT, _("Released visits with a score.")),
        Column(
            "mean",
            _("Mean score"),
            Kind.ESTIMATE,
            _("Mean of the branches' means, each branch counting the same; scores before knock-outs."),
        ),
        Column("low", _("Range from"), Kind.ESTIMATE, _range_about()),
        Column("high", _("Range to"), Kind.ESTIMATE, _range_about()),
        Column(
            "overall",
            _("Knock-outs included"),
            Kind.ESTIMATE,
            _("The same mean of the scores after knock-outs; no range."),
        ),
        Column(
            "incidents",
            _("Knock-outs"),
            Kind.COUNT,
            _(
                "Scored visits that hit a knock-out of the whole visit; one of a factor is in the scores already."
            ),
        ),
        Column(
            "unscored",
            _("Visits without a score"),
            Kind.COUNT,
            _("Released visits in which nothing could be scored."),
        ),
    ]


def row_of(estimate: Estimate) -> dict[str, Any]:
    """The values of these columns."""
    return {
        "visited": estimate.branches,
        "existing": estimate.existing,
        "n": estimate.visits,
        "mean": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "overall": estimate.overall,
        "incidents": estimate.incidents,
        "unscored": estimate.unscored,
    }


def notes(view: View) -> list[str]:
    """Why there is no range, where there is none."""
    figures = view.statistics
    if figures.network.visits and not figures.has_ranges:
        return [words.no_range_note()]
    return []


def _range_about() -> str:
    return _(
        "90 per cent range from the spread of visits over the whole network, this wave and up to three before it;"
        " branches that were not visited widen it."
    )
