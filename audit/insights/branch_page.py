"""What the branch's page says, put together from its figures."""

from dataclasses import dataclass, field

from sqlalchemy import func
from sqlalchemy.orm import load_only

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.insights.agreement import Split, Stability, stability_of
from audit.insights.figures import released
from audit.insights.history import WaveLine
from audit.insights.parts import Part, Parts, parts_of
from audit.insights.statistics import BranchStatistics, WaveStatistics, of_wave
from audit.insights.titles import Asked, Titled, factors_of, questions_of, sections_of
from audit.insights.view import sees_ranks
from audit.review.comparable import same_rules
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
class PartLine:
    """A factor or section at the branch beside the whole network; None where nothing was assessed."""

    id: str
    title: str
    own: Part | None
    network: Part | None


@dataclass(frozen=True)
class QuestionLine:
    """A question; `part` holds its counts and the points lost a visit."""

    asked: Asked
    part: Part


@dataclass(frozen=True)
class SplitLine:
    """A question in which the visits disagree."""

    asked: Asked
    split: Split


@dataclass(frozen=True)
class BranchPage:
    """The branch over its waves and in the chosen one; without a wave there is nothing to say yet."""

    branch: Branch
    waves: list[WaveLine]
    wave: Wave | None
    statistics: WaveStatistics | None = None
    own: BranchStatistics | None = None
    ranks: bool = False  # whether the reader may see rank, flag and change
    factors: list[PartLine] = field(default_factory=list)
    sections: list[PartLine] = field(default_factory=list)
    questions: list[QuestionLine] = field(default_factory=list)
    stability: Stability = field(default_factory=Stability)
    splits: list[SplitLine] = field(default_factory=list)

    def comparable(self, line: WaveLine) -> bool:
        """Whether another of the branch's waves was scored by the same rules as the chosen one."""
        return self.wave is None or same_rules(self.wave.version, line.wave.version)


def page_of(person: Person, branch: Branch, waves: list[WaveLine], wave: Wave | None) -> BranchPage:
    """The branch, which is in the person's scope, in one wave of its client; `waves` are its history."""
    if wave is None:
        return BranchPage(branch, waves, None)
    statistics = of_wave(wave)
    own = parts_of(wave.id, [branch.id])
    network = statistics.network_scores
    stability = stability_of(person, branch, wave)
    asked = questions_of(wave.version)
    splits = [one for one in stability.splits if one.question_id in asked]
    return BranchPage(
        branch=branch,
        waves=waves,
        wave=wave,
        statistics=statistics,
        own=statistics.branch(branch.id),
        ranks=sees_ranks(person, branch.client_id),
        factors=beside(factors_of(wave.version), "factor", own, network),
        sections=beside(sections_of(wave.version), "section", own, network),
        questions=question_lines(wave, own),
        stability=stability,
        splits=[SplitLine(asked[one.question_id], one) for one in splits],
    )


def beside(titles: list[Titled], kind: str, own: Parts, network: Parts) -> list[PartLine]:
    """The factors or sections of two sets of branches, in the order given."""
    return [
        PartLine(each.id, each.title, own[kind].get(each.id), network[kind].get(each.id)) for each in titles
    ]


def question_lines(wave: Wave, parts: Parts) -> list[QuestionLine]:
    """The questions that could gain or lose points: what lost most first, equal ones in form order."""
    asked = questions_of(wave.version)
    lines = [
        QuestionLine(asked[name], part)
        for name, part in parts["question"].items()
        if part.moves and name in asked
    ]
    return sorted(lines, key=lambda line: (-line.part.lost, line.asked.number))


def cards_of(person: Person, branch: Branch, page: int) -> tuple[list[Scorecard], int]:
    """One page (from 1) of the branch's released scorecards, the newest first, and how many there are."""
    found = released(person).where(Scorecard.branch_id == branch.id)
    total = db.session.scalar(found.with_only_columns(func.count())) or 0
    newest = found.order_by(Scorecard.visited_on.desc(), Scorecard.id.desc()).options(load_only(*LISTED))
    page = min(page, max(1, -(-total // CARDS)))
    return list(db.session.scalars(newest.limit(CARDS).offset((page - 1) * CARDS))), total
