"""The wordings of NPS, shares and drivers (scoring.md 3.6 and 3.7): below ten answers counts only."""

from collections.abc import Sequence
from fractions import Fraction

from audit.i18n import gettext as _
from audit.i18n import ngettext, number
from audit.insights.drivers import DriverLine
from audit.insights.sheet import settled
from audit.insights.words import Number, whole
from audit.scoring.drivers import Driver
from audit.scoring.inference import MIN_DRIVER_SIDE, MIN_DRIVER_VISITS, MIN_SHARE
from audit.scoring.shares import Nps, Share


def nps_words(nps: Nps) -> str:
    """35 (khoảng 3 đến 58, 20 lượt); below ten answers the counts."""
    if nps.nps is None or nps.low is None or nps.high is None:
        return nps_counts(nps)
    return ngettext(
        "%(nps)s (about %(low)s to %(high)s, %(num)s visit)",
        "%(nps)s (about %(low)s to %(high)s, %(num)s visits)",
        nps.n,
        nps=whole(nps.nps),
        low=whole(nps.low),
        high=whole(nps.high),
    )


def nps_parts(nps: Nps) -> list[tuple[str, str, int]]:
    """The same in parts that add up to it: result, words, how many."""
    return [
        ("promoter", _("%(count)s would recommend", count=nps.promoters), nps.promoters),
        ("passive", _("%(count)s neutral", count=nps.passives), nps.passives),
        ("detractor", _("%(count)s would not", count=nps.detractors), nps.detractors),
    ]


def nps_counts(nps: Nps) -> str:
    """6 sẵn lòng giới thiệu, 2 trung lập, 1 không."""
    if not nps.n:
        return _("no answer yet")
    return _(
        "%(promoters)s would recommend, %(passives)s neutral, %(detractors)s would not",
        promoters=nps.promoters,
        passives=nps.passives,
        detractors=nps.detractors,
    )


def share_words(share: Share) -> str:
    """85 % (khoảng 68–94 %; 17/20 lượt); below ten answers 3/4 lượt."""
    if not share.n:
        return _("no answer yet")
    counts = {"count": share.k, "n": share.n}
    if share.share is None or share.low is None or share.high is None:
        return _("%(count)s/%(n)s visits", **counts)
    return _(
        "%(share)s %% (about %(low)s–%(high)s %%; %(count)s/%(n)s visits)",
        share=whole(100 * share.share),
        low=whole(100 * share.low),
        high=whole(100 * share.high),
        **counts,
    )


def gap_words(driver: Driver) -> str:
    """Chênh 2,5 (2,0–3,0; 35 và 20 lượt), or why there is none."""
    counts = {"full": driver.full, "less": driver.less}
    if driver.gap is None or driver.low is None or driver.high is None:
        if driver.full + driver.less < MIN_DRIVER_VISITS:
            return _("fewer than %(least)s visits (%(full)s and %(less)s)", least=MIN_DRIVER_VISITS, **counts)
        return _(
            "fewer than %(least)s visits on one side (%(full)s and %(less)s)", least=MIN_DRIVER_SIDE, **counts
        )
    return _(
        "%(gap)s (%(low)s to %(high)s; %(full)s and %(less)s visits)",
        gap=tenth(driver.gap),
        low=tenth(driver.low),
        high=tenth(driver.high),
        **counts,
    )


def drivers_words(lines: Sequence[DriverLine]) -> str:
    """The largest clear difference in a sentence, or that there is none."""
    for line in lines:
        if line.driver.clear:
            return _(
                "%(question)s When met: %(full)s · when not: %(less)s · difference %(gap)s",
                question=f"{line.asked.number}. {line.asked.text}",
                full=tenth(line.full),
                less=tenth(line.less),
                gap=gap_words(line.driver),
            )
    return _("No question stands out: not enough for a conclusion.")


def clear_words(driver: Driver) -> str:
    """Whether the gap stands among all questions tested."""
    if driver.gap is None:
        return ""
    if not driver.clear:
        return _("not enough for a conclusion")
    return _("clearly better when met") if driver.gap > 0 else _("clearly worse when met")


def tenth(value: Number | None) -> str:
    """One decimal; unknown is an en dash."""
    return "–" if value is None else number(settled(value), 1)


def few_answers_note() -> str:
    """Stands where there are counts instead of shares."""
    return _("Fewer than %(least)s answers: counts only.", least=MIN_SHARE)


def shoppers_note() -> str:
    """What an NPS of shoppers is, and is not."""
    return _(
        "The answers of people who were paid and briefed to visit, not of customers: never put them in one"
        " series with customers’ NPS."
    )


def halo_note() -> str:
    """What a gap does not say."""
    return _(
        "The same person gave both answers, and a good mood colours both. A gap shows what goes together,"
        " not what causes what."
    )


def false_gaps_note() -> str:
    """Stands under every table of gaps that are called clear."""
    return _("About 1 in 10 of the questions pointed out may be a false alarm.")


def percent(share: Fraction | float | None) -> str:
    """A share of 0…1 in whole percent."""
    return "–" if share is None else _("%(share)s %%", share=whole(100 * share))
