"""Two clicks at the same moment beside a scorecard are one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.db import now
from audit.followup.models import Acknowledgement, Action, ActionEvent, Message
from audit.review.models import Scorecard
from tests.visits.test_double_tap import at_once

ClientOf = Callable[[Person | None], FlaskClient]
TYPED = {
    "text": "Tập chào khách đầu ca",
    "owner": "Ca trưởng",
    "due_on": (now().date() + timedelta(days=10)).isoformat(),
}


@pytest.mark.parametrize(
    ("address", "sent", "kept"),
    [
        ("/actions/{action}/accept", TYPED, (1, 2, 0, 0)),
        ("/actions/{action}/drop", {"reason": "Đã có người chào."}, (1, 2, 0, 0)),
        ("/scorecards/{card}/actions/new", TYPED, (2, 2, 0, 0)),
        ("/scorecards/{card}/messages", {"text": "Quầy 3 hôm đó bảo trì."}, (1, 1, 1, 0)),
        ("/scorecards/{card}/acknowledge", {}, (1, 1, 0, 1)),
    ],
    ids=["accept", "drop", "add", "message", "acknowledge"],
)
def test_four_clicks_are_one(
    session: Session,
    card: Scorecard,
    action: Action,
    branch_manager: Person,
    client_of: ClientOf,
    address: str,
    sent: dict[str, str],
    kept: tuple[int, ...],
) -> None:
    path = address.format(action=action.id, card=card.id)
    data = {**sent, "seen": str(action.events[-1].id)}
    browsers = [client_of(branch_manager) for _click in range(4)]
    answers = at_once(*(lambda one=one: one.post(path, data=data) for one in browsers))
    assert {answer.status_code for answer in answers} == {303}
    session.rollback()
    tables = (Action, ActionEvent, Message, Acknowledgement)
    assert tuple(session.scalar(select(func.count()).select_from(table)) for table in tables) == kept
