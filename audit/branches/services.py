"""Creating and changing clients, regions and branches."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import func, select

from audit.accounts.models import Person
from audit.branches.channels import CHANNELS, ONSITE
from audit.branches.models import Branch, Client, Region
from audit.branches.names import plain
from audit.branches.saving import invalid, saving
from audit.db import db
from audit.forms import clean
from audit.i18n import gettext as _
from audit.trail.services import record

MAX_LEVELS = 4
_CODE = re.compile(r"[A-Z0-9-]{2,12}")


@dataclass(frozen=True)
class ClientData:
    """What is known about a client."""

    code: str
    name: str
    dispute_days: int = 7
    active: bool = True


@dataclass(frozen=True)
class BranchData:
    """What is known about a branch; position in degrees, both or none."""

    region_id: int
    code: str
    name: str
    address: str
    format: str = ""
    latitude: float | None = None
    longitude: float | None = None
    opening_hours: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    active: bool = True
    channel: str = ONSITE


def create_client(data: ClientData, at: datetime) -> Client:
    """A new client; Invalid names the field."""
    return _fill_client(Client(created_at=at), data)


def update_client(client: Client, data: ClientData, by: Person, at: datetime) -> Client:
    """Change a client and record what changed; Invalid names the field."""
    old = _facts(client)
    _fill_client(client, data)
    new = _facts(client)
    changed = [name for name in new if new[name] != old[name]]
    if changed:
        record(
            "client.changed",
            by,
            at,
            client_id=client.id,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )
    return client


def _facts(client: Client) -> dict[str, Any]:
    return {
        "code": client.code,
        "name": client.name,
        "dispute_days": client.dispute_days,
        "active": client.active,
    }


def _fill_client(client: Client, data: ClientData) -> Client:
    code, name = clean(data.code).upper(), clean(data.name)
    if not _CODE.fullmatch(code):
        raise invalid(
            "code", _("The code has 2 to 12 letters without accents, digits or hyphens, such as BANK-01.")
        )
    if not name:
        raise invalid("name", _("Give a name."))
    if not 0 <= data.dispute_days <= 90:
        raise invalid("dispute_days", _("The days to object are a whole number from 0 to 90."))
    rules = {
        "uq_client_code": ("code", _("Another client already has this code.")),
        "uq_client_name": ("name", _("Another client already has this name.")),
    }
    with saving(rules):
        client.code, client.name = code, name
        client.dispute_days, client.active = data.dispute_days, data.active
        db.session.add(client)
    return client


def create_region(client: Client, name: str, parent_id: int | None = None) -> Region:
    """A new region under a parent of the same client, or at the top; Invalid names the field."""
    return _place_region(Region(client_id=client.id), name, parent_id)


def update_region(region: Region, name: str, parent_id: int | None, by: Person, at: datetime) -> Region:
    """Rename or move a region with everything below it; Invalid names the field.

    A move changes who sees what is below, also what is past, so it is recorded.
    """
    old = region.parent_id
    _place_region(region, name, parent_id)
    if region.parent_id != old:
        places: dict[str, Any] = {"old": _region_name(old), "new": _region_name(region.parent_id)}
        record("region.moved", by, at, client_id=region.client_id, region=region.name, **places)
    return region


def _region_name(region_id: int | None) -> str:
    """ "" at the top of the tree."""
    return db.session.get_one(Region, region_id).name if region_id is not None else ""


def _place_region(region: Region, name: str, parent_id: int | None) -> Region:
    name = clean(name)
    if not name:
        raise invalid("name", _("Give a name."))
    # Two moves at once could together make a cycle that neither makes alone.
    db.session.execute(select(Client.id).where(Client.id == region.client_id).with_for_update())
    everything = select(Region).where(Region.client_id == region.client_id).with_for_update()
    known = {
        found.id: found for found in db.session.scalars(everything.execution_options(populate_existing=True))
    }
    if parent_id is not None and parent_id not in known:
        raise invalid("parent_id", _("The region above must be one of this client's regions."))
    below = _levels_below(known, region.id) if region.id is not None else {}
    if parent_id is not None and parent_id in below:
        raise invalid("parent_id", _("A region cannot lie under itself or under a region below it."))
    level = known[parent_id].level + 1 if parent_id is not None else 1
    if level + max(below.values(), default=0) > MAX_LEVELS:
        raise invalid(
            "parent_id", _("Regions have at most %(levels)s levels. Choose a higher one.", levels=MAX_LEVELS)
        )
    taken = _("There is already a region with this name at this place.")
    with saving({"uq_region_client_id_parent_id_name": ("name", taken)}):
        region.name, region.parent_id, region.level = name, parent_id, level
        for id_, depth in below.items():
            known[id_].level = level + depth
        db.session.add(region)
    return region


def _levels_below(known: dict[int, Region], top: int) -> dict[int, int]:
    """How far each region of the branch of the tree lies below its top, the top included."""
    depths = {top: 0}
    waiting = [top]
    while waiting:
        parent = waiting.pop()
        for id_, region in known.items():
            if region.parent_id == parent and id_ not in depths:
                depths[id_] = depths[parent] + 1
                waiting.append(id_)
    return depths


def create_branch(client: Client, data: BranchData) -> Branch:
    """A new branch in a region of the client; Invalid names the field."""
    return _fill_branch(Branch(client_id=client.id), data)


def update_branch(branch: Branch, data: BranchData, by: Person, at: datetime) -> Branch:
    """Change a branch; Invalid names the field. Another region changes who sees its history: it is recorded."""
    region_id, active = branch.region_id, branch.active
    _fill_branch(branch, data)
    told = f"{branch.code} {branch.name}"
    if branch.region_id != region_id:
        places: dict[str, Any] = {"old": _region_name(region_id), "new": _region_name(branch.region_id)}
        record("branch.moved", by, at, client_id=branch.client_id, branch=told, **places)
    if branch.active != active:
        kind = "branch.opened" if branch.active else "branch.closed"
        record(kind, by, at, client_id=branch.client_id, branch=told)
    return branch


def _fill_branch(branch: Branch, data: BranchData) -> Branch:
    _check_branch(data)
    inside = select(func.count()).where(Region.client_id == branch.client_id, Region.id == data.region_id)
    if not db.session.scalar(inside):
        raise invalid("region_id", _("The region must be one of this client's regions."))
    rules = {"uq_branch_client_id_code": ("code", _("Another branch of this client already has this code."))}
    with saving(rules):
        branch.region_id, branch.active = data.region_id, data.active
        branch.code, branch.name, branch.address = clean(data.code), clean(data.name), clean(data.address)
        branch.format, branch.opening_hours = clean(data.format), clean(data.opening_hours)
        branch.latitude, branch.longitude = data.latitude, data.longitude
        branch.timezone, branch.channel = data.timezone, data.channel
        branch.search = plain(f"{branch.code} {branch.name} {branch.address}")
        db.session.add(branch)
    return branch


@cache
def _timezones() -> set[str]:
    """Read once: looking through the files takes a while, and an import brings many branches."""
    return available_timezones()


def _check_branch(data: BranchData) -> None:
    for field in ("code", "name", "address"):
        if not clean(getattr(data, field)):
            raise invalid(field, _("This must be filled in."))
    if (data.latitude is None) != (data.longitude is None):
        empty = "latitude" if data.latitude is None else "longitude"
        raise invalid(empty, _("Give both latitude and longitude, or neither."))
    if data.latitude is not None and not -90 <= data.latitude <= 90:
        raise invalid("latitude", _("Latitude lies between −90 and 90 degrees."))
    if data.longitude is not None and not -180 <= data.longitude <= 180:
        raise invalid("longitude", _("Longitude lies between −180 and 180 degrees."))
    if data.channel not in CHANNELS:
        raise invalid("channel", _("Choose one of the options shown."))
    if data.timezone not in _timezones():
        raise invalid("timezone", _("This time zone is not known. Write it as in Asia/Ho_Chi_Minh."))
