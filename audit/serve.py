"""`audit serve`, `audit web`, `audit worker`: starting, announcing and ending the processes."""

import ctypes
import functools
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import ParamSpec

import click
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from audit import config, crew, embedded, jobs, keeper, memory, migrate, webserver
from audit.db import db

P = ParamSpec("P")
OLDEST_POSTGRESQL = 15
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """What an operator can put right is told in a sentence, not by a traceback; exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (config.SettingError, embedded.EmbeddedError, webserver.AddressError) as error:
            raise click.ClickException(str(error)) from error
        except jobs.WorkerLostError as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
            raise click.ClickException(
                f"The database does not answer: {reason} Check AUDIT_DATABASE_URL."
            ) from error

    return run


class _Signals:
    """SIGINT, SIGTERM, the terminal's end: an exit while starting, later the server's orderly stop."""

    def __init__(self) -> None:
        self.server: webserver.WebServer | crew.Crew | None = None
        self.ending = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants it to outlive the terminal
            signal.signal(signal.SIGHUP, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.server is not None:
            self.server.stop()
        elif not self.ending:
            self.ending = True
            sys.exit(0)

    def serve(self, server: webserver.WebServer | crew.Crew) -> None:
        """Run the server; a signal ends it."""
        self.server = server
        server.run()
        self.ending, self.server = True, None


def _application(settings: config.Settings) -> Flask:
    _check_pango()
    from audit.app import create_app  # here, so that `audit --help` answers at once

    return create_app(settings)


def _check_pango() -> None:
    """Refuse to start without what the PDFs need, rather than fail at the first release of a scorecard."""
    if not sys.platform.startswith("linux"):
        return
    missing = []
    for library in PANGO:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    if missing:
        raise click.ClickException(
            f"PDFs need libraries that are not on this machine: {', '.join(missing)}. On Debian or Ubuntu: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
        )


def _check_server(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    if version < OLDEST_POSTGRESQL:
        raise click.ClickException(
            f"The database is PostgreSQL {version}; this program needs {OLDEST_POSTGRESQL} or newer."
        )


def _check_migrated(app: Flask) -> None:
    newest = set(ScriptDirectory(migrate.DIRECTORY).get_heads())
    with app.app_context(), db.engine.connect() as connection:
        try:
            rows = connection.execute(text("SELECT version_num FROM alembic_version"))
            found = {str(row[0]) for row in rows}
        except ProgrammingError:
            found = set()
    if found != newest:
        raise click.ClickException("The database is not at this program's version. Run: audit migrate")


def _server(app: Flask, bound: socket.socket, settings: config.Settings) -> webserver.WebServer | crew.Crew:
    """One process that answers by itself, or a crew that is already at work."""
    importlib.import_module("scipy.special")  # shared by all, and nobody's first comparison waits for it
    if settings.web_processes == 1:
        return webserver.WebServer(app, bound, settings)
    several = crew.Crew(app, bound, settings, functools.partial(click.echo, err=True))
    several.start()
    return several


def _show_demo(app: Flask) -> None:
    for person in importlib.import_module("audit.demo.load").ensure(app):
        click.echo(f"  {person.role:<16} {person.email:<32} {person.password}")


@click.command("serve")
@click.option("--demo", is_flag=True, help="Load the demo if the database is empty, and show its sign-ins.")
@_plainly
def serve_command(demo: bool) -> None:
    """Run everything on this machine: database, migrations, web, one worker. Ctrl-C stops it."""
    logging.basicConfig(level=logging.WARNING)
    signals = _Signals()
    settings = config.load()
    bound = webserver.bind(settings.host, settings.port)
    worker = keeper.Keeper(
        [sys.executable, "-m", "audit", "worker", "--end-with-parent"],
        functools.partial(click.echo, err=True),
    )
    try:
        if settings.database_url is None:
            click.echo(f"Starting the database in {settings.var / 'postgres'} ...")
        app = _application(settings)
        _check_server(app)
        migrate.to_head(app)
        if demo:
            click.echo("Sign-ins of the demo (it is loaded once, which takes a moment):")
            _show_demo(app)
        server = _server(app, bound, settings)
        worker.start()
        click.echo(f"{settings.agency_name} is open at {webserver.address_of(bound)} (Ctrl-C stops it)")
        signals.serve(server)
    finally:
        signals.ending = True
        click.echo("Stopping ...")
        worker.stop()
        bound.close()
        embedded.release(settings.var)


@click.command("web")
@_plainly
def web_command() -> None:
    """Run the web server alone, behind a proxy; as many as you like on any number of machines."""
    logging.basicConfig(level=logging.WARNING)
    signals = _Signals()
    settings = config.load()
    bound = webserver.bind(settings.host, settings.port)
    app = _application(settings)
    _check_migrated(app)
    server = _server(app, bound, settings)
    click.echo(f"Listening on {webserver.address_of(bound)}")
    signals.serve(server)
    bound.close()


@click.command("worker")
@click.option("--end-with-parent", is_flag=True, hidden=True)
@_plainly
def worker_command(end_with_parent: bool) -> None:
    """Run one worker, which makes PDFs and does what is due; as many as you like."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not an exit: only who has joined the embedded database can stop it as its last user.
        signal.signal(number, lambda *_: told.set())
    if end_with_parent:
        keeper.end_with_parent()
    logging.basicConfig(level=logging.WARNING)
    settings = config.load()
    app = _application(settings)
    _check_migrated(app)
    # What draws PDFs keeps a little memory of each. The same process starts anew, so whoever watches it sees none end.
    if jobs.run_worker(app, told, lambda: memory.held_mb() > settings.worker_mb):
        os.execv(sys.executable, [sys.executable, "-m", "audit", *sys.argv[1:]])  # noqa: S606


commands: list[click.Command] = [serve_command, web_command, worker_command]
