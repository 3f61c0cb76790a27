"""How far the visits of a wave have come, by region: numbers only, no times."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Date, and_, case, cast, func, or_, select, true

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights.narrowing import Narrowing, branch_ids
from audit.visits.lifecycle import State
from audit.visits.models import Visit
from audit.waves.models import Wave
from audit.waves.queries import NOT_TAKEN

# Somebody was there and told of it.
DONE: Final = (State.SUBMITTED, State.RETURNED, State.APPROVED, State.RELEASED)
# Neither counts nor can count any more: what is planned in the place of such a visit is a visit of its own.
NOT_PLANNED: Final = (State.CANCELLED, State.ABORTED, State.REJECTED)


class Progress(NamedTuple):
    """Visits by how far they are; of the `planned` ones, `done` were carried out and `released` have figures here.

    `late` ones are past their time and still to come. `aborted` and `rejected` ones are not planned any more.
    They are at `branches`, of which `waiting` have visits that are not over for the reader.
    """

    planned: int = 0
    done: int = 0
    released: int = 0
    late: int = 0
    aborted: int = 0
    rejected: int = 0
    branches: int = 0
    waiting: int = 0

    def plus(self, other: "Progress") -> "Progress":
        """Both together; of different regions."""
        return Progress(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def to_come(self) -> int:
        """Still to be carried out."""
        return self.planned - self.done

    @property
    def once_planned(self) -> int:
        """With those that ended without a scorecard: what does not tell that they did."""
        return self.planned + self.aborted + self.rejected


def by_region(person: Person, wave: Wave, wanted: Narrowing, at: datetime) -> dict[int, Progress]:
    """The visits that were not cancelled, by the region of their branch; one query.

    The agency reads them as they are. For the client's side a visit of today has not been made yet: whoever reads
    the figures again and again must not learn of a shopper who is there.
    """
    return _counted(
        Branch.id.in_(branch_ids(person, wave.client_id, wanted)), wave, at, live=person.is_agency
    )


def of_client(wave: Wave, at: datetime) -> dict[int, Progress]:
    """The same of all branches of the client, as the client's side reads them."""
    return _counted(true(), wave, at, live=False)


def _counted(branches: Any, wave: Wave, at: datetime, *, live: bool) -> dict[int, Progress]:
    over = true() if live else _before_today(at)
    done = or_(Visit.state == State.RELEASED, and_(Visit.state.in_(DONE), over))
    aborted = and_(Visit.state == State.ABORTED, over)
    rejected = and_(Visit.state == State.REJECTED, over)
    ended = or_(aborted, rejected)
    behind = case(
        (Visit.state.in_(NOT_TAKEN), Visit.closes_on < _day(at)),
        else_=Visit.submit_by < at,
    )
    place = func.count(Branch.id.distinct())
    query = (
        select(
            Branch.region_id,
            func.count().filter(~ended),
            func.count().filter(done),
            func.count().filter(Visit.state == State.RELEASED),
            func.count().filter(~done, ~ended, behind),
            func.count().filter(aborted),
            func.count().filter(rejected),
            place,
            place.filter(~ended, Visit.state != State.RELEASED),
        )
        .join(Branch, Branch.id == Visit.branch_id)
        .where(Visit.wave_id == wave.id, Visit.state != State.CANCELLED, branches)
        .group_by(Branch.region_id)
    )
    return {region_id: Progress(*counts) for region_id, *counts in db.session.execute(query)}


def _before_today(at: datetime) -> Any:
    """Whether the shopper was there on a day that is over by the branch's clock; not known: no."""
    there = func.coalesce(Visit.visited_at, Visit.started_at, Visit.submitted_at)
    return func.coalesce(cast(func.timezone(Branch.timezone, there), Date) < _day(at), False)


def _day(at: datetime) -> Any:
    return cast(func.timezone(Branch.timezone, at), Date)
