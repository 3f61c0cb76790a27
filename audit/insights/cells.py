"""Reading the sums of cells: what a comparison needs of a wave and of those pooled with it, and no more."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Numeric, Text, cast, exists, func, literal, or_, select

from audit.branches.models import Branch
from audit.db import db
from audit.review.lines import Cell, CellPart
from audit.scoring import cells

_SCORE = 10**30  # stored scores have thirty decimals, their squares sixty
_SQUARE = 10**60
POOL = -1  # the wave of what earlier waves add to the yardstick; no wave has this number


class Mean(NamedTuple):
    """A mean of `n` scores (0–100) or credits (0–1); None without any."""

    value: Fraction | None
    n: int


class WaveCell(NamedTuple):
    """One branch in one wave, exact sums over its released visits."""

    branch_id: int
    n: int
    unscored: int
    incidents: int
    total: Fraction
    squares: Fraction
    overall: Fraction

    def scores(self, wave_id: int) -> cells.Cell[int]:
        """What is compared of it."""
        return cells.Cell(self.branch_id, wave_id, self.n, self.total, self.squares)


def revision_of(wave_ids: Sequence[int], client_id: int) -> tuple[Any, ...]:
    """What changes whenever a cell of the waves does or a branch is opened or closed; one query."""
    waves = (
        select(Cell.wave_id, func.max(Cell.revision), func.count())
        .where(Cell.wave_id.in_(wave_ids))
        .group_by(Cell.wave_id)
    )
    visited = exists().where(Cell.wave_id == wave_ids[0], Cell.branch_id == Branch.id)
    branches = select(literal(0), func.count(), func.coalesce(func.max(Branch.id), 0)).where(
        Branch.client_id == client_id, or_(Branch.active, visited)
    )
    found = db.session.execute(waves.union_all(branches)).all()
    return tuple(sorted(tuple(row) for row in found))


def existing_of(revision: tuple[Any, ...]) -> int:
    """How many branches the revision counts: those that are active or were visited in its first wave."""
    return int(next(row[1] for row in revision if row[0] == 0))


def wave_cells(wave_id: int) -> list[WaveCell]:
    """Every branch with a released visit in the wave; one query, in no order."""
    sums = [_integer(Cell.total, _SCORE), _integer(Cell.squares, _SQUARE), _integer(Cell.overall, _SCORE)]
    query = select(Cell.branch_id, Cell.n, Cell.unscored, Cell.incidents, *sums).where(
        Cell.wave_id == wave_id
    )
    return [
        WaveCell(
            branch_id,
            n,
            unscored,
            incidents,
            Fraction(int(total), _SCORE),
            Fraction(int(squares), _SQUARE),
            Fraction(int(overall), _SCORE),
        )
        for branch_id, n, unscored, incidents, total, squares, overall in db.session.execute(query)
    ]


def pool_of(wave_ids: Collection[int]) -> list[cells.Cell[int]]:
    """What these waves add to the yardstick, as at most one cell with their spread and degrees of freedom.

    The database adds up what cells with equally many visits have in common, so that no division is rounded.
    """
    if not wave_ids:
        return []
    squares, totals = func.sum(Cell.squares), func.sum(Cell.total * Cell.total)
    query = (
        select(Cell.n, func.count(), _integer(squares, _SQUARE), _integer(totals, _SQUARE))
        .where(Cell.wave_id.in_(wave_ids), Cell.n > 1)
        .group_by(Cell.n)
    )
    df, spread = 0, Fraction(0)
    for n, count, square, total in db.session.execute(query):
        df += (n - 1) * count
        spread += Fraction(n * int(square) - int(total), n * _SQUARE)
    return [cells.Cell(0, POOL, df + 1, Fraction(0), spread)] if df else []


def parts_by_branch(wave_id: int, kind: str) -> Mapping[int, Mapping[str, Mean]]:
    """By branch the means of its factors, sections or questions in the wave; one query."""
    part = CellPart
    query = select(part.branch_id, part.part_id, part.n, _integer(part.total, _SCORE))
    found: dict[int, dict[str, Mean]] = defaultdict(dict)
    for branch_id, name, n, total in db.session.execute(
        query.where(part.wave_id == wave_id, part.kind == kind)
    ):
        found[branch_id][name] = Mean(Fraction(int(total), n * _SCORE) if n else None, n)
    return found


def _integer(value: Any, scale: int) -> Any:
    """An exact decimal as the text of an integer: read far faster than as a decimal."""
    whole = func.trunc(value * cast(literal(Decimal(scale)), Numeric))
    return cast(whole, Text)
