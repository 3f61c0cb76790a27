"""What a photo of the demo shows, where and when it was taken. Pure: no pixel is touched here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from audit.demo.places import Brand, Place

SIZES = ((1280, 960), (1600, 1200), (1200, 1600), (2048, 1536), (4032, 3024))
WEIGHTS = (42, 28, 20, 9, 1)


SMALL = 960  # pixels of the longer side


def smaller(size: tuple[int, int]) -> tuple[int, int]:
    """The same shape as a photo that was sent small; it is painted in half the time."""
    longer = max(size)
    width, height = (side * SMALL // longer for side in size)
    return width, height


@dataclass(frozen=True)
class Picture:
    """One photo to paint; size in stored pixels, `turn` is the EXIF orientation, place in degrees or None."""

    id: UUID
    question: str
    scene: str
    seed: int
    size: tuple[int, int]
    turn: int
    taken_at: datetime
    position: tuple[float, float] | None
    camera: tuple[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)  # texts that the scene may show
    colour: tuple[int, int, int] = (0, 0, 0)  # of the brand


def _position(place: Place, rng: Random, *, far: bool, aside: bool) -> tuple[float, float] | None:
    """Where the camera says that it was."""
    if place.latitude is None or place.longitude is None:
        return None
    spread = 0.00025
    here = (
        round(place.latitude + rng.uniform(-spread, spread), 6),
        round(place.longitude + rng.uniform(-spread, spread), 6),
    )
    if far:
        return round(place.latitude + 0.031, 6), round(place.longitude - 0.008, 6)
    if aside:
        return round(here[0] + 0.0052, 6), round(here[1] - 0.0024, 6)
    return None if rng.random() < 0.15 else here


CAMERAS = (("Camera", "Phone 12MP"), ("Camera", "Phone 48MP"), ("Generic", "Mobile A5"))


def picture_of(
    brand: Brand,
    place: Place,
    question: str,
    scene: str,
    at: datetime,
    rng: Random,
    *,
    far: bool = False,
    aside: bool = False,
) -> Picture:
    """A photo taken at that place; `far` takes it elsewhere and days earlier, `aside` some streets away."""
    size = rng.choices(SIZES, WEIGHTS)[0]
    turn = 1
    if size[1] > size[0] and rng.random() < 0.7:  # held upright: stored lying, turned by its orientation
        size, turn = (size[1], size[0]), 6
    if place.is_remote:  # of the screen, as it is held
        size, turn = (960, 1280), 1
    position = _position(place, rng, far=far, aside=aside)
    if far:
        at -= timedelta(days=6)
    facts = {
        "brand": brand.sign,
        "place": place.name,
        "hours": place.hours,
        "address": place.address,
        "day": f"{at:%d/%m/%Y}",
        "time": f"{at:%H:%M}",
        "ended": f"{at.replace(day=1) - timedelta(days=1):%d/%m}",  # the last day of the month before
        "stale": f"{at - timedelta(days=3):%d.%m.%y}",  # three days too old
        "kind": brand.key,
    }
    return Picture(
        id=UUID(int=rng.getrandbits(128), version=4),
        question=question,
        scene=scene,
        seed=rng.getrandbits(32),
        size=size,
        turn=turn,
        taken_at=at.replace(microsecond=0),
        position=position,
        camera=rng.choice(CAMERAS),
        facts=facts,
        colour=brand.colour,
    )
