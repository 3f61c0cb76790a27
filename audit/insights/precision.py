"""What a wave's visits will be able to tell, and from which waves that is known (scoring.md 4.1, 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from audit.insights import statistics
from audit.insights.sheet import nearest
from audit.review import comparable
from audit.scoring.plan import (
    Plan,
    plan_of,
    visits_for_change,
    visits_for_half_width,
    visits_for_reliability,
)
from audit.waves.models import Wave

ASSUMED_S, ASSUMED_TAU = Fraction(12), Fraction(5)  # until a chain's own waves replace them
GOOD, FAIR = 70, 50  # hundredths of reliability: from here ranks may be used, with care
ALTERNATIVES: Final = (1, 2, 3, 4, 6, 8, 12)  # visits per branch


@dataclass(frozen=True)
class Spread:
    """How much visits to one branch differ (`s`) and branches do (`tau`), in points; None of waves: assumed."""

    s: Fraction
    tau: Fraction
    s_waves: Sequence[Wave] | None
    tau_wave: Wave | None


@dataclass(frozen=True)
class Targets:
    """What somebody wants to know: a branch to ± points, a change of so many points, a reliability."""

    half_width: Fraction
    change: Fraction
    reliability: Fraction


@dataclass(frozen=True)
class Needed:
    """Visits per branch for each target; None where no number of visits is enough."""

    half_width: int | None
    change: int | None
    reliability: int | None


@dataclass(frozen=True)
class Precision:
    """A plan of `visits` to each of `branches` out of `existing`, with its cost in đồng."""

    spread: Spread
    branches: int
    visits: int
    existing: int
    plan: Plan
    fees: int
    expenses: int

    @property
    def trust(self) -> str:
        """How far ranks may be used: "good", "fair", "poor"; "" where it is not known."""
        return trust_of(self.plan.reliability)


def trust_of(reliability: float | None) -> str:
    """The level of a reliability as it is printed, with two decimals."""
    if reliability is None:
        return ""
    printed = nearest(reliability, 100)
    return "good" if printed >= GOOD else "fair" if printed >= FAIR else "poor"


def spread_of(wave: Wave) -> Spread:
    """From the wave and those that it may be compared with; where they say nothing, what is usually assumed."""
    pool = comparable.pooled(wave)
    yardstick = statistics.of_wave(wave).yardstick
    is_known = yardstick.usable is not None and yardstick.s is not None
    # A finished wave tells more about the branches than one that has only begun.
    for other in [*pool[1:], wave]:
        tau = statistics.of_wave(other).tau
        if tau is not None:
            break
    else:
        other, tau = wave, None
    return Spread(
        s=Fraction(yardstick.s or 0) if is_known else ASSUMED_S,
        tau=ASSUMED_TAU if tau is None else Fraction(tau),
        s_waves=pool if is_known else None,
        tau_wave=None if tau is None else other,
    )


def precision_of(wave: Wave, spread: Spread, branches: int, visits: int, existing: int) -> Precision:
    """What so many visits to each of so many branches will tell, and cost at the wave's terms."""
    plan = plan_of(spread.s, spread.tau, branches, visits, max(existing, branches))
    count = branches * visits
    return Precision(spread, branches, visits, existing, plan, count * wave.fee, count * wave.expense_cap)


def needed(spread: Spread, targets: Targets) -> Needed:
    """How many visits per branch reach each target."""
    return Needed(
        visits_for_half_width(spread.s, targets.half_width),
        visits_for_change(spread.s, targets.change),
        visits_for_reliability(spread.s, spread.tau, targets.reliability),
    )
