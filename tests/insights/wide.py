"""A network large enough for ranks: two waves, ten branches in two regions, four visits each."""

import dataclasses
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.waves.models import Wave
from tests import factories
from tests.insights.cards import card

TRUE = (92, 88, 84, 82, 80, 79, 77, 74, 60, 41)  # what each branch is about to score
NOISE = (-6, 2, 5, -1)
BEFORE = 12  # points fewer in the wave before


@dataclasses.dataclass
class Wide:
    """The waves, and the branches from the best to the worst."""

    wave: Wave
    before: Wave
    branches: list[Branch]


def wide(world: Any, shopper: Person, admin: Person, session: Session) -> Wide:
    """In the places of a `World` or of a browser's cast; commits.

    Factors and sections repeat the score; of the questions the greeting loses most.
    """
    for unvisited in (world.branch, world.second_branch, world.southern_branch):
        unvisited.active = False
    version = factories.version()
    past = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 9, 30)}
    before = factories.wave(world.client, admin, version, name="Quý 3", **past)
    wave = factories.wave(world.client, admin, version, name="Quý 4")
    branches = []
    for place, score in enumerate(TRUE):
        region = world.north if place % 2 else world.south
        branch = factories.branch(region, f"R{place}", f"Rộng {place}", format="Phố" if place < 4 else "Mall")
        branches.append(branch)
        for noise in NOISE:
            _visit(wave, branch, shopper, score + noise)
            _visit(before, branch, shopper, score + noise - BEFORE)
    session.commit()
    return Wide(wave, before, branches)


def _visit(wave: Wave, branch: Branch, shopper: Person, score: int) -> None:
    lost = Fraction(100 - score)
    card(
        wave,
        branch,
        shopper,
        score,
        {"issue": score, "attitude": score},
        {"greeted": (Fraction(score, 100), 60, lost * 2 / 3), "skill": (Fraction(score, 100), 40, lost / 3)},
        {"counter": score - 5, "leaving": min(100, score + 5)},
    )
