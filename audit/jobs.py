"""The queue's one door: registers tasks, defers jobs inside the caller's transaction, works them off.

The only importer of Procrastinate. A task may run twice (its worker may die at the last moment), so it must
be safe to repeat; it holds no transaction while it renders or sends.
"""

import asyncio
import inspect
import json
import logging
import random
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from procrastinate.worker import Worker
from psycopg.conninfo import make_conninfo
from psycopg_pool import PoolTimeout
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import IntegrityError

from audit.onethread import OneThread
from audit.queuestate import AnySession
from audit.queuestate import FailedJob as FailedJob
from audit.queuestate import Pulse as Pulse
from audit.queuestate import failed as failed
from audit.queuestate import failed_count as failed_count
from audit.queuestate import is_known as is_known
from audit.queuestate import pulse as pulse
from audit.queuestate import run_again as run_again
from audit.queuestate import status as status
from audit.queuestate import was_given_up as was_given_up

P = ParamSpec("P")
R = TypeVar("R")

HEARTBEAT_SECONDS = 3.0
STALLED_SECONDS = 15.0  # no heartbeat for so long: the worker is dead
REAP_SECONDS = 5.0
POLL_SECONDS = 1.0  # new jobs are announced; retried ones are found by looking
DATABASE_SECONDS = 5.0  # how long the database may be away before the worker gives up and is restarted
GRACE_SECONDS = 8.0  # what a running job has to finish when the worker is told to stop
FIRST_WAIT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 3600.0
TIDY_SECONDS = 3600.0
KEEP_SUCCEEDED_HOURS = 7 * 24
KEEP_FAILED_HOURS = 90 * 24

log = logging.getLogger(__name__)


class UnknownTaskError(LookupError):
    """A job names a task that no room has registered."""


class WorkerLostError(RuntimeError):
    """The worker ended without being told to: the database went away."""


class JobFailedError(RuntimeError):
    """A task raised while the queue was worked off; the cause is attached."""


@dataclass(frozen=True)
class Task:
    """A registered function and how its jobs are run."""

    name: str
    function: Callable[..., object]
    queue: str
    attempts: int  # runs altogether, the first included
    cron: str | None  # "minute hour day month weekday", optionally a sixth field for seconds; UTC


_tasks: dict[str, Task] = {}


def task(
    name: str, *, queue: str = "default", attempts: int = 5, cron: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a plain function under a name that stays; its arguments are keywords and JSON values.

    `attempts` counts all runs. With `cron` it is also deferred by the clock, without arguments.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        known = _tasks.get(name)
        if known is not None and known.function is not function:
            raise ValueError(f"two tasks are named {name!r}")
        _tasks[name] = Task(name, function, queue, attempts, cron)
        return function

    return register


_DEFER = text(
    """
    SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(
        CAST(:queue AS varchar), CAST(:name AS varchar), CAST(:priority AS integer), CAST(:lock AS text),
        CAST(:queueing_lock AS text), CAST(:args AS jsonb), CAST(:at AS timestamptz)
    )]::procrastinate_job_to_defer_v1[]))
    """
)


def defer(
    session: AnySession,
    name: str,
    /,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    at: datetime | None = None,
    priority: int = 0,
    **args: object,
) -> int | None:
    """Add a job in the session's own transaction: a rollback leaves none, the commit makes it visible.

    Jobs with the same `lock` run one after the other; with the same `queueing_lock` only one waits, and
    the second call returns None. `at` is an aware time. Raises UnknownTaskError, and TypeError for wrong or
    non-JSON arguments.
    """
    if name not in _tasks:
        raise UnknownTaskError(name)
    inspect.signature(_tasks[name].function).bind(**args)
    values = {
        "queue": _tasks[name].queue,
        "name": name,
        "priority": priority,
        "lock": lock,
        "queueing_lock": queueing_lock,
        "args": json.dumps(args),
        "at": at,
    }
    connection: Connection = session.connection()
    if queueing_lock is None:
        return int(connection.execute(_DEFER, values).scalar_one())
    try:
        with connection.begin_nested():
            return int(connection.execute(_DEFER, values).scalar_one())
    except IntegrityError as error:
        if "queueing_lock" not in str(error.orig):
            raise
        return None


def schema_sql() -> str:
    """The queue's tables and functions, many statements; see `create_schema`."""
    return str(SchemaManager.get_schema())


def create_schema(connection: Connection) -> None:
    """Create the queue's tables and functions in the connection's transaction; for the first migration."""
    connection.execution_options(no_parameters=True).exec_driver_sql(schema_sql())


def wait_before(run: int) -> float:
    """Seconds to wait after the failure of run 1, 2, …: 5, 20, 80 … at most an hour, ± 25 %."""
    longest = min(FIRST_WAIT_SECONDS * 4.0 ** (run - 1), LONGEST_WAIT_SECONDS)
    spread: float = random.uniform(0.75, 1.25)  # noqa: S311 - it spreads load, it guards nothing
    return longest * spread


class _Retry(BaseRetryStrategy):
    """Growing waits up to a number of runs; a worker that was told to stop gives its job back at once."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError | JobAborted):
            return RetryDecision()
        run = job.attempts + 1
        if run >= self.attempts:
            return None
        return RetryDecision(retry_in={"milliseconds": round(wait_before(run) * 1000)})


_STALLED = """
    SELECT job.id, job.task_name, job.attempts
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND job.worker_id IS DISTINCT FROM %(me)s
      AND (job.worker_id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(seconds)s))
    FOR UPDATE OF job SKIP LOCKED
