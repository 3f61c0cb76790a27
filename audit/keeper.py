"""Keeping the worker process alive beside the web server, and ending it with its parent."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 10.0  # from SIGTERM to SIGKILL
LONGEST_WAIT_SECONDS = 60.0
HEALTHY_SECONDS = 60.0  # who lived so long is restarted at once


class Keeper:
    """Runs a command and runs it again, after a growing wait, whenever it ends."""

    def __init__(self, command: list[str], tell: Callable[[str], None]) -> None:
        self._command = command
        self._tell = tell
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def stop(self) -> None:
        """End the command, gently first; returns when it is gone."""
        with self._lock:
            self._over.set()
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_SECONDS)

    def _keep(self) -> None:
        wait = 1.0
        while True:
            with self._lock:
                if self._over.is_set():
                    return
                # The child sees the pipe close when this process dies, however it dies. A session of its
                # own keeps the terminal's Ctrl-C from it: it is told to stop by us, in order.
                self._process = subprocess.Popen(  # noqa: S603
                    self._command, stdin=subprocess.PIPE, start_new_session=True
                )
            born = time.monotonic()
            code = self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            if time.monotonic() - born > HEALTHY_SECONDS:
                wait = 1.0
            if not self._over.is_set():
                self._tell(f"The worker ended ({code}); another starts in {wait:.0f} s.")
            if self._over.wait(wait):
                return
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def end_with_parent() -> None:
    """In the child: turn the death of the parent into SIGTERM, and into an end if that is not obeyed."""

    def watch() -> None:
        # The bare file: a buffered reader would hold a lock that the interpreter wants at its end.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
