"""A mail to be sent, and a mail server that does as it is told."""

import asyncio
import email
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Talk
from flask import Flask
from sqlalchemy.orm import Session

from audit.accounts.models import Person
from audit.config import SmtpServer
from audit.mails.models import Mail
from audit.mails.services import post
from audit.mails.transports import folder
from tests import factories


class Postman:
    """The server's side: remembers what it took; `answers` are said instead of yes, in turn, at a step."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: dict[str, list[str]] = {}
        self.signed_in: list[tuple[bytes, bytes]] = []
        self.seconds = 0.0  # that it thinks before it takes one, and again before it says so
        self.hangs_up = False  # at the end of the text, before it says whether it took it

    def _answer(self, step: str) -> str | None:
        waiting = self.answers.get(step, [])
        return waiting.pop(0) if waiting else None

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Talk, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Whether the address is wanted."""
        answer = self._answer("rcpt")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Talk, envelope: Envelope) -> str:  # noqa: N802
        """Whether the text is taken."""
        answer = self._answer("data")
        if answer:
            return answer
        await asyncio.sleep(self.seconds)
        self.taken.append(envelope)
        await asyncio.sleep(self.seconds)
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"

    def check(self, server: SMTP, session: Talk, envelope: Envelope, way: str, data: Any) -> AuthResult:
        """Who signs in with the right password."""
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"mat:kh@u", handled=False)

    @property
    def mails(self) -> list[EmailMessage]:
        """What it took, read."""
        return [email.message_from_bytes(one.content or b"", policy=default) for one in self.taken]  # type: ignore[misc]


@pytest.fixture
def postman() -> Postman:
    """What the server does."""
    return Postman()


@pytest.fixture
def server(postman: Postman) -> Iterator[SmtpServer]:
    """A real SMTP server on this machine, without encryption, with sign-in for who wants it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        postman, hostname="127.0.0.1", port=port, authenticator=postman.check, auth_require_tls=False
    )
    before = set(threading.enumerate())
    controller.start()
    yield SmtpServer("127.0.0.1", port, tls="none")
    controller.stop()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)


@pytest.fixture
def an(session: Session) -> Person:
    """Somebody who gets mails."""
    return factories.person("Ngô Bảo An", email="an@example.com", language="vi")


@pytest.fixture
def posted(session: Session, an: Person) -> Callable[..., Mail]:
    """Posts a mail and gives its row."""

    def make(
        key: str = "release:1:1", subject: str = "Phiếu điểm Hoàn Kiếm", body: str = "Xem tại đây.\n"
    ) -> Mail:
        assert post(key, an, factories.AT, lambda: (subject, body))
        session.commit()
        return session.query(Mail).filter_by(key=key).one()

    return make


@pytest.fixture
def outbox(app: Flask) -> Iterator[Path]:
    """Where mails are written, empty."""
    place = folder(app.extensions["settings"])
    for path in place.glob("*") if place.exists() else ():
        path.unlink()
    return place
