"""Painted photos are photos: readable, with the camera's data, all different, the same for the same plan."""

import io
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from PIL import Image

from audit.demo.calendar import ZONE
from audit.demo.painting.jobs import Picture, picture_of
from audit.demo.painting.painting import SCENES, paint
from audit.demo.places import BANK, RETAIL
from audit.visits import photos

AT = datetime(2026, 11, 14, 10, 5, tzinfo=ZONE)


def plan(scene: str, seed: int = 3) -> Picture:
    """A picture of a shop or a bank at a fixed place."""
    brand = RETAIL if seed % 2 else BANK
    made = picture_of(brand, brand.places[0], "photo_front", scene, AT, Random(seed))
    return replace(made, size=(1280, 960), turn=1, position=(21.0299, 105.8467))


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_is_a_photo_that_intake_accepts(scene: str) -> None:
    for seed in (3, 4):
        accepted = photos.accept(paint(plan(scene, seed)))
        assert (accepted.width, accepted.height) == (1280, 960)
        with Image.open(io.BytesIO(accepted.derivatives.grid)) as small:
            assert len(small.getcolors(200_000) or range(200_000)) > 500  # not one flat colour


def test_the_camera_tells_time_place_and_turn() -> None:
    data = paint(replace(plan("front"), turn=6))
    accepted = photos.accept(data)
    assert accepted.orientation == 6
    assert (accepted.width, accepted.height) == (960, 1280)
    assert accepted.taken_at == AT
    assert accepted.gps == pytest.approx((21.0299, 105.8467), abs=1e-5)
    with Image.open(io.BytesIO(data)) as image:
        assert image.getexif()[0x0110]


def test_same_plan_same_bytes_other_seed_other_bytes() -> None:
    assert paint(plan("shelf")) == paint(plan("shelf"))
    assert paint(plan("shelf")) != paint(replace(plan("shelf"), seed=99))


def test_sizes_are_as_planned() -> None:
    for size in ((1600, 1200), (4032, 3024)):
        with Image.open(io.BytesIO(paint(replace(plan("hall"), size=size)))) as image:
            assert image.size == size
