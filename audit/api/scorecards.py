"""Released visits for programs: score by score, no word about who was there or when exactly."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from audit.accounts.models import Person
from audit.api.figures import tenth
from audit.api.paging import Piece, ended
from audit.api.rows import FactorScore, ScorecardRow
from audit.branches.models import Branch
from audit.db import db
from audit.insights import narrowing
from audit.review.models import Scorecard, ScorecardFactor
from audit.review.queries import scorecards_for


@dataclass(frozen=True)
class Wanted:
    """Which ones: of a wave (None: all of the client), at the branches of a filter."""

    client_id: int
    wave_id: int | None = None
    region_id: int | None = None
    format: str = ""
    channel: str = ""
    words: str = ""
    version_id: int | None = None


def rows(reader: Person, wanted: Wanted, asked: Piece) -> tuple[list[ScorecardRow], str | None]:
    """A piece of the current editions by id, with their factors in two queries, and the next cursor."""
    query = scorecards_for(reader).where(Scorecard.released_at.is_not(None), Scorecard.is_current)
    query = query.where(
        Scorecard.id > asked.after,
        Scorecard.branch_id.in_(narrowing.branch_ids(reader, wanted.client_id, wanted)),
    )
    if wanted.wave_id is not None:
        query = query.where(Scorecard.wave_id == wanted.wave_id)
    if wanted.version_id is not None:
        query = query.where(Scorecard.version_id == wanted.version_id)
    columns = query.join(Branch, Branch.id == Scorecard.branch_id).with_only_columns(
        Scorecard.id,
        Scorecard.number,
        Scorecard.edition,
        Scorecard.wave_id,
        Scorecard.branch_id,
        Branch.code,
        Scorecard.visited_on,
        Scorecard.daypart,
        Scorecard.status,
        Scorecard.overall,
        Scorecard.before_knockouts,
        Scorecard.knockouts,
        func.coalesce(Scorecard.result["flags"].contains(["low_coverage"]), False),
    )
    found = db.session.execute(columns.order_by(Scorecard.id).limit(asked.limit + 1)).all()
    shown, following = ended(list(found), lambda row: row[0], asked)
    factors = _factors([row[0] for row in shown])
    return [_row(tuple(row), factors[row[0]]) for row in shown], following


def _factors(scorecard_ids: Sequence[int]) -> dict[int, list[FactorScore]]:
    line = ScorecardFactor
    query = select(line.scorecard_id, line.factor_id, line.score).where(line.scorecard_id.in_(scorecard_ids))
    found: dict[int, list[FactorScore]] = defaultdict(list)
    for scorecard_id, name, score in db.session.execute(query.order_by(line.scorecard_id, line.factor_id)):
        found[scorecard_id].append(FactorScore(id=name, score=tenth(score)))
    return found


def _row(row: Sequence[Any], factors: list[FactorScore]) -> ScorecardRow:
    id_, number, edition, wave_id, branch_id, code, day, daypart, status, *rest = row
    overall, before, knockouts, low_coverage = rest
    return ScorecardRow(
        id=id_,
        number=number,
        edition=edition,
        wave_id=wave_id,
        branch_id=branch_id,
        branch_code=code,
        visited_on=day,
        daypart=daypart,
        status=status,
        overall=tenth(overall),
        before_knockouts=tenth(before),
        knockouts=knockouts,
        low_coverage=low_coverage,
        factors=factors,
    )
