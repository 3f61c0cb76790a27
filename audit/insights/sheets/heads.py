"""Columns that name what a row is of: the same in every table."""

from audit.i18n import gettext as _
from audit.insights.sheet import Column, Kind


def code() -> Column:
    """The branch's code."""
    return Column("code", _("Branch code"), about=_("The code of the branch, as the client gave it."))


def branch() -> Column:
    """The branch's name."""
    return Column("branch", _("Branch"), about=_("The name of the branch."))


def region() -> Column:
    """The branch's region."""
    return Column("region", _("Region"), about=_("The region to which the branch belongs."))


def region_path() -> Column:
    """A region by itself, with those above it."""
    return Column(
        "name", _("Region"), about=_("The region with the ones above it; all regions below it count too.")
    )


def form(key: str = "format") -> Column:
    """The format of branches."""
    return Column(key, _("Format"), about=_("The format of the branch, as the client named it."))


def channel(key: str = "channel") -> Column:
    """The channel of branches."""
    return Column(key, _("Channel"), about=_("How customers reach the branch: on site, by phone or online."))


def question() -> Column:
    """The question's text."""
    return Column("question", _("Question"), about=_("The text of the question on the form."))


def factor(key: str = "name") -> Column:
    """A factor's title."""
    return Column(key, _("Factor"), about=_("What is measured; the weight of factors makes the score."))


def section(key: str = "name") -> Column:
    """A section's title."""
    return Column(key, _("Section"), about=_("Where on the journey it is asked; sections have no weight."))


def network_visits() -> Column:
    """How many visits of the whole network a mean rests on."""
    about = _("Visits of the whole network that have a score of it.")
    return Column("network_n", _("Visits of the network"), Kind.COUNT, about)
