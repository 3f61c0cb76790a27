"""What an address of the interface asks for: the keys of the pages, but never another wave than the one named."""

from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights import selection
from audit.insights.selection import Selection
from audit.security import me


def chosen() -> Selection:
    """A wave and a filter; NotFound out of reach, before the first wave, and for a wave of another version."""
    found = selection.read(me())
    if found is None:
        raise NotFound(_("No wave has been opened yet."))
    # A page goes on to a wave of the version; a program would take it for the one that it asked for.
    if selection.identity("wave") not in (None, found.wave.id):
        raise NotFound(_("This wave has another version."))
    return found
