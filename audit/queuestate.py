"""What the queue holds and how it is doing: counts, ages, and the jobs that were given up."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class Pulse:
    """How the queue is doing: seconds since then, None when there is none."""

    oldest_due: float | None
    last_heartbeat: float | None


@dataclass(frozen=True)
class FailedJob:
    """A job that was given up; `attempts` counts all its runs, also those before somebody had it run again."""

    id: int
    task: str
    args: Mapping[str, Any]
    attempts: int
    at: datetime


def status(session: AnySession) -> dict[str, int]:
    """The number of jobs by state: todo, doing, succeeded, failed, cancelled, aborted; absent means 0."""
    rows = session.execute(text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
    return {row[0]: row[1] for row in rows}


def pulse(session: AnySession) -> Pulse:
    """The age of the oldest job that is due and of the youngest worker's heartbeat, in seconds."""
    row = session.execute(
        text(
            """
            SELECT (SELECT extract(epoch FROM max(now() - coalesce(job.scheduled_at, event.at)))
                    FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
                    WHERE job.status = 'todo' AND event.type = 'deferred'
                      AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())),
                   (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers)
            """
        )
    ).one()
    return Pulse(*(None if value is None else float(value) for value in row))


def failed(session: AnySession, limit: int = 50) -> list[FailedJob]:
    """The jobs that were given up, the newest first."""
    rows = session.execute(
        text(
            """
            SELECT job.id, job.task_name, job.args,
                   max(event.at) FILTER (WHERE event.type IN ('failed', 'cancelled')) AS at,
                   count(*) FILTER (WHERE event.type = 'started') AS runs
            FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
            WHERE job.status = 'failed' GROUP BY job.id ORDER BY at DESC, job.id DESC LIMIT :limit
            """
        ),
        {"limit": limit},
    )
    return [FailedJob(row.id, row.task_name, row.args, row.runs, row.at.astimezone(UTC)) for row in rows]


def failed_count(session: AnySession) -> int:
    """How many jobs were given up."""
    return int(
        session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")).scalar_one()
    )


def is_known(session: AnySession, number: int) -> bool:
    """Whether there is a job of this number, whatever its state; the old ones are cleared away."""
    asked = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE id = :id)")
    return bool(session.execute(asked, {"id": number}).scalar_one())


def was_given_up(session: AnySession, task: str, **args: object) -> bool:
    """Whether this task with these arguments was given up, and nobody has had it run again."""
    asked = text(
        """
        SELECT coalesce(bool_or(status = 'failed') AND NOT bool_or(status IN ('todo', 'doing')), false)
        FROM procrastinate_jobs WHERE task_name = :task AND args = CAST(:args AS jsonb)
        """
    )
    return bool(session.execute(asked, {"task": task, "args": json.dumps(args)}).scalar_one())


def run_again(session: AnySession, ids: Collection[int] | None = None) -> list[tuple[int, str]]:
    """Give jobs that were given up all their runs again, these or all: number and task of each.

    A job that is no longer given up stays as it is. One whose queueing lock another waiting job holds is
    cancelled: the other one does its work.
    """
    chosen = text(
        """
        SELECT id, task_name FROM procrastinate_jobs
        WHERE status = 'failed' AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(CAST(:ids AS bigint[])))
        ORDER BY id FOR UPDATE
        """
    )
    rows = session.execute(chosen, {"ids": None if ids is None else list(ids)}).all()
    for row in rows:
        _again(session, row.id)
    return [(row.id, row.task_name) for row in rows]


def _again(session: AnySession, number: int) -> None:
    wait = (
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL"
    )
    try:
        with session.begin_nested():
            session.execute(text(f"{wait} WHERE id = :id"), {"id": number})
    except IntegrityError as error:
        if "queueing_lock" not in str(error.orig):
            raise
        leave = "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = :id"
        session.execute(text(leave), {"id": number})
