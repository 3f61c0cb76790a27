"""How far the visits of a wave have come, by region: numbers only, no times."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights.narrowing import Narrowing, branch_ids
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from audit.waves.queries import NOT_TAKEN, WITH_SHOPPER

DONE = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED)
DROPPED = (State.ABORTED, State.REJECTED)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # whose day it is where nobody took a visit


class Progress(NamedTuple):
    """Visits by how far they are; `done` ones were carried out, of which `released` have figures here.

    `late` ones are past their time and still to come; `dropped` ones were aborted or rejected.
    """

    planned: int = 0
    done: int = 0
    released: int = 0
    late: int = 0
    dropped: int = 0

    def plus(self, other: "Progress") -> "Progress":
        """Both together."""
        return Progress(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def to_come(self) -> int:
        """Neither carried out nor dropped."""
        return self.planned - self.done - self.dropped


def by_region(person: Person, wave: Wave, wanted: Narrowing, at: datetime) -> dict[int, Progress]:
    """The visits that were not cancelled, by the region of their branch; one query."""
    late = or_(
        and_(Visit.state.in_(WITH_SHOPPER), Visit.state != State.RETURNED, Visit.submit_by < at),
        and_(Visit.state.in_(NOT_TAKEN), Visit.closes_on < at.astimezone(ZONE).date()),
    )
    query = (
        select(
            Branch.region_id,
            func.count(),
            func.count().filter(Visit.state.in_(DONE)),
            func.count().filter(Visit.state == State.RELEASED),
            func.count().filter(late),
            func.count().filter(Visit.state.in_(DROPPED)),
        )
        .join(Branch, Branch.id == Visit.branch_id)
        .where(Visit.wave_id == wave.id, Visit.state != State.CANCELLED)
        .where(Branch.id.in_(branch_ids(person, wave.client_id, wanted)))
        .group_by(Branch.region_id)
    )
    return {region_id: Progress(*counts) for region_id, *counts in db.session.execute(query)}
