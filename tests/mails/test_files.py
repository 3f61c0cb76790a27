"""Without a mail server: each mail becomes one file, however often its job runs."""

import email
from collections.abc import Callable
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from audit import jobs
from audit.accounts.models import Person
from audit.db import now
from audit.mails.models import Mail, MailState
from audit.mails.services import post
from audit.mails.tasks import TRIES, send_mail
from tests import factories

Posted = Callable[..., Mail]


def fresh(session: Session, mail: Mail) -> Mail:
    """The row as it is now."""
    session.rollback()
    session.refresh(mail)
    return mail


def test_a_mail_becomes_a_file_that_says_everything(
    app: Flask, session: Session, posted: Posted, outbox: Path
) -> None:
    mail = posted()
    jobs.run_until_idle(app)

    (path,) = outbox.iterdir()
    read = email.message_from_bytes(path.read_bytes(), policy=default)
    assert (read["To"], read["Subject"]) == ("an@example.com", "Phiếu điểm Hoàn Kiếm")
    assert read["From"] == "Mystery Audit <no-reply@localhost>"
    assert (read["Content-Language"], read["Auto-Submitted"]) == ("vi", "auto-generated")
    assert read.get_content() == "Xem tại đây.\n"
    mail = fresh(session, mail)
    assert (mail.state, mail.tries, mail.problem) == (MailState.SENT, 1, "")
    assert mail.sent_at is not None
    assert path.stat().st_mode & 0o077 == 0  # links for one person's eyes


def test_the_same_news_is_posted_once(session: Session, an: Person, posted: Posted) -> None:
    posted()
    assert not post("release:1:1", an, factories.AT, lambda: ("Lần nữa", "…"))
    session.commit()
    assert session.query(Mail).count() == 1
    assert jobs.status(session) == {"todo": 1}


def test_nothing_is_posted_when_its_cause_is_taken_back(session: Session, an: Person) -> None:
    post("release:9:9", an, factories.AT, lambda: ("Phiếu điểm", "…"))
    session.rollback()
    assert session.query(Mail).count() == 0
    assert jobs.status(session) == {}


@pytest.mark.parametrize("values", [{"email": None, "phone": "+84912345678"}, {"active": False}])
def test_somebody_without_address_or_account_gets_none(session: Session, values: dict[str, object]) -> None:
    person = factories.person("Lý Thu", **values)
    assert not post("release:1:2", person, factories.AT, lambda: ("Phiếu điểm", "…"))


def test_long_names_leave_one_line_of_a_subject(session: Session, posted: Posted) -> None:
    mail = posted(subject="Chi nhánh\n" + "Hoàn Kiếm " * 40)
    assert len(mail.subject) <= 200
    assert "\n" not in mail.subject


def test_a_second_run_does_nothing(session: Session, posted: Posted, outbox: Path) -> None:
    mail = posted()
    send_mail(mail.id)
    sent_at = fresh(session, mail).sent_at
    (path,) = outbox.iterdir()
    path.unlink()
    send_mail(mail.id)
    assert list(outbox.iterdir()) == []
    assert fresh(session, mail).sent_at == sent_at
    send_mail(999_999)  # its row is gone: nothing to send, and no failure


def test_an_interrupted_file_is_written_again_as_the_same(
    session: Session, posted: Posted, outbox: Path
) -> None:
    mail = posted()
    send_mail(mail.id)
    (path,) = outbox.iterdir()
    written = path.read_bytes()
    # As if the process had died between the file and the last line in the database.
    session.execute(text("UPDATE mail SET state = 'sending', sent_at = NULL"))
    session.commit()

    send_mail(mail.id)

    assert [one.read_bytes() for one in outbox.iterdir()] == [written]
    assert fresh(session, mail).state == MailState.SENT


def test_keys_that_look_alike_are_two_files(posted: Posted, outbox: Path) -> None:
    for key in ("release:1:11", "release:11:1", "release-1:11"):
        send_mail(posted(key).id)
    assert len(list(outbox.iterdir())) == 3


def test_an_older_run_that_comes_back_writes_nothing_over_a_newer_one(
    session: Session, posted: Posted, outbox: Path
) -> None:
    from audit.mails.tasks import _end

    mail = posted()
    send_mail(mail.id)
    _end(mail.id, now() - timedelta(days=1), MailState.FAILED, "late")
    assert fresh(session, mail).state == MailState.SENT


def test_a_full_disk_is_tried_again_and_ends_as_failed(
    app: Flask, session: Session, posted: Posted, outbox: Path
) -> None:
    mail = posted()
    outbox.parent.mkdir(parents=True, exist_ok=True)
    if outbox.exists():
        outbox.rmdir()
    outbox.write_text("not a folder")  # stands for a disk that takes nothing
    try:
        for run in range(1, TRIES):
            with pytest.raises(OSError, match="File exists"):
                send_mail(mail.id)
            mail = fresh(session, mail)
            assert (mail.state, mail.tries) == (MailState.WAITING, run)
            assert "File exists" in mail.problem
        send_mail(mail.id)
        assert fresh(session, mail).state == MailState.FAILED
    finally:
        outbox.unlink()
