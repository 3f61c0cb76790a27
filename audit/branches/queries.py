"""What a person may see of clients, regions and branches. Every other room's scope rests on `in_reach`."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch, Client, Region
from audit.branches.names import plain
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext as _

Ids = dict[int, set[int]]


def in_reach(person: Person) -> ColumnElement[bool]:
    """The condition on Branch that holds the person to their scope; for a `where` of a query over Branch.

    The agency reaches every branch; each grant of the client's side adds its own, always inside its client.
    A shopper, somebody without grants and somebody deactivated reach none.
    """
    if not person.active:
        return false()
    if person.is_agency:
        return true()
    regions: Ids = defaultdict(set)
    branches: Ids = defaultdict(set)
    parts: list[ColumnElement[bool]] = []
    for grant in person.grants:
        if grant.client_id is None:
            continue
        if grant.role == RoleName.HEAD_OFFICE:
            parts.append(Branch.client_id == grant.client_id)
        elif grant.role == RoleName.AREA_MANAGER and grant.region_id is not None:
            regions[grant.client_id].add(grant.region_id)
        elif grant.role == RoleName.BRANCH_MANAGER and grant.branch_id is not None:
            branches[grant.client_id].add(grant.branch_id)
    for client_id, ids in regions.items():
        parts.append(and_(Branch.client_id == client_id, Branch.region_id.in_(below(client_id, ids))))
    for client_id, ids in branches.items():
        parts.append(and_(Branch.client_id == client_id, Branch.id.in_(ids)))
    return or_(*parts) if parts else false()


def below(client_id: int, region_ids: set[int]) -> Select[int]:
    """The ids of these regions of the client and of all regions below them, for an `in_`."""
    top = select(Region.id).where(Region.client_id == client_id, Region.id.in_(region_ids))
    tree = top.cte(recursive=True)
    # UNION, not UNION ALL: it would end even if the tree had a cycle.
    children = (
        select(Region.id).join(tree, Region.parent_id == tree.c.id).where(Region.client_id == client_id)
    )
    tree = tree.union(children)
    return select(tree.c.id)


def branches_for(person: Person) -> Select[Branch]:
    """The branches in the person's scope."""
    return select(Branch).where(in_reach(person))


def branch_for(person: Person, branch_id: int) -> Branch:
    """One branch with client and region; NotFound when it is out of scope."""
    query = branches_for(person).where(Branch.id == branch_id)
    branch = db.session.scalar(query.options(joinedload(Branch.client), joinedload(Branch.region)))
    if branch is None:
        raise NotFound(_("There is no such branch."))
    return branch


def clients_for(person: Person) -> Select[Client]:
    """The agency's people see every client, the client's people their own, shoppers none."""
    if not person.active:
        return select(Client).where(false())
    if person.is_agency:
        return select(Client)
    ids = {grant.client_id for grant in person.grants if grant.client_id is not None}
    return select(Client).where(Client.id.in_(ids))


def client_for(person: Person, client_id: int) -> Client:
    """One client; NotFound when it is out of scope."""
    client = db.session.scalar(clients_for(person).where(Client.id == client_id))
    if client is None:
        raise NotFound(_("There is no such client."))
    return client


def regions_for(person: Person, client_id: int) -> Select[Region]:
    """The client's regions in reach: all, an area with what is below it, or those of own branches."""
    query = select(Region).where(Region.client_id == client_id)
    if not person.active:
        return query.where(false())
    if person.is_agency:
        return query
    parts: list[ColumnElement[bool]] = []
    for grant in person.grants:
        if grant.client_id != client_id:
            continue
        if grant.role == RoleName.HEAD_OFFICE:
            return query
        if grant.role == RoleName.AREA_MANAGER and grant.region_id is not None:
            parts.append(Region.id.in_(below(client_id, {grant.region_id})))
        elif grant.role == RoleName.BRANCH_MANAGER:
            own = select(Branch.region_id).where(Branch.client_id == client_id, Branch.id == grant.branch_id)
            parts.append(Region.id.in_(own))
    return query.where(or_(*parts) if parts else false())


