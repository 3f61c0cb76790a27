"""A lost password with a mail server: the link is handed to it at once, and is not lost when it is away."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask

from audit.accounts.mails import folder
from audit.accounts.models import Person
from audit.config import SmtpServer
from audit.db import db
from tests.mails.conftest import Postman


@pytest.fixture
def served(app: Flask, server: SmtpServer, an: Person) -> Iterator[Flask]:
    """The application with that mail server; no files from before."""
    before = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(before, smtp=server, mail_from="audit@agency.example")
    for path in folder(app).glob("*.eml"):
        path.unlink()
    yield app
    app.extensions["settings"] = before


def test_the_link_goes_to_the_server_and_into_no_file(served: Flask, postman: Postman, an: Person) -> None:
    an_address = an.email
    db.session.commit()
    served.test_client().post("/forgot", data={"email": an_address})
    (mail,) = postman.mails
    assert mail["To"] == an_address
    assert "/reset/" in mail.get_content()
    assert list(folder(served).glob("*.eml")) == []


def test_a_server_that_is_away_costs_neither_the_page_nor_the_link(served: Flask, an: Person) -> None:
    db.session.commit()
    away = dataclasses.replace(served.extensions["settings"], smtp=SmtpServer("127.0.0.1", 9, tls="none"))
    served.extensions["settings"] = away
    answer = served.test_client().post("/forgot", data={"email": "an@example.com"})
    assert "Nếu địa chỉ này có tài khoản" in answer.text
    (path,) = folder(served).glob("*.eml")
    assert b"an@example.com" in path.read_bytes()
