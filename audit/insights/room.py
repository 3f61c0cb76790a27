"""What every page of the room shows above its content: the other pages, and the choices of the filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from audit.branches.channels import CHANNELS
from audit.branches.models import Client
from audit.branches.queries import Node, tree_for
from audit.checklists.models import Version
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l
from audit.i18n import text_of
from audit.insights import selection as selections
from audit.insights.selection import Selection
from audit.security import me
from audit.waves.models import Wave

# Each with the pages that stand below it.
TABS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "insights.network": (_l("Network"), ("insights.branch", "insights.visits")),
    "insights.compare": (_l("Compare"), ()),
    "insights.comments": (_l("Comments"), ()),
    "insights.photos": (_l("Photos"), ()),
    "insights.drivers": (_l("Drivers, NPS"), ()),
    "wave_reports.index": (_l("Reports"), ("wave_reports.report",)),
    "insights.leniency": (_l("Shoppers"), ()),
}
AGENCY_ONLY = ("insights.leniency",)


@dataclass(frozen=True)
class Tab:
    """One page of the room; `here` is "page" on it, "true" on a page below it, else ""."""

    text: str
    href: str
    here: str


@dataclass(frozen=True)
class Choices:
    """What the filter offers; versions and formats only where there is more than one."""

    waves: list[tuple[Client, list[Wave]]]
    versions: list[tuple[int, str]]  # of the client's waves, the newest first
    regions: list[Node]
    formats: list[str]
    channels: Mapping[str, Any]


def tabs(selection: Selection) -> list[Tab]:
    """The pages that the reader may open, with the wave and the filter kept."""
    shown = [name for name in TABS if name in current_app.view_functions]
    return [
        Tab(str(TABS[name][0]), _link(selection, name), _here(name))
        for name in shown
        if me().is_agency or name not in AGENCY_ONLY
    ]


def _link(selection: Selection, endpoint: str) -> str:
    """Its first page in its own order, also of the page that is open."""
    return selection.link(endpoint, sort=None, order=None, page=None)


def _here(endpoint: str) -> str:
    if request.endpoint == endpoint:
        return "page"
    return "true" if request.endpoint in TABS[endpoint][1] else ""


def choices(selection: Selection) -> Choices:
    """What the reader may narrow the page to."""
    formats = selections.formats(me(), selection.client)
    waves = selections.choices(me())
    versions = _versions(waves, selection.client)
    if selection.version_id is not None:
        fitting = [
            (client, [one for one in own if one.version_id == selection.version_id]) for client, own in waves
        ]
        waves = [(client, own) for client, own in fitting if own]
    return Choices(
        waves=waves,
        versions=versions if len(versions) > 1 or selection.version_id is not None else [],
        regions=tree_for(me(), selection.client.id),
        formats=formats if len(formats) > 1 or selection.format else [],
        channels=CHANNELS,
    )


def _versions(waves: list[tuple[Client, list[Wave]]], client: Client) -> list[tuple[int, str]]:
    """The checklist versions of a client's waves with their names."""
    own = next((found for known, found in waves if known.id == client.id), [])
    versions = {wave.version_id: wave.version for wave in own}
    return [(version_id, version_words(version)) for version_id, version in versions.items()]


def version_words(version: Version) -> str:
    """The checklist's title with the number of the version."""
    title = text_of(version.document.get("title")) or _("without a title")
    return _("%(title)s, version %(number)s", title=title, number=version.number)
