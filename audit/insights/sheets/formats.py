"""Estimates by the format of branches, and by the channel through which customers reach them."""

from audit.branches.channels import channel_words
from audit.i18n import gettext as _
from audit.insights.sheet import Sheet
from audit.insights.sheets import heads
from audit.insights.sheets.estimates import columns, notes
from audit.insights.sheets.groups import grouped
from audit.insights.view import View


def build(view: View) -> Sheet:
    """One row a format; branches without one come last."""
    rows = grouped(view, lambda line: line.format, lambda name: name or _("not given"))
    return Sheet("formats", _("Formats"), [heads.form("name"), *columns()], rows, notes(view))


def channels(view: View) -> Sheet:
    """One row a channel."""
    rows = grouped(view, lambda line: line.channel, channel_words)
    return Sheet("channels", _("Channels"), [heads.channel("name"), *columns()], rows, notes(view))
