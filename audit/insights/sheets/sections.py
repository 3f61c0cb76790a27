"""The sections of the journey over the branches shown, and the weakest touch-point."""

from collections.abc import Mapping, Sequence
from typing import Any

from audit.i18n import gettext as _
from audit.i18n import ngettext
from audit.insights import words
from audit.insights.sheet import Sheet, nearest
from audit.insights.sheets import heads
from audit.insights.sheets.part_rows import columns, rows_of
from audit.insights.view import View
from audit.scoring.inference import MIN_VISITS


def build(view: View) -> Sheet:
    """One row a section, in the order of the journey."""
    rows = rows_of(view, "section", view.sections)
    note = weakest_words(rows)
    head = [heads.section(), *columns(view)]
    return Sheet("sections", _("Sections"), head, rows, [note] if note else [])


def weakest(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The section with the lowest mean; None where two print alike, and where too few visits have a score of it."""
    known = sorted((row for row in rows if row["mean"] is not None), key=lambda row: row["mean"])
    if len(known) < 2 or known[0]["n"] < MIN_VISITS or nearest(known[0]["mean"]) == nearest(known[1]["mean"]):
        return None
    return known[0]


def weakest_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """Chặng yếu nhất: Quầy (61, 240 lượt; …); "" where none stands out."""
    row = weakest(rows)
    if row is None:
        return ""
    return ngettext(
        "Weakest touch-point: %(name)s (%(mean)s, %(num)s visit; sections are means without a range)",
        "Weakest touch-point: %(name)s (%(mean)s, %(num)s visits; sections are means without a range)",
        row["n"],
        name=row["name"],
        mean=words.whole(row["mean"]),
    )
