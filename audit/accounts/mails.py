"""Mails of the sign-in library: by the SMTP server if there is one, else written as files into var/mails."""

import os
import secrets
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException

from audit.accounts.identity import normal_email
from audit.accounts.models import Person
from audit.accounts.texts import SUBJECTS, sentence
from audit.config import SmtpServer
from audit.db import now
from audit.i18n import LANGUAGES, force_locale, gettext, language
from audit.mails.outcome import NotTaken, Refused, Unclear
from audit.mails.smtp import SmtpTransport

SUBJECT_OF = {
    "security/email/reset_instructions": SUBJECTS["PASSWORD_RESET"],
    "security/email/reset_notice": SUBJECTS["PASSWORD_NOTICE"],
    "security/email/change_notice": SUBJECTS["PASSWORD_CHANGE_NOTICE"],
}


def folder(app: Flask) -> Path:
    """Where mails are written."""
    var: Path = app.extensions["settings"].var
    return var / "mails"


class FileMail(MailUtil):
    """Each mail leaves at once, in the language of the person who gets it; it holds a link that opens an account.

    So it does not go through the outbox, whose texts admins can read.
    """

    def normalize(self, email: str) -> str:
        """The address as it is kept; raises the library's exception with our sentence."""
        found = normal_email(email)
        if found is None:
            raise EmailValidateException(sentence("INVALID_EMAIL_ADDRESS"))
        return found

    def validate(self, email: str) -> str:
        """The same: whether mail arrives is not asked of the network."""
        return self.normalize(email)

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Write the mail; somebody without an address gets none."""
        person: Person = context["user"]
        if not recipient:
            return
        if "reset_link" in context:
            context["reset_link"] = _trusted(str(context["reset_link"]))
        wanted = person.language if person.language in LANGUAGES else language()
        with force_locale(wanted):
            text = render_template(f"{template}.txt", **context)
            subject = gettext(SUBJECT_OF.get(template, str(subject)))
        message = EmailMessage()
        message["Date"] = format_datetime(now())
        settings = current_app.extensions["settings"]
        message["From"] = settings.mail_from if settings.smtp else str(sender)
        message["To"] = str(recipient)
        message["Subject"] = subject
        message.set_content(text)
        if settings.smtp is None or not _sent(message, settings.smtp):
            _write(message, folder(current_app))


def _trusted(link: str) -> str:
    """The link on our own address: what the request called us is anybody's word."""
    parts = urlsplit(link)
    return f"{current_app.extensions['settings'].link_base}{parts.path}"


def _sent(message: EmailMessage, server: SmtpServer) -> bool:
    """Whether the server took it. Nobody is told of a failure, as nobody learns which addresses have accounts."""
    try:
        SmtpTransport(server).send(message, "")
    except (NotTaken, Refused, Unclear) as error:
        current_app.logger.error("a mail of the sign-in was not sent: %s", error)
        return False
    return True


def _write(message: EmailMessage, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / f"{now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
    # Links in mails open accounts: only the owner reads them.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(message.as_bytes())
