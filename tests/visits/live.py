"""A phone that speaks the protocol to the real server over a socket, and what it may do wrong."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from audit.accounts.models import Person


@dataclass(frozen=True)
class Reply:
    """Status, headers by lower-case name, the JSON of the body (None for an empty one)."""

    status: int
    headers: dict[str, str]
    json: Any

    @property
    def code(self) -> str:
        """The word of a refusal, else the empty text."""
        return str((self.json or {}).get("code", ""))


class Device:
    """One phone with one person's session; its calls may run in several threads at once."""

    def __init__(self, app: Flask, url: str, person: Person) -> None:
        self.place = urlsplit(url)
        signed = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
        self.headers = {"Cookie": f"audit={signed.dumps(cookie)}", "X-Client": "1"}
        answer = self.call("GET", "/session")
        self.headers["X-CSRFToken"] = answer.json["csrf"]
        self.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request on a connection of its own; a dict goes as JSON, bytes as they are."""
        connection = http.client.HTTPConnection(self.place.hostname or "", self.place.port, timeout=60)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, f"/api/v1{path}", data, self._named(headers))
            answer = connection.getresponse()
            text = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, json.loads(text) if text else None)
        finally:
            connection.close()

    def put(self, path: str, body: Any, **headers: str) -> Reply:
        """A PUT."""
        return self.call("PUT", path, body, **headers)

    def put_photo(
        self, visit: int, photo: object, data: bytes, question: str = "front", **more: str
    ) -> Reply:
        """One photo."""
        return self.put(f"/visits/{visit}/photos/{photo}", data, X_Question_Id=question, **more)

    def hang_up(self, path: str, data: bytes, announced: int | None = None, **headers: str) -> None:
        """Send a PUT, or less than it announces, and be gone without reading what comes back."""
        names = {
            "Host": self.place.netloc,
            "Content-Length": str(len(data) if announced is None else announced),
            **self._named(headers),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
        with socket.create_connection((self.place.hostname, self.place.port), timeout=60) as line:
            line.sendall(f"PUT /api/v1{path} HTTP/1.1\r\n{head}\r\n".encode() + data)

    def _named(self, headers: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): value for name, value in headers.items()}


def at_once(calls: Sequence[Callable[[], Reply]]) -> list[Reply]:
    """What they answer when all of them begin at the same moment."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Reply]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers
