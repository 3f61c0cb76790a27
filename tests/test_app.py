"""The whole application boots, every page has its headers, errors have our layout."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from audit import config
from audit.accounts.models import Person
from audit.db import db

Browser = Callable[[Person | None], FlaskClient]


def test_an_unknown_address_gets_our_own_page(client_of: Browser) -> None:
    answer = client_of(None).get("/no-such-page", headers={"Accept-Language": "vi"})
    assert answer.status_code == 404
    assert "Không có gì ở địa chỉ này" in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_an_unknown_api_address_answers_json(client_of: Browser) -> None:
    answer = client_of(None).get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_the_database_matches_the_models(client_of: Browser, session: object) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import audit.models  # noqa: F401
    from audit.db import Base, db

    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _parents: (
                    not (kind == "table" and name.startswith("procrastinate"))
                )
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_get_cannot_write_and_the_next_request_can(app: Flask, session: Session) -> None:
    def write() -> None:
        db.session.execute(text("UPDATE person SET name = name"))
        db.session.commit()

    for _ in range(2):  # the same pooled connection, both ways
        with app.test_request_context("/", method="GET"), pytest.raises(InternalError, match="read-only"):
            write()
        db.session.remove()
        with app.test_request_context("/", method="POST"):
            write()
        db.session.remove()


@pytest.mark.parametrize(("text", "offline"), [("", True), ("on", True), ("off", False), ("0", False)])
def test_the_switch_for_the_offline_pages(
    text: str, offline: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUDIT_VAR", str(tmp_path))
    monkeypatch.setenv("AUDIT_OFFLINE", text)
    assert config.load().offline is offline
    monkeypatch.setenv("AUDIT_OFFLINE", "perhaps")
    with pytest.raises(config.SettingError, match="AUDIT_OFFLINE"):
        config.load()
