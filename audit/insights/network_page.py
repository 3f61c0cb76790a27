"""What the network's page says in sentences and draws, put together from a view."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights import words
from audit.insights.cells import Mean
from audit.insights.charts import dots, heat
from audit.insights.charts.look import Document
from audit.insights.statistics import Estimate
from audit.insights.titles import Titled
from audit.insights.view import BranchLine, View
from audit.scoring.inference import MIN_VISITS

Link = Callable[[int], str]


def headline(view: View) -> str:
    """The page's answer: what the branches shown score."""
    shown = view.shown
    if not view.lines:
        return _("No branch found") if view.selection.narrowed else _("No branch in this wave")
    if shown.mean is None:
        return _("No scored visit yet in %(wave)s", wave=view.wave.name)
    estimate = words.estimate_words(shown.mean, shown.low, shown.high, shown.visits)
    if view.everything:
        return _("The network scores %(estimate)s", estimate=estimate)
    return _("%(name)s: %(estimate)s", name=shown_name(view), estimate=estimate)


def shown_name(view: View) -> str:
    """What the branches shown are called."""
    chosen = view.selection
    if not chosen.narrowed:
        return _("Network") if view.whole else _("Your area")
    only_region = chosen.region_id and not (chosen.format or chosen.channel or chosen.words)
    names = {node.region.id: node.region.name for node in view.regions}
    return (
        names[chosen.region_id] if only_region and chosen.region_id in names else _("Branches of the filter")
    )


def network_words(view: View) -> str:
    """The whole network beside a part of it; "" where the page shows all of it."""
    network = view.statistics.network
    if view.everything or network.mean is None:
        return ""
    estimate = words.estimate_words(network.mean, network.low, network.high, network.visits)
    return _("The network scores %(estimate)s", estimate=estimate)


def change_words(view: View) -> str:
    """The network's change since the wave before, or why there is none to speak of; "" without any visit."""
    figures = view.statistics
    if figures.network.mean is None:
        return ""
    if figures.previous is None:
        reasons = {
            "first": _("The first wave with visits: there is none before it to compare with."),
            "other_rules": _(
                "Earlier waves were scored by other rules: they cannot be compared with this one."
            ),
        }
        return reasons.get(figures.why_no_change, "")
    change = figures.change
    if change is None:
        return ""
    told = words.network_change_words(change.branches, change.diff, change.low, change.high, change.verdict)
    return _("The network since %(wave)s: %(change)s", wave=figures.previous.name, change=told)


def knockout_words(estimate: Estimate) -> str:
    """How many visits hit a knock-out, with the mean that includes them; "" without any."""
    if not estimate.incidents:
        return ""
    told = words.incidents_words(estimate.incidents, estimate.visits)
    overall = words.overall_words(estimate.overall)
    return f"{told} ({overall})" if overall else told


def brief_words(mean: words.Number | None, low: words.Number | None, high: words.Number | None) -> str:
    """83 (78–88), beside a column of visits."""
    if mean is None:
        return "–"
    if low is None or high is None:
        return words.whole(mean)
    return f"{words.whole(mean)} ({words.whole(low)}–{words.whole(high)})"


def group_words(row: Mapping[str, Any]) -> str:
    """79 (77–80), the estimate of some branches; without a range it says that the error is not known."""
    if row["mean"] is None or row["low"] is not None:
        return brief_words(row["mean"], row["low"], row["high"])
    return _("%(mean)s (error not known yet)", mean=words.whole(row["mean"]))


def count_words(n: int) -> str:
    """4 lượt."""
    return ngettext("%(num)s scored visit", "%(num)s scored visits", n)


class Phrases:
    """Texts that many rows of one page share, looked up once."""

    def __init__(self) -> None:
        self.count, self.few = cache(count_words), cache(words.few_words)
        self.flag, self.verdict = cache(words.flag_words), cache(words.verdict_words)


def branch_dots(view: View, lines: Sequence[BranchLine], link: Link) -> Document | None:
    """The branches with a score as dots; None without any."""
    say = Phrases()
    rows = [_dot(line, line.figures.mean, link, say) for line in lines if line.figures.mean is not None]
    return dots.dots(rows, view.statistics.network.mean) if rows else None


def _dot(line: BranchLine, mean: words.Number, link: Link, say: Phrases) -> dots.Dot:
    own = line.figures
    rank = words.rank_words(own.rank_low, own.rank_high, own.ranked_of) if own.rank is not None else ""
    told = [brief_words(mean, own.low, own.high), say.count(own.n), rank]
    about = [told[0], told[1], rank, say.flag(own.flag), say.few(own.n)]
    return dots.Dot(
        line.name,
        line.code,
        mean,
        own.low,
        own.high,
        own.n,
        words=" · ".join(part for part in told if part),
        brief=f"{words.whole(mean)} · {say.count(own.n)}",
        about=f"{line.name}: {' · '.join(part for part in about if part)}",
        flag=own.flag,
        sure=own.n >= MIN_VISITS,
        href=link(line.id),
    )


def group_dots(view: View, rows: Sequence[Mapping[str, Any]], link: Link) -> Document | None:
    """Regions as dots, each an estimate of its own; None unless there are two to compare."""
    drawn = [_group(row, link) for row in rows if row["mean"] is not None]
    return dots.dots(drawn, view.statistics.network.mean) if len(drawn) > 1 else None


def _group(row: Mapping[str, Any], link: Link) -> dots.Dot:
    count = count_words(row["n"])
    told = group_words(row)
    return dots.Dot(
        row["name"],
        str(row["_id"]),
        row["mean"],
        row["low"],
        row["high"],
        row["n"],
        words=f"{told} · {count}",
        brief=f"{words.whole(row['mean'])} · {count}",
        href=link(row["_id"]),
    )


def factor_heat(view: View, lines: Sequence[BranchLine], link: Link) -> Document | None:
    """Branches by factor; None without a score."""
    return _heat(view.factors, lines, lambda line: line.figures.factors, link)


def section_heat(view: View, lines: Sequence[BranchLine], link: Link) -> Document | None:
    """Branches by section; None without a score."""
    return _heat(view.sections, lines, lambda line: line.figures.sections, link)


def _heat(
    columns: Sequence[Titled],
    lines: Sequence[BranchLine],
    means: Callable[[BranchLine], Mapping[str, Mean]],
    link: Link,
) -> Document | None:
    rows = []
    for line in lines:
        if line.figures.mean is None:
            continue
        known = means(line)
        found = [known.get(column.id, Mean(None, 0)) for column in columns]
        cells = [heat.Cell(mean.value, mean.n) for mean in found]
        rows.append(heat.Row(line.name, line.code, line.figures.n, cells, link(line.id)))
    return heat.heat([column.title for column in columns], rows) if rows and columns else None
