"""The words of actions: their states and what happened to them."""

from typing import Any

from audit.followup.models import FINISHED, ActionState
from audit.i18n import lazy_gettext as _

# The word, and the look of its chip.
STATE_WORDS: dict[str, tuple[Any, str]] = {
    ActionState.PROPOSED: (_("Proposed"), "todo"),
    ActionState.OPEN: (_("To do"), "on"),
    ActionState.DONE: (_("Done, waits for the next visit"), "on"),
    FINISHED: (_("Done"), "done"),
    ActionState.CONFIRMED: (_("Confirmed by a visit"), "done"),
    ActionState.FAILED_AGAIN: (_("Failed again"), "todo"),
    ActionState.DROPPED: (_("Dropped"), ""),
}

EVENT_WORDS: dict[str, Any] = {
    "proposed": _("Proposed from the points lost at a visit"),
    "added": _("Added"),
    "accepted": _("Taken on"),
    "changed": _("Changed"),
    "done": _("Marked as done"),
    "reopened": _("Opened again: not done yet"),
    "dropped": _("Dropped"),
    "confirmed": _("A later visit saw it right"),
    "failed_again": _("A later visit lost points on it again"),
    "seen_again": _("A later visit lost points on it too"),
    "cleared": _("Closed: a later visit saw it right before anybody took it on"),
    "withdrawn": _("Closed: the scorecard was corrected, and no points were lost"),
}
