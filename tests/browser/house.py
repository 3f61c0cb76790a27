"""The real server on a free port, in a thread of the test: own database, CSRF on, sign-in by form."""

import shutil
import tempfile
import threading
from pathlib import Path

from flask import Flask

from audit import config, jobs, migrate, webserver
from audit.app import create_app
from audit.db import db
from tests.cluster import Cluster

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of Chromium's own goes over the network, and it runs as root too.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class House:
    """The application, its server, its worker."""

    def __init__(self, cluster: Cluster) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="audit-browser-"))
        settings = config.Settings(
            database_url=cluster.empty(),
            var=self.folder / "var",
            uploads=self.folder / "uploads",
            secret_key="only-for-tests-" * 4,
            password_rounds="fast",
            agency_contact="khieunai@agency.example",
            sign_in_limit="1000 per minute",
        )
        self.app: Flask = create_app(settings)
        migrate.to_head(self.app)
        bound = webserver.bind("127.0.0.1", 0)
        self.url = webserver.address_of(bound)
        self._server = webserver.WebServer(self.app, bound, settings)
        self._thread = threading.Thread(target=self._server.run, name="web")
        self._thread.start()

    def work(self) -> None:
        """Let the worker do what is due; a job that fails fails the test."""
        jobs.run_until_idle(self.app)

    def close(self) -> None:
        """Stop serving and remove the files."""
        self._server.stop()
        self._thread.join()
        with self.app.app_context():
            db.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def chromium() -> str:
    """The browser of this machine that starts; Ubuntu's package without snaps does not."""
    for name in CHROMIUM:
        found = shutil.which(name)
        if found and not Path(found).read_bytes()[:2048].count(b"snap install"):
            return found
    raise RuntimeError("The browser tests need Chromium: run make install-dev, or apt-get install chromium.")
