"""Everything that can happen has words in the trail."""

import re
from pathlib import Path

from flask import Flask

import audit
from audit.followup.words import EVENT_WORDS
from audit.oversight.words import HAPPENED, ROOMS, details

RECORDED = re.compile(r'record(?:_apart)?\(\s*"([a-z_.]+)"')


def test_every_step_of_an_action_has_words() -> None:
    assert [kind for kind in EVENT_WORDS if f"action.{kind}" not in HAPPENED] == []


def test_everything_that_is_recorded_has_words() -> None:
    sources = [path.read_text() for path in Path(audit.__path__[0]).rglob("*.py")]
    kinds = {kind for source in sources for kind in RECORDED.findall(source)}
    assert len(kinds) > 20
    assert kinds - set(HAPPENED) == set()


def test_every_kind_has_a_room_for_the_filter() -> None:
    assert {kind.partition(".")[0] for kind in HAPPENED} - set(ROOMS) == set()


def test_settings_and_answers_before_and_after_are_told(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        told = details(
            {"old": {"dispute_days": 7, "active": True}, "new": {"dispute_days": 0, "active": False}}
        )
        assert told == [
            ("before", "days to object: 7, active: Yes"),
            ("after", "days to object: 0, active: No"),
        ]
        assert details({"old": {}, "new": {"value": "yes"}}) == [("before", "—"), ("after", "yes")]
        assert details({"old": "North", "new": ""}) == [("before", "North")]
        assert details({"new": {"flag_limits": {"gps": 500}}}) == [("after", "thresholds of signs: gps 500")]
