"""Forms of clients, regions and branches, and the filter of their list."""

from flask import request
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in the stubs yet

from audit.branches.channels import CHANNELS, ONSITE
from audit.branches.models import Branch, Client
from audit.branches.queries import SORTS, BranchFilter, Node
from audit.branches.services import BranchData, ClientData
from audit.fields import ChoiceField, DegreesField, TextField, WholeField, at_most, filled
from audit.forms import Form
from audit.i18n import gettext as _
from audit.i18n import lazy_gettext as _l


class ClientForm(Form):
    """A client."""

    name = TextField(_l("Name"), [filled, at_most(120)])
    code = TextField(_l("Code"), [filled, at_most(12)])
    dispute_days = WholeField(_l("Days to object after release"), [filled], default=7)
    active = BooleanField(_l("Active"), default=True)

    def read(self, client: Client | None = None) -> ClientData:
        """What was typed; the days of an existing client stay."""
        return ClientData(
            code=str(self.code.data),
            name=str(self.name.data),
            dispute_days=client.dispute_days if client else self.dispute_days.data,
            active=bool(self.active.data),
        )


class RegionForm(Form):
    """A region and the one above it."""

    name = TextField(_l("Name"), [filled, at_most(80)])
    parent_id = ChoiceField(_l("Lies in"), choices=[], default="")

    def offer(self, nodes: list[Node]) -> None:
        """Offer the client's regions as parents."""
        self.parent_id.choices = [("", _("Top level")), *_choices(nodes)]

    def parent(self) -> int | None:
        """The chosen parent's id."""
        return int(self.parent_id.data) if self.parent_id.data else None


class BranchForm(Form):
    """A branch."""

    code = TextField(_l("Code"), [filled, at_most(20)])
    name = TextField(_l("Name"), [filled, at_most(120)])
    address = TextField(_l("Address"), [filled, at_most(255)])
    region_id = ChoiceField(_l("Region"), [filled], choices=[])
    format = TextField(_l("Format"), [at_most(60)])
    channel = ChoiceField(
        _l("Channel"), choices=[SelectChoice(*known) for known in CHANNELS.items()], default=ONSITE
    )
    opening_hours = TextField(_l("Opening hours"), [at_most(120)])
    latitude = DegreesField(_l("Latitude"))
    longitude = DegreesField(_l("Longitude"))
    timezone = TextField(_l("Time zone"), [filled, at_most(40)], default="Asia/Ho_Chi_Minh")
    active = BooleanField(_l("Active"), default=True)

    def offer(self, nodes: list[Node]) -> None:
        """Offer the client's regions."""
        self.region_id.choices = [("", _("Choose a region")), *_choices(nodes)]

    def read(self) -> BranchData:
        """What was typed."""
        return BranchData(
            region_id=int(self.region_id.data or 0),
            code=str(self.code.data),
            name=str(self.name.data),
            address=str(self.address.data),
            format=str(self.format.data),
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            opening_hours=str(self.opening_hours.data),
            timezone=str(self.timezone.data),
            active=bool(self.active.data),
            channel=str(self.channel.data),
        )


def _choices(nodes: list[Node]) -> list[tuple[str, str]]:
    return [(str(node.region.id), node.path) for node in nodes]


def client_form(client: Client | None = None) -> ClientForm:
    """The form, filled from the client or from what was typed; what is agreed has a page of its own then."""
    form = ClientForm(obj=client)
    if client is not None:
        del form.dispute_days
    return form


def branch_form(nodes: list[Node], branch: Branch | None = None) -> BranchForm:
    """The form with the client's regions, filled from the branch or from what was typed."""
    form = BranchForm(obj=branch, data=None if branch else {"region_id": request.args.get("region", "")})
    form.offer(nodes)
    return form


def branch_filter() -> tuple[BranchFilter, int]:
    """The filter and the page that the address asks for; nonsense falls back to everything, page 1."""
    region = request.args.get("region", "")
    sort = request.args.get("sort", "code")
    active = request.args.get("active", "yes")
    channel = request.args.get("channel", "")
    wanted = BranchFilter(
        words=request.args.get("q", "").replace("\x00", "")[:100],
        region_id=int(region) if is_id(region) else None,
        active=active if active in ("yes", "no", "all") else "yes",
        channel=channel if channel in CHANNELS else "",
        sort=sort if sort.removeprefix("-") in SORTS else "code",
    )
    return wanted, page_number()


LAST_PAGE = 10_000


def page_number() -> int:
    """The page that the address asks for, from 1."""
    page = request.args.get("page", "1")
    return min(max(1, int(page)), LAST_PAGE) if is_id(page) else 1


def is_id(text: str) -> bool:
    """Whether a text from an address can be a row's number."""
    return text.isascii() and text.isdigit() and len(text) <= 9
