"""Throwing the demo away: what stood there before is gone, and one is told how to sign in."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from audit.accounts.models import Person, RoleName
from audit.demo import load as demo
from tests import factories


def test_a_reset_empties_everything_and_says_how_to_sign_in(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.person("Lê Chi", RoleName.ADMIN)
    session.commit()
    storage = app.extensions["storage"]
    stray = storage.put(b"left over")
    found: list[int | None] = []

    def load(app: Flask, seed: int) -> None:
        with app.app_context():
            found.append(session.scalar(select(func.count()).select_from(Person)))
            found.append(session.scalar(text("SELECT nextval(pg_get_serial_sequence('person', 'id'))")))

    monkeypatch.setattr(demo, "load", load)  # test_loading.py loads
    lines = demo.reset(app)

    assert found == [0, 1]  # nobody, and numbers begin anew
    assert any("shopper@demo.example" in line for line in lines)
    assert not storage.exists(stray)
