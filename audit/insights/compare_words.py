"""What a comparison says: the verdict in the fixed words, and why there is none."""

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights import words
from audit.insights.charts.dots import Dot
from audit.insights.comparing import Comparison, Side
from audit.scoring.inference import MIN_VISITS


def headline(compared: Comparison, who: str) -> str:
    """The answer in a sentence; `who` is whose waves they are."""
    if compared.what == "waves":
        change = _change(compared)
        names = {"who": who, "earlier": compared.other.name, "later": compared.one.name}
        if not change:
            return _("%(who)s in %(earlier)s and %(later)s", **names)
        return _("%(who)s from %(earlier)s to %(later)s: %(change)s", change=change, **names)
    return _apart(compared)


def _change(compared: Comparison) -> str:
    known = compared.difference
    if known.branches is not None and not known.why:
        return words.network_change_words(known.branches, known.diff, known.low, known.high, known.verdict)
    return words.trend_words(known.diff, known.low, known.high, known.verdict)


def _apart(compared: Comparison) -> str:
    known = compared.difference
    names = {"one": compared.one.name, "other": compared.other.name}
    if known.diff is None or known.low is None or known.high is None:
        return _("%(one)s and %(other)s side by side", **names)
    if known.verdict == "higher":
        values = _spread(known.diff, known.low, known.high)
        return _("%(one)s is %(diff)s points higher than %(other)s (%(low)s–%(high)s)", **names, **values)
    if known.verdict == "lower":
        values = _spread(-known.diff, -known.high, -known.low)
        return _("%(one)s is %(diff)s points lower than %(other)s (%(low)s–%(high)s)", **names, **values)
    values = _spread(known.diff, known.low, known.high)
    if set(values.values()) == {"0"}:
        return _("%(one)s and %(other)s score the same", **names)
    if known.why == "ends":
        return _("%(one)s and %(other)s: difference %(diff)s (%(low)s to %(high)s)", **names, **values)
    return _(
        "%(one)s and %(other)s: difference %(diff)s (%(low)s to %(high)s), too few visits to tell",
        **names,
        **values,
    )


def _spread(diff: words.Number, low: words.Number, high: words.Number) -> dict[str, str]:
    return {"diff": words.whole(diff), "low": words.whole(low), "high": words.whole(high)}


def verdict(compared: Comparison) -> str:
    """What the comparison comes to in a few words: the verdict, or why there is none."""
    known = compared.difference
    why = reason(compared)
    if why or known.low is None or known.high is None:
        return why
    if known.verdict == "unclear" and words.whole(known.low) == words.whole(known.high) == "0":
        return _("no difference") if compared.what != "waves" else _("no change")
    return words.verdict_words(known.verdict)


def reason(compared: Comparison) -> str:
    """Why there is no verdict; "" where there is one, or where it is unclear."""
    why = compared.difference.why
    if why == "shared":
        return {
            "branches": _("This is the same branch twice."),
            "waves": _("This is the same wave twice."),
            "regions": _(
                "One area lies within the other: they share branches, so there is no difference to judge."
            ),
        }[compared.what]
    if why == "few_branches" and compared.what == "waves":
        return words.network_change_words(0, None, None, None, "too_few")
    known = {
        "no_visits": _("One side has no scored visit: there is nothing to compare."),
        "few_visits": words.few_words(1),
        "no_range": words.no_range_note(),
        "few_branches": _("Too few of the branches were visited to estimate the error of an area."),
        "other_rules": _(
            "The checklists of the two waves score by different rules: they cannot be compared."
        ),
        "not_theirs": _(
            "How a single branch changes is told to the client’s side only: the waves stand side by side, without a"
            " verdict."
        ),
        "not_both": _("The branch was not visited in both waves."),
        "ends": _(
            "These are the highest and the lowest of the wave: such two always differ, so their difference gets no"
            " verdict."
        ),
    }
    return known.get(why, "")


def notes(compared: Comparison) -> list[str]:
    """How the verdict is meant."""
    if compared.what == "branches":
        return [
            _(
                "The verdict holds for two branches that were picked before the figures were seen. If they were"
                " picked because they stand out, part of the difference is chance."
            )
        ]
    if compared.what == "regions":
        return [
            _(
                "Every branch of an area counts the same. The range rests on how much two visits to one branch"
                " differ over the whole network, and on how many branches were not visited."
            )
        ]
    if compared.difference.branches is not None:
        return [_("The change is the mean over the branches that were visited in both waves.")]
    if compared.difference.low is None:
        return []
    return [
        _("A branch’s change is judged together with the changes of all branches."),
        words.false_alarms_note(),
    ]


def estimate(side: Side) -> str:
    """83 (khoảng 78–88, 4 lượt), with the number of branches where there are several."""
    if not side.n:
        return _("No score") if side.unscored else _("No visit yet")
    text = words.estimate_words(side.mean, side.low, side.high, side.n)
    if side.branches is None:
        return text
    return f"{text} · {ngettext('%(num)s branch', '%(num)s branches', side.branches)}"


def dots_of(compared: Comparison) -> list[Dot]:
    """The sides that have a mean, for the chart; hollow where there are too few visits for a conclusion."""
    return [
        Dot(
            name=side.name,
            code=side.about,
            mean=side.mean,
            low=side.low,
            high=side.high,
            n=side.n,
            words=estimate(side),
            brief=words.whole(side.mean),
            sure=side.n >= MIN_VISITS,
        )
        for side in compared.sides
        if side.mean is not None
    ]
