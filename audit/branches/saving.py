"""Saving where the database has the last word: a broken constraint becomes a sentence at a field."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psycopg.errors import IntegrityError as DriverError
from sqlalchemy.exc import IntegrityError

from audit.db import db
from audit.errors import Invalid


def invalid(field: str, message: str) -> Invalid:
    """A refusal that belongs to one field."""
    return Invalid(message, field=field)


@contextmanager
def saving(rules: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """Flush what the block changes; `rules` maps a constraint's name to its field and sentence (Invalid).

    The block runs in a savepoint, so that a refusal leaves the rest of the transaction usable.
    """
    try:
        with db.session.begin_nested():
            yield
            db.session.flush()
    except IntegrityError as error:
        name = error.orig.diag.constraint_name if isinstance(error.orig, DriverError) else None
        if name is None or name not in rules:
            raise
        raise invalid(*rules[name]) from error
