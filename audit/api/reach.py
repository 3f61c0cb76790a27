"""What a token reaches: the part of its owner's present rights that lies in its client and region."""

from collections.abc import Collection

from sqlalchemy import select

from audit.accounts.models import Grant, Person, RoleName
from audit.branches.models import Branch
from audit.branches.queries import below
from audit.db import db

COMPARING = (RoleName.HEAD_OFFICE, RoleName.AREA_MANAGER)


def may_compare(owner: Person, client_id: int) -> bool:
    """Whether programs may read for the person: admins, the client's head office, its area managers.

    Not for editors: the figures carry rank ranges, which are not for them.
    """
    return owner.active and (
        owner.has(RoleName.ADMIN)
        or any(grant.role in COMPARING and grant.client_id == client_id for grant in owner.grants)
    )


def narrowed(owner: Person, client_id: int, region_id: int | None) -> Person:
    """A person outside the database, by whom every query of the house starts; without grants it reaches nothing.

    The agency's admins read through a token what the client's head office reads: neither shoppers nor drafts.
    """
    grants = _grants(owner, client_id, region_id) if may_compare(owner, client_id) else []
    return Person(
        id=owner.id,
        name=owner.name,
        active=owner.active,
        language=owner.language,
        fs_uniquifier=owner.fs_uniquifier,
        grants=grants,
    )


def _grants(owner: Person, client_id: int, region_id: int | None) -> list[Grant]:
    whole = owner.has(RoleName.ADMIN) or any(
        grant.role == RoleName.HEAD_OFFICE and grant.client_id == client_id for grant in owner.grants
    )
    if whole:
        return [_whole(client_id, region_id)]
    own = [grant for grant in owner.grants if grant.client_id == client_id]
    if region_id is None:
        return [_copy(grant) for grant in own]
    inside = _inside(client_id, region_id)
    found = []
    for grant in own:
        if grant.role == RoleName.AREA_MANAGER and grant.region_id is not None:
            if grant.region_id in inside:
                found.append(_copy(grant))
            elif region_id in _inside(client_id, grant.region_id):
                found.append(_whole(client_id, region_id))
        elif grant.role == RoleName.BRANCH_MANAGER and _region_of(grant) in inside:
            found.append(_copy(grant))
    # The owner compares branches of this client: said by a role that reaches nothing by itself.
    return [Grant(role=RoleName.AREA_MANAGER.value, client_id=client_id), *found] if found else []


def _whole(client_id: int, region_id: int | None) -> Grant:
    role = RoleName.HEAD_OFFICE if region_id is None else RoleName.AREA_MANAGER
    return Grant(role=role.value, client_id=client_id, region_id=region_id)


def _copy(grant: Grant) -> Grant:
    """The rows themselves stay with their owner."""
    return Grant(
        role=grant.role, client_id=grant.client_id, region_id=grant.region_id, branch_id=grant.branch_id
    )


def _inside(client_id: int, region_id: int) -> Collection[int]:
    return set(db.session.scalars(below(client_id, {region_id})))


def _region_of(grant: Grant) -> int | None:
    return db.session.scalar(select(Branch.region_id).where(Branch.id == grant.branch_id))
