"""What the scorecard pages read; scopes come from review.queries."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from audit import jobs
from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.branches.queries import branches_for
from audit.db import db
from audit.errors import NotFound
from audit.i18n import gettext
from audit.reports.tasks import TASK
from audit.review.corrected import hidden_in
from audit.review.models import Scorecard, ScorecardFile
from audit.review.queries import scorecards_for

# What a list shows: the documents of a scorecard are large.
LISTED = (
    Scorecard.number,
    Scorecard.client_id,
    Scorecard.branch_id,
    Scorecard.wave_id,
    Scorecard.visited_on,
    Scorecard.daypart,
    Scorecard.status,
    Scorecard.overall,
    Scorecard.dispute_until,
    Scorecard.released_at,
)


@dataclass(frozen=True)
class BranchLine:
    """A branch with its released scorecards, newest first."""

    branch: Branch
    scorecards: list[Scorecard]


def latest_by_branch(person: Person, most: int = 6) -> list[BranchLine]:
    """The person's branches by name, each with its last released scorecards; two queries, however many."""
    branches = db.session.scalars(
        branches_for(person)
        .options(joinedload(Branch.client), joinedload(Branch.region))
        .order_by(Branch.name, Branch.id)
    ).all()
    cards = db.session.scalars(
        scorecards_for(person)
        .where(Scorecard.is_current, Scorecard.released_at.is_not(None))
        .options(joinedload(Scorecard.wave), joinedload(Scorecard.client), load_only(*LISTED))
        .order_by(Scorecard.visited_on.desc(), Scorecard.id.desc())
    ).all()
    found: dict[int, list[Scorecard]] = {}
    for card in cards:
        found.setdefault(card.branch_id, []).append(card)
    return [BranchLine(branch, found.get(branch.id, [])[:most]) for branch in branches]


def file_of(scorecard: Scorecard, language: str) -> ScorecardFile | None:
    """The printed scorecard in one language, None while the job has not made it."""
    query = select(ScorecardFile).where(
        ScorecardFile.scorecard_id == scorecard.id, ScorecardFile.language == language
    )
    return db.session.scalars(query).one_or_none()


def pdf_given_up(scorecard: Scorecard) -> bool:
    """Whether the job that prints it was given up, and nobody has had it run again."""
    return jobs.was_given_up(db.session(), TASK, scorecard_id=scorecard.id)


def photo_places(scorecard: Scorecard) -> list[int]:
    """Which of the stored photos are shown: those of questions that were asked."""
    hidden = hidden_in(scorecard.result)
    return [place for place, photo in enumerate(scorecard.photos) if photo["question"] not in hidden]


def photo_key(scorecard: Scorecard, place: int, size: str) -> str:
    """The storage key of a scorecard's photo by its place; NotFound for any other, and at hidden questions."""
    if size not in ("screen", "grid") or place not in photo_places(scorecard):
        raise NotFound(gettext("This scorecard has no such photo."))
    key: str = scorecard.photos[place][size]
    return key
