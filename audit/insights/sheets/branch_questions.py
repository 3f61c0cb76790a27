"""A branch's questions as counts, with the points they lost."""

from audit.i18n import gettext as _
from audit.insights.branch_page import BranchPage
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads


def build(page: BranchPage) -> Sheet:
    """What lost most first; rows carry the question's `_id`."""
    columns = [
        Column("number", _("No."), Kind.COUNT, _("The question’s number on the form.")),
        heads.question(),
        Column("n", _("Assessed"), Kind.COUNT, _("Scored visits in which the question was assessed.")),
        Column("met", _("Met"), Kind.COUNT, _("Visits with full credit.")),
        Column("partly", _("Partly met"), Kind.COUNT, _("Visits with some credit.")),
        Column("missed", _("Not met"), Kind.COUNT, _("Visits without any credit.")),
        Column("lost", _("Points lost a visit"), Kind.POINTS, lost_note()),
    ]
    rows = [
        {
            "_id": line.asked.id,
            "number": line.asked.number,
            "question": line.asked.text,
            "n": line.part.n,
            "met": line.part.met,
            "partly": line.part.partly,
            "missed": line.part.missed,
            "lost": line.part.lost,
        }
        for line in page.questions
    ]
    return Sheet("branch-questions", _("Questions"), columns, rows, [lost_note()])


def lost_note() -> str:
    """How the points lost are meant."""
    return _("Points lost are means over the scored visits, knock-outs and bonuses included.")
