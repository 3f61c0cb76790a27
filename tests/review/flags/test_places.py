"""Far from the branch, no position, an impossible trip: each fires, and just does not."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.i18n import force_locale
from audit.review.flags.facts import Fix, metres
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.review.flags.scenes import CAME, HERE, Position, Scene, east, said, shot

HOUR = timedelta(hours=1)


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """An ordinary visit."""
    return Scene(wave, world.branch, shopper)


def test_a_degree_along_a_meridian_has_its_length() -> None:
    assert metres(Fix(0, 0), Fix(1, 0)) == pytest.approx(111_195.08, abs=0.01)
    assert metres(Fix(21, 179.999), Fix(21, -179.999)) < 210
    assert metres(Fix(10, 10), Fix(-10, -170)) == pytest.approx(20_015_114.4, abs=1)


@pytest.mark.parametrize(
    ("away", "accuracy", "level"),
    [
        (211, 10, "review"),
        (209, 10, None),
        (201, None, "review"),
        (1_609, 10, "review"),
        (1_611, 10, "strong"),
        (280, 90, None),
    ],
)
def test_far_begins_at_200_metres_beyond_the_accuracy_and_is_strong_beyond_1600(
    scene: Scene, away: float, accuracy: float | None, level: str | None
) -> None:
    scene.start = east(away, accuracy)
    flags = scene.flags()

    assert {code: flag.level for code, flag in flags.items()} == ({"far": level} if level else {})


def test_far_says_how_far(scene: Scene) -> None:
    scene.start = east(2_345, 12)
    flag = scene.flags()["far"]

    assert flag.data == {"metres": 2_345, "accuracy": 12, "limit": 200}
    with force_locale("vi"):
        expected = (
            "Vị trí gần nhất của lượt này cách chi nhánh 2,3 km (sai số 12 m); sau khi trừ sai số, quá 200 m"
        )
        assert said(flag) == f"{expected} là bất thường."
    with force_locale("en"):
        assert said(flag).startswith(
            "The nearest position of this visit lies 2.3 km from the branch (exact to 12 m)"
        )


def test_a_form_started_on_the_way_is_judged_by_the_photo_at_the_branch(scene: Scene) -> None:
    scene.start = east(5_000)
    scene.shots = [shot(position=(*HERE, 8.0))]
    assert scene.flags() == {}


def test_a_branch_whose_place_is_not_known_is_far_from_nothing(
    scene: Scene, world: World, session: Session
) -> None:
    world.branch.latitude = world.branch.longitude = None
    session.commit()
    scene.start = east(5_000)
    assert scene.flags() == {}


def test_without_a_position_the_editor_is_told(scene: Scene) -> None:
    scene.start = None
    flag = scene.flags()["no_fix"]

    assert (flag.level, flag.data["accuracy"]) == ("info", None)
    with force_locale("vi"):
        assert said(flag) == "Điện thoại không cho biết vị trí. Ở trong nhà, điều này là bình thường."


@pytest.mark.parametrize(("accuracy", "fires"), [(101, True), (100, False)])
def test_a_position_worse_than_100_metres_is_none(scene: Scene, accuracy: float, fires: bool) -> None:
    scene.start = east(0, accuracy)
    flags = scene.flags()

    assert ("no_fix" in flags) is fires
    if fires:
        with force_locale("en"):
            assert said(flags["no_fix"]) == "The position is only exact to 101 m. Indoors this is normal."


def test_an_enquiry_has_no_place(world: World, admin: Person, shopper: Person, session: Session) -> None:
    document = {**factories.CHECKLIST, "channel": "enquiry"}
    wave = factories.wave(world.client, admin, factories.version(document))
    session.commit()
    assert Scene(wave, world.branch, shopper, start=None).flags() == {}


def trip(scene: Scene, world: World, session: Session, *, away: float, after: timedelta) -> Scene:
    """A visit to the second branch, and the one of the scene so many metres away, so long after."""
    place: Position = east(away)
    world.second_branch.latitude, world.second_branch.longitude = place["latitude"], place["longitude"]
    session.commit()
    Scene(scene.wave, world.second_branch, scene.shopper, start=east(away, accuracy=None)).play()
    scene.came = CAME + after
    scene.start = east(0, accuracy=None)
    return scene


@pytest.mark.parametrize(("kilometres", "fires"), [(120.1, True), (119.9, False)])
def test_faster_than_120_km_an_hour_is_impossible(
    scene: Scene, world: World, session: Session, kilometres: float, fires: bool
) -> None:
    flags = trip(scene, world, session, away=kilometres * 1_000, after=HOUR).flags()

    assert {code: flag.level for code, flag in flags.items()} == (
        {"impossible_trip": "strong"} if fires else {}
    )
    if fires:
        data = flags["impossible_trip"].data
        assert (data["metres"], data["seconds"]) == (120_100, 3_600)
        with force_locale("vi"):
            expected = "Từ Ba Đình, lượt liền kề của người ghé thăm, quãng đường là 120,1 km trong 60 phút: 120 km/h."
            assert said(flags["impossible_trip"]) == f"{expected} Quá 120 km/h là khó có thể."


def test_a_visit_sent_late_is_compared_with_the_one_after_it(
    scene: Scene, world: World, session: Session
) -> None:
    flags = trip(scene, world, session, away=300_000, after=-HOUR).flags()
    assert set(flags) == {"impossible_trip"}


def test_without_a_position_the_branch_stands_for_it(scene: Scene, world: World, session: Session) -> None:
    trip(scene, world, session, away=300_000, after=HOUR)
    scene.start = None
    assert set(scene.flags()) == {"impossible_trip", "no_fix"}


def test_two_shops_of_one_house_in_one_minute_are_no_trip(
    scene: Scene, world: World, session: Session
) -> None:
    assert trip(scene, world, session, away=300, after=timedelta(seconds=20)).flags() == {}


def test_another_shoppers_visit_is_no_trip(
    scene: Scene, world: World, session: Session, other_shopper: Person
) -> None:
    trip(scene, world, session, away=300_000, after=HOUR)
    scene.shopper = other_shopper
    assert scene.flags() == {}
