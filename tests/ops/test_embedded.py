"""The embedded PostgreSQL: starts, is shared, and comes back after every kind of death."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from audit import embedded

USER = """
import sys
from pathlib import Path
from audit import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    """Execute one statement, return its rows if it has any."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(var: Path) -> int:
    """The server's process number."""
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def another_user(var: Path) -> subprocess.Popen[str]:
    """A second process that has joined the database and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(var)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    return process


def end(process: subprocess.Popen[str], number: int | None = None) -> None:
    """Let the process end by itself or by a signal, and close its pipes."""
    if number is not None:
        process.send_signal(number)
    process.communicate(timeout=30)


def running(pid: int) -> bool:
    """Whether the process is there; one that only waits for its parent's notice is not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_start_twice_joins_the_running_server(bare_var: Path) -> None:
    url = embedded.start(bare_var)
    first = postmaster(bare_var)
    assert embedded.start(bare_var) == url
    assert postmaster(bare_var) == first
    assert run(url, "SELECT current_database()") == [("audit",)]


def test_listens_on_the_socket_only_and_lets_nobody_else_in(var: Path) -> None:
    url = embedded.start(var)
    assert run(url, "SHOW listen_addresses") == [("",)]
    assert (var / "postgres").stat().st_mode & 0o777 == 0o700


def test_killed_server_comes_back_with_its_data(var: Path) -> None:
    url = embedded.start(var)
    run(url, "CREATE TABLE kept (word text)")
    run(url, "INSERT INTO kept VALUES ('còn đây')")
    os.kill(postmaster(var), signal.SIGKILL)
    assert run(embedded.start(var), "SELECT word FROM kept") == [("còn đây",)]


def test_left_over_process_number_of_somebody_else_is_no_obstacle(var: Path) -> None:
    url = embedded.start(var)
    run(url, "CREATE TABLE kept (word text)")
    lines = (var / "postgres" / "postmaster.pid").read_text().splitlines()
    embedded.stop(var)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines[0] = str(stranger.pid)
        (var / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        assert run(embedded.start(var), "SELECT count(*) FROM kept") == [(0,)]
        stranger.kill()


def test_half_made_cluster_is_made_again(bare_var: Path) -> None:
    half = bare_var / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert run(embedded.start(bare_var), "SELECT 1") == [(1,)]


def test_the_last_user_stops_it(var: Path) -> None:
    first, second = another_user(var), another_user(var)
    server = postmaster(var)
    end(first)
    assert running(server)
    end(second)
    assert not running(server)


def test_a_killed_user_does_not_keep_it_for_ever(var: Path) -> None:
    first, second = another_user(var), another_user(var)
    server = postmaster(var)
    end(first, signal.SIGKILL)
    assert running(server)
    end(second)
    assert not running(server)


def test_long_and_odd_paths_work(var: Path) -> None:
    deep = var / ("d" * 100) / "đơn vị o'x"
    try:
        assert run(embedded.start(deep), "SELECT 1") == [(1,)]
    finally:
        embedded.stop(deep)


def test_a_folder_of_something_else_is_refused_with_a_remedy(bare_var: Path) -> None:
    (bare_var / "postgres").mkdir()
    (bare_var / "postgres" / "letter.txt").write_text("hello")
    with pytest.raises(embedded.EmbeddedError, match="Restore it from a backup or move it away"):
        embedded.start(bare_var)
    assert (bare_var / "postgres" / "letter.txt").read_text() == "hello"


def test_a_cluster_of_another_version_is_refused_unharmed(var: Path) -> None:
    embedded.start(var)
    embedded.stop(var)
    (var / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL 14"):
        embedded.start(var)
