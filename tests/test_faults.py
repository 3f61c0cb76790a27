"""What people and programs are told when the database is away, or something breaks that nobody thought of."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from audit import config
from audit.app import create_app
from audit.db import db


@pytest.fixture(scope="module")
def homeless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application in front of a port where no database listens."""
    folder: Path = tmp_path_factory.mktemp("homeless")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: nobody else gets the port
        port = taken.getsockname()[1]
        settings = config.Settings(
            database_url=f"postgresql://nobody@127.0.0.1:{port}/none?connect_timeout=2",
            var=folder / "var",
            uploads=folder / "uploads",
            secret_key="only-for-tests-" * 4,
            password_rounds="fast",
        )
        made = create_app(settings)
        made.add_url_rule("/api/v1/broken", "broken", _broken)
        yield made
        with made.app_context():
            db.engine.dispose()


def _broken() -> str:
    raise RuntimeError("the roof fell in")


def signed_in(app: Flask) -> FlaskClient:
    """A browser with the session of somebody whom nobody can look up."""
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "f" * 32
        cookie["_fresh"] = True
        cookie["fs_cc"] = "set"
    return browser


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_without_its_database_the_protocol_says_come_again(homeless: Flask, method: str) -> None:
    path = "/api/v1/session" if method == "GET" else "/api/v1/visits/1/photos/" + "0" * 32
    path = path.replace("0" * 32, "00000000-0000-4000-8000-000000000000")
    for language, sentence in (
        ("vi", "Hệ thống đang tạm gián đoạn"),
        ("en", "We are not available for a moment"),
    ):
        browser = signed_in(homeless)
        answer = browser.open(path, method=method, headers={"Accept-Language": language})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json == {"code": "unavailable", "message": sentence}
        assert answer.headers["Cache-Control"] == "no-store"
        with browser.session_transaction() as cookie:
            assert cookie["_user_id"] == "f" * 32, "nobody is signed out by it"


def test_without_its_database_a_page_says_so_too(homeless: Flask) -> None:
    answer = signed_in(homeless).get("/visits")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Hệ thống đang tạm gián đoạn" in answer.text
    assert "<html" in answer.text


def test_a_fault_nobody_thought_of_is_json_for_programs(homeless: Flask) -> None:
    answer = homeless.test_client().get("/api/v1/broken")
    assert (answer.status_code, answer.is_json) == (500, True)
    assert answer.json is not None
    assert answer.json["code"] == "server_error"
    assert "roof" not in answer.text
