"""Static files: addresses with their content's hash, small copies made once, and who serves them."""

import gzip
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from wsgiref.headers import Headers

import brotli  # type: ignore[import-untyped]
from flask import Flask, url_for
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

STATIC = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
ASK_AGAIN = "no-cache"
SQUEEZED = (".css", ".js", ".svg", ".txt", ".md")
SMALLEST = 500  # bytes: below, a header costs more than it saves
_FORM = (
    *("store", "rules", "shrink", "place", "photos", "server", "merge", "sync", "watch", "draft"),
    *("fields", "line", "screens", "note", "stop", "form", "worker"),
)
# Sent as one file, in this order: on a phone each request costs more than its bytes.
JOINED = {"js/form.js": ("vendor/idb.js", *(f"js/visit-{name}.js" for name in _FORM))}
log = logging.getLogger(__name__)


def _brotli(data: bytes) -> bytes:
    squeezed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=11)
    return squeezed


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


# By the name that browsers call it: the end of the file's name, there, and back.
ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "br": (".br", _brotli, brotli.decompress),
    "gzip": (".gz", _gzip, gzip.decompress),
}


@cache
def digest(filename: str) -> str:
    """Twelve hexadecimal digits of the content."""
    return hashlib.sha256(content(filename)).hexdigest()[:12]


def content(filename: str) -> bytes:
    """The file, or the files that go out as one."""
    if filename not in JOINED:
        return (STATIC / filename).read_bytes()
    parts = [_lean((STATIC / part).read_text()) for part in JOINED[filename]]
    return "\n".join(['"use strict";', *parts, ""]).encode()


def _lean(script: str) -> str:
    """Without indentation and lines of comment; our scripts have no text that goes over several lines."""
    lines = [line.strip() for line in script.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def digest_of(filenames: Iterable[str]) -> str:
    """The same over several files with their names."""
    return hashlib.sha256(repr([(name, digest(name)) for name in filenames]).encode()).hexdigest()[:12]


def static_url(filename: str) -> str:
    """The address of a static file with its content's hash, so that it may be cached for ever."""
    return url_for("static", filename=filename, v=digest(filename))


class Files(WhiteNoise):
    """Serves small copies to those who take them; only an address with the right hash lasts for ever."""

    def __init__(self, application: Any, root: Path, prefix: str, copies: Path) -> None:
        self.root, self.copies = root, copies
        self.digests: dict[str, str] = {}
        self.variants: dict[tuple[str, str], StaticFile] = {}  # by address and how long it lasts
        super().__init__(application, root=root, prefix=prefix)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """A file for its address, everything else to the application."""
        address = environ.get("PATH_INFO", "")
        if address not in self.digests:
            return self.application(environ, start_response)
        wanted = parse_qs(environ.get("QUERY_STRING", "")).get("v")
        lasts = A_DAY if wanted is None else FOR_EVER if wanted == [self.digests[address]] else ASK_AGAIN
        return self.serve(self.variants[address, lasts], environ, start_response)

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """Prepare the answers for one file."""
        del stat_cache
        self._offer(url, Path(path), Path(path).read_bytes())

    def join(self, name: str) -> None:
        """Offer files that go out as one under the name of `JOINED`."""
        self._offer(f"/static/{name}", *self._joined(name))

    def _joined(self, name: str) -> tuple[Path, bytes]:
        """The place and content of files that go out as one."""
        data, suffix = content(name), Path(name).suffix
        try:
            return self._copy(data, suffix, bytes, bytes), data
        except OSError:
            place = Path(tempfile.mkdtemp(prefix="audit-static-"), Path(name).name)
            place.write_bytes(data)
            return place, data

    def _offer(self, url: str, path: Path, data: bytes) -> None:
        self.digests[url] = hashlib.sha256(data).hexdigest()[:12]
        copies = self._copies(path, data)
        for lasts in (FOR_EVER, A_DAY, ASK_AGAIN):
            headers = Headers([])
            self.add_mime_headers(headers, str(path), url)
            headers["Cache-Control"] = lasts
            headers["ETag"] = f'W/"{self.digests[url]}"'  # weak: it names the content in every encoding
            headers["X-Content-Type-Options"] = "nosniff"
            self.variants[url, lasts] = StaticFile(str(path), headers.items(), encodings=copies)

    def _copies(self, path: Path, data: bytes) -> Mapping[str, str]:
        if path.suffix not in SQUEEZED or len(data) < SMALLEST:
            return {}
        try:
            return {name: str(self._copy(data, *how)) for name, how in ENCODINGS.items()}
        except OSError as error:
            log.warning("%s goes out uncompressed: %s", path.name, error)
            return {}

    def _copy(
        self, data: bytes, suffix: str, squeeze: Callable[[bytes], bytes], expand: Callable[[bytes], bytes]
    ) -> Path:
        """The copy in its file, made if it is not there whole: a power cut may have left a part of it."""
        target = self.copies / f"{hashlib.sha256(data).hexdigest()}{suffix}"
        with suppress(OSError, EOFError, ValueError, brotli.error):
            if expand(target.read_bytes()) == data:
                return target
        self.copies.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.copies, delete=False) as file:  # others may make it too
            file.write(squeeze(data))
        os.chmod(file.name, 0o644)
        os.replace(file.name, target)
        return target


def init(app: Flask, var: Path) -> None:
    """Serve the files before the application is asked, and let templates name them; copies go into `var`."""
    app.jinja_env.globals["static_url"] = static_url
    files = Files(app.wsgi_app, STATIC, "static/", var / "static")
    for name in JOINED:
        files.join(name)
    app.wsgi_app = files  # type: ignore[method-assign]
