"""The factors over the branches shown."""

from audit.i18n import gettext as _
from audit.insights.sheet import Sheet
from audit.insights.sheets import heads
from audit.insights.sheets.part_rows import columns, rows_of
from audit.insights.view import View


def build(view: View) -> Sheet:
    """One row a factor, in the checklist's order."""
    rows = rows_of(view, "factor", view.factors)
    return Sheet("factors", _("Factors"), [heads.factor(), *columns(view)], rows)
