"""Reading the sums of cells: what a comparison needs of a wave and of those pooled with it, and no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from sqlalchemy import Numeric, Text, cast, exists, func, literal, or_, select

from audit.branches.models import Branch
from audit.db import db
from audit.review.lines import Cell, CellPart
from audit.scoring import cells
from audit.scoring.sums import Means
from audit.scoring.yardstick import Yardstick

UNIT = 10**30  # stored scores have thirty decimals, their squares sixty


class Mean(NamedTuple):
    """A mean of `n` scores (0–100) or credits (0–1); None without any."""

    value: Fraction | None
    n: int


class WaveCell(NamedTuple):
    """One branch in one wave over its released visits; `total` and `overall` are sums in units of 10⁻³⁰ points."""

    branch_id: int
    n: int
    unscored: int
    incidents: int
    total: int
    overall: int

    def scores(self, wave_id: int) -> cells.Cell[int]:
        """For comparing it by a yardstick that was measured before: it brings no spread of its own."""
        total = Fraction(self.total, UNIT)
        return cells.Cell(self.branch_id, wave_id, self.n, total, total * total / self.n if self.n else total)


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
    """Every branch with a released visit in the wave, by number; one query."""
    sums = [integer_text(Cell.total, UNIT), integer_text(Cell.overall, UNIT)]
    query = select(Cell.branch_id, Cell.n, Cell.unscored, Cell.incidents, *sums)
    found = db.session.execute(query.where(Cell.wave_id == wave_id).order_by(Cell.branch_id))
    return [
        WaveCell(branch_id, n, unscored, incidents, int(total), int(overall))
        for branch_id, n, unscored, incidents, total, overall in found
    ]


def wave_means(wave_id: int) -> Means[int]:
    """The means alone of the branches that have a score in the wave, by number; one query."""
    query = select(Cell.branch_id, Cell.n, integer_text(Cell.total, UNIT))
    found = db.session.execute(
        query.where(Cell.wave_id == wave_id, Cell.n > 0).order_by(Cell.branch_id)
    ).all()
    size = lcm(*{n for _, n, _ in found})
    above = [int(total) * (size // n) for _, n, total in found]
    return Means([row[0] for row in found], [row[1] for row in found], above, UNIT * size)


def means_of(found: Iterable[WaveCell]) -> Means[int]:
    """The means of the cells that have a score, in their order."""
    own = [cell for cell in found if cell.n]
    size = lcm(*{cell.n for cell in own})
    above = [cell.total * (size // cell.n) for cell in own]
    return Means([cell.branch_id for cell in own], [cell.n for cell in own], above, UNIT * size)


def yardstick_of(wave_ids: Collection[int]) -> Yardstick:
    """How much visits of these waves differ inside their cells; one query.

    The database adds up what cells with equally many visits have in common, so that no division is rounded.
    """
    squares, totals = func.sum(Cell.squares), func.sum(Cell.total * Cell.total)
    query = (
        select(Cell.n, func.count(), integer_text(squares, UNIT**2), integer_text(totals, UNIT**2))
        .where(Cell.wave_id.in_(wave_ids), Cell.n > 1)
        .group_by(Cell.n)
    )
    df, spread = 0, Fraction(0)
    for n, count, square, total in db.session.execute(query):
        df += (n - 1) * count
        spread += Fraction(n * int(square) - int(total), n * UNIT**2)
    return Yardstick(spread / df if df else None, df)


def means_by_branch(
    wave_id: int, kinds: Collection[str], branch_ids: Collection[int] | None = None
) -> Mapping[str, Mapping[int, Mapping[str, Mean]]]:
    """By kind and branch the means of factors, sections or questions in the wave; one query. None: every branch."""
    part = CellPart
    query = select(part.kind, part.branch_id, part.part_id, part.n, integer_text(part.total, UNIT))
    query = query.where(part.wave_id == wave_id, part.kind.in_(kinds))
    if branch_ids is not None:
        query = query.where(part.branch_id.in_(branch_ids))
    found: dict[str, dict[int, dict[str, Mean]]] = {kind: defaultdict(dict) for kind in kinds}
    for kind, branch_id, name, n, total in db.session.execute(query):
        found[kind][branch_id][name] = Mean(Fraction(int(total), n * UNIT) if n else None, n)
    return found


def integer_text(value: Any, scale: int) -> Any:
    """An exact decimal as the text of an integer: read far faster than as a decimal."""
    whole = func.trunc(value * cast(literal(Decimal(scale)), Numeric))
    return cast(whole, Text)
