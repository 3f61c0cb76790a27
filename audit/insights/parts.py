"""Factors, sections and questions over some branches of a wave, from the stored sums."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select

from audit.db import db
from audit.review.lines import KINDS, Cell, CellPart


class Part(NamedTuple):
    """One part over some branches; every branch counts the same, as in the network's mean.

    `mean` is 0–100, of a question its credit 0–1, None without any of the `n` answers. `lost` and `possible` are
    points a visit. Over all questions `lost` adds up to 100 − mean score with knock-outs.
    """

    mean: Fraction | None
    n: int
    branches: int  # with a mean
    met: int
    partly: int
    possible: Fraction
    lost: Fraction
    moves: bool  # whether points were gained or lost by it anywhere

    @property
    def missed(self) -> int:
        """Answers without any credit; means something for questions only."""
        return self.n - self.met - self.partly


Parts = Mapping[str, Mapping[str, Part]]  # by kind, then by the part's id


def parts_of(
    wave_id: int, branch_ids: Collection[int] | None = None, kinds: Collection[str] = KINDS
) -> Parts:
    """The parts over these branches of the wave (None: all); one query. Branches without a score are left out."""
    part = CellPart
    joined = and_(Cell.wave_id == part.wave_id, Cell.branch_id == part.branch_id)
    query = (
        select(
            part.kind,
            part.part_id,
            func.avg(part.total / func.nullif(part.n, 0)),
            func.sum(part.n),
            func.count(case((part.n > 0, 1))),
            func.sum(part.met),
            func.sum(part.partly),
            func.avg(part.possible / Cell.n),
            func.avg(part.lost / Cell.n),
            func.bool_or(or_(part.possible > 0, part.lost != 0)),
        )
        .join(Cell, joined)
        .where(part.wave_id == wave_id, part.kind.in_(kinds), Cell.n > 0)
        .group_by(part.kind, part.part_id)
    )
    if branch_ids is not None:
        query = query.where(part.branch_id.in_(branch_ids))
    found: dict[str, dict[str, Part]] = defaultdict(dict)
    for kind, name, mean, n, branches, met, partly, possible, lost, moves in db.session.execute(query):
        found[kind][name] = Part(
            None if mean is None else Fraction(mean),
            int(n),
            branches,
            int(met),
            int(partly),
            Fraction(possible),
            Fraction(lost),
            moves,
        )
    return {kind: found.get(kind, {}) for kind in kinds}
