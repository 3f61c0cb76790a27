"""The quick look in the request gives the same verdict as the full reading in the job, where no decoding is needed."""

from collections.abc import Callable

import pytest

from audit.visits import photos
from tests import photo_files
from tests.visits.test_photo_intake import REFUSED


@pytest.mark.parametrize(("make", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_the_job_refuses_the_look_refuses_too(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(photos.PhotoRefused) as refused:
        photos.look(make())
    assert refused.value.code == code


def test_look_measures_upright_and_reads_time_and_place() -> None:
    data = photo_files.jpeg(400, 300, 1, orientation=6, gps=(21.03, 105.85))
    seen, full = photos.look(data), photos.accept(data)
    assert (seen.width, seen.height) == (full.width, full.height) == (300, 400)
    assert (seen.taken_at, seen.gps) == (full.taken_at, full.gps)
    assert seen.gps == pytest.approx((21.03, 105.85), abs=1e-4)
