"""The queue: jobs belong to their transaction, are retried, and survive the death of a worker."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit import jobs

calls: list[object] = []


@jobs.task("ops.note", attempts=3)
def note(word: str) -> None:
    """Remember that it ran, inside which application."""
    calls.append((word, current_app.name))


@jobs.task("ops.fail", attempts=3)
def fail() -> None:
    """Never works."""
    calls.append("fail")
    raise RuntimeError("out of paper")


@pytest.fixture(autouse=True)
def _forget_calls() -> Iterator[None]:
    calls.clear()
    yield
    calls.clear()


def make_due(session: Session) -> None:
    """Let the waiting jobs wait no longer."""
    session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
    session.commit()


def test_rollback_leaves_no_job(queue_app: Flask, session: Session) -> None:
    jobs.defer(session, "ops.note", word="lost")
    session.rollback()
    jobs.run_until_idle(queue_app)
    assert calls == []
    assert jobs.status(session) == {}


def test_a_password_may_hold_any_character(queue_app: Flask, queue_url: str, session: Session) -> None:
    jobs.defer(session, "ops.note", word="hai chữ")
    session.commit()
    typed = queue_url.replace(
        "postgresql://postgres@", "postgresql+psycopg://postgres:hai%20ch%E1%BB%AF+%40'@"
    )
    queue_app.config["SQLALCHEMY_DATABASE_URI"] = f"{typed}&application_name=a%20b"
    jobs.run_until_idle(queue_app)
    assert calls == [("hai chữ", "queue-test")]


def test_commit_runs_it_once_inside_the_application(queue_app: Flask, session: Session) -> None:
    jobs.defer(session, "ops.note", word="một lần")
    session.commit()
    jobs.run_until_idle(queue_app)
    jobs.run_until_idle(queue_app)
    assert calls == [("một lần", "queue-test")]
    assert jobs.status(session) == {"succeeded": 1}


def test_nobody_sees_it_before_the_commit(queue_app: Flask, session: Session) -> None:
    jobs.defer(session, "ops.note", word="early")
    jobs.run_until_idle(queue_app)
    assert calls == []
    session.commit()
    jobs.run_until_idle(queue_app)
    assert calls == [("early", "queue-test")]


def test_one_waits_under_a_queueing_lock_and_the_transaction_goes_on(session: Session) -> None:
    assert jobs.defer(session, "ops.note", queueing_lock="pdf-7", word="first") is not None
    assert jobs.defer(session, "ops.note", queueing_lock="pdf-7", word="second") is None
    assert jobs.defer(session, "ops.note", queueing_lock="pdf-8", word="third") is not None
    session.commit()
    assert jobs.status(session) == {"todo": 2}


def test_unknown_tasks_and_wrong_arguments_are_refused_at_once(session: Session) -> None:
    with pytest.raises(jobs.UnknownTaskError):
        jobs.defer(session, "ops.nothing")
    with pytest.raises(TypeError):
        jobs.defer(session, "ops.note", wort="x")
    with pytest.raises(TypeError):
        jobs.defer(session, "ops.note", word=object())


def test_two_functions_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match=r"ops\.note"):
        jobs.task("ops.note")(lambda word: None)


def test_failing_job_waits_longer_each_time_and_ends_as_failed(queue_app: Flask, session: Session) -> None:
    jobs.defer(session, "ops.fail")
    session.commit()
    for run in (1, 2):
        with pytest.raises(jobs.JobFailedError, match="out of paper"):
            jobs.run_until_idle(queue_app)
        assert jobs.status(session) == {"todo": 1}
        waits = session.execute(
            text("SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs")
        ).scalar_one()
        assert 0.5 * 5 * 4 ** (run - 1) < waits < 1.3 * 5 * 4 ** (run - 1)
        make_due(session)
    jobs.run_until_idle(queue_app, raises=False)
    assert calls == ["fail"] * 3
    (given_up,) = jobs.failed(session)
    assert (given_up.task, given_up.attempts) == ("ops.fail", 3)


def test_waits_grow_and_stay_under_an_hour_and_a_quarter() -> None:
    assert 3.7 < jobs.wait_before(1) < 6.3
    assert 2700 <= jobs.wait_before(50) <= 4500


def test_pulse_tells_the_age_of_what_is_due(session: Session) -> None:
    assert jobs.pulse(session) == jobs.Pulse(None, None)
    jobs.defer(session, "ops.note", word="old")
    session.commit()
    session.execute(text("UPDATE procrastinate_events SET at = now() - interval '1 hour'"))
    assert jobs.pulse(session).oldest_due == pytest.approx(3600, abs=30)


WORKER = """
import os, pathlib, signal, sys, time
from flask import Flask
from audit import jobs

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])

