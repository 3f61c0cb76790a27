"""Several web processes on one listening socket: a process answers with one core, a machine has more."""

import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from flask import Flask

from audit import webserver
from audit.config import Settings
from audit.db import db

PATIENCE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
BACKLOG = 1024


class Crew:
    """Forks the processes from a parent that has loaded everything, and forks anew whoever dies.

    The parent answers no request itself. `run` returns after `stop`, which a signal handler may call.
    """

    def __init__(
        self, app: Flask, bound: socket.socket, settings: Settings, tell: Callable[[str], None]
    ) -> None:
        self._app, self._bound, self._settings, self._tell = app, bound, settings, tell
        self._members: set[int] = set()
        self._stopping = False

    def start(self) -> None:
        """Fork them; call it before any thread runs."""
        self._bound.listen(BACKLOG)
        with self._app.app_context():
            db.engine.dispose()  # no connection is shared with a child
        # What is loaded by now stays shared: the collector would touch, and so copy, every page of it.
        gc.collect()
        gc.freeze()
        for _ in range(self._settings.web_processes):
            self._fork()

    def run(self) -> None:
        """Watch over them until `stop`."""
        while not self._stopping:
            gone = self._wait()
            if gone is not None and not self._stopping:
                self._tell("A web process ended unexpectedly; another takes its place.")
                time.sleep(0.5)  # a fault at the start must not become a storm
                self._fork()
        self._end()

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stopping = True

    def _wait(self) -> int | None:
        """One member that ended, or None after a moment."""
        for pid in list(self._members):
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    continue
            self._members.discard(pid)
            return pid
        time.sleep(0.2)
        return None

    def _end(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        self._signal(signal.SIGTERM)
        while self._members and time.monotonic() < deadline:
            self._wait()
        self._signal(signal.SIGKILL)
        while self._members:
            self._wait()

    def _signal(self, number: int) -> None:
        for pid in self._members:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _fork(self) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._members.add(pid)
            return
        code = 1
        try:
            self._serve(parent)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)  # not the parent's clean-up

    def _serve(self, parent: int) -> None:
        """The life of a member. It ends with its parent, however that one ends."""
        server = webserver.WebServer(self._app, self._bound, self._settings)

        def told(_number: int, _frame: FrameType | None) -> None:
            server.stop()

        signal.signal(signal.SIGTERM, told)
        for number in (signal.SIGINT, signal.SIGHUP):  # a terminal tells everybody; the parent decides
            signal.signal(number, signal.SIG_IGN)
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == parent:
            server.run()
