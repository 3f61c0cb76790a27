"""What shoppers wrote, as a table to take along."""

from collections.abc import Sequence

from audit.i18n import gettext as _
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads
from audit.insights.voices import Comment


def comments(found: Sequence[Comment]) -> Sheet:
    """One row for each comment, in the order of the page."""
    dayparts = {"morning": _("morning"), "noon": _("noon"), "evening": _("evening")}
    rows = [
        {
            "number": one.question.number,
            "question": one.question.text,
            "comment": one.row.text,
            "answer": one.answer or None,
            "lost": one.lost,
            "branch": one.row.branch,
            "code": one.row.code,
            "region": one.row.region,
            "day": one.row.visited_on,
            "daypart": dayparts.get(one.row.daypart, one.row.daypart),
            "scorecard": one.row.number,
        }
        for one in found
    ]
    return Sheet("comments", _("Comments"), _columns(), rows)


def _columns() -> list[Column]:
    return [
        Column("number", _("Number"), Kind.COUNT, _("The question's place in the checklist.")),
        heads.question(),
        Column(
            "comment", _("What was written"), about=_("The shopper's own words, as the branch reads them.")
        ),
        Column("answer", _("Answer"), about=_("What was answered at the question.")),
        Column(
            "lost",
            _("Points lost"),
            Kind.POINTS,
            _("By the question in this visit, as on the scorecard; below zero for a bonus."),
        ),
        heads.branch(),
        heads.code(),
        heads.region(),
        Column("day", _("Day of the visit"), Kind.DATE, _("The day, without a time.")),
        Column("daypart", _("Daypart"), about=_("The part of the day in which the visit began.")),
        Column(
            "scorecard", _("Scorecard"), about=_("The number of the scorecard that the comment stands on.")
        ),
    ]
