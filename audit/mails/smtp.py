"""Sending by an SMTP server, step by step, so that each failure says whether the mail may have left."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from audit.config import SmtpServer
from audit.mails.outcome import NotTaken, Refused, Unclear

SECONDS = 20.0  # for each answer of the server


@dataclass(frozen=True)
class SmtpTransport:
    """Hands mails to one server; two tries would be two mails."""

    server: SmtpServer
    repeatable: bool = False

    def send(self, message: EmailMessage, name: str) -> None:
        """Sent when the server has said that it took the mail; NotTaken, Refused or Unclear otherwise."""
        try:
            connection = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(_said(error)) from error
        try:
            self._hand_over(connection, message)
        finally:
            connection.close()  # its good-bye would be one more answer to wait for

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.tls == "implicit":
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, message: EmailMessage) -> None:
        sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        try:
            _accepted(*connection.mail(sender))
            _accepted(*connection.rcpt(recipient))
        except UnicodeError as error:  # an address beyond ASCII needs an extension that few servers have
            raise Refused(_said(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(_said(error)) from error
        try:
            _accepted(*connection.data(message.as_bytes(policy=WIRE)))
        except smtplib.SMTPDataError as error:  # it did not want to hear it
            _accepted(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise Unclear(_said(error)) from error


def _accepted(code: int, words: bytes | str) -> None:
    """Raise what the server's answer means: 2xx yes, 4xx not now, all else no."""
    if 200 <= code < 300:
        return
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    raise (NotTaken if 400 <= code < 500 else Refused)(f"{code} {said}")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
