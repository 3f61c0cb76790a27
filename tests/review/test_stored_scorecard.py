"""What is stored of a score, column by column and line by line, where a knock-out of the visit fired."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.insights import behind, statistics
from audit.insights.selection import Selection
from audit.review import scorecards
from audit.review.models import Scorecard, ScorecardFactor, ScorecardQuestion
from audit.visits.models import Visit
from tests import factories, stories
from tests.conftest import World


def question(name: str, factor: str, **values: Any) -> dict[str, Any]:
    """A yes-or-no question."""
    text = factories.both(name)
    return {"id": name, "type": "yesno", "factor": factor, "section": "all", "text": text, **values}


# 75 points on care, 25 on speed. "late" caps its factor at 40, "rude" the visit at 30.
DOCUMENT = {
    "title": factories.both("Câu điểm liệt"),
    "factors": [
        {"id": "care", "weight": 3, "title": factories.both("Chăm sóc")},
        {"id": "speed", "weight": 1, "title": factories.both("Tốc độ")},
    ],
    "sections": [{"id": "all", "title": factories.both("Tất cả")}],
    "questions": [
        question("kind", "care", weight=2),
        question("rude", "care", good="no", knockout={"scope": "visit", "cap": 30}),
        question("late", "speed", good="no", knockout={"scope": "factor", "cap": 40}),
        question("quick", "speed", weight=3, na=True),
        question("lift", "speed", na=True),
    ],
}


@pytest.fixture
def visit(session: Session, world: World, admin: Person, shopper: Person, editor: Person) -> Visit:
    """Rude and late: (2/3 · 75 + 25 · 40/100) = 60 before the knock-out of the visit, 30 after it."""
    made = factories.visit(
        factories.wave(world.client, admin, factories.version(DOCUMENT)), world.branch, shopper
    )
    session.commit()
    stories.submitted(made, shopper, {"rude": "yes", "late": "yes", "lift": "na"})
    stories.approved(made, editor)
    return made


def test_the_score_with_and_without_the_knock_out(visit: Visit, session: Session) -> None:
    card = session.scalars(select(Scorecard)).one()
    assert (card.overall, card.before_knockouts, card.knockouts) == (30, 60, 1), (
        "of the visit, not of a factor"
    )
    assert (card.result["overall"], card.result["before_knockouts"]) == ("30", "60")


def test_each_line_holds_its_own_figures(visit: Visit, session: Session) -> None:
    factors = session.scalars(select(ScorecardFactor).order_by(ScorecardFactor.factor_id))
    assert [(row.factor_id, row.possible, row.score) for row in factors] == [
        ("care", 75, scorecards.stored("200/3")),
        ("speed", 25, 40),
    ]
    rows = session.scalars(select(ScorecardQuestion))
    assert {row.question_id: (row.state, row.credit, row.possible, row.lost) for row in rows} == {
        "kind": ("answered", 1, 50, 0),
        "rude": ("answered", 0, 25, 55),  # its own 25 and a drop of 30
        "late": ("answered", 0, Decimal("6.25"), 15),  # its own 6,25 and a drop of 8,75
        "quick": ("answered", 1, Decimal("18.75"), 0),
        "lift": ("na", None, 0, 0),
    }


def test_comparisons_take_the_score_before_the_knock_out_and_count_the_incident(
    visit: Visit, admin: Person, head_office: Person
) -> None:
    stories.released(visit, admin)
    own = statistics.of_wave(visit.wave).branch(visit.branch_id)
    assert (own.n, own.mean, own.overall, own.incidents) == (1, 60, 30, 1)
    assert {name: mean.value for name, mean in own.factors.items()} == {
        "care": Fraction(scorecards.stored("200/3")),
        "speed": 40,
    }


def test_a_knock_out_of_a_factor_alone_is_no_incident(
    session: Session, world: World, admin: Person, shopper: Person, editor: Person, head_office: Person
) -> None:
    wave = factories.wave(world.client, admin, factories.version(DOCUMENT))
    visits = [factories.visit(wave, world.branch, shopper) for _ in range(3)]
    session.commit()
    for visit, rude in zip(visits, ("no", "no", "yes"), strict=True):
        stories.submitted(visit, shopper, {"late": "yes", "rude": rude})
        stories.approved(visit, editor)
        stories.released(visit, admin)
    own = statistics.of_wave(wave).branch(world.branch.id)
    assert (own.n, own.incidents) == (3, 1)
    rows, total = behind.visits(head_office, Selection(wave), behind.Wanted(result="incident"))
    assert [row.overall for row in rows] == [30]
    assert total == 1