"""


class End(Enum):
    """Why a worker ended: a signal, its size, or the database went away."""

    TOLD = auto()
    FULL = auto()
    LOST = auto()


@dataclass
class _Runner:
    """One worker's life: the library's worker, our thread, and the watch over dead workers."""

    app: Flask
    url: str
    thread: OneThread = field(default_factory=lambda: OneThread("jobs"))
    errors: list[Exception] = field(default_factory=list)
    between: Callable[[], None] = lambda: None  # what is done after each job

    def _entry(self, entry: Task) -> Callable[..., Awaitable[None]]:
        accepted = inspect.signature(entry.function).parameters

        async def run(**args: Any) -> None:
            if entry.cron is not None and "timestamp" not in accepted:
                args.pop("timestamp", None)

            def call() -> None:
                with self.app.app_context():
                    entry.function(**args)

            try:
                await self.thread.run(call)
            except Exception as error:
                self.errors.append(error)
                raise
            finally:
                self.between()

        return run

    def _build(self, periodic: bool) -> tuple[App, PsycopgConnector]:
        connector = PsycopgConnector(conninfo=self.url, min_size=1, max_size=4, timeout=DATABASE_SECONDS)
        queue_app = App(connector=connector)
        for entry in _tasks.values():
            declare = queue_app.task(
                name=entry.name,
                queue=entry.queue,
                retry=_Retry(entry.attempts),
                queueing_lock=entry.name if entry.cron else None,
            )
            added = declare(self._entry(entry))
            if periodic and entry.cron:
                queue_app.periodic(cron=entry.cron)(added)
        return queue_app, connector

    async def serve(self, told: threading.Event, is_full: Callable[[], bool]) -> End:
        """Work until told to stop, or until `is_full` says so after a job."""
        queue_app, connector = self._build(periodic=True)
        async with queue_app.open_async():
            worker = Worker(
                queue_app,
                concurrency=1,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                install_signal_handlers=False,
            )

            def stop() -> None:
                told.set()
                worker.stop()  # type: ignore[no-untyped-call]

            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stop)
            if told.is_set():
                return End.TOLD
            full = False

            def look() -> None:
                nonlocal full
                if is_full():
                    full = True
                    worker.stop()  # type: ignore[no-untyped-call]

            self.between = look
            watch = asyncio.create_task(self._watch(worker, queue_app, connector))
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch
        if told.is_set():
            return End.TOLD
        return End.FULL if full else End.LOST

    async def drain(self) -> None:
        """Work until nothing is due."""
        queue_app, _ = self._build(periodic=False)
        async with queue_app.open_async():
            worker = Worker(
                queue_app, concurrency=1, wait=False, listen_notify=False, install_signal_handlers=False
            )
            await worker.run()  # type: ignore[no-untyped-call]

    async def _watch(self, worker: Worker, queue_app: App, connector: PsycopgConnector) -> None:
        tidied = float("-inf")
        while True:
            try:
                await _reap(worker, connector)
                if time.monotonic() - tidied > TIDY_SECONDS:
                    tidied = time.monotonic()
                    await _tidy(queue_app)
            except Exception:
                log.exception("The watch over stalled jobs failed; it tries again.")
            await asyncio.sleep(REAP_SECONDS)


async def _reap(worker: Worker, connector: PsycopgConnector) -> None:
    """Give the jobs of dead workers to others; those that have used up their runs end as failed."""
    async with connector.pool.connection() as connection:
        # Not this worker's own: after the machine slept, its heartbeat is as old as everybody's.
        cursor = await connection.execute(_STALLED, {"me": worker.worker_id, "seconds": STALLED_SECONDS})
        for number, name, runs in await cursor.fetchall():
            limit = _tasks[name].attempts if name in _tasks else 1
            if runs + 1 >= limit:
                log.error("Job %s (%s) took its worker down %s times; given up.", number, name, runs + 1)
                await connection.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", (number,))
            else:
                log.warning("Job %s (%s) lost its worker; it is run again.", number, name)
                again = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
                await connection.execute(again, (number,))


async def _tidy(queue_app: App) -> None:
    remove = queue_app.job_manager.delete_old_jobs
    await remove(nb_hours=KEEP_SUCCEEDED_HOURS, include_cancelled=True, include_aborted=True)
    await remove(nb_hours=KEEP_FAILED_HOURS, include_failed=True)


def init(app: Flask) -> None:
    """Bind the queue; the libraries' own lines would repeat arguments, and one lost database many times."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    app.extensions["jobs"] = _tasks


