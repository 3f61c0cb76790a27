"""The words of a visit's life."""

import pytest
from flask import Flask

from audit.review import words
from audit.visits.lifecycle import Action


@pytest.mark.parametrize("action", [*Action, "plan"])
def test_every_step_of_a_visit_has_a_word(app: Flask, action: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "vi"}):
        assert words.event(action) != action


WAIT = {"id": "wait", "type": "duration"}
TOOK = {"value": {"start": "2026-11-14T10:41:17+07:00", "end": "2026-11-14T10:43:47+07:00"}}


def test_a_duration_has_its_times_of_day_only_for_who_asks_for_them(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "vi"}):
        assert words.said(WAIT, TOOK) == "2,5 phút"
        assert words.said(WAIT, TOOK, "Asia/Ho_Chi_Minh") == "2,5 phút (10:41:17 đến 10:43:47)"
        broken = {"value": {"start": "?", "end": "?"}}
        assert words.said(WAIT, broken) == words.said(WAIT, broken, "Asia/Ho_Chi_Minh") == "—"
