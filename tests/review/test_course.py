"""What a scorecard says of the waves before: the figures of scoring's trend, and no more than the visits carry."""

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches.models import Branch
from audit.checklists.models import Version
from audit.insights import statistics
from audit.reports.loading import data_of
from audit.reports.scorecard import build
from audit.review.course import Course, approved_cells, course_of
from audit.review.models import Scorecard
from audit.scoring.aggregate import aggregate
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.insights.cards import card
from tests.review.ladder import ClientOf, walked

TINY = Fraction(1, 10**19)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No figures of another test."""
    statistics.forget()
    yield
    statistics.forget()


def wave_of(world: World, admin: Person, version: Version, month: int) -> Wave:
    """The wave of a month of 2026."""
    return factories.wave(
        world.client,
        admin,
        version,
        name=f"Tháng {month}",
        starts_on=date(2026, month, 1),
        ends_on=date(2026, month, 28),
    )


def scored(wave: Wave, branch: Branch, shopper: Person, *scores: int) -> None:
    """Released visits with these scores."""
    for score in scores:
        card(wave, branch, shopper, Fraction(score))


def _scores(visits: list[dict[str, str]], wave: Wave, branch: Branch) -> list[Fraction]:
    return [
        Fraction(one["score"])
        for one in visits
        if (one["wave"], int(one["branch"])) == (str(wave.id), branch.id)
    ]


def course(wave: Wave, *branches: Branch) -> Course:
    """As a release reads it."""
    return course_of(wave, approved_cells(wave.id, wave.version_id), [branch.id for branch in branches])


@pytest.mark.parametrize("seed", range(3))
def test_the_figures_are_those_of_scoring_and_of_head_offices_page(
    world: World, shopper: Person, admin: Person, session: Session, seed: int
) -> None:
    chance = random.Random(seed)
    branches = [factories.branch(world.north, f"X{number}", f"Chi nhánh {number}") for number in range(8)]
    version = factories.version()
    waves = [wave_of(world, admin, version, month) for month in range(1, 9)]
    visits = []
    for wave, branch in itertools.product(waves, branches):
        for _ in range(chance.choice((0, 2, 3, 4, 5))):
            score = Fraction(chance.randint(0, 2100), 21) / (2 if wave is waves[-2] else 1)
            card(wave, branch, shopper, score)
            visits.append({"branch": f"{branch.id:09}", "wave": str(wave.id), "score": str(score)})
    session.commit()

    found = course(waves[-1], *branches)

    pool = {str(wave.id) for wave in waves[-4:]}
    pooled = [one for one in visits if one["wave"] in pool]
    said = {"visits": pooled, "from": str(waves[-2].id), "to": str(waves[-1].id)}
    rows = {int(row["branch"]): row for row in aggregate("trend", said)["branches"]}
    now = statistics.of_wave(waves[-1])
    seen = set()
    for branch in branches:
        row, change = rows.get(branch.id), found.changes.get(branch.id)
        figures = now.branch(branch.id)
        if not figures.n:
            assert change is None
            continue
        assert change is not None
        seen.add(change["verdict"])
        point = found.points[branch.id][-1]
        assert (point["wave"], point["n"]) == ("Tháng 8", figures.n)
        assert figures.mean is not None
        assert abs(Fraction(point["mean"]) - figures.mean) < TINY
        assert (float(point["low"]), float(point["high"])) == pytest.approx((figures.low, figures.high))
        if row is None:
            assert change["verdict"] == "not_visited"
        elif row["p"] is None:
            why = "no_range" if row["low"] is None else "too_few"
            assert change == {"wave": "Tháng 7", "verdict": why}
        else:
            assert change["verdict"] == (row["flag"] or "unclear")
            told = [float(Fraction(change[name])) for name in ("difference", "low", "high")]
            assert told == pytest.approx([row["diff"], row["low"], row["high"]])
            assert figures.change is not None
            assert told[0] == pytest.approx(float(figures.change.diff))
        for point in found.points[branch.id]:
            wave = next(one for one in waves if one.name == point["wave"])
            own = _scores(visits, wave, branch)
            assert (point["n"], abs(Fraction(point["mean"]) - sum(own) / len(own)) < TINY) == (len(own), True)
            everybody = [scores for one in branches if (scores := _scores(visits, wave, one))]
            network = sum(sum(scores) / len(scores) for scores in everybody) / len(everybody)
            assert abs(Fraction(point["network"]) - network) < TINY
    assert {"up", "unclear"} & seen
    assert all(len(points) <= 6 for points in found.points.values())


def test_the_networks_mean_stands_beside_each_wave(
    world: World, shopper: Person, admin: Person, session: Session
) -> None:
    version = factories.version()
    first, second = (wave_of(world, admin, version, month) for month in (1, 2))
    scored(first, world.branch, shopper, 60)
    scored(second, world.branch, shopper, 60, 80)
    scored(second, world.second_branch, shopper, 90)
    session.commit()

    points = course(second, world.branch).points[world.branch.id]

    assert [point["network"] and Decimal(point["network"]) for point in points] == [None, Decimal(80)]
    assert [point["low"] for point in points] == [None, None]  # one repeated visit is no yardstick


def test_why_nothing_can_be_said(world: World, shopper: Person, admin: Person, session: Session) -> None:
    version = factories.version()
    first, second = (wave_of(world, admin, version, month) for month in (1, 2))
    other = wave_of(world, admin, factories.version(), 3)
    for wave in (first, second):
        scored(wave, world.branch, shopper, 60, 70, 80)
    scored(second, world.second_branch, shopper, 60)
    scored(other, world.branch, shopper, 60, 70, 80)
    changed = {
        **factories.CHECKLIST,
        "factors": [{**one, "weight": 1} for one in factories.CHECKLIST["factors"]],
    }
    rules = wave_of(world, admin, factories.version(changed), 4)
    scored(rules, world.branch, shopper, 60)
    session.commit()
    north, south = world.branch.id, world.second_branch.id

    def verdicts(wave: Wave) -> dict[int, str]:
        return {
            name: one["verdict"]
            for name, one in course(wave, world.branch, world.second_branch).changes.items()
        }

    assert verdicts(first) == {north: "first"}
    # Four repeated visits are no yardstick.
    assert verdicts(second) == {north: "no_range", south: "not_visited"}
    assert verdicts(other) == {north: "unclear"}  # another version, the same rules
    assert verdicts(rules) == {north: "other_rules"}


def test_of_an_earlier_wave_only_what_was_released_counts(
    world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    version = factories.version()
    first, second = (wave_of(world, admin, version, month) for month in (1, 2))
    walked(first, world, shopper, editor, "nn")
    walked(second, world, shopper, editor, "nn")
    one, two = session.scalars(select(Visit).where(Visit.wave_id == first.id).order_by(Visit.id))

    def counts() -> list[tuple[str, int]]:
        points = course(second, world.branch).points[world.branch.id]
        return [(point["wave"], point["n"]) for point in points]

    assert counts() == [("Tháng 2", 2)]
    stories.released(one, admin)
    assert counts() == [("Tháng 1", 1), ("Tháng 2", 2)]
    stories.released(two, admin)
    assert counts() == [("Tháng 1", 2), ("Tháng 2", 2)]


def released_wave(
    wave: Wave, world: World, people: Sequence[Person], client_of: ClientOf, letters: str, **values: Any
) -> None:
    shopper, editor, admin = people
    walked(wave, world, shopper, editor, letters, **values)
    assert client_of(admin).post(f"/waves/{wave.id}/release").status_code == 303


def test_the_scorecard_says_it_and_keeps_it(
    world: World,
    shopper: Person,
    editor: Person,
    admin: Person,
    branch_manager: Person,
    client_of: ClientOf,
    session: Session,
) -> None:
    people = (shopper, editor, admin)
    version = factories.version()
    first, second = (wave_of(world, admin, version, month) for month in (1, 2))
    released_wave(first, world, people, client_of, "nnnsss", greeted="no", solved="later")
    released_wave(second, world, people, client_of, "nnnss")
    query = select(Scorecard).where(Scorecard.wave_id == second.id).order_by(Scorecard.id)
    card = session.scalars(query.where(Scorecard.branch_id == world.branch.id)).first()
    assert card is not None
    change = build(data_of(card, "screen"), "vi").change
    assert change is not None
    # Visits alike: no spread, a range of one point.
    assert (change.verdict, change.difference) == ("up", change.low)
    page = client_of(branch_manager).get(f"/scorecards/{card.id}").text
    assert f"Tăng {change.difference}" in page
    other = session.scalars(query.where(Scorecard.branch_id == world.second_branch.id)).first()
    assert other is not None
    assert other.context is not None
    assert other.context["change"] == {"wave": "Tháng 1", "verdict": "too_few"}  # two visits

    before = dict(card.context or {})
    released_wave(second, world, people, client_of, "nns", greeted="no")
    session.refresh(card)
    assert card.context == before
