"""Released scorecards and what was made of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import db, now
from audit.followup import actions
from audit.followup.actions import Plan
from audit.followup.models import Action
from audit.review.models import Scorecard
from audit.waves.models import Wave
from tests import factories, stories
from tests.conftest import World

AT = factories.AT
DUE = now().date() + timedelta(days=10)
PLAN = Plan("Tập chào khách đầu ca", "Sảnh", "Ca trưởng", DUE)
Lived = Callable[..., Scorecard]


@pytest.fixture
def wave(session: Session, world: World, admin: Person) -> Wave:
    """An open wave of the first client."""
    made = factories.wave(world.client, admin)
    session.commit()
    return made


@pytest.fixture
def lived(wave: Wave, world: World, shopper: Person, editor: Person, admin: Person) -> Lived:
    """A function that releases a visit of `world.branch`, or of another branch, made at a time."""

    def live(values: dict[str, Any] | None = None, at: datetime = AT, branch: Any = None) -> Scorecard:
        visit = factories.visit(wave, branch or world.branch, shopper)
        db.session.commit()
        return stories.lived(visit, editor, admin, values, at)

    return live


@pytest.fixture
def card(lived: Lived) -> Scorecard:
    """A released scorecard of `world.branch` that lost points for its greeting."""
    return lived({"greeted": "no"})


@pytest.fixture
def action(card: Scorecard) -> Action:
    """What was proposed about the greeting."""
    return db.session.scalars(select(Action).where(Action.scorecard_id == card.id)).one()


@pytest.fixture
def taken(session: Session, action: Action, branch_manager: Person) -> Action:
    """The action taken on: it is open."""
    actions.accept(action, branch_manager, now(), PLAN)
    session.commit()
    return action


def overdue(session: Session, action: Action, days: int = 3) -> None:
    """Move the action's day into the past."""
    action.due_on = now().date() - timedelta(days=days)
    session.commit()
