"""Deadlines and places in words for the phone."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus

from audit.branches.models import Branch
from audit.i18n import gettext as _
from audit.i18n import ngettext

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Countdown:
    """How long until a deadline, in words; urgent within a day and after it."""

    text: str
    is_urgent: bool
    is_over: bool


def countdown(deadline: datetime, at: datetime) -> Countdown:
    """Whole days, then hours, then minutes: never more than is left."""
    seconds = int((deadline - at).total_seconds())
    if seconds < 0:
        return Countdown(_overdue(-seconds), True, True)
    if seconds >= DAY:
        text = ngettext("%(num)s day left", "%(num)s days left", seconds // DAY)
    elif seconds >= HOUR:
        text = ngettext("%(num)s hour left", "%(num)s hours left", seconds // HOUR)
    else:
        text = ngettext("%(num)s minute left", "%(num)s minutes left", seconds // 60)
    return Countdown(text, seconds < DAY, False)


def _overdue(seconds: int) -> str:
    if seconds >= DAY:
        return str(ngettext("%(num)s day late", "%(num)s days late", seconds // DAY))
    if seconds >= HOUR:
        return str(ngettext("%(num)s hour late", "%(num)s hours late", seconds // HOUR))
    return str(_("just past the deadline"))


def map_link(branch: Branch) -> str:
    """A map of the branch: its position where known, else a search for its address."""
    if branch.latitude is not None and branch.longitude is not None:
        place = f"{branch.latitude:.6f}", f"{branch.longitude:.6f}"
        return f"https://www.openstreetmap.org/?mlat={place[0]}&mlon={place[1]}#map=18/{place[0]}/{place[1]}"
    return f"https://www.openstreetmap.org/search?query={quote_plus(branch.address)}"
