"""A program with a token, and figures of two clients."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from audit.accounts.models import Person
from audit.api import tokens
from audit.api.models import ApiToken
from audit.branches.models import Client, Region
from audit.db import db, now
from audit.waves.models import Wave
from tests import factories
from tests.conftest import World
from tests.insights.cards import card

PREFIX = "/api/v1"


@dataclasses.dataclass
class Program:
    """Asks with its token and nothing else."""

    app: Flask
    secret: str
    token: ApiToken

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        """One request under the prefix."""
        own = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        return self.app.test_client().get(PREFIX + path, headers=own, query_string=query)

    def json(self, path: str, **query: Any) -> Any:
        """The answer of a request that must succeed."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pieces of a list."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            answer = self.json(path, **query, **({"cursor": cursor} if cursor else {}))
            found += answer["data"]
            cursor = answer.get("next_cursor")
            if cursor is None:
                return found


ProgramOf = Callable[..., Program]


@pytest.fixture
def program_of(app: Flask, session: Session) -> ProgramOf:
    """A program with a token of this person, for a client or one of its regions."""

    def made(owner: Person, client: Client, region: Region | None = None) -> Program:
        token, secret = tokens.make(owner, "Power BI", client.id, region.id if region else None, 90, now())
        session.commit()
        return Program(app, secret, token)

    return made


@dataclasses.dataclass
class Figures:
    """Hoàn Kiếm 60, 70, 80 (one knock-out); Ba Đình 90; Ninh Kiều one without a score; Hải Châu 10."""

    wave: Wave
    foreign_wave: Wave


@pytest.fixture
def figures(world: World, shopper: Person, admin: Person, session: Session) -> Figures:
    """Released visits of both clients."""
    wave = factories.wave(world.client, admin, name="Quý 4")
    other = factories.wave(world.foreign, admin, name="Đợt Hoa Sen")
    scores = (
        (60, {"issue": 50, "attitude": 100, "speed": None}, {}),
        (70, {"issue": 60, "attitude": 80, "speed": None}, {}),
        (80, {"issue": 71, "attitude": 90, "speed": 40}, {"overall": 0, "knockouts": 1}),
    )
    for score, factors, more in scores:
        card(
            wave,
            world.branch,
            shopper,
            score,
            factors,
            questions={"greeted": (score // 80, 20, 20 - 20 * (score // 80)), "nps": (1, 0, 0)},
            sections={"arrival": score, "counter": 100 - score},
            **more,
        )
    card(wave, world.second_branch, shopper, 90, {"issue": 90, "attitude": 90, "speed": 90})
    card(wave, world.southern_branch, shopper, None)
    card(other, world.foreign_branch, shopper, 10, {"issue": 10, "attitude": 10, "speed": 10})
    session.commit()
    return Figures(wave, other)


@pytest.fixture
def program(program_of: ProgramOf, head_office: Person, world: World) -> Program:
    """Head office's, for its whole client."""
    return program_of(head_office, world.client)


@pytest.fixture
def statements(session: Session) -> Callable[[], AbstractContextManager[list[str]]]:
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
