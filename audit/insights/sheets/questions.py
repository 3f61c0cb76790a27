"""The questions over the branches shown: as counts, those that lost most points first."""

from fractions import Fraction
from typing import Any

from audit.i18n import gettext as _
from audit.insights.parts import Part
from audit.insights.sheet import Column, Kind, Sheet
from audit.insights.sheets import heads
from audit.insights.titles import Asked, questions_of
from audit.insights.view import View
from audit.scoring.inference import MIN_SHARE


def build(view: View) -> Sheet:
    """One row for each question that could gain or lose points; equal ones in the form's order."""
    asked, parts = questions_of(view.wave.version), view.parts["question"]
    sections = {part.id: part.title for part in view.sections}
    factors = {part.id: part.title for part in view.factors}
    rows = [
        _row(asked[name], part, sections, factors)
        for name, part in parts.items()
        if name in asked and part.moves
    ]
    rows.sort(key=lambda row: (-row["lost"], row["number"]))
    return Sheet("questions", _("Questions"), _columns(), rows)


def _columns() -> list[Column]:
    return [
        Column("number", _("Number"), Kind.COUNT, _("The question's place in the checklist.")),
        heads.question(),
        heads.section("section"),
        heads.factor("factor"),
        Column(
            "lost",
            _("Points lost"),
            Kind.POINTS,
            _(
                "Per visit, each branch counting the same; all questions together make 100 less the mean with"
                " knock-outs included."
            ),
        ),
        Column(
            "possible",
            _("Possible points"),
            Kind.POINTS,
            _("What it is worth of a visit's 100 points, on average."),
        ),
        Column("n", _("Visits"), Kind.COUNT, _("Visits in which it was answered with a credit.")),
        Column("met", _("Met"), Kind.COUNT, _("Visits with full credit.")),
        Column("partly", _("Partly met"), Kind.COUNT, _("Visits with some credit.")),
        Column("missed", _("Not met"), Kind.COUNT, _("Visits without credit.")),
        Column(
            "share",
            _("Share met"),
            Kind.SHARE,
            _("Visits with full credit among those with a credit; from 10 on."),
        ),
    ]


def _row(asked: Asked, part: Part, sections: dict[str, str], factors: dict[str, str]) -> dict[str, Any]:
    return {
        "_id": asked.id,
        "number": asked.number,
        "question": asked.text,
        "section": sections.get(asked.section, asked.section),
        "factor": factors.get(asked.factor, asked.factor),
        "lost": part.lost,
        "possible": part.possible,
        "n": part.n,
        "met": part.met,
        "partly": part.partly,
        "missed": part.missed,
        "share": Fraction(part.met, part.n) if part.n >= MIN_SHARE else None,
    }
