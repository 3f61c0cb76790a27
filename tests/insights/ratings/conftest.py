"""A wave whose checklist has every kind of rating."""

from fractions import Fraction

import pytest

from audit.waves.models import Wave
from tests import factories
from tests.factories import both
from tests.insights.cards import card


def _scale(name, low, high, text, **more):
    return {"id": name, "type": "scale", "min": low, "max": high, "weight": 0, "text": both(text), **more}


DOCUMENT = {
    **factories.CHECKLIST,
    "questions": [
        *factories.CHECKLIST["questions"],
        _scale("csat", 1, 5, "Hài lòng?", kind="csat"),
        _scale("feel", 1, 7, "Cảm nhận"),
        {
            "id": "pushed",
            "type": "yesno",
            "good": "no",
            "factor": "attitude",
            "text": both("Bị ép mua?"),
        },
        {"id": "awning", "type": "yesno", "weight": 0, "truth": "no", "text": both("Có mái hiên?")},
    ],
}


@pytest.fixture
def wave(world, admin, session) -> Wave:
    """An open wave with every kind of rating."""
    made = factories.wave(world.client, admin, factories.version(DOCUMENT), name="Quý 4")
    session.commit()
    return made


@pytest.fixture
def rate(shopper):
    """Adds a released visit with ratings and credits."""

    def add(wave, branch, ratings=(), credits=(), **values):
        ends = {"nps": (0, 10), "csat": (1, 5), "feel": (1, 7)}
        lines = {}
        for name, value in dict(ratings).items():
            low, high = ends[name]
            lines[name] = (Fraction(value - low, high - low), 0, 0)
        for name, credit in dict(credits).items():
            lines[name] = (credit, 10, 0)
        return card(wave, branch, shopper, 70, questions=lines, **values)

    return add


@pytest.fixture
def driven(wave, rate, world, session):
    """The vector's 55 visits: greeting goes with 2.5 points, tidiness does not, the third is too rare."""
    for place in range(35):
        rate(
            wave,
            world.branch if place % 2 else world.southern_branch,
            {"nps": (8, 9, 10)[place % 3], "feel": 1 + place % 7},
            {"greeted": 1, "solved": place % 2, "pushed": 0 if place < 5 else 1},
        )
    for place in range(20):
        rate(
            wave,
            world.second_branch,
            {"nps": (6, 7, 6, 7)[place % 4], "csat": 3},
            {"greeted": "1/2" if place % 2 else 0, "solved": place % 2, "pushed": 1},
        )
    session.commit()
    return wave
