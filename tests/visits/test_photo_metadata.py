"""When and where a photo was taken, as far as its file can be believed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.visits import exif
from audit.visits.photos import accept
from tests import photo_files as files

HANOI = timezone(timedelta(hours=7))


def test_time_with_and_without_zone() -> None:
    moment = files.TAKEN
    aware = accept(files.jpeg(320, 240, 1, taken_at=moment.replace(tzinfo=HANOI)))
    assert aware.taken_at == datetime(2026, 11, 14, 7, 5, tzinfo=UTC)
    assert not aware.taken_at_is_local
    local = accept(files.jpeg(320, 240, 1, taken_at=moment))
    assert local.taken_at == moment
    assert local.taken_at_is_local
    neither = accept(files.jpeg(320, 240, 1))
    assert neither.taken_at is None
    assert not neither.taken_at_is_local


@pytest.mark.parametrize("place", [(10.7769, 106.7009), (-33.8688, 151.2093), (40.7128, -74.006)])
def test_position(place: tuple[float, float]) -> None:
    assert accept(files.jpeg(320, 240, 1, gps=place)).gps == pytest.approx(place, abs=1e-5)


def test_time_and_place_survive_the_draft_of_a_large_photo() -> None:
    photo = accept(files.jpeg(4000, 3000, 1, gps=(10.77, 106.7), taken_at=files.TAKEN))
    assert photo.taken_at == files.TAKEN
    assert photo.gps == pytest.approx((10.77, 106.7), abs=1e-5)


def test_png_and_webp_tell_as_well() -> None:
    for kind in ("PNG", "WEBP"):
        data = files.saved(files.scene(320, 240, 1), kind, exif=files.exif(gps=(10.77, 106.7)))
        assert accept(data).gps == pytest.approx((10.77, 106.7), abs=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_nonsense_is_ignored_and_the_photo_kept() -> None:
    data = files.jpeg_broken_gps()
    assert data != files.saved(
        files.scene(640, 480, 4), "JPEG", exif=files.exif(taken_at=files.TAKEN, gps=(10.0, 106.7))
    )
    broken = accept(data)
    assert broken.gps is None
    assert broken.taken_at == files.TAKEN
    tags = files.exif(orientation=99)
    turned = accept(files.saved(files.scene(320, 240, 1), "JPEG", exif=tags))
    assert (turned.orientation, turned.width, turned.height) == (1, 320, 240)
    rubbish = accept(files.jpeg_with(b"Exif\0\0" + b"\xff" * 40, 0xE1))
    assert (rubbish.taken_at, rubbish.gps, rubbish.orientation) == (None, None, 1)


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "2026:13:01 00:00:00",
        "2026:11:14 25:00:00",
        "1970:01:01 00:00:00",
        "    :  ",
        "",
        7,
    ],
)
def test_impossible_moments(text: object) -> None:
    assert exif.taken_at({36867: text}) is None


def test_bytes_and_trailing_zeros_are_read() -> None:
    assert exif.taken_at({36867: b"2026:11:14 14:05:00\0"}) == files.TAKEN


def test_impossible_zone_leaves_camera_time() -> None:
    for offset in ("+99:00", "+07:75", "Hanoi", None, 7):
        assert exif.taken_at({36867: "2026:11:14 14:05:00", 36881: offset}) == files.TAKEN


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {1: "N", 2: (91, 0, 0), 3: "E", 4: (106, 0, 0)},
        {1: "N", 2: (10, 0, 0), 3: "E", 4: (181, 0, 0)},
        {1: "N", 2: (10, 61, 0), 3: "E", 4: (106, 0, 0)},
        {1: "N", 2: (-10, 0, 0), 3: "E", 4: (106, 0, 0)},
        {1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)},
        {2: (10, 0, 0), 4: (106, 0, 0)},
        {1: "N", 2: (float("inf"), 0, 0), 3: "E", 4: (106, 0, 0)},
        {1: "", 2: (), 3: "EW", 4: "106"},
    ],
)
def test_impossible_places(tags: dict[int, object]) -> None:
    assert exif.position(tags) is None


ANY = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=8),
    st.tuples(st.floats(), st.text()),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tags=st.dictionaries(st.sampled_from([1, 2, 3, 4, 0x112, 36867, 36868, 36881, 36882]), ANY))
def test_any_value_is_an_answer_or_none(tags: dict[int, object]) -> None:
    assert 1 <= exif.orientation(tags) <= 8
    exif.taken_at(tags)
    exif.position(tags)
