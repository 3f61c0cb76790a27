"""Making, finding and revoking tokens. Callers commit."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, update
from sqlalchemy import false as nothing
from sqlalchemy.orm import contains_eager, joinedload

from audit.accounts.access import on_access_ended
from audit.accounts.models import Person, RoleName
from audit.api.models import ApiToken
from audit.api.reach import may_compare, narrowed
from audit.branches.models import Client
from audit.branches.queries import client_for, clients_for, region_for, tree_for
from audit.db import db
from audit.errors import Conflict, Invalid, NotFound
from audit.forms import clean
from audit.i18n import gettext as _
from audit.trail.services import record, record_apart

PREFIX = "audit_"  # by which people and secret scanners recognise one
ENDING = 4
LONGEST_NAME = 80
PAGE = 100  # in the admin's list
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # whose day it is when a use is noted
MOST = 20  # that one person has at a time
DAYS = (30, 90, 180, 365)  # that one is good for


@dataclass(frozen=True)
class Reach:
    """What a token may be made for: a client, or one region of it and what is below."""

    client_id: int
    region_id: int | None
    name: str


def make(
    owner: Person, name: str, client_id: int, region_id: int | None, days: int, at: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again; Invalid, or NotFound out of the owner's scope."""
    name = " ".join(clean(name).split())
    if not name:
        raise Invalid(_("Say what the token is for."), field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(_("At most %(most)s characters.", most=LONGEST_NAME), field="name")
    if days not in DAYS:
        raise Invalid(_("Choose how long it is good for."), field="days")
    client = client_for(owner, client_id)
    region = region_for(owner, region_id) if region_id is not None else None
    if region is not None and region.client_id != client.id:
        raise NotFound(_("There is no such region."))
    if not may_compare(owner, client.id):
        raise NotFound(_("There is no such client."))
    _keep_few(owner, at)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        person=owner,
        client=client,
        region_id=region_id,
        name=name,
        sha256=hashed(secret),
        ending=secret[-ENDING:],
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    db.session.add(token)
    db.session.flush()
    reach = f"{client.name}: {region.name}" if region else client.name
    record("token.made", owner, at, client_id=client.id, token=_told(token), reach=reach)
    return token, secret


def _keep_few(owner: Person, at: datetime) -> None:
    """Two clicks at once count one after the other: the owner's row is locked."""
    db.session.execute(select(Person.id).where(Person.id == owner.id).with_for_update())
    query = select(ApiToken.id).where(
        ApiToken.person_id == owner.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at
    )
    if len(db.session.scalars(query).all()) >= MOST:
        raise Conflict(_("You have %(most)s tokens. Revoke one that is not needed.", most=MOST))


def revoke(owner: Person, token_id: int, at: datetime) -> ApiToken:
    """End it at once; again changes nothing. NotFound for another person's."""
    query = tokens_for(owner).where(ApiToken.id == token_id).with_for_update(of=ApiToken)
    return _revoked(query, owner, at)


def revoke_any(admin: Person, token_id: int, at: datetime) -> ApiToken:
    """The same by an admin with anybody's; NotFound for others."""
    if not admin.has(RoleName.ADMIN):
        raise NotFound(_("There is no such token."))
    query = select(ApiToken).where(ApiToken.id == token_id).with_for_update(of=ApiToken)
    return _revoked(query, admin, at)


def _revoked(query: Select[ApiToken], by: Person, at: datetime) -> ApiToken:
    token = db.session.scalar(query.execution_options(populate_existing=True))
    if token is None:
        raise NotFound(_("There is no such token."))
    if token.revoked_at is None:
        _end(token, by, at)
    return token


@on_access_ended
def revoke_all(owner: Person, by: Person | None, at: datetime) -> None:
    """Whose account is closed or whose password was set by others may have lost more than the password."""
    query = _live(at).where(ApiToken.person_id == owner.id).order_by(ApiToken.id).with_for_update(of=ApiToken)
    for token in db.session.scalars(query.execution_options(populate_existing=True)):
        _end(token, by, at)


def _end(token: ApiToken, by: Person | None, at: datetime) -> None:
    token.revoked_at = at
    db.session.flush()
    about = {"client_id": token.client_id, "person_id": token.person_id}
    record("token.revoked", by, at, **about, token=_told(token))


def _told(token: ApiToken) -> str:
    return f"{token.name} (…{token.ending})"


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tokens_for(owner: Person) -> Select[ApiToken]:
    """The person's own tokens: nobody sees those of others."""
    return select(ApiToken).where(ApiToken.person_id == owner.id)


def _live(at: datetime) -> Select[ApiToken]:
    return select(ApiToken).where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)


def live_for(admin: Person, at: datetime) -> Select[ApiToken]:
    """Everybody's tokens that open something, for an admin; none for others."""
    query = _live(at)
    return query if admin.has(RoleName.ADMIN) else query.where(nothing())


def page_of_live(admin: Person, at: datetime, page: int) -> tuple[Sequence[ApiToken], int]:
    """One page (from 1) of them with owner, client and region, by owner; and how many there are."""
    query = live_for(admin, at).join(ApiToken.person)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    parts = (contains_eager(ApiToken.person), joinedload(ApiToken.client), joinedload(ApiToken.region))
    query = query.options(*parts).order_by(Person.name, Person.id, ApiToken.id)
    return db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).all(), total


def own(owner: Person) -> Sequence[ApiToken]:
    """All of them with client and region, the newest first."""
    query = tokens_for(owner).options(joinedload(ApiToken.client), joinedload(ApiToken.region))
    return db.session.scalars(query.order_by(ApiToken.id.desc())).all()


def reaches(owner: Person) -> dict[str, list[Reach]]:
    """By client what a token of this person may be made for: all that they reach of it, or one region."""
    found: dict[str, list[Reach]] = {}
    for client in db.session.scalars(
        clients_for(owner).where(Client.active).order_by(Client.name, Client.id)
    ):
        if not may_compare(owner, client.id):
            continue
        whole = Reach(client.id, None, _("%(client)s: all that you see", client=client.name))
        nodes = tree_for(owner, client.id)
        found[client.name] = [whole, *(Reach(client.id, node.region.id, node.path) for node in nodes)]
    return found


def by_secret(secret: str) -> ApiToken | None:
    """The token with owner, rights, client and region; None for a secret that was never given out."""
    query = select(ApiToken).where(ApiToken.sha256 == hashed(secret)).join(ApiToken.person)
    query = query.options(
        contains_eager(ApiToken.person).joinedload(Person.grants),
        joinedload(ApiToken.client),
        joinedload(ApiToken.region),
    )
    return db.session.scalars(query).unique().one_or_none()


def reader(token: ApiToken) -> Person:
    """Who asks with it: the owner with no more than the token's part of their present rights."""
    return narrowed(token.person, token.client_id, token.region_id)


def used(token: ApiToken, today: date, at: datetime) -> None:
    """Note the day, once a day, apart from the request, which only reads."""
    if token.used_on == today:
        return
    note = update(ApiToken).where(ApiToken.id == token.id, ApiToken.used_on.is_distinct_from(today))
    with db.engine.begin() as connection:
        first = connection.execute(note.values(used_on=today)).rowcount == 1
    if first:
        record_apart("token.used", token.person, at, client_id=token.client_id, token=_told(token))
