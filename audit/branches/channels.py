"""How customers reach a branch, in words."""

from collections.abc import Mapping
from typing import Any, Final

from audit.i18n import lazy_gettext as _l

ONSITE: Final = "onsite"
CHANNELS: Final[Mapping[str, Any]] = {
    ONSITE: _l("At the point of sale"),
    "phone": _l("By telephone"),
    "online": _l("Online"),
}


def channel_words(channel: str) -> str:
    """A channel as the reader's language calls it; one that is not known as it is stored."""
    return str(CHANNELS.get(channel, channel))
