"""Somebody with a password, a browser in which nobody is signed in, and few attempts."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from audit.accounts.models import Person, RoleName
from audit.accounts.passwords import hash_once
from tests import factories

PASSWORD = "Ba con mèo đen 1975"


@pytest.fixture
def an(session: Session) -> Person:
    """A shopper who can sign in by mail and by phone."""
    return factories.person(
        "Nguyễn An",
        RoleName.SHOPPER,
        email="an@example.com",
        phone="+84912345678",
        password=hash_once(PASSWORD),
    )


@pytest.fixture
def visitor(app: Flask, session: Session) -> FlaskClient:
    """Nobody is signed in."""
    return app.test_client()


@pytest.fixture
def limited(app: Flask) -> Iterator[None]:
    """Three attempts a minute."""
    usual = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(usual, sign_in_limit="3 per minute")
    yield
    app.extensions["settings"] = usual


def sign_in(visitor: FlaskClient, identity: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the form."""
    return visitor.post("/sign-in", data={"identity": identity, "password": password, **more})
