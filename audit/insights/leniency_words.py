"""What is said of a shopper's scores against those of others: a sign to train by, never a verdict."""

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights.leniency import Leniency
from audit.insights.words import whole
from audit.scoring.inference import MIN_LENIENCY_VISITS
from audit.scoring.leniency import ShopperFigures


def title(found: Leniency) -> str:
    """How many stand out."""
    if not found.rows:
        return _("No scored visit yet: nothing to compare shoppers by")
    if not found.has_ranges:
        return _("Too few repeated visits to compare shoppers")
    if not found.flagged:
        return _("No shopper scores clearly differently from the others")
    return ngettext(
        "%(num)s shopper scores clearly differently from the others",
        "%(num)s shoppers score clearly differently from the others",
        found.flagged,
    )


def said(figures: ShopperFigures[int]) -> str:
    """Chấm cao hơn người khác khoảng 9 điểm (5–14; 7 lượt), or why nothing is said."""
    points, low, high = figures.leniency, figures.low, figures.high
    if points is None or low is None or high is None:
        if figures.k < MIN_LENIENCY_VISITS:
            return _(
                "fewer than %(least)s visits where others were too: nothing concluded",
                least=MIN_LENIENCY_VISITS,
            )
        return _("too few repeated visits to estimate the error")
    values = {"points": whole(points), "low": whole(low), "high": whole(high)}
    if figures.flag == "lenient":
        return ngettext(
            "scores higher than others by about %(points)s points (%(low)s–%(high)s; %(num)s visit)",
            "scores higher than others by about %(points)s points (%(low)s–%(high)s; %(num)s visits)",
            figures.k,
            **values,
        )
    if figures.flag == "strict":
        values = {"points": whole(-points), "low": whole(-high), "high": whole(-low)}
        return ngettext(
            "scores lower than others by about %(points)s points (%(low)s–%(high)s; %(num)s visit)",
            "scores lower than others by about %(points)s points (%(low)s–%(high)s; %(num)s visits)",
            figures.k,
            **values,
        )
    return ngettext(
        "difference %(points)s points (%(low)s to %(high)s; %(num)s visit): not enough for a conclusion",
        "difference %(points)s points (%(low)s to %(high)s; %(num)s visits): not enough for a conclusion",
        figures.k,
        **values,
    )
