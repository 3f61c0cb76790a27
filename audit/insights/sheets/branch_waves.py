"""A branch over its waves."""

from collections.abc import Mapping
from typing import Any

from audit.i18n import gettext as _
from audit.insights import words
from audit.insights.branch_page import BranchPage
from audit.insights.history import WaveLine
from audit.insights.sheet import Column, Kind, Sheet


def build(page: BranchPage) -> Sheet:
    """The newest wave first; rows carry `_id` and `_current`, the wave that the page is about."""
    columns = [
        Column("wave", _("Wave"), about=_("The period in which the visits were made.")),
        Column("starts_on", _("From"), Kind.DATE, _("The first day of the wave.")),
        Column("ends_on", _("To"), Kind.DATE, _("The last day of the wave.")),
        Column("n", _("Scored visits"), Kind.COUNT, _("Released visits that have a score.")),
        Column("mean", _("Mean score"), Kind.ESTIMATE, _("Mean of the scores before knock-outs, 0 to 100.")),
        Column("low", _("Range from"), Kind.ESTIMATE, _range()),
        Column("high", _("Range to"), Kind.ESTIMATE, _range()),
        Column(
            "overall",
            _("Knock-outs included"),
            Kind.ESTIMATE,
            _("Mean of the scores after knock-outs; it has no range."),
        ),
        Column(
            "incidents",
            _("Knock-outs"),
            Kind.COUNT,
            _(
                "Scored visits that hit a knock-out of the whole visit; one of a factor is in the scores already."
            ),
        ),
        Column("unscored", _("Not scored"), Kind.COUNT, _("Released visits in which nothing applied.")),
        Column(
            "network",
            _("Network"),
            Kind.ESTIMATE,
            _("Mean of all branches in this wave, each counting the same."),
        ),
        Column(
            "note", _("Note"), about=_("Why nothing is concluded, or why the wave is not to be compared.")
        ),
    ]
    rows = [_row(page, line) for line in page.waves]
    return Sheet("branch-waves", _("Waves of %(branch)s", branch=page.branch.name), columns, rows, [_range()])


def _range() -> str:
    return _(
        "The range holds the branch’s true mean nine times in ten; it rests on how much two visits to one"
        " branch differ over the whole network."
    )


def _row(page: BranchPage, line: WaveLine) -> Mapping[str, Any]:
    alike = page.comparable(line)
    return {
        "_id": line.wave.id,
        "_current": page.wave is not None and line.wave.id == page.wave.id,
        "wave": line.wave.name,
        "starts_on": line.wave.starts_on,
        "ends_on": line.wave.ends_on,
        "n": line.n,
        "mean": line.mean,
        "low": line.low,
        "high": line.high,
        "overall": line.overall if line.incidents else None,
        "incidents": line.incidents,
        "unscored": line.unscored,
        "network": line.network,
        "note": words.few_words(line.n) if alike else _("another checklist version: not to be compared"),
    }
