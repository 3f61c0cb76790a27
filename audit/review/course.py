"""The course of branches up to a wave: their means in the last waves, and what changed since the one before.

Of the wave itself all approved visits count, of earlier ones what was released; scores are those before knock-outs.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Executable, func, select

from audit.db import db
from audit.review import comparable
from audit.review.lines import Cell
from audit.review.models import Scorecard
from audit.scoring import changes, inference
from audit.scoring.display import half_away
from audit.scoring.figures import BranchChange
from audit.scoring.sums import Cell as Sums
from audit.scoring.sums import Means, means_of
from audit.scoring.yardstick import Yardstick, measure_cells
from audit.waves.models import Wave

WAVES = 6  # of a branch that a scorecard draws
LEAST_BRANCHES = 2  # a network of one branch would only repeat the branch's own figure
DECIMALS = 20  # of a mean as text, before any rounding for people (decision 0003)
Document = dict[str, Any]


@dataclass(frozen=True)
class Course:
    """By branch; one without a scored visit in the wave is not there. Numbers are decimal text.

    A point is {"wave", "mean", "n", "low", "high", "network"}, the oldest first. A change has a "verdict" and,
    where the visits carry one, the figures. `network` is the mean over all branches of the wave.
    """

    network: str | None
    points: dict[int, list[Document]]
    changes: dict[int, Document]


def course_of(wave: Wave, approved: Collection[Sums[int]], branch_ids: Collection[int]) -> Course:
    """The course of these branches; the yardstick and the verdicts are those of the client's whole network.

    `approved` are the wave's own cells.
    """
    waves = [wave, *comparable.earlier(wave, WAVES - 1)]
    cells = [*approved, *_released([one.id for one in waves[1:]])]
    pool = {one.id for one in waves[: comparable.EARLIER + 1]}
    yardstick = measure_cells(cell for cell in cells if cell.wave in pool)
    means = [means_of(cells, one.id) for one in waves]
    own = set(branch_ids) & set(means[0].branches)
    names = [one.name for one in waves]
    points = _points(names, means, yardstick, own)
    return Course(_network_mean(means[0]), points, _changes(wave, names, means, yardstick, own))


def approved_cells(wave_id: int, version_id: int) -> list[Sums[int]]:
    """The wave's cells over all approved visits with a score, released or not."""
    score = Scorecard.before_knockouts
    query = select(
        Scorecard.branch_id, Scorecard.wave_id, func.count(score), func.sum(score), func.sum(score * score)
    )
    query = query.where(Scorecard.wave_id == wave_id, Scorecard.version_id == version_id, score.is_not(None))
    return _read(query.where(Scorecard.is_current).group_by(Scorecard.branch_id, Scorecard.wave_id))


def _released(wave_ids: Collection[int]) -> list[Sums[int]]:
    if not wave_ids:
        return []
    query = select(Cell.branch_id, Cell.wave_id, Cell.n, Cell.total, Cell.squares)
    return _read(query.where(Cell.wave_id.in_(wave_ids), Cell.n > 0))


def _read(query: Executable) -> list[Sums[int]]:
    """Sums by branch and wave."""
    found = db.session.execute(query)
    return [
        Sums(branch, wave, n, Fraction(total), Fraction(squares)) for branch, wave, n, total, squares in found
    ]


def _points(
    names: list[str], means: list[Means[int]], yardstick: Yardstick, own: Iterable[int]
) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = {branch: [] for branch in own}
    for name, wave in reversed(list(zip(names, means, strict=True))):  # the oldest first
        network = _network_mean(wave)
        for place, branch in enumerate(wave.branches):
            if branch in found:
                n, mean = wave.n[place], wave.mean(place)
                low, high = _range(mean, n, yardstick)
                point = {"wave": name, "mean": text(mean), "n": n, "low": low, "high": high}
                found[branch].append({**point, "network": network})
    return found


def _network_mean(means: Means[int]) -> str | None:
    """Every branch counts the same, however often it was visited."""
    if len(means.branches) < LEAST_BRANCHES:
        return None
    return text(Fraction(sum(means.above), means.below * len(means.branches)))


def _range(mean: Fraction, n: int, yardstick: Yardstick) -> tuple[str | None, str | None]:
    """The 90 % range, where enough visits were repeated to know it."""
    if yardstick.usable is None:
        return None, None
    low, high = inference.clipped_range(mean, yardstick.usable / n, yardstick.df)
    return repr(low), repr(high)


def _changes(
    wave: Wave, names: list[str], means: list[Means[int]], yardstick: Yardstick, own: Iterable[int]
) -> dict[int, Document]:
    if len(means) < 2:
        verdict = comparable.why_not(wave)
        return {branch: {"verdict": verdict} for branch in own}
    rows = {row.branch: row for row in changes.between(means[1], means[0], yardstick).branches}
    return {branch: {"wave": names[1], **_change(rows.get(branch))} for branch in own}


def _change(row: BranchChange[int] | None) -> Document:
    """What may be said of one branch: no figures where too few visits, its own or repeated ones, carry any."""
    if row is None:
        return {"verdict": "not_visited"}
    if row.p is None:
        return {"verdict": "no_range" if row.low is None else "too_few"}
    figures = {"difference": text(row.diff), "low": repr(row.low), "high": repr(row.high)}
    return {"verdict": row.flag or "unclear", **figures}


def text(mean: Fraction) -> str:
    """With twenty decimals, half away from zero."""
    return f"{Decimal(half_away(mean * 10**DECIMALS)).scaleb(-DECIMALS):f}"
