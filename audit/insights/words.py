"""The fixed wordings of comparisons (scoring.md 6): estimates are whole numbers, never without their n."""

from decimal import Decimal
from fractions import Fraction
from math import pi, sqrt

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights.sheet import nearest, signed
from audit.scoring.figures import BranchChange
from audit.scoring.inference import MIN_BRANCHES, MIN_VISITS

Number = Fraction | Decimal | float


def whole(value: Number) -> str:
    """A whole number, half away from zero, with a real minus sign."""
    return signed(nearest(value))


def estimate_words(mean: Number | None, low: Number | None, high: Number | None, n: int) -> str:
    """83 (khoảng 78–88, 4 lượt); without a range it says that the error is not known."""
    if mean is None:
        return _("No visit yet") if not n else "–"
    values = {"mean": whole(mean)}
    if low is None or high is None:
        return ngettext(
            "%(mean)s (%(num)s visit, error not known yet)",
            "%(mean)s (%(num)s visits, error not known yet)",
            n,
            **values,
        )
    return ngettext(
        "%(mean)s (about %(low)s–%(high)s, %(num)s visit)",
        "%(mean)s (about %(low)s–%(high)s, %(num)s visits)",
        n,
        low=whole(low),
        high=whole(high),
        **values,
    )


def rank_words(low: int | None, high: int | None, of: int) -> str:
    """Hạng 2–4 trong 6: always as a range; "" without one."""
    if low is None or high is None:
        return ""
    return _("rank %(low)s–%(high)s of %(of)s", low=low, high=high, of=of)


def flag_words(flag: str) -> str:
    """What is clear about a branch against the network; "" is no statement, not equality."""
    if flag == "above":
        return _("clearly above the network")
    return _("clearly below the network") if flag == "below" else ""


def turn_words(flag: str) -> str:
    """What is clear about a branch's change; "" is no statement."""
    return verdict_words(flag) if flag else ""


def verdict_words(verdict: str) -> str:
    """The verdict on two that were picked beforehand, or on the network's change."""
    words = {
        "higher": _("clearly higher"),
        "lower": _("clearly lower"),
        "up": _("clearly up"),
        "down": _("clearly down"),
        "unclear": _("not enough for a conclusion"),
        "too_few": _("too few visits for a conclusion"),
    }
    return words.get(verdict, "")


def trend_words(diff: Number | None, low: Number | None, high: Number | None, flag: str) -> str:
    """Tăng 14 (8–20), or: thay đổi 2 (−4 đến 8): chưa đủ lượt để nói. `flag` is up, down or "" for unclear.

    Where all visits were alike there is no range to doubt: it is no change.
    """
    if diff is None or low is None or high is None:
        return ""
    if flag == "up":
        return _("up %(diff)s (%(low)s–%(high)s)", diff=whole(diff), low=whole(low), high=whole(high))
    if flag == "down":
        values = {"diff": whole(-diff), "low": whole(-high), "high": whole(-low)}
        return _("down %(diff)s (%(low)s–%(high)s)", **values)
    values = {"diff": whole(diff), "low": whole(low), "high": whole(high)}
    if set(values.values()) == {"0"}:
        return _("no change")
    return _("change %(diff)s (%(low)s to %(high)s): too few visits to tell", **values)


def change_words(change: BranchChange[int] | None, why: str) -> str:
    """A branch's change since the wave before, or why none is given: too_few, no_range, not_both or ""."""
    if change is not None:
        return trend_words(change.diff, change.low, change.high, change.flag)
    reasons = {
        "too_few": _("too few visits to compare"),
        "no_range": _("too few repeated visits to compare"),
        "not_both": _("not visited in both waves"),
    }
    return reasons.get(why, "")


def network_change_words(
    branches: int, diff: Number | None, low: Number | None, high: Number | None, verdict: str
) -> str:
    """The network's change since the wave before, over the branches visited in both."""
    if verdict == "too_few" or diff is None:
        return _(
            "Fewer than %(least)s branches in both waves: no comparison of the waves", least=MIN_BRANCHES
        )
    change = trend_words(diff, low, high, verdict)
    common = ngettext("%(num)s branch in both waves", "%(num)s branches in both waves", branches)
    return f"{change} · {common}"


def network_verdict_words(diff: Number | None, low: Number | None, high: Number | None, verdict: str) -> str:
    """The network's change in a word, or why there is none: beside columns that hold its figures."""
    if verdict == "too_few" or diff is None or low is None or high is None:
        return network_change_words(0, None, None, None, "too_few")
    if verdict == "unclear" and {whole(diff), whole(low), whole(high)} == {"0"}:
        return _("no change")
    return verdict_words(verdict)


def few_words(n: int) -> str:
    """What is said of a branch with so few visits; "" from three on."""
    if not n:
        return _("No visit yet")
    return _("Fewer than 3 visits: not ranked, nothing concluded") if n < MIN_VISITS else ""


def incidents_words(incidents: int, n: int) -> str:
    """1/4 lượt dính điểm liệt; "" without any."""
    if not incidents:
        return ""
    return _("%(count)s/%(n)s visits hit a knock-out", count=incidents, n=n)


def overall_words(overall: Number | None) -> str:
    """Kể cả điểm liệt: 66, beside a mean that leaves knock-outs out."""
    return "" if overall is None else _("knock-outs included: %(overall)s", overall=whole(overall))


def false_alarms_note() -> str:
    """Stands under every table of flags."""
    return _("About 1 in 10 of the branches pointed out may be a false alarm.")


def no_range_note() -> str:
    """Why there are no ranges: too few branches were visited twice."""
    return _("Too few repeated visits to estimate the error")


def alike_note() -> str:
    """Why there are no ranks: the branches do not differ by more than chance."""
    return _("This wave does not tell the branches apart.")


def few_branches_note() -> str:
    """Why there are neither ranks nor flags: too few branches."""
    return _("Fewer than %(least)s branches: no ranks, no flags", least=MIN_BRANCHES)


def luck_note() -> str:
    """Stands in the head of a column of means that the table is sorted by."""
    return _("the order may be due to chance")


def stability_words(s: float | None, tau: float | None) -> str:
    """How alike two visits to one branch are, and what share of differences the branch makes; "" if unknown."""
    if s is None or tau is None:
        return ""
    both = tau**2 + s**2
    if not both:
        return _("All visits have the same score.")
    values = {"points": whole(2 / sqrt(pi) * s), "share": whole(100 * tau**2 / both)}
    return _(
        "Two visits to the same branch differ by %(points)s points on average; %(share)s %% of the differences"
        " between visits come from which branch it is.",
        **values,
    )
