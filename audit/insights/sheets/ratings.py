"""NPS, shares and drivers as tables to take along: the figures of their page."""

from audit.i18n import gettext as _
from audit.insights.drivers import Drivers, Ratings, ShareLine
from audit.insights.rated_words import (
    clear_words,
    false_gaps_note,
    few_answers_note,
    halo_note,
    shoppers_note,
)
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads
from audit.scoring.inference import MIN_SHARE


def nps(found: Ratings) -> Sheet:
    """One row for each rating from 0 to 10."""
    rows = [
        {
            "number": line.asked.number,
            "question": line.asked.text,
            "n": line.nps.n,
            "promoters": line.nps.promoters,
            "passives": line.nps.passives,
            "detractors": line.nps.detractors,
            "nps": line.nps.nps,
            "low": line.nps.low,
            "high": line.nps.high,
        }
        for line in found.nps
    ]
    columns = [
        *_question(),
        Column("n", _("Answers"), Kind.COUNT, _("All answers to the question.")),
        Column("promoters", _("Would recommend"), Kind.COUNT, _("Answers 9 and 10.")),
        Column("passives", _("Neutral"), Kind.COUNT, _("Answers 7 and 8.")),
        Column("detractors", _("Would not"), Kind.COUNT, _("Answers 0 to 6.")),
        Column(
            "nps",
            _("Shoppers’ NPS"),
            Kind.ESTIMATE,
            _(
                "100 times those who would recommend less those who would not, by all answers; from %(least)s"
                " answers on. Of shoppers, not of customers.",
                least=MIN_SHARE,
            ),
        ),
        *_range(Kind.ESTIMATE, _("By the adjusted Wald method.")),
    ]
    return Sheet("nps", _("Shoppers’ NPS"), columns, rows, [shoppers_note()])


def shares(found: Ratings) -> Sheet:
    """One row for each rating from 1 to 5 and each question of yes and no."""
    satisfied, yes = _("4 or 5 of 5"), _("Yes")
    rows = [_share(line, satisfied) for line in found.csat] + [_share(line, yes) for line in found.yes]
    columns = [
        *_question(),
        Column("counted", _("Counted"), about=_("Which answers make the share.")),
        Column("k", _("Times"), Kind.COUNT, _("Answers of the kind that is counted.")),
        Column("n", _("Answers"), Kind.COUNT, _("All answers to the question.")),
        Column("share", _("Share"), Kind.SHARE, _("From %(least)s answers on.", least=MIN_SHARE)),
        *_range(Kind.SHARE, _("By Wilson's method.")),
    ]
    return Sheet("shares", _("Shares of answers"), columns, rows, [few_answers_note()])


def drivers(found: Drivers) -> Sheet:
    """One row for each question beside the outcome."""
    rows = [
        {
            "number": line.asked.number,
            "question": line.asked.text,
            "full": line.driver.full,
            "less": line.driver.less,
            "met": line.met.share,
            "when_met": line.full if line.driver.gap is not None else None,
            "when_not": line.less if line.driver.gap is not None else None,
            "gap": line.driver.gap,
            "low": line.driver.low,
            "high": line.driver.high,
            "said": clear_words(line.driver) or None,
        }
        for line in found.lines
    ]
    title = _("Drivers of question %(number)s", number=found.outcome.number)
    return Sheet("drivers", title, _driver_columns(), rows, [halo_note(), false_gaps_note()])


def _share(line: ShareLine, counted: str) -> dict[str, object]:
    share = line.share
    return {
        "number": line.asked.number,
        "question": line.asked.text,
        "counted": counted,
        "k": share.k,
        "n": share.n,
        "share": share.share,
        "low": share.low,
        "high": share.high,
    }


def _driver_columns() -> list[Column]:
    return [
        *_question(),
        Column("full", _("Visits met"), Kind.COUNT, _("Visits with full credit and the rating.")),
        Column("less", _("Visits not met"), Kind.COUNT, _("Visits with less credit and the rating.")),
        Column("met", _("Share met"), Kind.SHARE, _("From %(least)s answers on.", least=MIN_SHARE)),
        Column("when_met", _("Rating when met"), Kind.POINTS, _("The mean of the rating.")),
        Column("when_not", _("Rating when not"), Kind.POINTS, _("The mean of the rating.")),
        Column(
            "gap",
            _("Difference"),
            Kind.POINTS,
            _("What goes together, not what causes what: the same person gave both answers."),
        ),
        *_range(Kind.POINTS, _("By Welch's method.")),
        Column(
            "said",
            _("Conclusion"),
            about=_("Benjamini-Hochberg over all questions: about 1 in 10 pointed out may be a false alarm."),
        ),
    ]


def _question() -> list[Column]:
    return [
        Column("number", _("Number"), Kind.COUNT, _("The question's place in the checklist.")),
        heads.question(),
    ]


def _range(kind: Kind, method: str) -> list[Column]:
    return [
        Column("low", _("Lower end"), kind, _("Lower end of the 90 per cent range.") + " " + method),
        Column("high", _("Upper end"), kind, _("Upper end of the 90 per cent range.") + " " + method),
    ]
