"""The branches of the wave with range, rank range, flag and change."""

from collections.abc import Mapping
from typing import Any

from audit.branches.channels import CHANNELS, channel_words
from audit.i18n import gettext as _
from audit.insights import words
from audit.insights.sheet import Column, Kind, Made, Sheet
from audit.insights.sheets import heads
from audit.insights.sheets.estimates import notes
from audit.insights.view import BranchLine, View
from audit.scoring.inference import MIN_BRANCHES

RANKED = ("rank_low", "rank_high", "ranked", "said", "change", "change_low", "change_high", "trend")


def build(view: View) -> Sheet:
    """One row a branch, in the order of the view."""
    channels = {channel: channel_words(channel) for channel in CHANNELS}
    rows = Made(view.lines, lambda line: _row(line, channels))
    columns = [*_names(), *_figures(), *_changes()]
    if not view.ranks:
        columns = [column for column in columns if column.key not in RANKED]
    return Sheet("branches", _("Branches"), columns, rows, _notes(view))


def _names() -> list[Column]:
    return [
        heads.code(),
        heads.branch(),
        heads.region(),
        heads.form(),
        heads.channel(),
    ]


def _figures() -> list[Column]:
    about = _("90 per cent range; the spread of visits is measured once, over the whole network.")
    place = _("Best and worst place that the branch may really have among those with three visits or more.")
    return [
        Column("n", _("Scored visits"), Kind.COUNT, _("Released visits with a score.")),
        Column("mean", _("Mean score"), Kind.ESTIMATE, _("Mean of the branch's visits, before knock-outs.")),
        Column("low", _("Range from"), Kind.ESTIMATE, about),
        Column("high", _("Range to"), Kind.ESTIMATE, about),
        Column(
            "overall",
            _("Knock-outs included"),
            Kind.ESTIMATE,
            _("Mean of the scores after knock-outs; no range."),
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
        Column(
            "shrunk",
            _("Expected next wave"),
            Kind.ESTIMATE,
            _(
                "The mean drawn towards the network's, the more the fewer visits; from three visits on. The usual"
                " order is by it, of branches with fewer visits too."
            ),
        ),
        Column(
            "reliability",
            _("Reliability"),
            Kind.SHARE,
            _("Share of the branch's distance from the network that is not chance; from three visits on."),
        ),
        Column("rank_low", _("Rank from"), Kind.COUNT, place),
        Column("rank_high", _("Rank to"), Kind.COUNT, place),
        Column("ranked", _("Ranked branches"), Kind.COUNT, _("Branches with three visits or more.")),
        Column(
            "said",
            _("Against the network"),
            Kind.TEXT,
            _("Said only where chance hardly explains it; about 1 in 10 may be a false alarm."),
        ),
    ]


def _changes() -> list[Column]:
    return [
        Column(
            "change",
            _("Change since the wave before"),
            Kind.ESTIMATE,
            _("This wave's mean less that of the wave before; from three visits in both waves on."),
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
            "trend",
            _("Trend"),
            Kind.TEXT,
            _(
                "Said only where chance hardly explains it; about 1 in 10 may be a false alarm. Without a change it"
                " says why there is none."
            ),
        ),
        Column(
            "remark", _("Remark"), about=_("Why nothing is concluded: no visit yet, or fewer than three.")
        ),
    ]


def _row(line: BranchLine, channels: Mapping[str, str]) -> dict[str, Any]:
    own, change = line.figures, line.figures.change
    ranked = own.rank is not None
    return {
        "_id": line.id,
        "_flag": own.flag,
        "_turn": change.flag if change else "",
        "code": line.code,
        "branch": line.name,
        "region": line.region,
        "format": line.format,
        "channel": channels.get(line.channel, line.channel),
        "n": own.n,
        "mean": own.mean,
        "low": own.low,
        "high": own.high,
        "overall": own.overall,
        "incidents": own.incidents,
        "unscored": own.unscored,
        "shrunk": own.expected,
        "reliability": own.told_reliability,
        "rank_low": own.rank_low if ranked else None,
        "rank_high": own.rank_high if ranked else None,
        "ranked": own.ranked_of if ranked else None,
        "said": words.flag_words(own.flag),
        "change": change.diff if change else None,
        "change_low": change.low if change else None,
        "change_high": change.high if change else None,
        "trend": words.turn_words(change.flag) if change else words.change_words(None, own.no_change),
        "remark": words.few_words(own.n),
    }


def _notes(view: View) -> list[str]:
    figures = view.statistics
    found = notes(view)
    if figures.network.visits and figures.network.branches < MIN_BRANCHES and view.ranks:
        found.append(words.few_branches_note())
    if figures.tau == 0 and view.ranks:
        found.append(words.alike_note())
    if any(row.figures.flag or (row.figures.change and row.figures.change.flag) for row in view.lines):
        found.append(words.false_alarms_note())
    return found
