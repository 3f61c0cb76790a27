"""Where benchmarks run: a database, an application and a web server of their own, in a temporary folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from flask import Flask

from audit import config, embedded, migrate
from audit.app import create_app


@dataclass(frozen=True)
class Place:
    """An application on an empty, migrated database with ordinary durability (fsync on)."""

    app: Flask
    settings: config.Settings
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """For commands that shall work on the same data."""
        return {
            **os.environ,
            "AUDIT_DATABASE_URL": self.settings.database_url or "",
            "AUDIT_VAR": str(self.settings.var),
            "AUDIT_UPLOADS": str(self.settings.uploads),
            "AUDIT_SECRET_KEY": self.settings.secret_key,
            "AUDIT_PORT": str(self.settings.port),
        }


def free_port() -> int:
    """A port of the loopback address that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def fresh() -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="audit-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        var = folder / "var"
        settings = config.Settings(
            database_url=embedded.start(var),
            var=var,
            uploads=folder / "uploads",
            secret_key="only-for-benchmarks-" * 3,
            port=free_port(),
        )
        app = create_app(settings)
        migrate.to_head(app)
        try:
            yield Place(app, settings, folder)
        finally:
            with app.app_context():
                from audit.db import db

                db.engine.dispose()
            embedded.stop(var)


@dataclass
class Server:
    """A running command with what it and its children use."""

    process: subprocess.Popen[bytes]

    def family(self) -> list[psutil.Process]:
        """The process and all below it."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time of the whole family so far."""
        total = 0.0
        for one in self.family():
            times = one.cpu_times()
            total += times.user + times.system
        return total

    def memory_mb(self) -> float:
        """Proportional set size of the family: shared pages are counted once."""
        total = 0
        for one in self.family():
            with suppress(psutil.NoSuchProcess):  # a child that lived for a moment
                total += one.memory_full_info().pss
        return total / 1e6


@contextmanager
def server(place: Place, *command: str) -> Iterator[Server]:
    """`audit COMMAND` (or a script) on this place's port, ready to answer."""
    process = subprocess.Popen([sys.executable, *command], env=place.environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", place.settings.port), 1).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended at once") from None
                time.sleep(0.1)
        yield Server(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.5) - 1))]


def save(path: Path, results: dict[str, object]) -> None:
    """Write the results beside their conditions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
