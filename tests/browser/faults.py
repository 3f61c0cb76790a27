"""Faults in front of the application, switched on by a test: for the next matching request, or until cleared."""

import dataclasses
import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CAPTIVE = b"<!doctype html><title>Free Wi-Fi</title><h1>Welcome! Tap to accept the terms.</h1>"
STAMP = re.compile(rb"\?v=([0-9a-f]{12})")


@dataclasses.dataclass
class Hit:
    """One request that came through, with what the application (or the fault) answered."""

    method: str
    path: str
    status: int
    body: bytes
    headers: dict[str, str]
    has_arrived: bool  # at the application; else a fault answered in its place


@dataclasses.dataclass
class Rule:
    """For which requests, and what happens to them."""

    pattern: re.Pattern[str]  # against "PUT /path"
    times: int | None  # None: until cleared
    answer: tuple[int, str, bytes] | None = None  # status, type, body: instead of what the application says
    headers: tuple[tuple[str, str], ...] = ()  # further ones of this answer
    commit: bool = False  # the application does its work all the same
    before: Callable[[], None] | None = None  # in the request's thread, before the application
    after: Callable[[], None] | None = None  # when the application has answered, before the answer leaves
    may_miss: bool = False  # the test holds also if no such request comes
    hits: int = 0


class Faults:
    """A WSGI layer around the application; `hits` are all requests but those for static files."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._made: list[Rule] = []  # also those cleared
        self._build: bytes | None = None
        self._static_left: int | None = None
        self.static_refused = 0
        self.hits: list[Hit] = []

    def add(self, request: str, *, times: int | None = 1, **what: Any) -> Rule:
        """A fault for requests like "PUT .*/photos/"; the newest rule wins."""
        rule = Rule(re.compile(request), times, **what)
        with self._lock:
            self._rules.insert(0, rule)
            self._made.append(rule)
        return rule

    def fail(self, request: str, status: int = 503, *, times: int | None = 1, **what: Any) -> Rule:
        """Answer with the status instead, in the protocol's form."""
        body = json.dumps({"code": _code(status), "message": "…"}).encode()
        return self.add(request, times=times, answer=(status, "application/json", body), **what)

    def captive(self, request: str = ".") -> Rule:
        """A café's portal answers everything with 200 and its own page, until cleared."""
        return self.add(request, times=None, answer=(200, "text/html", CAPTIVE))

    def hold(self, request: str, *, after: bool = False) -> "Hold":
        """The next such request waits: before the application sees it, or when it has done its work."""
        return Hold(self, request, after)

    def deploy(self) -> None:
        """From now on every static file has another address; the old addresses are gone."""
        self._build = b"%012x" % (int(self._build or b"0", 16) + 1)

    def undo_deploy(self) -> None:
        """The first version again, with all its files."""
        self._build, self._static_left = None, None

    def break_static(self, after: int | None) -> None:
        """After so many more static files the server answers 503 for each; None: all is well again."""
        self._static_left, self.static_refused = after, 0

    def clear(self) -> None:
        """No faults, no hits."""
        with self._lock:
            self._rules.clear()
            self.hits.clear()

    def missed(self) -> list[str]:
        """The faults that did not hit as often as was asked since the last call: the test has not tried them."""
        with self._lock:
            made, self._made = self._made, []
        return [
            f"{rule.pattern.pattern}: {rule.hits} of {rule.times}"
            for rule in made
            if rule.times and rule.hits < rule.times and not rule.may_miss
        ]

    def seen(self, request: str) -> list[Hit]:
        """The hits like "PUT .*/photos/"."""
        pattern = re.compile(request)
        return [hit for hit in list(self.hits) if pattern.search(f"{hit.method} {hit.path}")]

    def _take(self, request: str) -> Rule | None:
        with self._lock:
            for rule in self._rules:
                if rule.pattern.search(request) and (rule.times is None or rule.hits < rule.times):
                    rule.hits += 1
                    return rule
        return None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let the request through, change it, or answer it."""
        path = environ["PATH_INFO"]
        if path.startswith("/static/"):
            return self._static(environ, start_response)
        request = f"{environ['REQUEST_METHOD']} {path}"
        body = _body(environ)
        rule = self._take(request)
        if rule and rule.before:
            rule.before()
        has_arrived = not (rule and rule.answer) or rule.commit
        if rule and rule.answer and not has_arrived:
            status, headers, data = _answer(rule)
        else:
            status, headers, data = self._run(environ)
            if rule and rule.answer:
                status, headers, data = _answer(rule)
        sent = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
        self.hits.append(Hit(environ["REQUEST_METHOD"], path, int(status[:3]), body, sent, has_arrived))
        if rule and rule.after:
            rule.after()
        start_response(status, headers)
        return [data]

    def _run(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        if self._build:
            environ["HTTP_ACCEPT_ENCODING"] = "identity"
        got: list[Any] = []
        result = self._app(environ, lambda status, headers, _exc=None: got.extend((status, headers)))
        try:
            data = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        if self._build:
            data = STAMP.sub(b"?v=" + self._build, data)
        headers = [(name, value) for name, value in got[1] if name.lower() != "content-length"]
        return got[0], [*headers, ("Content-Length", str(len(data)))], data

    def _static(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = STAMP.search(b"?" + environ.get("QUERY_STRING", "").encode())
        is_broken = self._static_left == 0
        if self._static_left:
            self._static_left -= 1
        self.static_refused += is_broken
        if is_broken or (self._build and asked and asked[1] != self._build):
            start_response(
                "503 Broken" if is_broken else "404 Not Found",
                [("Content-Type", "text/plain"), ("Content-Length", "0")],
            )
            return [b""]
        if not self._build:
            return self._app(environ, start_response)

        def marked(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            """The content is that of the address, so it may be kept for ever."""
            others = [one for one in headers if one[0].lower() != "cache-control"]
            return start_response(status, [*others, ("Cache-Control", "max-age=31536000, immutable")], *rest)

        return self._app(environ, marked)


class Hold:
    """`with faults.hold("PUT …") as held: …; held.wait()`: leaving the block lets the request go on."""

    def __init__(self, faults: Faults, request: str, after: bool) -> None:
        self._reached, self._go = threading.Event(), threading.Event()
        faults.add(request, **{"after" if after else "before": self._stop})

    def _stop(self) -> None:
        self._reached.set()
        self._go.wait(300)

    def wait(self, seconds: float = 60) -> None:
        """Until such a request has come."""
        assert self._reached.wait(seconds), "no such request came"

    def __enter__(self) -> "Hold":
        return self

    def __exit__(self, *_error: object) -> None:
        self._go.set()


def _body(environ: dict[str, Any]) -> bytes:
    """Read the body, and put it back for the application."""
    data: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(data)
    return data


def _answer(rule: Rule) -> tuple[str, list[tuple[str, str]], bytes]:
    assert rule.answer is not None
    status, kind, data = rule.answer
    headers = [("Content-Type", kind), ("Content-Length", str(len(data))), ("Cache-Control", "no-store")]
    return f"{status} Fault", [*headers, *rule.headers], data


def _code(status: int) -> str:
    return {400: "csrf", 401: "signed_out", 409: "missing_photos"}.get(status, "trouble")
