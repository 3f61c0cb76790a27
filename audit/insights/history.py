"""One branch over its waves: each wave's mean with the range that the network's yardstick of that wave gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.db import db
from audit.review.comparable import EARLIER, same_rules
from audit.review.lines import Cell
from audit.scoring.inference import clipped_range
from audit.scoring.yardstick import Yardstick
from audit.waves.models import Wave
from audit.waves.queries import waves_for

WAVES = 12  # of a branch that a page shows


@dataclass(frozen=True)
class WaveLine:
    """One wave of one branch; `mean` leaves knock-outs out, `overall` does not; both None without a score."""

    wave: Wave
    n: int
    unscored: int
    incidents: int
    mean: Fraction | None
    overall: Fraction | None
    low: float | None
    high: float | None
    network: Fraction | None  # the mean of all branches of the client in this wave


def branch_history(person: Person, branch: Branch) -> list[WaveLine]:
    """The last waves in which the branch has released visits, the newest first."""
    cells = select(Cell, Wave).join(Wave, Wave.id == Cell.wave_id).where(Cell.branch_id == branch.id)
    cells = cells.where(Wave.id.in_(waves_for(person).with_only_columns(Wave.id)))
    newest = cells.order_by(Wave.starts_on.desc(), Wave.id.desc()).limit(WAVES)
    own = [(cell, wave) for cell, wave in db.session.execute(newest.options(joinedload(Wave.version)))]
    pools = _pools(_visited(branch.client_id)) if own else {}
    wanted = {wave_id for _cell, wave in own for wave_id in pools.get(wave.id, ())}
    spreads = _spreads(wanted)
    network = _networks([wave.id for _cell, wave in own])
    return [
        _line(cell, wave, _yardstick(pools.get(wave.id, ()), spreads), network.get(wave.id))
        for cell, wave in own
    ]


def _line(cell: Cell, wave: Wave, yardstick: Yardstick, network: Fraction | None) -> WaveLine:
    mean = overall = low = high = None
    if cell.n:
        mean, overall = Fraction(cell.total) / cell.n, Fraction(cell.overall) / cell.n
        if yardstick.usable is not None:
            low, high = clipped_range(mean, yardstick.usable / cell.n, yardstick.df)
    return WaveLine(wave, cell.n, cell.unscored, cell.incidents, mean, overall, low, high, network)


def _visited(client_id: int) -> list[Wave]:
    """The client's waves with released visits, newest first; the yardstick is the whole network's."""
    query = select(Wave).where(Wave.client_id == client_id, exists().where(Cell.wave_id == Wave.id))
    query = query.options(joinedload(Wave.version)).order_by(Wave.starts_on.desc(), Wave.id.desc())
    return list(db.session.scalars(query))


def _networks(wave_ids: Collection[int]) -> dict[int, Fraction]:
    """The network's mean in each wave: every branch counts the same."""
    query = select(Cell.wave_id, func.avg(Cell.total / Cell.n)).where(Cell.wave_id.in_(wave_ids), Cell.n > 0)
    return {wave_id: Fraction(mean) for wave_id, mean in db.session.execute(query.group_by(Cell.wave_id))}


def _pools(waves: Sequence[Wave]) -> dict[int, list[int]]:
    """For each wave those that share its yardstick: itself and up to three earlier ones of the same rules."""
    found = {}
    for place, wave in enumerate(waves):
        alike = [one.id for one in waves[place:] if same_rules(wave.version, one.version)]
        found[wave.id] = alike[: EARLIER + 1]
    return found


def _spreads(wave_ids: Collection[int]) -> Mapping[int, tuple[Fraction, int]]:
    """By wave the sum of squared distances of visits from their cell's mean, and its degrees of freedom."""
    if not wave_ids:
        return {}
    # Cells with equally many visits are added up first: the database divides nothing.
    sums = (func.count(), func.sum(Cell.squares), func.sum(Cell.total * Cell.total))
    query = select(Cell.wave_id, Cell.n, *sums).where(Cell.wave_id.in_(wave_ids), Cell.n > 1)
    found: dict[int, tuple[Fraction, int]] = {}
    for wave_id, n, cells, squares, totals in db.session.execute(query.group_by(Cell.wave_id, Cell.n)):
        spread, df = found.get(wave_id, (Fraction(0), 0))
        found[wave_id] = spread + Fraction(squares) - Fraction(totals) / n, df + cells * (n - 1)
    return found


def _yardstick(wave_ids: Sequence[int], spreads: Mapping[int, tuple[Fraction, int]]) -> Yardstick:
    known = [spreads[wave_id] for wave_id in wave_ids if wave_id in spreads]
    df = sum(own for _spread, own in known)
    return Yardstick(sum((spread for spread, _df in known), Fraction(0)) / df if df else None, df)
