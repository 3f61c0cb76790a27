"""Too fast, off the schedule, late: each fires, and just does not."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.i18n import force_locale
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.review.flags.scenes import CAME, Scene, said

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """An ordinary visit."""
    return Scene(wave, world.branch, shopper)


def test_an_ordinary_visit_has_no_flag(scene: Scene) -> None:
    assert scene.flags() == {}


def test_less_than_five_minutes_is_too_fast(scene: Scene) -> None:
    scene.lasted = 5 * MINUTE - SECOND
    flag = scene.flags()["too_fast"]

    assert flag.level == "review"
    assert flag.data == {"seconds": 299, "least": 300, "usual": None, "visits": 0}
    with force_locale("vi"):
        assert said(flag) == "Chỉ ở đó 4 phút; dưới 5 phút là bất thường."
    with force_locale("en"):
        assert said(flag) == "There for 4 minutes; less than 5 minutes is unusual."


def test_five_minutes_are_enough_while_nothing_else_is_known(scene: Scene) -> None:
    scene.lasted = 5 * MINUTE
    assert scene.flags() == {}


def approved_before(scene: Scene, session: Session, count: int) -> None:
    """So many approved visits of an hour by somebody else on other days."""
    for place in range(count):
        other = Scene(scene.wave, scene.branch, scene.shopper, lasted=60 * MINUTE, sent=70 * MINUTE)
        other.came = CAME - timedelta(days=place + 1)
        visit = other.play()
        visit.state, visit.approved_at = "approved", CAME - timedelta(hours=1)
    session.commit()


@pytest.mark.parametrize(
    ("visits", "lasted", "fires"),
    [(10, 24 * MINUTE - SECOND, True), (10, 24 * MINUTE, False), (9, 24 * MINUTE - SECOND, False)],
)
def test_from_ten_approved_visits_on_two_fifths_of_their_median_count(
    scene: Scene, session: Session, visits: int, lasted: timedelta, fires: bool
) -> None:
    approved_before(scene, session, visits)
    scene.lasted = lasted
    flags = scene.flags()

    assert ("too_fast" in flags) is fires
    if fires:
        with force_locale("vi"):
            expected = "Chỉ ở đó 23 phút; thường mất 60 phút (10 lượt), và dưới 24 phút là bất thường."
            assert said(flags["too_fast"]) == expected


def test_answers_given_at_home_do_not_lengthen_the_visit(
    world: World, admin: Person, shopper: Person, session: Session
) -> None:
    document = {
        **factories.CHECKLIST,
        "sections": [*factories.CHECKLIST["sections"], {"id": "after", "title": factories.both("Sau")}],
        "questions": [
            {**one, "section": "after"} if one["id"] == "nps" else one
            for one in factories.CHECKLIST["questions"]
        ],
    }
    wave = factories.wave(world.client, admin, factories.version(document))
    session.commit()
    scene = Scene(wave, world.branch, shopper, lasted=4 * MINUTE, start=None)
    scene.times = {"nps": 39 * MINUTE}

    assert scene.flags()["too_fast"].data["seconds"] == 240


def test_the_clients_own_limit_counts(scene: Scene, world: World, session: Session) -> None:
    world.client.flag_limits = {"too_fast_minutes": 31}
    session.commit()

    assert scene.flags()["too_fast"].data["least"] == 31 * 60


def test_before_the_agreed_days_is_off_the_schedule(scene: Scene) -> None:
    scene.came = CAME - timedelta(days=5)  # 9 November; agreed are the 10th to the 20th
    flag = scene.flags()["off_schedule"]

    assert flag.level == "review"
    assert flag.data["window"] == ["2026-11-10", "2026-11-20"]
    with force_locale("vi"):
        assert said(flag) == "Đến lúc 09/11/2026 10:05. Lượt này được hẹn từ 10/11/2026 đến 20/11/2026."
    with force_locale("en"):
        assert said(flag) == "Arrived on 09/11/2026 10:05. The visit was agreed for 10/11/2026 to 20/11/2026."


@pytest.mark.parametrize("days", [-4, 6])
def test_the_first_and_the_last_agreed_day_are_right(scene: Scene, days: int) -> None:
    scene.came = CAME + timedelta(days=days)
    assert CAME.date() + timedelta(days=days) in (date(2026, 11, 10), date(2026, 11, 20))
    assert scene.flags() == {}


def test_a_minute_after_closing_is_off_the_schedule(scene: Scene) -> None:
    scene.came = CAME + timedelta(hours=6, minutes=56)  # 17:01
    flag = scene.flags()["off_schedule"]

    assert flag.data["hours"] == "T2–T7 08:00–17:00"
    with force_locale("vi"):
        assert said(flag) == "Đến lúc 14/11/2026 17:01. Giờ mở cửa của chi nhánh: T2–T7 08:00–17:00."


def test_until_closing_it_is_open(scene: Scene) -> None:
    scene.came = CAME + timedelta(hours=6, minutes=55)
    assert scene.flags() == {}


def test_on_a_day_without_hours_it_is_closed(scene: Scene) -> None:
    scene.came = CAME + timedelta(days=1)  # Sunday
    assert set(scene.flags()) == {"off_schedule"}


def test_hours_that_cannot_be_read_are_no_rule(scene: Scene, world: World, session: Session) -> None:
    world.branch.opening_hours = "Theo giờ của trung tâm thương mại"
    session.commit()
    scene.came = CAME + timedelta(days=1)

    assert scene.flags() == {}


def test_more_than_a_day_after_the_visit_is_late(scene: Scene) -> None:
    scene.sent = timedelta(hours=24, minutes=30, seconds=1)
    flag = scene.flags()["late"]

    assert (flag.level, flag.data) == ("info", {"seconds": 86_401, "limit": 24})
    with force_locale("vi"):
        assert said(flag) == "Nộp 24 giờ sau lượt ghé; hạn là 24 giờ."
    with force_locale("en"):
        assert said(flag) == "Submitted 24 hours after the visit; the limit is 24 hours."


def test_a_day_after_the_visit_is_in_time(scene: Scene) -> None:
    scene.sent = timedelta(hours=24, minutes=30)
    assert scene.flags() == {}
