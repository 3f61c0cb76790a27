"""What is said of a branch in one wave, in the fixed wordings (scoring.md 6)."""

from dataclasses import dataclass

from audit.i18n import gettext as _
from audit.insights import words
from audit.insights.branch_page import BranchPage
from audit.insights.charts.trend import Point
from audit.insights.statistics import BranchStatistics, WaveStatistics
from audit.review.comparable import same_rules
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS


@dataclass(frozen=True)
class Fact:
    """One line: what it is about and what is known. `behind` is the result of the visits it leads to."""

    key: str
    title: str
    text: str
    behind: str | None = None  # "" leads to all visits, None nowhere


def facts_of(page: BranchPage) -> list[Fact]:
    """The branch in its wave, line by line; nothing without a wave."""
    if page.statistics is None or page.own is None:
        return []
    return facts(page.statistics, page.own, ranks=page.ranks)


def facts(statistics: WaveStatistics, own: BranchStatistics, *, ranks: bool) -> list[Fact]:
    """The same from the figures; `ranks` says whether rank, flag and change are for the reader."""
    found = [_mean(own), _network(statistics)]
    if ranks:
        found += [_against(statistics, own), _rank(statistics, own), _change(statistics, own)]
    if own.incidents:
        incidents = words.incidents_words(own.incidents, own.n)
        text = f"{incidents} · {words.overall_words(own.overall)}"
        found.append(Fact("incidents", _("Knock-outs"), text, "incident"))
    if own.expected is not None:
        found.append(Fact("expected", _("Expected next wave if nothing changes"), words.whole(own.expected)))
    return [fact for fact in found if fact.text]


def _mean(own: BranchStatistics) -> Fact:
    text = words.estimate_words(own.mean, own.low, own.high, own.n)
    if own.n and words.few_words(own.n):
        text = f"{text} · {words.few_words(own.n)}"
    if not own.n and own.unscored:
        text = _("No score")
    return Fact("mean", _("Mean score"), text, "" if own.n or own.unscored else None)


def _network(statistics: WaveStatistics) -> Fact:
    known = statistics.network
    text = words.estimate_words(known.mean, known.low, known.high, known.visits)
    return Fact("network", _("Network, average branch"), text)


def _against(statistics: WaveStatistics, own: BranchStatistics) -> Fact:
    title = _("Against the network")
    if own.p is None:
        return Fact("flag", title, _why_untested(statistics, own))
    return Fact("flag", title, words.flag_words(own.flag) or words.verdict_words("unclear"))


def _rank(statistics: WaveStatistics, own: BranchStatistics) -> Fact:
    title = _("Rank")
    if own.rank_low is not None and statistics.tau == 0:
        return Fact("rank", title, words.alike_note())
    return Fact("rank", title, words.rank_words(own.rank_low, own.rank_high, own.ranked_of))


def _change(statistics: WaveStatistics, own: BranchStatistics) -> Fact:
    if statistics.previous is None:
        return Fact("change", _("Against the wave before"), why_no_change(statistics.why_no_change))
    title = _("Against %(wave)s", wave=statistics.previous.name)
    return Fact("change", title, words.change_words(own.change, own.no_change))


def chart_points(page: BranchPage) -> list[Point]:
    """The waves from old to new for the chart; the line breaks where waves cannot be compared."""
    points, before = [], None
    for line in reversed(page.waves):
        said = words.estimate_words(line.mean, line.low, line.high, line.n)
        joined = before is None or same_rules(before.wave.version, line.wave.version)
        about = f"{line.wave.name}: {said}"
        points.append(
            Point(line.wave.name, line.mean, line.low, line.high, line.n, line.network, about, joined)
        )
        before = line
    return points


def history_words(page: BranchPage) -> str:
    """The chart in a sentence."""
    known = [line for line in page.waves if line.n]
    if not known:
        return ""
    newest, oldest = known[0], known[-1]
    return _(
        "From %(oldest)s to %(newest)s: %(first)s, then %(last)s. The dashed line is the network; a hollow dot has"
        " fewer than 3 visits.",
        oldest=oldest.wave.name,
        newest=newest.wave.name,
        first=words.estimate_words(oldest.mean, oldest.low, oldest.high, oldest.n),
        last=words.estimate_words(newest.mean, newest.low, newest.high, newest.n),
    )


def why_no_change(code: str) -> str:
    """Why a wave is compared with none before it."""
    known = {
        "first": _("the first wave"),
        "other_rules": _("another checklist version: not to be compared"),
    }
    return known.get(code, "")


def _why_untested(statistics: WaveStatistics, own: BranchStatistics) -> str:
    if own.n < MIN_VISITS:
        return ""  # said beside the mean
    if not statistics.has_ranges:
        return words.no_range_note()
    return words.few_branches_note() if statistics.network.branches < MIN_BRANCHES else ""
