"""`audit serve` as an operator meets it: starts, ends without a trace, and starts again after every death."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from audit import embedded, keeper, webserver


class Served:
    """A running `audit serve` and all it started."""

    def __init__(self, var: Path, port: int, *arguments: str, **environment: str) -> None:
        self.var = var
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "audit", *(arguments or ("serve",))],
            env=environment_for(var, port) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_open(self) -> None:
        """Returns when pages are answered; fails with what it printed if it ended instead."""
        until(lambda: self.process.poll() is not None or answers(self.address), 60)
        if self.process.poll() is not None:
            raise AssertionError(self.process.communicate()[0])

    def worker(self) -> psutil.Process:
        """The worker process."""
        until(lambda: bool(self._workers()), 20)
        return self._workers()[0]

    def _workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "worker" in command_of(child)]

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal to the parent alone; its exit code and all that was printed."""
        self.process.send_signal(number)
        printed, _ = self.process.communicate(timeout=30)
        return self.process.returncode, printed


def environment_for(var: Path, port: int) -> dict[str, str]:
    """Only what a plain shell has, and where to put things."""
    settings = {"AUDIT_VAR": str(var), "AUDIT_UPLOADS": str(var / "uploads"), "AUDIT_PORT": str(port)}
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | settings


def answers(address: str) -> bool:
    """Whether something speaks HTTP there."""
    try:
        urllib.request.urlopen(address + "/no-such-page", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for it, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def command_of(process: psutil.Process) -> list[str]:
    """Its command line; empty of one that has just died."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def left_over(var: Path) -> list[str]:
    """Command lines of the processes that still serve this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if str(var) in line or process.environ().get("AUDIT_VAR") == str(var):
                found.append(line)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return [line for line in found if line]


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


Start = Callable[..., Served]


@pytest.fixture
def start(var: Path, port: int) -> Iterator[Start]:
    """Starts `audit serve` (or another command) on this test's folder and port."""
    started: list[Served] = []

    def begin(*arguments: str, **environment: str) -> Served:
        started.append(Served(var, port, *arguments, **environment))
        return started[-1]

    yield begin
    for served in started:
        if served.process.poll() is None:
            served.process.kill()
        if served.process.stdout is not None and not served.process.stdout.closed:
            served.process.communicate()
    until(lambda: not [line for line in left_over(var) if "worker" in line], 20)


def test_a_web_process_that_dies_is_replaced(start: Start) -> None:
    served = start(AUDIT_WEB_PROCESSES="2")
    served.wait_until_open()

    def members() -> set[int]:
        found = set()
        for child in psutil.Process(served.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # also one that has just died
                if "worker" not in child.cmdline():
                    found.add(child.pid)
        return found

    until(lambda: len(members()) == 2, 10)
    victim = min(members())
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(members() - {victim}) == 2, 10)
    assert answers(served.address)
    code, printed = served.end(signal.SIGTERM)
    assert code == 0
    assert "another takes its place" in printed


def test_every_death_leaves_nothing_and_the_next_start_works(start: Start, var: Path) -> None:
    served = start()
    served.wait_until_open()
    served.worker()
    code, printed = served.end(signal.SIGINT)
    assert code == 0
    assert served.address in printed
    assert "Traceback" not in printed
    assert left_over(var) == []

    served = start()
    served.wait_until_open()
    served.worker()
    served.process.kill()
    served.process.communicate()
    until(lambda: left_over(var) == [], 20)

    served = start()
    served.wait_until_open()
    for process in psutil.process_iter(["cmdline"]):
        if str(var / "postgres") in (process.info["cmdline"] or []):
            process.kill()
    served.process.kill()
    served.process.communicate()
    until(lambda: left_over(var) == [], 20)

    served = start()
    served.wait_until_open()
    code, printed = served.end(signal.SIGTERM)
    assert (code, left_over(var)) == (0, [])
    assert "Traceback" not in printed


def test_a_dead_worker_is_replaced(start: Start) -> None:
    served = start()
    served.wait_until_open()
    first = served.worker()
    first.kill()
    until(lambda: served.worker().pid != first.pid, 20)
    assert "The worker ended (-9); another starts in 1 s." in served.end(signal.SIGTERM)[1]


def test_a_taken_port_is_told_with_the_remedy_before_anything_is_started(
    start: Start, port: int, var: Path
) -> None:
    shutil.rmtree(var / "postgres")
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        process = start().process
        printed = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert f"Port {port} is taken" in printed
    assert "AUDIT_PORT" in printed
    assert not (var / "postgres").exists()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("AUDIT_PORT", "eighty", "AUDIT_PORT must be a whole number"),
        ("AUDIT_DATABASE_URL", "mysql://x", "AUDIT_DATABASE_URL must begin with postgresql://"),
        ("AUDIT_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "The database does not answer"),
        ("AUDIT_HOST", "192.0.2.77", "AUDIT_HOST"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(start: Start, setting: str, value: str, said: str) -> None:
    process = start("serve", **{setting: value}).process
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert said in printed
    assert "Traceback" not in printed


def test_web_and_worker_ask_for_migrations(start: Start, var: Path) -> None:
    embedded.start(var)
    for command in ("web", "worker"):
        process = start(command).process
        printed = process.communicate(timeout=60)[0]
        assert process.returncode == 1
        assert "audit migrate" in printed


def test_web_and_worker_run_apart_on_a_database_of_their_own(start: Start, var: Path) -> None:
    url = embedded.start(var)
    apart = {"AUDIT_DATABASE_URL": url}
    assert start("migrate", **apart).process.wait(60) == 0
    web, worker = start("web", **apart), start("worker", **apart)
    web.wait_until_open()
    with psycopg.connect(url, autocommit=True) as connection:
        query = "SELECT 1 FROM procrastinate_workers"
        until(lambda: connection.execute(query).fetchone() is not None, 30)
    assert web.end(signal.SIGTERM)[0] == 0
    assert worker.end(signal.SIGTERM)[0] == 0
    assert embedded.start(var) == url


def test_a_full_worker_starts_anew_and_nothing_is_left(start: Start, var: Path) -> None:
    url = embedded.start(var)
    apart = {"AUDIT_DATABASE_URL": url}
    assert start("migrate", **apart).process.wait(60) == 0
    worker = start("worker", **apart, AUDIT_WORKER_MB="1")  # full after each job
    with psycopg.connect(url, autocommit=True) as connection:
        for _job in range(2):
            connection.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('release_due', 'default')"
            )
        done = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded' AND task_name = 'release_due'"
        )
        until(lambda: connection.execute(done).fetchone() == (2,), 40)
        # The identity sequence counts the lives: each of them has signed in.
        lives = "SELECT last_value FROM procrastinate_workers_id_seq"
        until(lambda: connection.execute(lives).fetchone() >= (3,), 40)
    assert worker.process.poll() is None
    assert worker.end(signal.SIGTERM)[0] == 0


def test_keeper_waits_longer_each_time() -> None:
    told: list[str] = []
    kept = keeper.Keeper([sys.executable, "-c", "raise SystemExit(3)"], told.append)
    kept.start()
    until(lambda: len(told) == 2, 20)
    kept.stop()
    assert told == [
        "The worker ended (3); another starts in 1 s.",
        "The worker ended (3); another starts in 2 s.",
    ]


def test_keeper_ends_what_does_not_obey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(keeper, "PATIENCE_SECONDS", 0.5)
    deaf = tmp_path / "deaf"
    stubborn = (
        "import os, pathlib, signal, sys, time; signal.signal(15, signal.SIG_IGN);"
        "new = pathlib.Path(sys.argv[1] + '.new'); new.write_text(str(os.getpid())); new.rename(sys.argv[1]);"
        "time.sleep(60)"
    )
    kept = keeper.Keeper([sys.executable, "-c", stubborn, str(deaf)], print)
    kept.start()
    until(deaf.exists, 20)
    child = psutil.Process(int(deaf.read_text()))
    assert child.ppid() == os.getpid()
    began = time.monotonic()
    kept.stop()
    assert time.monotonic() - began >= 0.5  # it was asked first, and did not obey
    assert not child.is_running()


def test_the_address_shown_can_be_typed() -> None:
    with webserver.bind("0.0.0.0", 0) as everywhere, webserver.bind("127.0.0.1", 0) as here:
        assert webserver.address_of(everywhere) == f"http://localhost:{everywhere.getsockname()[1]}"
        assert webserver.address_of(here) == f"http://127.0.0.1:{here.getsockname()[1]}"
