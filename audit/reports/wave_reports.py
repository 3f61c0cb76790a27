"""Reports of a wave as PDF: ordered, made by a job, downloaded while all of it may still be seen."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from audit import jobs
from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for, region_for
from audit.db import db
from audit.errors import Conflict, NotFound
from audit.i18n import gettext as _
from audit.insights.compared import wave_for, waves_for
from audit.insights.narrowing import branch_ids, narrowing_words
from audit.insights.selection import Selection
from audit.reports.models import WaveReport
from audit.review.lines import Cell
from audit.trail.services import record
from audit.waves.models import Wave

TASK = "make_wave_report"
PRIORITY = 6  # one job for which somebody waits; before the many of a release or a batch
SLOW = timedelta(minutes=5)  # after which a report that is not finished may be set going again
SHOWN = 20
FILTER = ("region", "format", "channel", "q")


def order(person: Person, selection: Selection, language: str, at: datetime) -> WaveReport:
    """A report on the selection; a second click gets the first one's. Conflict when nothing is released there."""
    # One order of a person after the other: two clicks at once must not make two.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if not _has_visits(person, selection):
        raise Conflict(_("No visit of this selection is released yet, so there is nothing to report."))
    wanted = {name: value for name, value in selection.state.items() if name in FILTER and value is not None}
    running = _running(person, selection, wanted, language)
    if running is not None:
        return running
    report = WaveReport(
        person_id=person.id, wave_id=selection.wave.id, selection=wanted, language=language, at=at, steps=1
    )
    db.session.add(report)
    db.session.flush()
    defer(report)
    record(
        "report.ordered",
        person,
        at,
        client_id=selection.client.id,
        report=report.id,
        wave=selection.wave.name,
        language=language,
    )
    return report


def _has_visits(person: Person, selection: Selection) -> bool:
    fitting = branch_ids(person, selection.client.id, selection)
    query = select(Cell.branch_id).where(Cell.wave_id == selection.wave.id, Cell.branch_id.in_(fitting))
    return db.session.execute(query.limit(1)).first() is not None


def _running(
    person: Person, selection: Selection, wanted: dict[str, Any], language: str
) -> WaveReport | None:
    """The person's unfinished report of exactly this."""
    query = select(WaveReport).where(
        WaveReport.person_id == person.id,
        WaveReport.wave_id == selection.wave.id,
        WaveReport.language == language,
        WaveReport.selection == wanted,
        WaveReport.finished_at.is_(None),
    )
    return db.session.scalars(query.order_by(WaveReport.id.desc())).first()


def defer(report: WaveReport) -> None:
    """Ask for it; what waits already is not doubled, and two never work on the same one."""
    lock = f"wave-report-{report.id}"
    jobs.defer(db.session, TASK, lock=lock, queueing_lock=lock, priority=PRIORITY, report_id=report.id)


def report_for(person: Person, report_id: int) -> WaveReport:
    """The person's own report; NotFound otherwise, or when its wave is out of scope by now."""
    query = select(WaveReport).where(WaveReport.id == report_id, WaveReport.person_id == person.id)
    report = db.session.scalar(query)
    if report is None:
        raise NotFound(_("There is no such report."))
    wave_for(person, report.wave_id)
    return report


def earlier(person: Person) -> list[WaveReport]:
    """The person's last reports of waves in scope, the newest first."""
    query = select(WaveReport).where(WaveReport.person_id == person.id).order_by(WaveReport.id.desc())
    query = query.where(WaveReport.wave_id.in_(waves_for(person).with_only_columns(Wave.id)))
    query = query.options(joinedload(WaveReport.wave).joinedload(Wave.client)).limit(SHOWN)
    return list(db.session.scalars(query))


def is_slow(report: WaveReport, at: datetime) -> bool:
    """Whether it takes so long that something may have gone wrong."""
    return report.finished_at is None and at - report.at > SLOW


def again(report: WaveReport) -> None:
    """Set it going once more, unless it is made."""
    if report.finished_at is None:
        defer(report)


def open_file(person: Person, report_id: int) -> WaveReport:
    """A finished report all of whose branches the person may still see; NotFound."""
    report = report_for(person, report_id)
    seen = branches_for(person).where(Branch.id.in_(report.branch_ids)).with_only_columns(Branch.id)
    count = db.session.scalar(select(func.count()).select_from(seen.subquery()))
    if report.sha256 is None or count != len(report.branch_ids):
        raise NotFound(_("This report holds figures that you may no longer see. Order a new one."))
    return report


def selection_of(report: WaveReport, person: Person) -> Selection:
    """What was ordered, as the orderer may see it now; NotFound for what is out of scope by now."""
    wave = wave_for(person, report.wave_id)
    found = _selection(report, wave)
    if found.region_id is not None:
        region_for(person, found.region_id)
    return found


def narrowed_words(report: WaveReport) -> list[str]:
    """What it is narrowed to, in words."""
    return narrowing_words(_selection(report, report.wave))


def _selection(report: WaveReport, wave: Wave) -> Selection:
    wanted = report.selection
    return Selection(
        wave=wave,
        region_id=wanted.get("region"),
        format=wanted.get("format", ""),
        channel=wanted.get("channel", ""),
        words=wanted.get("q", ""),
    )


def file_name(report: WaveReport) -> str:
    """What the PDF is called when it is saved."""
    words = re.sub(r"[^\w.-]+", "-", f"{report.wave.client.name}-{report.wave.name}").strip("-")
    return f"{words}-{report.language}.pdf"
