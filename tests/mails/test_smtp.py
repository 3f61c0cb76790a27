"""With a mail server: sent when it said so, never twice by itself, and honest where nobody knows."""

import dataclasses
import socket
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit import config
from audit.config import SmtpServer
from audit.mails.models import Mail, MailState
from audit.mails.outcome import NotTaken
from audit.mails.tasks import TRIES, send_mail
from tests.mails.conftest import Postman
from tests.mails.test_files import fresh

Posted = Callable[..., Mail]


@pytest.fixture(autouse=True)
def by_server(app: Flask, server: SmtpServer) -> Iterator[Callable[..., None]]:
    """The application sends by the server; the fixture's value changes how it reaches it."""
    before = app.extensions["settings"]

    def use(**changes: object) -> None:
        used = dataclasses.replace(server, **changes)  # type: ignore[arg-type]
        app.extensions["settings"] = dataclasses.replace(before, smtp=used, mail_from="phieu@agency.example")

    use()
    yield use
    app.extensions["settings"] = before


def test_the_server_gets_it_once(session: Session, posted: Posted, postman: Postman) -> None:
    mail = posted()
    send_mail(mail.id)
    send_mail(mail.id)

    (taken,) = postman.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("phieu@agency.example", ["an@example.com"])
    (read,) = postman.mails
    assert read["Subject"] == "Phiếu điểm Hoàn Kiếm"
    assert read.get_content().replace("\r\n", "\n") == "Xem tại đây.\n"
    assert read["Message-ID"].endswith("@agency.example>")
    assert fresh(session, mail).state == MailState.SENT


def test_lines_that_begin_with_a_dot_stay(posted: Posted, postman: Postman) -> None:
    send_mail(posted(body="Một\n.\n.hai\n").id)
    assert postman.mails[0].get_content().replace("\r\n", "\n") == "Một\n.\n.hai\n"


def test_who_has_a_password_signs_in(
    session: Session, posted: Posted, postman: Postman, by_server: Callable[..., None]
) -> None:
    by_server(user="phieu", password="mat:kh@u")
    mail = posted()
    send_mail(mail.id)
    assert postman.signed_in == [(b"phieu", b"mat:kh@u")]
    assert fresh(session, mail).state == MailState.SENT


def test_a_wrong_password_sends_nothing_and_waits(
    session: Session, posted: Posted, postman: Postman, by_server: Callable[..., None]
) -> None:
    by_server(user="phieu", password="sai")
    mail = posted()
    with pytest.raises(NotTaken, match="535"):
        send_mail(mail.id)
    assert postman.taken == []
    mail = fresh(session, mail)
    assert mail.state == MailState.WAITING
    assert "535" in mail.problem
    assert "sai" not in mail.problem


def test_nothing_goes_in_the_clear_where_encryption_was_asked(
    session: Session, posted: Posted, postman: Postman, by_server: Callable[..., None]
) -> None:
    by_server(tls="starttls", user="phieu", password="mat:kh@u")
    mail = posted()
    with pytest.raises(NotTaken, match="STARTTLS"):
        send_mail(mail.id)
    assert postman.signed_in == []
    assert fresh(session, mail).state == MailState.WAITING


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_refusal_for_good_is_not_repeated(
    step: str, session: Session, posted: Posted, postman: Postman
) -> None:
    postman.answers[step] = ["550 no such person"]
    mail = posted()
    send_mail(mail.id)
    mail = fresh(session, mail)
    assert (mail.state, mail.problem) == (MailState.FAILED, "550 no such person")
    send_mail(mail.id)
    assert postman.taken == []


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_refusal_for_now_is_tried_again(
    step: str, session: Session, posted: Posted, postman: Postman
) -> None:
    postman.answers[step] = ["451 try later"]
    mail = posted()
    with pytest.raises(NotTaken, match="451 try later"):
        send_mail(mail.id)
    assert fresh(session, mail).state == MailState.WAITING
    send_mail(mail.id)
    mail = fresh(session, mail)
    assert (mail.state, mail.tries, mail.problem) == (MailState.SENT, 2, "")
    assert len(postman.taken) == 1


