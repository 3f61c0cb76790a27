"""Settings from the environment (AUDIT_*): the only reader of os.environ."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class SmtpServer:
    """Where mails are handed in; without a user there is no sign-in."""

    host: str
    port: int
    tls: str = "starttls"  # or "implicit" (smtps://), or "none": only for a server on the same machine
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ from one installation to the next."""

    database_url: str | None  # None: the embedded PostgreSQL in var/postgres
    var: Path  # database, secret, logs: what the program keeps for itself
    uploads: Path  # photos and PDFs
    secret_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 1  # all on one port
    worker_mb: int = 350  # of memory; a worker that holds more starts anew between two jobs
    address: str = ""  # for links in mails, like https://audit.example.vn; empty: host and port
    secure_cookies: bool = False  # set behind HTTPS
    trusted_proxies: int = 0  # how many proxies in front set X-Forwarded-*
    agency_name: str = "Mystery Audit"
    agency_contact: str = ""  # printed on scorecards: where a branch objects
    smtp: SmtpServer | None = None  # None: mails become files in var/mails/outbox
    mail_from: str = "no-reply@localhost"
    payment_days: int = 15  # after the approval of a visit: when its shopper may expect the money
    password_rounds: str = "normal"  # noqa: S105 - no password; "fast" only in tests
    offline: bool = True  # False takes the service worker and its copies of pages off the phones
    testing: bool = False
    sign_in_limit: str = "10 per minute;60 per hour"

    @property
    def link_base(self) -> str:
        """What links in mails begin with, without a slash at the end: never what a request calls itself."""
        here = "localhost" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - every address
        return self.address or f"http://{f'[{here}]' if ':' in here else here}:{self.port}"


def _secret(var: Path) -> str:
    """The signing key: made once, kept in var/secret with mode 0600."""
    path = var / "secret"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if not key:
        raise SettingError(
            f"{path} is empty: delete it and start again, a new key is made (all sign-ins end)."
        )
    return key


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdigit():
        raise SettingError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _switch(name: str, default: bool = False) -> bool:
    text = os.environ.get(name, "").lower()
    if not text:
        return default
    if text in ("0", "no", "false", "off"):
        return False
    if text in ("1", "yes", "true", "on"):
        return True
    raise SettingError(f"{name} must be 1 or 0, not {text!r}.")


def _database_url() -> str | None:
    url = os.environ.get("AUDIT_DATABASE_URL") or None
    if url is None:
        return None
    for prefix in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if url.startswith(prefix):
            return "postgresql://" + url.removeprefix(prefix)
    raise SettingError("AUDIT_DATABASE_URL must begin with postgresql:// (PostgreSQL 15 or newer).")


def _address() -> str:
    address = os.environ.get("AUDIT_ADDRESS", "").rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query):
        raise SettingError(f"AUDIT_ADDRESS must be like https://audit.example.vn, not {address!r}.")
    return address


def _smtp() -> SmtpServer | None:
    """AUDIT_SMTP_URL: smtp:// with STARTTLS (or ?tls=none), smtps:// encrypted from the start."""
    url = os.environ.get("AUDIT_SMTP_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = asked.pop("tls", "starttls") if parts.scheme == "smtp" else "implicit"
    try:
        port = parts.port or {"implicit": 465, "starttls": 587}.get(tls, 25)
    except ValueError:
        port = 0
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise SettingError("AUDIT_SMTP_URL: user and password can only have characters of ASCII.")
    known = parts.scheme in ("smtp", "smtps") and tls in ("starttls", "none", "implicit") and not asked
    if not known or not parts.hostname or not port or parts.path not in ("", "/"):
        # The address itself is not repeated: it holds a password.
        raise SettingError(
            "AUDIT_SMTP_URL must be like smtp://user:password@mail.example.vn:587 (STARTTLS; ?tls=none without"
            " encryption) or smtps://user:password@mail.example.vn:465."
        )
    return SmtpServer(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _mail_from(address: str) -> str:
    """AUDIT_MAIL_FROM, or no-reply at the host of our address."""
    given = os.environ.get("AUDIT_MAIL_FROM", "")
    if given and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", given):
        raise SettingError(f"AUDIT_MAIL_FROM must be a mail address like audit@example.vn, not {given!r}.")
    return given or f"no-reply@{urlsplit(address).hostname or 'localhost'}"


def load() -> Settings:
    """Read the environment; raises SettingError that names the variable."""
    var = Path(os.environ.get("AUDIT_VAR", "var")).resolve()
    address = _address()
    return Settings(
        database_url=_database_url(),
        var=var,
        uploads=Path(os.environ.get("AUDIT_UPLOADS", "uploads")).resolve(),
        secret_key=os.environ.get("AUDIT_SECRET_KEY") or _secret(var),
        host=os.environ.get("AUDIT_HOST", "127.0.0.1"),
        port=_number("AUDIT_PORT", 8000),
        worker_mb=_number("AUDIT_WORKER_MB", 350),
        web_processes=_number("AUDIT_WEB_PROCESSES", min(4, os.cpu_count() or 1)),
        address=address,
        secure_cookies=_switch("AUDIT_SECURE_COOKIES"),
        trusted_proxies=_number("AUDIT_TRUSTED_PROXIES", 0),
        agency_name=os.environ.get("AUDIT_AGENCY_NAME", "Mystery Audit"),
        agency_contact=os.environ.get("AUDIT_AGENCY_CONTACT", ""),
        smtp=_smtp(),
        mail_from=_mail_from(address),
        payment_days=_number("AUDIT_PAYMENT_DAYS", 15),
        offline=_switch("AUDIT_OFFLINE", default=True),
    )
