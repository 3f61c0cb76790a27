"""People as an admin may see them, and what a person's roles reach."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, column, func, or_, select, table
from sqlalchemy import false as nothing

from audit.accounts.identity import folded, folded_column, normal_email, normal_phone, plain
from audit.accounts.models import Grant, Person, RoleName
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext

PAGE = 50
SORTS = ("name", "email", "created")

# The rooms above own these tables; here only their names are read.
client = table("client", column("id"), column("code"), column("name"), column("active"))
region = table("region", column("id"), column("client_id"), column("parent_id"), column("name"))
branch = table("branch", column("id"), column("client_id"), column("code"), column("name"), column("active"))


def people_for(admin: Person) -> Select[Person]:
    """Everybody, for an admin; nobody for others."""
    query = select(Person)
    return query if admin.has(RoleName.ADMIN) else query.where(nothing())


def person_for(admin: Person, person_id: int) -> Person:
    """One person; NotFound where there is none or it is not theirs to see."""
    found = db.session.scalar(people_for(admin).where(Person.id == person_id))
    if found is None:
        raise NotFound(gettext("There is no such person."))
    return found


def person_by_identity(identity: str | None) -> Person | None:
    """Who signs in with this mail address or phone number, in any usual spelling."""
    text = plain(identity)
    if "@" in text:
        email = normal_email(text)
        return db.session.scalar(select(Person).where(Person.email == email)) if email else None
    phone = normal_phone(text)
    return db.session.scalar(select(Person).where(Person.phone == phone)) if phone else None


def client_ids(person: Person) -> frozenset[int]:
    """The clients that some role of this person names; the agency's roles name none."""
    return frozenset(grant.client_id for grant in person.grants if grant.client_id is not None)


@dataclass(frozen=True)
class Sought:
    """What the list of people was asked for."""

    words: str = ""
    role: str = ""
    active: str = "yes"  # "yes", "no", "" for both
    sort: str = "name"
    page: int = 1


@dataclass(frozen=True)
class Found:
    """One page of people, with what the page needs to say around them."""

    people: list[Person]
    total: int
    page: int
    pages: int
    reaches: dict[int, str] = field(default_factory=dict)  # by grant: the client, region or branch


def _matches(words: str) -> ColumnElement[bool]:
    bare = folded(plain(words))
    tests: list[ColumnElement[bool]] = [
        folded_column(Person.name).contains(bare, autoescape=True),
        Person.email.contains(bare, autoescape=True),
    ]
    digits = "".join(letter for letter in bare if letter.isdecimal() and letter.isascii())
    if len(digits) >= 3 and not any(letter.isalpha() for letter in bare):
        tests.append(Person.phone.contains(digits.lstrip("0") or digits))
    return or_(*tests)


def _filtered(admin: Person, sought: Sought) -> Select[Person]:
    query = people_for(admin)
    if plain(sought.words):
        query = query.where(_matches(sought.words))
    if sought.role:
        query = query.where(Person.grants.any(Grant.role == sought.role))
    if sought.active:
        query = query.where(Person.active.is_(sought.active == "yes"))
    return query


def search_people(admin: Person, sought: Sought) -> Found:
    """One page of the people sought; the number of queries does not grow with the people."""
    query = _filtered(admin, sought)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, sought.page), pages)
    orders = {"email": Person.email, "created": Person.created_at.desc()}
    order = orders.get(sought.sort, folded_column(Person.name))
    rows = db.session.scalars(query.order_by(order, Person.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    grants = [grant for person in rows for grant in person.grants]
    return Found(list(rows), total, page, pages, reach_names(grants))


def reach_names(grants: Iterable[Grant]) -> dict[int, str]:
    """By grant: "Bank", "Bank: North › Hà Nội" or "Bank: HN01 Branch"; the agency's roles have none."""
    known = [grant for grant in grants if grant.client_id is not None]
    if not known:
        return {}
    wanted = {grant.client_id for grant in known}
    brands = {row.id: row.name for row in db.session.execute(select(client).where(client.c.id.in_(wanted)))}
    areas = _region_paths(wanted) if any(grant.region_id for grant in known) else {}
    numbers = [grant.branch_id for grant in known if grant.branch_id]
    places = {}
    if numbers:
        found = db.session.execute(select(branch).where(branch.c.id.in_(numbers)))
        places = {row.id: f"{row.code} {row.name}" for row in found}
    names = {}
    for grant in known:
        part = areas.get(grant.region_id or 0) or places.get(grant.branch_id or 0)
        brand = brands.get(grant.client_id, "")
        names[grant.id] = f"{brand}: {part}" if part else brand
    return names


def _region_paths(clients: Iterable[int | None]) -> dict[int, str]:
    rows = db.session.execute(select(region).where(region.c.client_id.in_(clients))).all()
    known = {row.id: row for row in rows}

    def path(number: int) -> str:
        row = known[number]
        return f"{path(row.parent_id)} › {row.name}" if row.parent_id in known else str(row.name)

    return {row.id: path(row.id) for row in rows}


def client_choices(admin: Person) -> list[tuple[int, str]]:
    """Active clients as (id, name) for a list to choose from."""
    if not admin.has(RoleName.ADMIN):
        return []
    rows = db.session.execute(select(client).where(client.c.active).order_by(client.c.name, client.c.id))
    return [(row.id, row.name) for row in rows]


def region_choices(admin: Person, client_id: int) -> list[tuple[int, str]]:
    """The client's regions as (id, path), in the order of the tree."""
    if not admin.has(RoleName.ADMIN):
        return []
    return sorted(_region_paths([client_id]).items(), key=lambda entry: folded(entry[1]))


def branch_choices(admin: Person, client_id: int) -> list[tuple[int, str]]:
    """The client's active branches as (id, code and name)."""
    if not admin.has(RoleName.ADMIN):
        return []
    query = select(branch).where(branch.c.client_id == client_id, branch.c.active).order_by(branch.c.code)
    return [(row.id, f"{row.code} {row.name}") for row in db.session.execute(query)]


def people_outside(domain: str) -> int:
    """How many people have no mail address in this domain: whether a database may be thrown away lightly."""
    query = select(func.count()).select_from(Person)
    return db.session.scalar(query.where(Person.email.is_(None) | Person.email.not_like(f"%@{domain}"))) or 0
