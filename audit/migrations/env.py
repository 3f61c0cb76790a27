"""Alembic's door to our tables."""

from alembic import context

import audit.models  # noqa: F401  (every table must be known)
from audit.db import Base, db


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith("procrastinate"))


with db.engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=_ours, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()
