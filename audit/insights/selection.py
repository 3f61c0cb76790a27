"""What an address of the room asks for: one wave, and which branches to show, in which order.

The same keys on every page: wave, version, region, format, channel, q, sort, order, page.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from audit.accounts.models import Person
from audit.branches.channels import CHANNELS
from audit.branches.forms import is_id
from audit.branches.models import Client
from audit.branches.queries import region_for
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights import waves
from audit.insights.compared import wave_for
from audit.waves.models import Wave

KEYS = ("wave", "version", "region", "format", "channel", "q", "sort", "order", "page")
_SAFE = "!$'()*,/:;?@"  # what the router leaves as it is
LONGEST = 100  # letters of words, of a format, of a column's name
choices = waves.choices
formats = waves.formats


@dataclass(frozen=True)
class Selection:
    """One wave and a filter. `sort` "" is the page's usual order; pages know which other columns they have."""

    wave: Wave
    version_id: int | None = None  # asked for; None: any version
    region_id: int | None = None
    format: str = ""
    channel: str = ""
    words: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    place: dict[str, Any] = field(default_factory=dict)  # what else is in the path of this page
    _paths: dict[Any, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def client(self) -> Client:
        """Whose wave it is."""
        return self.wave.client

    @property
    def narrowed(self) -> bool:
        """Whether anything but wave and version is asked for."""
        return bool(self.region_id or self.format or self.channel or self.words)

    @property
    def state(self) -> dict[str, Any]:
        """The filter as values of an address; None is left out of it."""
        return {
            "wave": self.wave.id,
            "version": self.version_id,
            "region": self.region_id,
            "format": self.format or None,
            "channel": self.channel or None,
            "q": self.words or None,
            "sort": self.sort or None,
            "order": "desc" if self.descending else None,
            "page": self.page if self.page > 1 else None,
        }

    def link(self, endpoint: str | None = None, **changes: Any) -> str:
        """The address of this or another page with the filter, some parts changed; None takes a part out.

        Another page starts in its own order; whatever changes, it starts on page 1.
        """
        state = self.state
        if changes:
            state["page"] = None
        if endpoint is None or endpoint == request.endpoint:
            return self._address(str(request.endpoint), {**self.place, **state, **changes})
        own = {"sort": None, "order": None, "page": None}
        return self._address(endpoint, {**state, **own, **changes})

    def _address(self, endpoint: str, values: dict[str, Any]) -> str:
        """As `url_for` makes it; the router is asked once for each path, not for each of some hundred links."""
        path = {name: value for name, value in values.items() if name not in KEYS}
        key = (endpoint, *path.items())
        known = self._paths.get(key)
        if known is None:
            known = self._paths[key] = url_for(endpoint, **path)
        query = [(name, values[name]) for name in KEYS if values.get(name) is not None]
        if not query:
            return known
        return f"{known}{'&' if '?' in known else '?'}{urlencode(query, safe=_SAFE)}"

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """Names and values of the filter for a form that asks for `without` itself; it starts on page 1."""
        left_out = {*without, "page"}
        return [
            (name, str(value))
            for name, value in self.state.items()
            if value is not None and name not in left_out
        ]


def read(person: Person) -> Selection | None:
    """What this request asks for; None when the person has no wave, NotFound for what is out of scope."""
    version_id = identity("version")
    wave = _wave(person, version_id)
    if wave is None:
        return None
    region_id = identity("region")
    if region_id is not None and region_for(person, region_id).client_id != wave.client_id:
        raise NotFound(_("There is no such region."))
    channel = words("channel")
    if channel and channel not in CHANNELS:
        raise NotFound(_("There is no such channel."))
    return Selection(
        wave=wave,
        version_id=version_id,
        region_id=region_id,
        format=words("format"),
        channel=channel,
        words=words("q"),
        sort=words("sort"),
        descending=request.args.get("order") == "desc",
        page=page(),
        place=dict(request.view_args or {}),
    )


def identity(name: str) -> int | None:
    """The id in the address, None where there is none; NotFound for what cannot be one."""
    given = request.args.get(name, "")
    if not given:
        return None
    if not is_id(given):
        raise NotFound(_("There is nothing with this number."))
    return int(given)


def page() -> int:
    """The page asked for, from 1; nonsense is page 1."""
    given = request.args.get("page", "1")
    return max(1, int(given)) if is_id(given) else 1


def words(name: str) -> str:
    """A text in the address, without what a database cannot hold and not longer than any that is stored."""
    return request.args.get(name, "").replace("\x00", "").strip()[:LONGEST]


def _wave(person: Person, version_id: int | None) -> Wave | None:
    """The wave in the address if it has the version asked for, else the newest one that has."""
    asked = identity("wave")
    if asked is not None:
        wave = wave_for(person, asked)
        if version_id in (None, wave.version_id):
            return wave
    found = waves.newest_wave(person, version_id)
    if found is None and version_id is not None:
        raise NotFound(_("There is no such version."))
    return found