def test_a_server_that_never_wants_it_ends_as_failed(
    session: Session, posted: Posted, postman: Postman
) -> None:
    postman.answers["rcpt"] = ["451 try later"] * TRIES
    mail = posted()
    for _run in range(TRIES - 1):
        with pytest.raises(NotTaken):
            send_mail(mail.id)
    send_mail(mail.id)
    assert fresh(session, mail).state == MailState.FAILED


def test_a_server_that_is_away_is_waited_for(
    session: Session, posted: Posted, by_server: Callable[..., None]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        by_server(port=closed.getsockname()[1])
        mail = posted()
        with pytest.raises(NotTaken, match="refused"):
            send_mail(mail.id)
    assert fresh(session, mail).state == MailState.WAITING


def test_a_line_that_breaks_at_the_last_moment_leaves_it_unsure(
    session: Session, posted: Posted, postman: Postman
) -> None:
    postman.hangs_up = True
    mail = posted()
    send_mail(mail.id)
    assert fresh(session, mail).state == MailState.UNSURE
    send_mail(mail.id)  # not again by itself
    assert len(postman.taken) == 1


def test_a_process_that_died_while_sending_leaves_it_unsure(
    session: Session, posted: Posted, postman: Postman
) -> None:
    mail = posted()
    session.execute(text("UPDATE mail SET state = 'sending', claimed_at = now(), tries = 1"))
    session.commit()
    send_mail(mail.id)
    assert fresh(session, mail).state == MailState.UNSURE
    assert postman.taken == []


def test_an_address_beyond_ascii_is_told_and_not_repeated(
    session: Session, posted: Posted, postman: Postman
) -> None:
    mail = posted()
    session.execute(text("UPDATE mail SET address = 'hà@example.com'"))
    session.commit()
    send_mail(mail.id)
    assert fresh(session, mail).state == MailState.FAILED
    assert postman.taken == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.vn", SmtpServer("mail.example.vn", 587)),
        ("smtp://mail.example.vn?tls=starttls", SmtpServer("mail.example.vn", 587)),
        ("smtp://127.0.0.1?tls=none", SmtpServer("127.0.0.1", 25, "none")),
        (
            "smtp://a%40b.vn:p%3A%2F@mail.example.vn:2525",
            SmtpServer("mail.example.vn", 2525, "starttls", "a@b.vn", "p:/"),
        ),
        ("smtps://u:p@mail.example.vn/", SmtpServer("mail.example.vn", 465, "implicit", "u", "p")),
        ("", None),
    ],
)
def test_the_address_of_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, url: str, expected: SmtpServer | None
) -> None:
    monkeypatch.setenv("AUDIT_VAR", str(tmp_path))
    monkeypatch.setenv("AUDIT_SMTP_URL", url)
    assert config.load().smtp == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.vn",
        "http://u:geheim@mail.example.vn",
        "smtp://u:geheim@",
        "smtp://u:geheim@mail.example.vn:99999",
        "smtp://u:geheim@mail.example.vn?tls=maybe",
        "smtp://u:geheim@mail.example.vn?tsl=none",
        "smtps://u:geheim@mail.example.vn?tls=none",
        "smtp://u:geheim@mail.example.vn/box",
        "smtp://u:geheim-m%E1%BA%ADt@mail.example.vn",
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, url: str
) -> None:
    monkeypatch.setenv("AUDIT_VAR", str(tmp_path))
    monkeypatch.setenv("AUDIT_SMTP_URL", url)
    with pytest.raises(config.SettingError, match="AUDIT_SMTP_URL") as told:
        config.load()
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(
    ("address", "sender", "expected"),
    [
        ("", "", "no-reply@localhost"),
        ("https://audit.example.vn", "", "no-reply@audit.example.vn"),
        ("https://audit.example.vn", "phieu@agency.vn", "phieu@agency.vn"),
    ],
)
def test_who_mails_are_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, address: str, sender: str, expected: str
) -> None:
    monkeypatch.setenv("AUDIT_VAR", str(tmp_path))
    monkeypatch.setenv("AUDIT_ADDRESS", address)
    monkeypatch.setenv("AUDIT_MAIL_FROM", sender)
    assert config.load().mail_from == expected
    monkeypatch.setenv("AUDIT_MAIL_FROM", "Đơn vị <phieu@agency.vn>")
    with pytest.raises(config.SettingError, match="AUDIT_MAIL_FROM"):
        config.load()
