"""What the queue holds and how it is doing: counts, ages, and the jobs that were given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

AnySession = Session | scoped_session[Any]


@dataclass(frozen=True)
class Pulse:
    """How the queue is doing: seconds since then, None when there is none."""

    oldest_due: float | None
    last_heartbeat: float | None


@dataclass(frozen=True)
class FailedJob:
    """A job that was given up."""

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
            SELECT job.id, job.task_name, job.args, job.attempts, max(event.at) AS at
            FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
            WHERE job.status = 'failed' GROUP BY job.id ORDER BY at DESC LIMIT :limit
            """
        ),
        {"limit": limit},
    )
    return [FailedJob(row.id, row.task_name, row.args, row.attempts, row.at.astimezone(UTC)) for row in rows]
