"""Whom a reader may know by name: the agency is a company to its clients, and so is who reads for nobody."""

from audit.accounts.models import Person, RoleName
from audit.i18n import gettext as _

# Whom somebody at a client speaks for, the widest first.
SPEAKS_FOR = (RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER, RoleName.BRANCH_MANAGER)


def name_to(reader: Person, person: Person, client_id: int, *, by_agency: bool = False) -> str:
    """Somebody's name as this reader may know it; `by_agency`: they acted for the agency then.

    Rights come and go: whoever has none at this client today may be anybody, a shopper too.
    """
    if reader.is_agency:
        return person.name
    if by_agency:
        return agency_word()
    return person.name if speaks_for(person, client_id) else _("Somebody who was with you then")


def speaks_for(person: Person, client_id: int) -> RoleName | None:
    """The widest role that somebody has at this client; None where they have none, or work at the agency."""
    if person.is_agency:
        return None
    held = {grant.role for grant in person.grants if grant.client_id == client_id}
    return next((role for role in SPEAKS_FOR if role in held), None)


def agency_word() -> str:
    """What a client calls everybody at the agency."""
    return _("The agency")
