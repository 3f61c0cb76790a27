"""The web server: waitress with limits set on purpose, and an end that lets running requests finish."""

import errno
import resource
import socket
import time
from contextlib import suppress
from typing import Any

import waitress  # type: ignore[import-untyped]
from flask import Flask
from waitress import wasyncore

from audit.config import Settings

THREADS = 16  # where one process serves alone
CREW_THREADS = 8  # in each of several: slow clients wait in buffers, not in threads
CONNECTIONS = 2000
FORM_OVERHEAD = 1_000_000  # a body just over the application's own limit shall get the application's own page
LAST_REQUESTS_SECONDS = 5.0


class AddressError(RuntimeError):
    """The address cannot be listened on; the message says which setting to change."""


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet; AddressError with a remedy. Port 0 takes any free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise AddressError(f"AUDIT_HOST={host} is not an address of this machine: {error}.") from error
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressError(
                f"Port {port} is taken by another program (perhaps this one is already running). "
                f"Choose another with AUDIT_PORT, for example AUDIT_PORT={port + 1 if port < 65535 else 8000}"
            ) from error
        if error.errno == errno.EACCES:
            raise AddressError(
                f"Port {port} is reserved for root. Choose one above 1023 with AUDIT_PORT."
            ) from error
        raise AddressError(f"{host}:{port} cannot be used: {error.strerror}. Set AUDIT_HOST.") from error
    return bound


def address_of(bound: socket.socket) -> str:
    """The address a person on this machine types into the browser."""
    host, port = bound.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - every address of the machine, this one among them
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class WebServer:
    """Waitress on a bound socket; `run` returns after `stop`, which a signal handler may call."""

    def __init__(self, app: Flask, bound: socket.socket, settings: Settings) -> None:
        _allow_open_files(CONNECTIONS + 500)
        self._channels: dict[int, Any] = {}
        self._stopping = False
        self._server = waitress.create_server(
            app,
            map=self._channels,
            sockets=[bound],
            threads=THREADS if settings.web_processes == 1 else CREW_THREADS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            ident=None,
            max_request_body_size=int(app.config["MAX_CONTENT_LENGTH"] or 0) + FORM_OVERHEAD,
            # The proxy's headers are read by the application, which knows how many proxies to trust.
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        )

    def run(self) -> None:
        """Serve until `stop`, then let the requests that are being answered finish."""
        while not self._stopping:
            self._turn(30.0)
        deadline = time.monotonic() + LAST_REQUESTS_SECONDS
        while self._busy() and time.monotonic() < deadline:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=1)
        self._server.close()
        for channel in list(self._channels.values()):
            channel.handle_close()  # the server's own closing leaves them open

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopping = True
        self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._channels, count=1)

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def _allow_open_files(wanted: int) -> None:
    """Raise this process's own limit as far as it may: every connection is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < target:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
