"""Whose network a person compares: that of clients whose head office or area they are of, for the agency of all.

A role counts for its own client alone: an area manager of one client who manages a branch of another one reads that
branch's scorecards and none of the other client's comparisons.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, true

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.branches.queries import branch_for
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights.figures import released
from audit.review.models import Scorecard
from audit.waves import queries
from audit.waves.models import Wave

COMPARING = (RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER)


def compares(person: Person, client_id: int) -> bool:
    """Whether the client's figures are for the person."""
    return person.is_agency or client_id in _clients(person)


def waves_for(person: Person) -> Select[Wave]:
    """The waves in scope that the person compares branches in."""
    return queries.waves_for(person).where(_own(person, Wave.client_id))


def wave_for(person: Person, wave_id: int) -> Wave:
    """One of them with client and version; NotFound otherwise."""
    wave = queries.wave_for(person, wave_id)
    if not compares(person, wave.client_id):
        raise NotFound(_("There is no such wave."))
    return wave


def compared_branch(person: Person, branch_id: int) -> Branch:
    """A branch in scope with client and region, of a client whose branches the person compares; NotFound."""
    branch = branch_for(person, branch_id)
    if not compares(person, branch.client_id):
        raise NotFound(_("There is no such branch."))
    return branch


def all_released(person: Person) -> Select[Scorecard]:
    """The released scorecards in scope of all these clients."""
    return released(person).where(_own(person, Scorecard.client_id))


def _clients(person: Person) -> set[int]:
    return {
        grant.client_id for grant in person.grants if grant.role in COMPARING and grant.client_id is not None
    }


def _own(person: Person, client_id: Any) -> ColumnElement[bool]:
    return true() if person.is_agency else client_id.in_(_clients(person))