def address(app: Flask) -> str:
    """The app's database as libpq's own "name=value" text: addresses with blanks are not for it."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    parts = url.translate_connect_args(username="user", database="dbname")
    query = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return make_conninfo("", **parts, **query)


def run_worker(
    app: Flask, told: threading.Event | None = None, is_full: Callable[[], bool] = lambda: False
) -> bool:
    """Work off jobs one at a time until SIGINT or SIGTERM; call it on the main thread.

    True: the process is full, which `is_full` is asked after each job, and another should take its place.
    `told` is set by a signal; one that came while the application was being made may have set it already.
    A job that is still running some seconds after the signal goes back into the queue: end the process then.
    WorkerLostError when the database went away.
    """
    sentence = "The worker lost the database."
    try:
        end = asyncio.run(_Runner(app, address(app)).serve(told or threading.Event(), is_full))
    except (ConnectorException, PoolTimeout) as error:
        raise WorkerLostError(sentence) from error
    if end is End.LOST:
        raise WorkerLostError(sentence)
    return end is End.FULL


def run_until_idle(app: Flask, *, raises: bool = True) -> None:
    """Work off everything that is due, in this process, and return; for commands, the demo and tests.

    Failed runs wait for a later try as in a worker; with `raises`, JobFailedError tells the first of them.
    """
    runner = _Runner(app, address(app))
    broken: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(runner.drain())
        except BaseException as error:
            broken.append(error)

    # A thread of its own, as the caller may already be inside an event loop.
    thread = threading.Thread(target=work, name="drain")
    thread.start()
    thread.join()
    runner.thread.close()
    if broken:
        raise broken[0]
    if raises and runner.errors:
        raise JobFailedError(
            f"{len(runner.errors)} job runs failed: {runner.errors[0]!r}"
        ) from runner.errors[0]
