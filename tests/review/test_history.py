"""Earlier visits of the branch beside the one that is looked at."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.review import history
from audit.review.layers import Flag
from audit.visits.models import Visit
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World
from tests.review.ladder import ClientOf, cast


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


def test_later_days_are_no_past(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    made = {days: lived(wave, world, shopper, editor, days) for days in (2, 0, -1, -3)}

    assert [one.visit_id for one in history.past_of(visit)] == [made[0].id, made[2].id]
    assert [one.visit_id for one in history.past_of(made[2])] == []
    later = history.past_of(made[-3])
    assert [one.visit_id for one in later] == [made[-1].id, made[0].id, made[2].id]


def test_the_day_is_the_branchs(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    other = lived(wave, world, shopper, editor, 0)
    visit.visited_at = stories.AT.replace(hour=17) - timedelta(days=1)  # already the next day in Hanoi
    assert [one.visit_id for one in history.past_of(visit)] == [other.id]
    visit.visited_at = stories.AT.replace(hour=16) - timedelta(days=1)
    assert history.past_of(visit) == []


def test_a_visit_that_was_not_made_yet_has_the_past_of_its_branch(
    wave: Wave, world: World, shopper: Person, editor: Person, session: Session
) -> None:
    before = lived(wave, world, shopper, editor, 3)
    planned = factories.visit(wave, world.branch, shopper)
    session.commit()

    assert [one.visit_id for one in history.past_of(planned)] == [before.id]


def test_the_latest_stand_above_everything(
    visit: Visit, wave: Wave, world: World, shopper: Person, editor: Person, client_of: ClientOf
) -> None:
    made = [lived(wave, world, shopper, editor, days) for days in (1, 2, 3, 4)]

    top = client_of(editor).get(f"/review/{visit.id}").text.partition('id="claim"')[0]

    for one in made[:3]:
        assert f'<a href="/review/{one.id}">' in top
    assert f'<a href="/review/{made[3].id}">' not in top
    assert 'href="#past"' in top


@pytest.mark.parametrize(("who", "has_csv"), [("editor", False), ("admin", True)])
def test_the_trail_is_a_click_away(
    who: str, has_csv: bool, visit: Visit, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    browser = client_of(cast(request, who))

    page = browser.get(f"/review/{visit.id}").text

    assert f'href="/trail/visits/{visit.id}"' in page
    assert browser.get(f"/trail/visits/{visit.id}").status_code == 200
    assert (f'href="/trail.csv?visit={visit.id}"' in page) is has_csv


def test_the_trail_is_a_click_away_from_the_plan(visit: Visit, admin: Person, client_of: ClientOf) -> None:
    browser = client_of(admin)
    page = browser.get(f"/waves/{visit.wave_id}/visits/{visit.id}")
    assert page.status_code == 200
    assert f'href="/trail/visits/{visit.id}"' in page.text
    assert browser.get(f"/trail.csv?visit={visit.id}").status_code == 200
