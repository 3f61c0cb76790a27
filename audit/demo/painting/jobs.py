"""What a photo of the demo shows, where and when it was taken. Pure: no pixel is touched here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from audit.demo.places import Brand, Place

SIZES = ((1280, 960), (1600, 1200), (1200, 1600), (2048, 1536), (4032, 3024))
WEIGHTS = (42, 28, 20, 9, 1)


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
    spread = 0.00025
    here = (
        round(place.latitude + rng.uniform(-spread, spread), 6),
        round(place.longitude + rng.uniform(-spread, spread), 6),
    )
    position: tuple[float, float] | None = here
    if far:
        position = (round(place.latitude + 0.031, 6), round(place.longitude - 0.008, 6))
        at -= timedelta(days=6)
    elif aside:
        position = (round(here[0] + 0.0052, 6), round(here[1] - 0.0024, 6))
    elif rng.random() < 0.15:
        position = None
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
