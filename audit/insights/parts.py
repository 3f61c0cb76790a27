"""Factors, sections and questions over some branches of a wave, from the stored sums."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Executable, and_, func, or_, select

from audit.db import db
from audit.insights.cells import UNIT, integer_text
from audit.review.lines import KINDS, Cell, CellPart, WavePart


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
    """The parts over these branches of the wave (None: all); one query. Branches without a score are left out.

    The database adds up branches with equally many visits, those of the whole wave at each release; what is divided
    by their number is divided here, exactly and a few times instead of once for each branch and part.
    """
    query = _whole(wave_id, kinds) if branch_ids is None else _some(wave_id, branch_ids, kinds)
    rows: dict[tuple[str, str], list[_Sums]] = defaultdict(list)
    for kind, name, *sums in db.session.execute(query):
        rows[kind, name].append(_Sums(*map(int, sums)))
    found: dict[str, dict[str, Part]] = {kind: {} for kind in kinds}
    for (kind, name), own in rows.items():
        found[kind][name] = _part(own)
    return found


def _whole(wave_id: int, kinds: Collection[str]) -> Executable:
    part = WavePart
    points = [integer_text(column, UNIT) for column in (part.total, part.possible, part.lost)]
    columns = (part.kind, part.part_id, part.visits, part.n, part.branches, part.met, part.partly)
    return select(*columns, *points, part.moves).where(part.wave_id == wave_id, part.kind.in_(kinds))


def _some(wave_id: int, branch_ids: Collection[int], kinds: Collection[str]) -> Executable:
    part = CellPart
    points = [integer_text(func.sum(column), UNIT) for column in (part.total, part.possible, part.lost)]
    query = (
        select(
            part.kind, part.part_id, Cell.n, part.n, func.count(), func.sum(part.met), func.sum(part.partly)
        )
        .add_columns(*points, func.bool_or(or_(part.possible > 0, part.lost != 0)))
        .join(Cell, and_(Cell.wave_id == part.wave_id, Cell.branch_id == part.branch_id))
        .where(part.wave_id == wave_id, Cell.n > 0)
        .group_by(part.kind, part.part_id, Cell.n, part.n)
    )
    if set(kinds) != set(KINDS):  # looking each row's kind up in a list of all takes a third of the time
        query = query.where(part.kind.in_(kinds))
    return query.where(part.branch_id.in_(branch_ids))


class _Sums(NamedTuple):
    """A part over `branches` that have `visits` scored visits each, in `n` of which it has a score or credit."""

    visits: int
    n: int
    branches: int
    met: int
    partly: int
    total: int  # this and the following in units of 10⁻³⁰
    possible: int
    lost: int
    moves: int  # whether it did anywhere


def _part(rows: Sequence[_Sums]) -> Part:
    everywhere = sum(row.branches for row in rows)
    known = [row for row in rows if row.n]
    branches = sum(row.branches for row in known)
    mean = sum((Fraction(row.total, row.n) for row in known), Fraction(0))
    possible = sum((Fraction(row.possible, row.visits) for row in rows), Fraction(0))
    lost = sum((Fraction(row.lost, row.visits) for row in rows), Fraction(0))
    return Part(
        mean=mean / (branches * UNIT) if branches else None,
        n=sum(row.n * row.branches for row in rows),
        branches=branches,
        met=sum(row.met for row in rows),
        partly=sum(row.partly for row in rows),
        possible=possible / (everywhere * UNIT),
        lost=lost / (everywhere * UNIT),
        moves=any(row.moves for row in rows),
    )
