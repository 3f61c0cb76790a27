"""Static files: addresses with their content's hash, and who serves them."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
FOR_EVER = 31_536_000  # seconds


@cache
def digest(filename: str) -> str:
    """Twelve hexadecimal digits of the content."""
    return hashlib.sha256((STATIC / filename).read_bytes()).hexdigest()[:12]


def digest_of(filenames: Iterable[str]) -> str:
    """The same over several files with their names."""
    return hashlib.sha256(repr([(name, digest(name)) for name in filenames]).encode()).hexdigest()[:12]


def static_url(filename: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for ever."""
    return url_for("static", filename=filename, v=digest(filename))


def init(app: Flask) -> None:
    """Serve the files before the application is asked, and let templates name them."""
    app.jinja_env.globals["static_url"] = static_url
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=STATIC, prefix="static/", max_age=FOR_EVER)  # type: ignore[method-assign]
