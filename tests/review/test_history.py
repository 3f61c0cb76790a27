"""Earlier visits of the branch beside the one that is looked at."""

from datetime import timedelta

from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.review import history
from audit.review.layers import Flag
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf


def lived(wave: Wave, world: World, shopper: Person, editor: Person, days: int, value: str = "no") -> Visit:
    """An approved visit of `world.branch`, so many days before the others."""
    made = factories.visit(wave, world.branch, shopper)
    stories.submitted(made, shopper, {"greeted": value}, stories.AT - timedelta(days=days))
    stories.approved(made, editor)
    return made


def test_the_last_six_of_the_branch_newest_first(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, admin: Person, session: Session
) -> None:
    made = [lived(wave, world, shopper, editor, days) for days in range(1, 8)]
    stories.released(made[0], admin)
    elsewhere = factories.visit(wave, world.second_branch, shopper)
    stories.submitted(elsewhere, shopper)
    stories.approved(elsewhere, editor)
    session.add(Flag(visit_id=made[1].id, round=1, code="far", level="review", data={}, at=stories.AT))
    session.add(Flag(visit_id=made[1].id, round=0, code="far", level="review", data={}, at=stories.AT))
    session.commit()

    past = history.past_of(visit)

    assert [one.visit_id for one in past] == [one.id for one in made[:6]]
    assert [one.is_released for one in past] == [True] + [False] * 5
    assert [one.flags for one in past][:3] == [past[0].flags, past[2].flags + 1, past[2].flags]


def test_a_visit_is_not_its_own_past_and_what_waits_is_none(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    other = factories.visit(wave, world.branch, shopper)
    stories.submitted(other, shopper)
    assert history.past_of(visit) == []

    stories.approved(other, editor)

    assert [one.visit_id for one in history.past_of(visit)] == [other.id]
    assert history.past_of(other) == []


def test_the_page_shows_them_one_click_away(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    before = lived(wave, world, shopper, editor, 3)

    page = client_of(editor).get(f"/review/{visit.id}").text

    assert "1 lượt trước của chi nhánh này" in page
    assert f'<a href="/review/{before.id}">11/11/2026</a>' in page
    assert "87,0" in page
    assert "cùng người ghé thăm" in page
    assert "chưa có lượt nào" in client_of(editor).get(f"/review/{factory(wave, world, shopper)}").text


def factory(wave: Wave, world: World, shopper: Person) -> int:
    """A visit of a branch without a past."""
    made = factories.visit(wave, world.southern_branch, shopper)
    stories.submitted(made, shopper)
    return made.id
