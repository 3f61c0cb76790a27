"""The database: declarative base, session, UTC times, naming convention. The only importer of flask_sqlalchemy."""

import select
from datetime import UTC, datetime
from typing import Any

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, Pool, event, exc
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From whatever zone the connection uses, to UTC."""
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSONB, list[Any]: JSONB}  # noqa: RUF012


db = SQLAlchemy(disable_autonaming=True)


def now() -> datetime:
    """The present moment in UTC; everything else is handed its time."""
    return datetime.now(UTC)


def _read_only_for_get(_session: Session, _transaction: Any, connection: Any) -> None:
    """A GET that writes is a fault: PostgreSQL then refuses it loudly."""
    if has_request_context() and request.method in ("GET", "HEAD"):
        # Before the driver's BEGIN, which then says READ ONLY: no round trip of its own.
        connection.connection.dbapi_connection.read_only = True


def _any_use(connection: Any, _record: Any) -> None:
    """Back in the pool a connection is nobody's: the next one may write."""
    if connection is not None and not connection.closed:
        connection.read_only = None


event.listen(db.session, "after_begin", _read_only_for_get)
event.listen(Pool, "checkin", _any_use)


def _still_there(connection: Any, _record: Any, _proxy: Any) -> None:
    """An idle connection has nothing to say: one with bytes waiting was closed by the server, so take another.

    A pre-ping would find out too, at the price of a round trip for every request.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if connection.closed or waiting.poll(0):
        raise exc.DisconnectionError("the server closed this connection")


event.listen(Pool, "checkout", _still_there)
