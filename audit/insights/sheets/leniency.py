"""The table of shoppers: only ever shown to the agency, so not among the sheets that clients export."""

from audit.i18n import gettext as _
from audit.insights.leniency import Leniency, ShopperRow
from audit.insights.leniency_words import said
from audit.insights.sheet import Column, Kind, Sheet


def build(found: Leniency) -> Sheet:
    """Who stands out first, then by name."""
    rows = sorted(
        found.rows, key=lambda row: (not row.figures.flag, row.figures.settled if row.figures.flag else 0)
    )
    return Sheet(
        name="shoppers",
        title=_("Shoppers"),
        columns=_columns(),
        rows=[_row(row) for row in rows],
        notes=[
            _("About 1 in 10 of the shoppers pointed out may be a false alarm."),
            _("Scores are never corrected by this: rotation spreads the difference, training removes it."),
        ],
    )


def _columns() -> list[Column]:
    return [
        Column("shopper", _("Shopper"), Kind.TEXT, _("Who made the visits.")),
        Column(
            "visits", _("Scored visits"), Kind.COUNT, _("Released visits with a score in the waves named.")
        ),
        Column(
            "k",
            _("Compared visits"),
            Kind.COUNT,
            _("Visits to a branch that somebody else visited in the same wave too."),
        ),
        Column(
            "difference",
            _("Difference"),
            Kind.ESTIMATE,
            _("Weighted mean of the score less the others’ mean at the same branch in the same wave."),
        ),
        Column(
            "low", _("Range from"), Kind.ESTIMATE, _("Lower end of the 90 per cent range of the difference.")
        ),
        Column(
            "high", _("Range to"), Kind.ESTIMATE, _("Upper end of the 90 per cent range of the difference.")
        ),
        Column("said", _("In words"), Kind.TEXT, _("What may be said of it.")),
        Column(
            "round",
            _("Round"),
            Kind.COUNT,
            _(
                "Whoever stands out most is set aside, and the others are compared anew: the round that settled it."
            ),
        ),
    ]


def _row(row: ShopperRow) -> dict[str, object]:
    figures = row.figures
    return {
        "shopper": row.name,
        "visits": row.visits,
        "k": figures.k,
        "difference": figures.leniency,
        "low": figures.low,
        "high": figures.high,
        "said": said(figures),
        "round": figures.settled,
        "_shopper_id": row.shopper_id,
        "_flag": figures.flag,
    }
