"""How a manager's branches stand in their newest waves: the same figures as head office reads."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.db import db
from audit.insights.branch_words import Fact, facts
from audit.insights.statistics import WaveStatistics, of_wave
from audit.insights.words import false_alarms_note
from audit.review.lines import Cell
from audit.waves.models import Wave
from audit.waves.queries import waves_for


@dataclass(frozen=True)
class Standing:
    """A branch in its newest wave with a released visit, line by line."""

    wave: Wave
    facts: list[Fact]
    note: str  # how what is clear is meant; "" where nothing was tested


def standings(person: Person, branch_ids: Collection[int]) -> dict[int, Standing]:
    """By branch, of those in the person's scope; a branch without released visits is left out.

    One query for all branches and the figures of each of their waves, which are kept in memory.
    """
    reached = branches_for(person).where(Branch.id.in_(branch_ids)).with_only_columns(Branch.id)
    query = (
        select(Cell.branch_id, Wave)
        .join(Wave, Wave.id == Cell.wave_id)
        .where(Cell.branch_id.in_(reached))
        .where(Wave.id.in_(waves_for(person).with_only_columns(Wave.id)))
        .ext(distinct_on(Cell.branch_id))
        .order_by(Cell.branch_id, Wave.starts_on.desc(), Wave.id.desc())
        .options(joinedload(Wave.version))
    )
    found, figures = {}, dict[int, WaveStatistics]()
    for branch_id, wave in db.session.execute(query):
        if wave.id not in figures:
            figures[wave.id] = of_wave(wave)
        own = figures[wave.id].branch(branch_id)
        note = "" if own.p is None else false_alarms_note()
        found[branch_id] = Standing(wave, facts(figures[wave.id], own, ranks=True), note)
    return found
