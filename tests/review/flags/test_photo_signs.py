"""EXIF, the same file, pictures alike: each fires, and just does not."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.i18n import force_locale
from audit.review.flags import job
from audit.review.layers import Flag
from audit.visits import alikeness, evidence, photos
from audit.visits.models import Photo, Visit
from audit.waves.models import Wave
from tests import factories, photo_files
from tests.conftest import World
from tests.review.flags.scenes import CAME, Scene, Shot, flags_of, picture, said, shot

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def scene(wave: Wave, world: World, shopper: Person) -> Scene:
    """An ordinary visit."""
    return Scene(wave, world.branch, shopper)


@pytest.fixture
def before(wave: Wave, world: World, other_shopper: Person) -> Scene:
    """Another visit, of the day before to another branch."""
    return Scene(wave, world.second_branch, other_shopper, came=CAME - timedelta(days=1))


@pytest.mark.parametrize(
    ("taken", "fires"),
    [
        (-15 * MINUTE - SECOND, True),
        (-15 * MINUTE, False),
        (45 * MINUTE, False),
        (45 * MINUTE + SECOND, True),
    ],
)
def test_a_photo_from_another_time(scene: Scene, taken: timedelta, fires: bool) -> None:
    scene.shots = [shot(data=picture(1, CAME + taken))]
    flags = scene.flags()

    assert {code: flag.level for code, flag in flags.items()} == ({"exif_time": "review"} if fires else {})


def test_how_far_off_the_photo_is(scene: Scene) -> None:
    scene.shots = [shot(data=picture(1, CAME - timedelta(days=3)))]
    flag = scene.flags()["exif_time"]

    assert flag.photo_id is not None
    assert (flag.question_id, flag.data["seconds"], flag.data["before"]) == ("front", 3 * 86_400, True)
    with force_locale("vi"):
        expected = "Theo dữ liệu trong tệp, ảnh này chụp lúc 11/11/2026 10:05, 3 ngày trước khi đến."
        assert said(flag) == expected
    with force_locale("en"):
        assert said(flag).endswith("was taken on 11/11/2026 10:05, 3 days before the arrival.")


def test_a_clock_that_is_off_is_put_right_first(scene: Scene) -> None:
    ahead = timedelta(hours=5)
    scene.shots = [Shot(picture(1, CAME + 5 * MINUTE + ahead), at=CAME + 5 * MINUTE + ahead, offset=18_000.0)]
    assert scene.flags() == {}


def test_a_photo_without_exif(scene: Scene) -> None:
    scene.shots = [shot(data=picture(1, None)), shot()]
    flag = scene.flags()["exif_absent"]

    assert (flag.level, flag.data) == ("info", {"photos": 1, "of": 2})
    with force_locale("vi"):
        expected = "1 trên 2 ảnh không ghi lúc chụp. Các ứng dụng nhắn tin thường bỏ mất dữ liệu này."
        assert said(flag) == expected


def test_the_same_file_in_another_visit(scene: Scene, before: Scene) -> None:
    data = picture(1)
    before.shots = scene.shots = [Shot(data)]
    before.came = CAME - timedelta(days=1)
    other = before.play()
    flags = scene.flags()

    assert {code: flag.level for code, flag in flags.items()} == {"photo_same": "strong"}
    data_ = flags["photo_same"].data
    assert (data_["visit"], data_["branch"], data_["day"]) == (other.id, "Ba Đình", "2026-11-13")
    with force_locale("vi"):
        assert (
            said(flags["photo_same"]) == "Ảnh này là cùng một tệp với ảnh của lượt khác: Ba Đình, 13/11/2026."
        )


def test_the_same_file_twice_in_one_visit_is_no_sign(scene: Scene) -> None:
    scene.shots = [Shot(picture(1)), Shot(picture(1), question="solved")]
    assert scene.flags() == {}


def test_a_photo_that_was_taken_back_there_is_not_counted(
    scene: Scene, before: Scene, session: Session
) -> None:
    before.shots = scene.shots = [Shot(picture(1))]
    before.play()
    for photo in session.scalars(select(Photo)):
        photo.removed_at = CAME
    session.commit()
    assert scene.flags() == {}


def marked(visit: Visit, session: Session, bits: int) -> None:
    """Give the visit's photo a hash of its own choice."""
    for photo in session.scalars(select(Photo).where(Photo.visit_id == visit.id)):
        photo.dhash = bits
    session.commit()


def alike(scene: Scene, other: Scene, session: Session, apart: int) -> dict[str, Flag]:
    """Both visits with hashes so many bits apart, the highest bit among them."""
    marked(other.play(), session, 0)
    mask = sum(1 << place for place in range(63, 63 - apart, -1))
    visit = scene.play()
    marked(visit, session, mask - (1 << 64) if mask >> 63 else mask)
    job.look_through(visit.id, 1, scene.came + scene.sent)
    return flags_of(visit)


