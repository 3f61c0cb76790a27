"""A throw-away PostgreSQL for tests: one cluster per test process, a migrated template, a copy per test.

A copy costs some 30 ms. A cluster that a killed run left behind is removed by the next run.
"""

import fcntl
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from audit.embedded import SETTINGS, Server

TEMPLATE = "audit_template"
PREFIX = "audit-test-"
FAST = {
    **SETTINGS,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Cluster:
    """A running cluster that belongs to this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder / "data", FAST, ("--no-sync", "--no-data-checksums"))
        self._numbers = itertools.count(1)
        self._alive = (folder / "alive").open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self.server.start()

    def url(self, database: str) -> str:
        """The postgresql:// address of a database."""
        return self.server.url(database)

    def template(self, migrate: Callable[[str], None]) -> None:
        """Make the template: an empty database that `migrate(url)` brings to the newest schema."""
        self._run(f'CREATE DATABASE "{TEMPLATE}"')
        migrate(self.url(TEMPLATE))

    def copy(self) -> str:
        """A fresh database copied from the template; its address. Nobody may be connected to the template."""
        name = f"audit_{os.getpid()}_{next(self._numbers)}"
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{TEMPLATE}' AND pid <> pg_backend_pid()"
        )
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        return self.url(name)

    def empty(self) -> str:
        """A fresh database without tables; its address."""
        name = f"audit_{os.getpid()}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a copy, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{urlsplit(url).path.strip("/")}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self.server.stop("immediate")
        self._alive.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.execute(statement.encode())


def session_cluster(tmp_root: Path | None = None) -> Cluster:
    """Start a cluster for this test process under `tmp_root` (default: the system's temporary folder).

    The default is the better one: pytest's own folders are closed to the account PostgreSQL runs as.
    """
    root = tmp_root or Path(tempfile.gettempdir())
    _sweep(root)
    return Cluster(Path(tempfile.mkdtemp(prefix=PREFIX, dir=root)))


def _sweep(root: Path) -> None:
    """Stop and remove the clusters of test runs that were killed."""
    for folder in root.glob(PREFIX + "*"):
        try:
            if time.time() - (folder / "alive").stat().st_mtime < 60:
                continue  # perhaps just being made by a process beside this one
            with (folder / "alive").open("r+") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                Server(folder / "data").stop("immediate")
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # in use, just being made, or another user's
