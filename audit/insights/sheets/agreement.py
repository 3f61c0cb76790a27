"""The questions in which the visits to a branch disagree."""

from audit.i18n import gettext as _
from audit.insights.branch_page import BranchPage
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads


def build(page: BranchPage) -> Sheet:
    """Those that disagree most first; rows carry the question's `_id`."""
    columns = [
        Column("number", _("No."), Kind.COUNT, _("The question’s number on the form.")),
        heads.question(),
        Column("n", _("Assessed"), Kind.COUNT, _("Scored visits in which the question was assessed.")),
        Column("met", _("Met"), Kind.COUNT, _("Visits with full credit.")),
        Column("partly", _("Partly met"), Kind.COUNT, _("Visits with some credit.")),
        Column("missed", _("Not met"), Kind.COUNT, _("Visits without any credit.")),
        Column("alike", _("Pairs that agree"), Kind.COUNT, _("Pairs of visits with the same credit.")),
        Column(
            "pairs",
            _("Pairs of visits"),
            Kind.COUNT,
            _("Pairs of visits in which the question was assessed."),
        ),
    ]
    rows = [
        {
            "_id": line.asked.id,
            "number": line.asked.number,
            "question": line.asked.text,
            "n": line.split.n,
            "met": line.split.met,
            "partly": line.split.partly,
            "missed": line.split.missed,
            "alike": line.split.alike,
            "pairs": line.split.pairs,
        }
        for line in page.splits
    ]
    return Sheet("agreement", _("Questions in which the visits disagree"), columns, rows)
