"""A shopper's list: groups of visits with how far each one is, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from audit.db import db
from audit.visits import outline, queries, words
from audit.visits.lifecycle import State
from audit.visits.models import Answer, Photo, Visit
from audit.visits.outline import Progress
from audit.visits.words import Countdown

STARTED = (State.IN_PROGRESS, State.RETURNED)


@dataclass(frozen=True)
class Task:
    """One visit in the list."""

    visit: Visit
    countdown: Countdown
    map_link: str
    progress: Progress | None


@dataclass(frozen=True)
class Board:
    """What is to be done, on offer, with the agency, and behind."""

    to_do: list[Task]
    offers: list[Task]
    waiting: list[Task]
    done: list[Task]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.to_do or self.offers or self.waiting or self.done)


def board_of(visits: Sequence[Visit], at: datetime) -> Board:
    """A person's own visits, given with the nearest deadline first; what is behind, newest first."""
    progress = _progress([visit for visit in visits if visit.state in STARTED])
    tasks = [
        Task(
            visit, words.countdown(visit.submit_by, at), words.map_link(visit.branch), progress.get(visit.id)
        )
        for visit in visits
    ]

    def among(states: Iterable[State]) -> list[Task]:
        wanted = set(states)
        return [task for task in tasks if task.visit.state in wanted]

    behind = among(set(State) - {*queries.TO_DO, *queries.WAITING, State.OFFERED})
    return Board(among(queries.TO_DO), among([State.OFFERED]), among(queries.WAITING), behind[::-1])


def _progress(visits: Sequence[Visit]) -> dict[int, Progress]:
    if not visits:
        return {}
    ids = [visit.id for visit in visits]
    answers: dict[int, dict[str, Answer]] = {}
    for row in db.session.scalars(select(Answer).where(Answer.visit_id.in_(ids))):
        answers.setdefault(row.visit_id, {})[row.question_id] = row
    photos: dict[int, dict[str, int]] = {}
    counted = (
        select(Photo.visit_id, Photo.question_id, func.count())
        .where(Photo.visit_id.in_(ids), Photo.removed_at.is_(None))
        .group_by(Photo.visit_id, Photo.question_id)
    )
    for visit_id, question, count in db.session.execute(counted):
        photos.setdefault(visit_id, {})[question] = count
    found = {}
    for visit in visits:
        known = queries.checklist_of(visit)
        given = queries.as_scored(answers.get(visit.id, {}), photos.get(visit.id, {}))
        found[visit.id] = outline.total(outline.progress(known.document, given, known.checklist))
    return found