def region_for(person: Person, region_id: int) -> Region:
    """One region with its client; NotFound when it is out of scope."""
    client_id = db.session.scalar(select(Region.client_id).where(Region.id == region_id))
    region = None
    if client_id is not None:
        query = regions_for(person, client_id).where(Region.id == region_id)
        region = db.session.scalar(query.options(joinedload(Region.client)))
    if region is None:
        raise NotFound(_("There is no such region."))
    return region


@dataclass(frozen=True)
class Node:
    """A region in its tree: `path` from the top, how many branches it has itself and with all below it."""

    region: Region
    path: str
    own: int
    total: int


def tree_for(person: Person, client_id: int) -> list[Node]:
    """The client's regions that the person reaches, each parent before its children, with branch counts."""
    regions = list(db.session.scalars(regions_for(person, client_id)))
    counted = select(Branch.region_id, func.count()).where(Branch.client_id == client_id, in_reach(person))
    own = dict(db.session.execute(counted.group_by(Branch.region_id)).all())
    known = {region.id for region in regions}
    children: dict[int | None, list[Region]] = defaultdict(list)
    for region in sorted(regions, key=lambda region: plain(region.name)):
        children[region.parent_id if region.parent_id in known else None].append(region)
    return list(_walk(children, own, None, ""))


def _walk(
    children: dict[int | None, list[Region]], own: dict[int, int], parent: int | None, above: str
) -> list[Node]:
    nodes: list[Node] = []
    for region in children.get(parent, []):
        path = f"{above} › {region.name}" if above else region.name
        deeper = _walk(children, own, region.id, path)
        direct = [node for node in deeper if node.region.parent_id == region.id]
        mine = own.get(region.id, 0)
        nodes += [Node(region, path, mine, mine + sum(node.total for node in direct)), *deeper]
    return nodes


@dataclass(frozen=True)
class ClientRow:
    """A client with what it has."""

    client: Client
    regions: int
    branches: int


def client_rows(person: Person) -> list[ClientRow]:
    """The clients in scope by name, with the numbers of their regions and active branches."""
    regions = select(func.count()).where(Region.client_id == Client.id).correlate(Client).scalar_subquery()
    reached = select(func.count()).select_from(Branch).where(Branch.client_id == Client.id, Branch.active)
    branches = reached.where(in_reach(person)).correlate(Client).scalar_subquery()
    found = db.session.execute(clients_for(person).add_columns(regions, branches))
    rows = [ClientRow(*row) for row in found]
    return sorted(rows, key=lambda row: (not row.client.active, plain(row.client.name)))


PAGE = 50
SORTS = {
    "code": Branch.code,
    "name": Branch.name,
    "region": Region.name,
    "format": Branch.format,
    "channel": Branch.channel,
}


@dataclass(frozen=True)
class BranchFilter:
    """What the list of a client's branches is narrowed to; `active` is "yes", "no" or "all"."""

    words: str = ""
    region_id: int | None = None
    active: str = "yes"
    channel: str = ""  # "" means every one
    sort: str = "code"


def branch_page(person: Person, client_id: int, wanted: BranchFilter, page: int) -> tuple[list[Branch], int]:
    """One page (from 1) of the client's branches with their regions, and how many there are altogether."""
    query = narrowed(branches_for(person).where(Branch.client_id == client_id), client_id, wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    key = wanted.sort.removeprefix("-")
    column = SORTS.get(key, Branch.code)
    order = column.desc() if wanted.sort.startswith("-") else column.asc()
    query = query.join(Region, Region.id == Branch.region_id).order_by(order, Branch.id)
    query = query.options(joinedload(Branch.region)).limit(PAGE).offset((page - 1) * PAGE)
    return list(db.session.scalars(query)), total


def narrowed(query: Select[Branch], client_id: int, wanted: BranchFilter) -> Select[Branch]:
    """The query with the filter: every word in code, name or address; a region with all below it."""
    for word in plain(wanted.words).split():
        query = query.where(Branch.search.contains(word, autoescape=True))
    if wanted.region_id is not None:
        query = query.where(Branch.region_id.in_(below(client_id, {wanted.region_id})))
    if wanted.channel:
        query = query.where(Branch.channel == wanted.channel)
    if wanted.active in ("yes", "no"):
        query = query.where(Branch.active == (wanted.active == "yes"))
    return query
