"""What the branch's page says, put together from its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import load_only

from audit.accounts.models import Person, RoleName
from audit.branches.models import Branch
from audit.checklists.published import published
from audit.db import db
from audit.i18n import text_of
from audit.insights.figures import (
    Line,
    Mean,
    QuestionLine,
    question_lines,
    released,
    wave_lines,
)
from audit.insights.network import Summary, summary
from audit.review.models import Scorecard
from audit.waves.models import Wave

CARDS = 50  # to a page
LISTED = (
    Scorecard.number,
    Scorecard.wave_id,
    Scorecard.visited_on,
    Scorecard.daypart,
    Scorecard.status,
    Scorecard.overall,
    Scorecard.knockouts,
)


@dataclass(frozen=True)
class Factor:
    """A factor's column: its id and its title in the reader's language."""

    id: str
    title: str


@dataclass(frozen=True)
class QuestionRow:
    """A question as counts, with its text and its number on the form."""

    number: int
    text: str
    figures: QuestionLine


@dataclass(frozen=True)
class BranchWave:
    """The branch in the chosen wave beside the average branch of the reader's scope."""

    wave: Wave
    line: Line
    network: Summary
    factors: list[tuple[Factor, Mean, Mean]]  # the branch's, the network's
    questions: list[QuestionRow]


def factors_of(wave: Wave) -> list[Factor]:
    """The factors of the wave's checklist version, in its order."""
    document = published(wave.version).document
    return [Factor(each["id"], text_of(each.get("title")) or each["id"]) for each in document["factors"]]


def sees_all_of(person: Person, client_id: int) -> bool:
    """Whether the person's network is the client's whole network, not an area of it."""
    return person.is_agency or any(
        grant.role == RoleName.HEAD_OFFICE and grant.client_id == client_id for grant in person.grants
    )


def in_wave(person: Person, branch: Branch, wave: Wave) -> BranchWave:
    """The branch's figures in one wave of its client."""
    factors = factors_of(wave)
    lines = wave_lines(person, wave, [factor.id for factor in factors])
    nothing = Line(
        branch.id,
        branch.code,
        branch.name,
        branch.region_id,
        "",
        0,
        0,
        0,
        None,
        (Mean(None, 0),) * len(factors),
    )
    own = next((line for line in lines if line.branch_id == branch.id), nothing)
    network = summary(lines, len(factors))
    return BranchWave(
        wave=wave,
        line=own,
        network=network,
        factors=list(zip(factors, own.factors, network.factors, strict=True)),
        questions=_questions(person, branch, wave),
    )


def _questions(person: Person, branch: Branch, wave: Wave) -> list[QuestionRow]:
    """Those that lost most first, equal ones in form order."""
    version = published(wave.version)
    asked: Mapping[str, Mapping[str, Any]] = version.questions
    rows = [
        QuestionRow(version.order[line.question_id] + 1, text_of(asked[line.question_id].get("text")), line)
        for line in question_lines(person, branch, wave)
        if line.question_id in asked
    ]
    return sorted(rows, key=lambda row: (-row.figures.lost, row.number))


def cards_of(person: Person, branch: Branch, page: int) -> list[Scorecard]:
    """One page (from 1) of the branch's released scorecards, the newest first."""
    found = released(person).where(Scorecard.branch_id == branch.id)
    newest = found.order_by(Scorecard.visited_on.desc(), Scorecard.id.desc()).options(load_only(*LISTED))
    return list(db.session.scalars(newest.limit(CARDS).offset((page - 1) * CARDS)))
