"""The network in the wave, and beside it the branches shown where these are fewer."""

from collections.abc import Mapping
from typing import Any

from audit.i18n import gettext as _
from audit.insights import words
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets.estimates import columns, notes, row_of
from audit.insights.view import View

KEPT = ("existing", "overall", "incidents", "unscored")  # of the network, from readers who see an area of it


def build(view: View) -> Sheet:
    """One row for the network, one for the reader's branches."""
    return Sheet(
        "network",
        _("Network"),
        [
            Column("name", _("Branches counted"), about=_("The whole network, or the branches shown.")),
            *columns(),
            Column(
                "change",
                _("Change since the wave before"),
                Kind.ESTIMATE,
                _("Mean of (this wave − the wave before) over the branches in both."),
            ),
            Column(
                "change_low",
                _("Change from"),
                Kind.ESTIMATE,
                _("Lower end of the 90 per cent range of the change."),
            ),
            Column(
                "change_high",
                _("Change to"),
                Kind.ESTIMATE,
                _("Upper end of the 90 per cent range of the change."),
            ),
            Column(
                "change_branches",
                _("Branches in both waves"),
                Kind.COUNT,
                _("Branches with a score in both waves; without five of them there is no change."),
            ),
            Column(
                "verdict", _("Verdict"), about=_("What the change comes to, or why nothing is said of it.")
            ),
            Column(
                "before", _("Compared with"), about=_("The wave before that was scored by the same rules.")
            ),
            Column(
                "s",
                _("Spread of visits"),
                Kind.POINTS,
                _("s: how much two visits to one branch differ by chance, pooled."),
            ),
            Column("tau", _("Spread of branches"), Kind.POINTS, _("τ: how much branches really differ.")),
        ],
        list(_rows(view)),
        [*notes(view), *([] if view.whole else [_kept_note()])],
    )


def _kept_note() -> str:
    return _(
        "Of the network beyond your area you see the mean with its range and numbers, and its change; knock-outs,"
        " visits without a score and the number of existing branches are those of your area alone."
    )


def _rows(view: View) -> list[Mapping[str, Any]]:
    figures, change = view.statistics, view.statistics.change
    network = {"name": _("Network"), **row_of(figures.network), "s": figures.s, "tau": figures.tau}
    if not view.whole:
        network |= dict.fromkeys(KEPT)
    if change is not None and figures.previous is not None:
        network |= {
            "change": change.diff,
            "change_low": change.low,
            "change_high": change.high,
            "change_branches": change.branches,
            "verdict": words.network_verdict_words(change.diff, change.low, change.high, change.verdict),
            "before": figures.previous.name,
        }
    if view.everything:
        return [network]
    name = _("Your area") if not view.selection.narrowed else _("Branches of the filter")
    return [network, {"name": name, **row_of(view.shown)}]
