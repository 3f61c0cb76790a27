"""Who on the client's side reads about a branch: whom news of it is told to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Grant, Person, RoleName
from audit.branches.models import Branch, Region
from audit.db import db


@dataclass(frozen=True)
class Readers:
    """The active people in whose scope a branch is, by the role that reaches it; somebody may be in several."""

    managers: list[Person] = field(default_factory=list)
    area: list[Person] = field(default_factory=list)
    head_office: list[Person] = field(default_factory=list)

    @property
    def above(self) -> list[Person]:
        """Area managers and head office, everybody once."""
        return _once([*self.area, *self.head_office])

    @property
    def everybody(self) -> list[Person]:
        """All of them, everybody once."""
        return _once([*self.managers, *self.area, *self.head_office])


def readers_of(branches: Iterable[Branch]) -> dict[int, Readers]:
    """The readers of each branch by its id; two queries, however many branches."""
    places = {branch.id: branch for branch in branches}
    clients = {branch.client_id for branch in places.values()}
    parents = dict(
        db.session.execute(select(Region.id, Region.parent_id).where(Region.client_id.in_(clients))).all()
    )
    found: dict[tuple[str, int | None], list[Person]] = defaultdict(list)
    for grant in _grants(clients):
        found[grant.role, _place(grant)].append(grant.person)
    return {branch.id: _readers(branch, parents, found) for branch in places.values()}


def _grants(client_ids: set[int]) -> list[Grant]:
    query = select(Grant).join(Grant.person).where(Grant.client_id.in_(client_ids), Person.active)
    return list(db.session.scalars(query.options(joinedload(Grant.person)).order_by(Grant.person_id)))


def _place(grant: Grant) -> int | None:
    if grant.role == RoleName.HEAD_OFFICE:
        return grant.client_id
    return grant.region_id if grant.role == RoleName.AREA_MANAGER else grant.branch_id


def _readers(
    branch: Branch, parents: dict[int, int | None], found: dict[tuple[str, int | None], list[Person]]
) -> Readers:
    area: list[Person] = []
    region: int | None = branch.region_id
    seen: set[int | None] = set()
    while region is not None and region not in seen:
        seen.add(region)
        area += found.get((RoleName.AREA_MANAGER, region), [])
        region = parents.get(region)
    return Readers(
        managers=_once(found.get((RoleName.BRANCH_MANAGER, branch.id), [])),
        area=_once(area),
        head_office=_once(found.get((RoleName.HEAD_OFFICE, branch.client_id), [])),
    )


def _once(people: list[Person]) -> list[Person]:
    return list({person.id: person for person in people}.values())
