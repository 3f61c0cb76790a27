"""Which two are compared: from ids in the address, or from words that somebody typed."""

from dataclasses import dataclass, field

from flask import request
from sqlalchemy import func, or_
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch, Region
from audit.branches.queries import BranchFilter, branches_for, narrowed, region_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _
from audit.insights.compared import compared_branch, wave_for
from audit.insights.selection import Selection, identity, words
from audit.review import comparable
from audit.waves.models import Wave

OFFERED = 20  # branches that fit what was typed
LISTED = 300  # branches whose names the field proposes


@dataclass(frozen=True)
class Pick:
    """One field: the branch it means, or what was typed with the branches that fit it."""

    branch: Branch | None = None
    typed: str = ""
    offered: list[Branch] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands in the field."""
        return label(self.branch) if self.branch else self.typed


def label(branch: Branch) -> str:
    """CN001 Hoàn Kiếm."""
    return f"{branch.code} {branch.name}"


def branch_pick(person: Person, selection: Selection, side: str) -> Pick:
    """The field `a` or `b`; what was typed goes before the id. NotFound out of scope or of another client."""
    client_id, typed = selection.wave.client_id, words(f"{side}_q")
    if typed:
        found = _fitting(person, client_id, typed)
        return Pick(found[0], typed) if len(found) == 1 else Pick(None, typed, found)
    branch_id = identity(side)
    return Pick() if branch_id is None else Pick(own_branch(person, client_id, branch_id))


def own_branch(person: Person, client_id: int, branch_id: int) -> Branch:
    """A branch in scope and of this client; NotFound otherwise."""
    branch = compared_branch(person, branch_id)
    if branch.client_id != client_id:
        raise NotFound(_("There is no such branch."))
    return branch


def _fitting(person: Person, client_id: int, typed: str) -> list[Branch]:
    """The branch with this code, or as a field proposes it, else those with all the words."""
    own = branches_for(person).where(Branch.client_id == client_id).options(joinedload(Branch.region))
    named = or_(func.lower(Branch.code) == typed.lower(), Branch.code + " " + Branch.name == typed)
    exact = list(db.session.scalars(own.where(named).limit(2)))
    if len(exact) == 1:
        return exact
    query = narrowed(own, client_id, BranchFilter(typed, active="all"))
    return list(db.session.scalars(query.order_by(Branch.name, Branch.code).limit(OFFERED)))


def proposed(person: Person, client_id: int) -> list[str]:
    """What the fields propose while somebody types; nothing where there are too many."""
    own = branches_for(person).where(Branch.client_id == client_id, Branch.active)
    query = own.with_only_columns(Branch.code, Branch.name).order_by(Branch.name, Branch.code)
    found = db.session.execute(query.limit(LISTED + 1)).all()
    return [] if len(found) > LISTED else [f"{code} {name}" for code, name in found]


def region_pick(person: Person, selection: Selection, side: str) -> Region | None:
    """The region in the address; NotFound out of scope or of another client."""
    region_id = identity(side)
    if region_id is None:
        return None
    region = region_for(person, region_id)
    if region.client_id != selection.wave.client_id:
        raise NotFound(_("There is no such region."))
    return region


def wave_picks(person: Person, selection: Selection) -> tuple[Wave | None, Wave]:
    """The earlier and the later wave; by default the one of the page and the newest before it, if any.

    NotFound out of scope or of another client.
    """
    known = [_wave(person, selection, side) for side in ("a", "b")]
    later = known[1] or selection.wave
    earlier = known[0] or comparable.previous(later)
    if earlier is None or (earlier.starts_on, earlier.id) <= (later.starts_on, later.id):
        return earlier, later
    return later, earlier


def _wave(person: Person, selection: Selection, side: str) -> Wave | None:
    wave_id = identity(side)
    if wave_id is None:
        return None
    wave = wave_for(person, wave_id)
    if wave.client_id != selection.wave.client_id:
        raise NotFound(_("There is no such wave."))
    return wave


def asked_kind(kinds: tuple[str, ...]) -> str:
    """What is compared; the first kind by default."""
    asked = request.args.get("what", "")
    return asked if asked in kinds else kinds[0]