@jobs.task("ops.slow", attempts=3)
def slow() -> None:
    with (folder / "runs").open("a") as file:
        file.write("run\\n")
    if sys.argv[3] == "hang":
        time.sleep(600)
    if sys.argv[3] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[3] == "brief":
        time.sleep(2)

jobs.STALLED_SECONDS, jobs.HEARTBEAT_SECONDS, jobs.REAP_SECONDS = 1.0, 0.2, 0.2
jobs.POLL_SECONDS, jobs.GRACE_SECONDS = 0.2, 3.0
app = Flask("worker")
app.config["SQLALCHEMY_DATABASE_URI"] = url
print(jobs.run_worker(app, is_full=lambda: sys.argv[3] == "full"))
"""


@pytest.fixture
def worker(queue_url: str, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts worker processes whose one task behaves as told; all are gone afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def start(behaviour: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", WORKER, queue_url, str(tmp_path), behaviour]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@jobs.task("ops.slow", attempts=3)
def slow() -> None:
    """Stands here for the task of the same name in the worker processes."""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for it, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def states(session: Session) -> dict[str, int]:
    """The counts as they are now."""
    session.rollback()
    return jobs.status(session)


Start = Callable[[str], "subprocess.Popen[bytes]"]


def test_job_of_a_killed_worker_is_done_by_another(worker: Start, session: Session, tmp_path: Path) -> None:
    jobs.defer(session, "ops.slow")
    session.commit()
    victim = worker("hang")
    until(lambda: (tmp_path / "runs").exists())
    victim.kill()
    worker("work")
    until(lambda: states(session) == {"succeeded": 1})
    assert (tmp_path / "runs").read_text() == "run\n" * 2


def test_job_that_kills_every_worker_ends_as_failed(worker: Start, session: Session, tmp_path: Path) -> None:
    jobs.defer(session, "ops.slow")
    session.commit()

    def next_victim() -> bool:
        if all(process.poll() is not None for process in running):
            running.append(worker("die"))
        return states(session) == {"failed": 1}

    running: list[subprocess.Popen[bytes]] = []
    until(next_victim, 40)
    assert (tmp_path / "runs").read_text() == "run\n" * 3


def test_worker_told_to_stop_finishes_its_job(worker: Start, session: Session, tmp_path: Path) -> None:
    jobs.defer(session, "ops.slow")
    session.commit()
    process = worker("brief")
    until(lambda: (tmp_path / "runs").exists())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert states(session) == {"succeeded": 1}


def test_a_full_worker_ends_after_its_job(worker: Start, session: Session, tmp_path: Path) -> None:
    for _job in range(2):
        jobs.defer(session, "ops.slow")
    session.commit()
    assert worker("full").wait(timeout=20) == 0
    assert (tmp_path / "runs").read_text() == "run\n"
    assert states(session) == {"succeeded": 1, "todo": 1}


def test_worker_told_to_stop_gives_a_long_job_back(worker: Start, session: Session, tmp_path: Path) -> None:
    jobs.defer(session, "ops.slow")
    session.commit()
    process = worker("hang")
    until(lambda: (tmp_path / "runs").exists())
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    assert states(session) == {"todo": 1}


def test_worker_says_that_it_lost_the_database(worker: Start, session: Session) -> None:
    process = worker("work")
    until(lambda: (session.rollback(), jobs.pulse(session).last_heartbeat is not None)[1])
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    session.execute(text("ALTER TABLE procrastinate_jobs RENAME TO gone"))
    session.commit()
    assert process.wait(timeout=20) == 1
