"""The waves that a reader may ask about."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.api.rows import WaveRow
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.checklists.models import Version
from audit.db import db
from audit.review.lines import Cell
from audit.waves.models import Wave, WaveState
from audit.waves.queries import waves_for


def rows(reader: Person) -> list[WaveRow]:
    """All opened waves in reach, with what is released of them in reach; two queries."""
    reached = branches_for(reader).with_only_columns(Branch.id)
    own = waves_for(reader).where(Wave.state != WaveState.PLANNING)
    counted = (
        select(Cell.wave_id, func.count(), func.sum(Cell.n))
        .where(Cell.n > 0, Cell.branch_id.in_(reached), Cell.wave_id.in_(own.with_only_columns(Wave.id)))
        .group_by(Cell.wave_id)
    )
    counts = {wave: (branches, int(visits)) for wave, branches, visits in db.session.execute(counted)}
    loaded = own.options(joinedload(Wave.client), joinedload(Wave.version).joinedload(Version.checklist))
    return [_row(wave, *counts.get(wave.id, (0, 0))) for wave in db.session.scalars(loaded)]


def has_version(reader: Person, version_id: int) -> bool:
    """Whether an opened wave in reach has this version."""
    own = waves_for(reader).where(Wave.state != WaveState.PLANNING, Wave.version_id == version_id)
    return db.session.scalar(select(own.exists())) is True


def _row(wave: Wave, branches: int, visits: int) -> WaveRow:
    return WaveRow(
        id=wave.id,
        name=wave.name,
        client_code=wave.client.code,
        client=wave.client.name,
        starts_on=wave.starts_on,
        ends_on=wave.ends_on,
        state="closed" if wave.state == WaveState.CLOSED else "open",
        checklist_code=wave.version.checklist.code,
        version_id=wave.version_id,
        version_number=wave.version.number,
        branches=branches,
        visits=visits,
    )
