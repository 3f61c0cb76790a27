"""The job that makes a wave's report. Killed anywhere it begins anew; run twice it finds the file."""

import time
from collections.abc import Callable

from flask import current_app
from sqlalchemy import func, update

from audit import jobs
from audit.accounts.models import Person
from audit.db import db, now
from audit.errors import NotFound
from audit.i18n import force_locale
from audit.reports import wave_report_figures
from audit.reports.models import WaveReport
from audit.reports.wave_report import Report
from audit.reports.wave_report_build import made_of
from audit.reports.wave_reports import TASK, selection_of
from audit.storage import Storage

TOLD_SECONDS = 0.3  # between two notes of how far it is


@jobs.task(TASK)
def make_wave_report(report_id: int) -> None:
    """Make the report unless it is made; what its orderer may no longer see is not reported, the order falls."""
    report = db.session.get(WaveReport, report_id)
    if report is None or report.finished_at is not None:
        db.session.rollback()
        return
    person = db.session.get_one(Person, report.person_id)
    with force_locale(report.language):
        try:
            figures = wave_report_figures.gathered(person, selection_of(report, person), report.id)
        except NotFound:
            db.session.delete(report)
            db.session.commit()
            return
        db.session.rollback()  # no transaction is held while it draws and lays out
        made = made_of(figures)
    _note(report_id, steps=made.pages, done=0)
    _keep(report_id, _printed(made, _teller(report_id)), figures.branch_ids)


def _printed(report: Report, told: Callable[[int], None]) -> bytes:
    # Imported here: the web processes never load WeasyPrint.
    from audit.reports import pdf

    return pdf.print_report(report, told)


def _teller(report_id: int) -> Callable[[int], None]:
    """Writes down now and then which page is laid out, each time in a transaction of its own."""
    last = time.monotonic()

    def told(page: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_SECONDS:
            last = time.monotonic()
            # The last step is the file itself; the number of pages was an estimate.
            _note(report_id, done=func.least(page, WaveReport.steps - 1))

    return told


def _note(report_id: int, **values: object) -> None:
    unfinished = update(WaveReport).where(WaveReport.id == report_id, WaveReport.finished_at.is_(None))
    db.session.execute(unfinished.values(**values))
    db.session.commit()


def _keep(report_id: int, printed: bytes, branch_ids: list[int]) -> None:
    storage: Storage = current_app.extensions["storage"]
    _note(
        report_id,
        sha256=storage.put(printed),
        bytes=len(printed),
        done=WaveReport.steps,
        branch_ids=branch_ids,
        finished_at=now(),
    )
