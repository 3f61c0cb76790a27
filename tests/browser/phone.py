"""A shopper's phone: a browser profile that outlives its browser, and what may happen to it."""

import contextlib
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Page, Playwright

from tests.browser.house import ARGUMENTS, chromium

T = TypeVar("T")
LOOK: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
}
# A phone without network, or with a server in trouble, logs each request that failed: that is asked for.
# The last is what Chromium says where a test has emptied the storage under an open page.
EXPECTED = re.compile(
    r"^Failed to load resource|net::ERR_|the server responded with a status of|Force close delete origin"
)
NO_BACKGROUND = "delete ServiceWorkerRegistration.prototype.sync;"  # as on iOS and in Firefox
LOCKS = ("SingletonLock", "SingletonSocket", "SingletonCookie")


class Phone:
    """One profile directory; `complaints` are script errors and breaches of the content policy, of all boots.

    `cookies` are put in at each boot: Chromium writes them to disk only every 30 s.
    """

    def __init__(self, playwright: Playwright, url: str, **look: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self.cookies: list[Any] = []
        self._playwright = playwright
        self._look = {**LOOK, **look}
        self.profile = tempfile.mkdtemp(prefix="audit-phone-")
        self._context: BrowserContext | None = None

    @property
    def context(self) -> BrowserContext:
        """The running browser's."""
        assert self._context is not None, "the phone is off"
        return self._context

    def boot(self, *, offline: bool = False) -> Page:
        """Start the browser; its first page."""
        assert self._context is None, "the phone is on already"
        self._context = self._playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=chromium(),
            headless=True,
            args=[*ARGUMENTS, "--disable-dev-shm-usage"],
            **self._look,
        )
        if offline:
            self.context.set_offline(True)
        if self.cookies:
            self.context.add_cookies(self.cookies)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self._complain(str(error.error)))
        self.context.on("dialog", self._dialog)
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def page(self) -> Page:
        """A further tab."""
        return self.context.new_page()

    def offline(self, is_offline: bool = True) -> None:
        """Airplane mode on or off, for pages and worker."""
        self.context.set_offline(is_offline)

    def shut(self) -> None:
        """End the browser properly, which writes everything to disk."""
        context, self._context = self._context, None
        if context is not None:
            context.close()

    def kill(self) -> None:
        """The battery is pulled: every process of this profile gets SIGKILL."""
        for one in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
        context, self._context = self._context, None
        if context is not None:
            with contextlib.suppress(Error):
                context.close()
        psutil.wait_procs(self._processes(), timeout=30)
        for name in LOCKS:
            Path(self.profile, name).unlink(missing_ok=True)

    def kill_renderers(self) -> None:
        """What Android does to a page in the background: its process is gone, the browser stays."""
        gone = []
        for one in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended by itself
                if "--type=renderer" in one.cmdline():
                    one.send_signal(signal.SIGKILL)
                    gone.append(one)
        assert gone, "no renderer found"
        psutil.wait_procs(gone, timeout=30)

    def discard(self) -> None:
        """Throw the phone away."""
        try:
            self.shut()
        except Error:
            self.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def sign_out(self) -> None:
        """The session ends while nobody looks: the cookie is gone."""
        self.cookies = []
        self.context.clear_cookies()

    def sign_in(self, cookies: list[Any]) -> None:
        """As whoever these cookies belong to."""
        self.cookies = cookies
        if self._context is not None:
            self.context.clear_cookies()
            self.context.add_cookies(cookies)

    def devtools(self, page: Page, method: str, **values: Any) -> Any:
        """A call of the browser's debugging protocol."""
        session = self.context.new_cdp_session(page)
        try:
            return session.send(method, values)
        finally:
            session.detach()

    def background_sync(self, page: Page, tag: str) -> None:
        """The browser lets the worker finish its work; by itself it does so at a time of its own choice."""
        found: list[str] = []
        session = self.context.new_cdp_session(page)
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
        )
        session.send("ServiceWorker.enable")
        while not found:
            page.wait_for_timeout(50)
        for number in set(found):
            values = {"origin": self.url, "registrationId": number, "tag": tag, "lastChance": False}
            session.send("ServiceWorker.dispatchSyncEvent", values)
        session.detach()

    def _processes(self) -> list[psutil.Process]:
        """Those of this profile only: the browser, found by its profile, and its children."""
        roots = [
            one
            for one in psutil.process_iter(["cmdline"])
            if any(self.profile in part for part in one.info["cmdline"] or [])
        ]
        found = {one.pid: one for one in roots}
        for root in roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                found |= {one.pid: one for one in root.children(recursive=True)}
        return list(found.values())

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"{message.text} {message.location.get('url', '')}")

    def _complain(self, text: str) -> None:
        if not EXPECTED.search(text):
            self.complaints.append(text)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        with contextlib.suppress(Error):
            dialog.accept()


def controlled(page: Page) -> None:
    """Wait until the worker is active and answers for this page."""
    page.wait_for_function(
        "() => navigator.serviceWorker.controller && navigator.serviceWorker.controller.state === 'activated'"
    )


def ready_for_offline(page: Page) -> None:
    """Wait, on the list of visits, until every page of the list is on the phone."""
    controlled(page)
    page.wait_for_function("() => document.documentElement.dataset.offlineReady === '1'")


def until(fn: Callable[[], T], seconds: float = 60) -> T:
    """Poll until it holds; what it gave. Ask the SERVER: pages may claim too much."""
    end = time.monotonic() + seconds
    while True:
        found = fn()
        if found:
            return found
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.1)
