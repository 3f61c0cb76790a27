"""The agency's own people: who reviews, who is called when something waits too long."""

from sqlalchemy import select

from audit.accounts.models import Grant, Person, RoleName
from audit.db import db


def editors() -> list[Person]:
    """Everybody active who may review, by name; admins may too."""
    return _with(RoleName.EDITOR, RoleName.ADMIN)


def admins() -> list[Person]:
    """Every active admin, by name."""
    return _with(RoleName.ADMIN)


def _with(*roles: RoleName) -> list[Person]:
    own = select(Grant.person_id).where(Grant.role.in_(roles))
    query = select(Person).where(Person.active, Person.id.in_(own)).order_by(Person.name, Person.id)
    return list(db.session.scalars(query))
