"""The words of a visit's life."""

import pytest
from flask import Flask

from audit.review import words
from audit.visits.lifecycle import Action


@pytest.mark.parametrize("action", [*Action, "plan"])
def test_every_step_of_a_visit_has_a_word(app: Flask, action: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "vi"}):
        assert words.event(action) != action
