"""Counted attempts in the database: one count for all web processes and machines."""

import time
from datetime import UTC, datetime, timedelta

from limits.storage import Storage
from sqlalchemy import String, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from audit.db import Base, db, now

SCHEME = "audit"


class Attempt(Base):
    """How often something was tried in the running window."""

    __tablename__ = "attempt"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - a crash may forget them

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


_COUNT = text(
    """
    INSERT INTO attempt (key, count, expires_at) VALUES (:key, :amount, :expires_at)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN attempt.expires_at <= :at THEN :amount ELSE attempt.count + :amount END,
      expires_at = CASE WHEN attempt.expires_at <= :at THEN :expires_at ELSE attempt.expires_at END
    RETURNING count
    """
)


class DatabaseStorage(Storage):
    """Fixed windows in `attempt`, each count in its own transaction: a refusal must not undo it."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library reads it from the class

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong underneath."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more in the window of `expiry` seconds; returns the count."""
        at = now()
        values = {"key": key[:255], "amount": amount, "at": at, "expires_at": at + timedelta(seconds=expiry)}
        with db.engine.begin() as connection:
            return int(connection.execute(_COUNT, values).scalar_one())

    def get(self, key: str) -> int:
        """The count of the running window."""
        query = select(Attempt.count).where(Attempt.key == key[:255], Attempt.expires_at > now())
        with db.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds since 1970; now if there is none."""
        query = select(Attempt.expires_at).where(Attempt.key == key[:255])
        with db.engine.connect() as connection:
            found = connection.execute(query).scalar()
        return found.astimezone(UTC).timestamp() if found else time.time()

    def check(self) -> bool:
        """Whether the database answers."""
        with db.engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def reset(self) -> int | None:
        """Forget everything; returns how many windows there were."""
        with db.engine.begin() as connection:
            count = connection.execute(select(func.count()).select_from(Attempt)).scalar()
            connection.execute(delete(Attempt))
        return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        with db.engine.begin() as connection:
            connection.execute(delete(Attempt).where(Attempt.key == key[:255]))
