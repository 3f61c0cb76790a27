"""Creating and changing waves, the ethics gate, opening and closing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from audit.accounts.models import Person
from audit.branches.models import Client
from audit.branches.saving import invalid, saving
from audit.checklists.models import Version, VersionState
from audit.db import db
from audit.errors import Conflict
from audit.forms import clean
from audit.i18n import day
from audit.i18n import gettext as _
from audit.trail.services import record
from audit.waves.models import Wave, WaveState
from audit.waves.queries import has_visits, unfinished, window_of_visits

LONGEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class WaveData:
    """What is known about a wave; money in đồng, days inclusive."""

    name: str
    starts_on: date
    ends_on: date
    fee: int = 0
    expense_cap: int = 0
    scenario: str = ""


def create_wave(client: Client, version: Version, data: WaveData, at: datetime) -> Wave:
    """A new wave in planning; Invalid names the field."""
    if not client.active:
        raise invalid("client_id", _("This client is not active."))
    wave = Wave(client=client, state=WaveState.PLANNING, created_at=at)
    _use(wave, version)
    return _fill(wave, data)


def update_wave(wave: Wave, data: WaveData, version: Version | None = None) -> Wave:
    """Change a wave that is not closed; the version only while it has no visits. Invalid names the field."""
    lock(wave)
    if wave.state == WaveState.CLOSED:
        raise Conflict(_("A closed wave does not change any more."))
    if version is not None and version.id != wave.version_id:
        if has_visits(wave):
            raise invalid(
                "version_id", _("Visits have been planned with this version; it stays. Make a new wave.")
            )
        _use(wave, version)
    window = window_of_visits(wave)
    if window is not None and data.starts_on > window[0]:
        raise invalid("starts_on", _("A visit is planned from %(day)s: start no later.", day=day(window[0])))
    if window is not None and data.ends_on < window[1]:
        raise invalid("ends_on", _("A visit is planned until %(day)s: end no earlier.", day=day(window[1])))
    return _fill(wave, data)


def _use(wave: Wave, version: Version) -> None:
    if version.state != VersionState.PUBLISHED:
        raise invalid("version_id", _("A wave needs a published version."))
    owner = version.checklist.client_id
    if owner is not None and owner != wave.client.id:
        raise invalid("version_id", _("This checklist belongs to another client."))
    wave.version = version


def _fill(wave: Wave, data: WaveData) -> Wave:
    name = clean(data.name)
    if not name:
        raise invalid("name", _("Give a name."))
    if data.ends_on < data.starts_on:
        raise invalid("ends_on", _("The last day cannot be before the first day."))
    if data.fee < 0 or data.expense_cap < 0:
        raise invalid("fee" if data.fee < 0 else "expense_cap", _("An amount cannot be below 0."))
    taken = _("This client already has a wave with this name.")
    with saving({"uq_wave_client_id_name": ("name", taken)}):
        wave.name, wave.starts_on, wave.ends_on = name, data.starts_on, data.ends_on
        wave.fee, wave.expense_cap, wave.scenario = data.fee, data.expense_cap, clean(data.scenario)
        db.session.add(wave)
    return wave


def record_ethics(wave: Wave, by: Person, at: datetime, note: str) -> Wave:
    """Record that the client told its staff (rule 1); until the wave opens the record may be replaced."""
    lock(wave)
    if wave.state != WaveState.PLANNING:
        raise Conflict(_("The wave is open: the record it was opened on stays."))
    note = clean(note)
    if len(note) < 10:
        raise invalid("note", _("Write who told the staff, when and how, in at least 10 characters."))
    before: dict[str, Any] = {"old": wave.ethics_note} if wave.ethics_note else {}
    wave.ethics_at, wave.ethics_by_id, wave.ethics_note = at, by.id, note
    record("wave.ethics", by, at, client_id=wave.client_id, wave=wave.name, note=note, **before)
    db.session.flush()
    return wave


def open_wave(wave: Wave, by: Person, at: datetime) -> Wave:
    """Let visits be offered. Conflict unless the wave is being planned and the ethics note is recorded."""
    lock(wave)
    if wave.state != WaveState.PLANNING:
        raise Conflict(_("This wave has already been opened."))
    if wave.ethics_at is None or not wave.ethics_note.strip():
        message = _(
            "Before the wave opens, record that the client told its staff that service may be checked, why,"
            " and at what level it is reported."
        )
        raise Conflict(message, code="ethics")
    wave.state = WaveState.OPEN
    record("wave.opened", by, at, client_id=wave.client_id, wave=wave.name)
    db.session.flush()
    return wave


def close_wave(wave: Wave, by: Person, at: datetime) -> Wave:
    """End an open wave. Conflict while visits wait for somebody."""
    lock(wave)
    if wave.state != WaveState.OPEN:
        raise Conflict(_("Only an open wave can be closed."))
    waiting = unfinished(wave)
    if waiting:
        message = _(
            "%(count)s visits are not finished. Cancel them or wait until they are reviewed.", count=waiting
        )
        raise Conflict(message)
    wave.state = WaveState.CLOSED
    record("wave.closed", by, at, client_id=wave.client_id, wave=wave.name)
    db.session.flush()
    return wave


def schedule_release(wave: Wave, by: Person, at: datetime, when: datetime) -> Wave:
    """Let the clock release at `when` what is approved by then. Invalid unless it lies ahead, within a year."""
    lock(wave)
    if when <= at:
        raise invalid("day", _("This moment is over. Choose a later one, or release now."))
    if when > at + LONGEST_AHEAD:
        raise invalid("day", _("Choose a day within the next year."))
    if wave.release_at != when:
        wave.release_at, wave.release_by_id = when, by.id
        _noted("wave.release_set", wave, by, at, when)
    db.session.flush()
    return wave


def clear_release(wave: Wave, by: Person, at: datetime) -> Wave:
    """Take the time of release off; nothing to do when there is none."""
    lock(wave)
    if wave.release_at is not None:
        _noted("wave.release_cleared", wave, by, at, wave.release_at)
        wave.release_at = wave.release_by_id = None
    db.session.flush()
    return wave


def _noted(kind: str, wave: Wave, by: Person, at: datetime, when: datetime) -> None:
    record(kind, by, at, client_id=wave.client_id, wave=wave.name, release_at=when.isoformat())


def lock(wave: Wave) -> None:
    """Hold the wave to the commit and read it afresh: its steps and plans come one after another."""
    row = select(Wave).where(Wave.id == wave.id).with_for_update()
    db.session.scalars(row.execution_options(populate_existing=True)).one()
