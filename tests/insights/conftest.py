"""A wave with figures that a pocket calculator gives."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.branches.models import Client
from audit.checklists.models import Version
from audit.db import db
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card


@dataclasses.dataclass
class Figures:
    """Hoàn Kiếm 60, 70, 80 (one knock-out); Ba Đình 90; Ninh Kiều one visit without a score; Hải Châu 10."""

    wave: Wave
    foreign_wave: Wave


@pytest.fixture
def figures(world: World, shopper: Person, admin: Person, session: Session) -> Figures:
    """Released visits of both clients."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    other = factories.wave(world.foreign, admin, name="Đợt Hoa Sen")
    card(wave, world.branch, shopper, 60, {"issue": 50, "attitude": 100, "speed": None})
    card(wave, world.branch, shopper, 70, {"issue": 60, "attitude": 80, "speed": None})
    card(wave, world.branch, shopper, 80, {"issue": 71, "attitude": 90, "speed": 40}, overall=0, knockouts=1)
    card(wave, world.second_branch, shopper, 90, {"issue": 90, "attitude": 90, "speed": 90})
    card(wave, world.southern_branch, shopper, None)
    card(other, world.foreign_branch, shopper, 10, {"issue": 10, "attitude": 10, "speed": 10})
    session.commit()
    return Figures(wave, other)


def wave_of(client: Client, admin: Person, version: Version, name: str, month: int) -> Wave:
    """A wave of four weeks from the first of a month of 2026."""
    return factories.wave(
        client,
        admin,
        version,
        name=name,
        starts_on=date(2026, month, 1),
        ends_on=date(2026, month, 28),
    )


@pytest.fixture
def two_waves(world: Any, shopper: Person, admin: Person, session: Session) -> Any:
    """Six branches with 3 visits each, 4 apart: s² = 16, with 24 degrees of freedom over both waves.

    North: Hoàn Kiếm 80, Ba Đình 60, X0 70, X1 70. South: Ninh Kiều 64, Y 66. A wave earlier all have 60.
    """
    version = factories.version()
    first, last = (
        wave_of(world.client, admin, version, name, month) for name, month in (("Quý 2", 4), ("Quý 3", 7))
    )
    branches = [
        world.branch,
        world.second_branch,
        factories.branch(world.north, "X0", "Xuân Đỉnh"),
        factories.branch(world.north, "X1", "Xuân La"),
        world.southern_branch,
        factories.branch(world.south, "Y", "Yên Hòa"),
    ]
    for wave, means in ((first, [60] * 6), (last, [80, 60, 70, 70, 64, 66])):
        for branch, mean in zip(branches, means, strict=True):
            for away in (-4, 0, 4):
                card(wave, branch, shopper, mean + away, {"issue": mean, "attitude": 90})
    session.commit()
    world.first, world.last, world.branches = first, last, branches
    return world


def rows(page: str) -> list[list[str]]:
    """The text of each body row's cells of the first table."""
    body = page.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    found = []
    for row in re.findall(r"<tr.*?</tr>", body, re.S):
        cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        found.append([" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in cells])
    return found


def section(page: str, name: str) -> str:
    """A section of the page, by the id of its heading."""
    return page.split(f'<section aria-labelledby="{name}">', 1)[1].split("</section>", 1)[0]


def heading(page: str) -> str:
    """The text of the h1."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page.split("<h1>", 1)[1].split("</h1>", 1)[0])).split())


@pytest.fixture
def queries(session: Session) -> Callable[[], contextmanager]:  # type: ignore[valid-type]
    """A counter of the statements that are sent while it is open."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        yield sent
        event.remove(db.engine, "before_cursor_execute", note)

    return counting