@pytest.mark.parametrize(("apart", "fires"), [(0, True), (4, True), (5, False)])
def test_pictures_up_to_four_bits_apart_are_alike(
    scene: Scene, before: Scene, session: Session, apart: int, fires: bool
) -> None:
    flags = alike(scene, before, session, apart)

    assert {code: flag.level for code, flag in flags.items()} == ({"photo_alike": "review"} if fires else {})
    if fires:
        assert flags["photo_alike"].data["bits"] == apart


@pytest.mark.parametrize(("apart", "fires"), [(2, True), (3, False)])
def test_the_same_shelf_looks_the_same(
    scene: Scene, before: Scene, session: Session, apart: int, fires: bool
) -> None:
    before.branch = scene.branch
    assert ("photo_alike" in alike(scene, before, session, apart)) is fires


def test_alike_says_where(scene: Scene, before: Scene, session: Session) -> None:
    flag = alike(scene, before, session, 3)["photo_alike"]
    with force_locale("vi"):
        assert (
            said(flag) == "Ảnh này trông giống ảnh của lượt khác: Ba Đình, 13/11/2026 (khác 3 trên 64 nét)."
        )
    with force_locale("en"):
        assert said(flag).endswith("Ba Đình, 13/11/2026 (3 of 64 features differ).")


def test_another_clients_photos_are_not_compared(
    scene: Scene, world: World, admin: Person, other_shopper: Person, session: Session
) -> None:
    foreign = factories.wave(world.foreign, admin)
    session.commit()
    other = Scene(foreign, world.foreign_branch, other_shopper, came=CAME - timedelta(days=1))
    assert alike(scene, other, session, 0) == {}


def test_photos_older_than_a_year_are_not_compared(scene: Scene, before: Scene, session: Session) -> None:
    marked(before.play(), session, 0)
    for photo in session.scalars(select(Photo)):
        photo.uploaded_at = CAME - timedelta(days=366)
    visit = scene.play()
    marked(visit, session, 0)
    job.look_through(visit.id, 1, scene.came + scene.sent)
    assert flags_of(visit) == {}


def test_a_smaller_copy_of_a_picture_is_found(scene: Scene, before: Scene) -> None:
    image = photo_files.scene(800, 600, 77)
    small = image.resize((400, 300), Image.Resampling.LANCZOS)
    tags = photo_files.exif(taken_at=(CAME + timedelta(hours=7, minutes=5)).replace(tzinfo=None))
    before.shots = [Shot(photo_files.saved(image, "JPEG", quality=90, exif=tags), at=before.came)]
    scene.shots = [Shot(photo_files.saved(small, "JPEG", quality=60, exif=tags))]
    before.play()

    assert set(scene.flags()) == {"photo_alike"}


def hash_of(image: Image.Image, **options: object) -> int:
    """As a photo that comes in."""
    return photos.accept(photo_files.saved(image, "PNG", **options)).derivatives.dhash


def steps(values: list[list[int]]) -> Image.Image:
    """A picture of 9 × 8 grey fields."""
    small = Image.new("L", (9, 8))
    small.putdata([value for row in values for value in row])
    return small.resize((360, 320), Image.Resampling.NEAREST)


def test_a_bit_says_that_the_left_field_is_darker_row_by_row() -> None:
    rising, falling = [10 * place for place in range(9)], [200 - 10 * place for place in range(9)]
    assert hash_of(steps([rising] * 8)) == -1
    assert hash_of(steps([falling] * 8)) == 0
    assert hash_of(steps([rising] + [falling] * 7)) == -(1 << 56)
    assert hash_of(steps([falling] * 7 + [rising])) == 0xFF
    one = [50, 60, 40, 40, 40, 40, 40, 40, 40]
    assert hash_of(steps([falling] * 7 + [one])) == 0x80


def test_a_turned_photo_has_the_hash_of_the_upright_one() -> None:
    upright = photo_files.scene(640, 480, 5)
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    turned = photo_files.saved(lying, "JPEG", quality=95, exif=photo_files.exif(orientation=6))
    assert alikeness.apart(photos.accept(turned).derivatives.dhash, hash_of(upright)) <= 1


def test_bits_apart_count_the_sign_too() -> None:
    assert alikeness.apart(-1, 0) == 64
    assert alikeness.apart(-(1 << 63), 0) == 1
    assert alikeness.apart(6, 3) == 2


def test_photos_stored_before_there_were_hashes_get_theirs(scene: Scene, session: Session) -> None:
    visit = scene.play()
    before = session.scalars(select(Photo.dhash)).one()
    marked(visit, session, 0)
    session.execute(update(Photo).values(dhash=None))
    session.commit()
    photo_id: UUID = session.scalars(select(Photo.id)).one()

    evidence.hash_photo(photo_id)

    assert before is not None
    assert session.scalars(select(Photo.dhash)).one() == before


def test_a_file_that_is_no_picture_any_more_stays_without_a_hash(scene: Scene, session: Session) -> None:
    scene.play()
    photo = session.scalars(select(Photo)).one()
    photo.dhash, photo.sha256 = None, evidence.storage().put(io.BytesIO(b"no picture").getvalue())
    session.commit()

    evidence.hash_photo(photo.id)

    assert session.scalars(select(Photo.dhash)).one() is None
