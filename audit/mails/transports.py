"""How a mail leaves: as a file (the default), or by an SMTP server. Says whether a try may be repeated."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from audit.config import Settings
from audit.mails.models import Mail
from audit.mails.smtp import SmtpTransport


class Transport(Protocol):
    """A way out of the house."""

    @property
    def repeatable(self) -> bool:
        """Whether sending a mail again is the same as having sent it once."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand the mail over durably; NotTaken, Refused or Unclear (mails/outcome.py) otherwise."""


def transport(settings: Settings) -> Transport:
    """The one that the settings ask for."""
    if settings.smtp is not None:
        return SmtpTransport(settings.smtp)
    return FileTransport(folder(settings))


def folder(settings: Settings) -> Path:
    """Where mails are written when there is no mail server."""
    return settings.var / "mails" / "outbox"


def name_of(mail: Mail) -> str:
    """The mail's own name: the same at every try, different from every other mail's."""
    words = re.sub(r"[^a-z0-9]+", "-", mail.key.lower()).strip("-")[:60]
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:12]
    return f"{mail.posted_at:%Y%m%dT%H%M%S}-{words}-{digest}"


def message_of(mail: Mail, settings: Settings) -> EmailMessage:
    """The mail as it is sent; every try makes the same bytes, its Message-ID tells copies from news."""
    local, _at, domain = settings.mail_from.rpartition("@")
    message = EmailMessage()
    message["Date"] = format_datetime(mail.posted_at)
    message["From"] = Address(settings.agency_name, local, domain)
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{name_of(mail)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # no answers by machines
    message.set_content(mail.body)
    message["Content-Language"] = mail.language  # after the text, which brings its own Content- lines
    return message


@dataclass(frozen=True)
class FileTransport:
    """Each mail becomes one file; a second try writes the same one anew."""

    folder: Path
    repeatable: bool = True

    def send(self, message: EmailMessage, name: str) -> None:
        """Write it whole or not at all; OSError when there is no room."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=self.folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.folder / f"{name}.eml")
        finally:
            Path(temporary).unlink(missing_ok=True)
