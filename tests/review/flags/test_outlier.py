"""A score far from the others of its cell: fires, and just does not."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.i18n import force_locale
from audit.review.layers import Flag
from audit.review.models import Scorecard
from audit.visits.lifecycle import State
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.review.flags.scenes import Scene, said

_numbers = count(1)


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """A visit that has all points."""
    return Scene(wave, world.branch, shopper)


def approved(scene: Scene, branch: Branch, editor: Person, session: Session, *scores: str) -> None:
    """Visits of a branch with these scores."""
    for score in scores:
        visit = factories.visit(scene.wave, branch, state=State.PLANNED)
        card = Scorecard(
            number=f"BANK-2026-{next(_numbers):05d}",
            visit_id=visit.id,
            client_id=visit.client_id,
            wave_id=visit.wave_id,
            branch_id=visit.branch_id,
            version_id=visit.version_id,
            status="scored",
            overall=Decimal(score),
            before_knockouts=Decimal(score),
            knockouts=0,
            visited_on=date(2026, 11, 12),
            daypart="morning",
            result={},
            answers={},
            photos=[],
            made_at=factories.AT,
            made_by_id=editor.id,
        )
        session.add(card)
    session.commit()


def network(scene: Scene, world: World, editor: Person, session: Session, *own: str) -> dict[str, Flag]:
    """The flags of a visit with 100 points beside others of its branch with `own` scores.

    The five of the second branch have 120 as the sum of their squares: with two equal ones that makes
    s² = 120 / 5, s·√(1 + 1/2) = 6, and three times that is 18.
    """
    approved(scene, world.second_branch, editor, session, "44", "46", "50", "52", "58")
    approved(scene, world.branch, editor, session, *own)
    return scene.flags()


def test_more_than_three_spreads_away_is_told(
    scene: Scene, world: World, editor: Person, session: Session
) -> None:
    flags = network(scene, world, editor, session, "81.9", "81.9")

    assert {code: flag.level for code, flag in flags.items()} == {"outlier": "info"}
    data = flags["outlier"].data
    assert (data["score"], data["mean"], data["visits"], data["limit"]) == ("100", "819/10", 2, "18.000000")
    with force_locale("vi"):
        expected = "100,0 điểm; 2 lượt khác của đợt này trung bình 81,9 điểm. Chênh lệch 18,1 lớn hơn 18,0"
        assert said(flags["outlier"]) == f"{expected} là mức có thể do may rủi."
    with force_locale("en"):
        assert "the 2 other visits of this wave have 81.9 on average" in said(flags["outlier"])


def test_three_spreads_away_is_chance(scene: Scene, world: World, editor: Person, session: Session) -> None:
    assert network(scene, world, editor, session, "82", "82") == {}


def test_one_other_visit_is_not_enough(scene: Scene, world: World, editor: Person, session: Session) -> None:
    approved(scene, world.southern_branch, editor, session, "50", "50")
    assert network(scene, world, editor, session, "10") == {}


def test_without_enough_repeated_visits_nothing_is_concluded(
    scene: Scene, world: World, editor: Person, session: Session
) -> None:
    approved(scene, world.second_branch, editor, session, "44", "46", "50", "52")
    approved(scene, world.branch, editor, session, "10", "10")
    assert scene.flags() == {}


def test_another_wave_is_another_cell(
    scene: Scene, world: World, editor: Person, admin: Person, session: Session, wave: Wave
) -> None:
    other = factories.wave(world.client, admin, wave.version)
    session.commit()
    earlier = Scene(other, world.branch, scene.shopper)
    approved(earlier, world.branch, editor, session, "10", "10")
    assert network(scene, world, editor, session) == {}
