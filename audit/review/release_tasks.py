"""Releases by the clock: each minute the waves whose time has come, each wave in a job of its own."""

from sqlalchemy import select

from audit import jobs
from audit.db import db, now
from audit.review.release import release_due
from audit.waves.models import Wave

EACH_MINUTE = "release_due"
ONE_WAVE = "release_wave_due"


@jobs.task(EACH_MINUTE, cron="* * * * *")
def each_minute() -> None:
    """Defer a job for every wave that is due; one that cannot be released does not hold up the others."""
    due = select(Wave.id).where(Wave.release_at <= now()).order_by(Wave.release_at, Wave.id)
    for wave_id in db.session.scalars(due).all():
        # Large releases are a minute's work: the next minute asks for them again, and one job waits at most.
        jobs.defer(
            db.session,
            ONE_WAVE,
            priority=10,
            lock=f"release-{wave_id}",
            queueing_lock=f"release-{wave_id}",
            wave_id=wave_id,
        )
    db.session.commit()


@jobs.task(ONE_WAVE)
def one_wave(wave_id: int) -> None:
    """Release what is approved of the wave; safe to run twice: its time is taken off in the same transaction."""
    row = select(Wave).where(Wave.id == wave_id).with_for_update()
    wave = db.session.scalar(row.execution_options(populate_existing=True))
    if wave is not None:
        release_due(wave, now())
    db.session.commit()
